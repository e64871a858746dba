import { firstByteLimit } from "../clocks.ts";
import { when } from "../compose.ts";
import { GatewayError } from "../errors.ts";
import { whyAborted } from "../outcome.ts";
import { concat } from "../peek.ts";
import { refuse, release } from "../release.ts";
import type { CommitPolicy } from "../options.ts";
import type { Layer, Outcome, Step } from "../types.ts";
import { type Turn, type Watch, watch } from "../watch.ts";
import { flawOf, framingOf } from "../witness.ts";

/** Events and bytes after which a stream is committed though it has told nothing. */
const MOST_EVENTS = 64;
const MOST_BYTES = 256 * 1024;
/** Bytes of a plain answer that is read at once. */
const SHORT = 64 * 1024;
/** Bytes of an answer that is held until it is complete; a longer one is committed as it stands. */
const MOST_HELD = 25 * 1024 * 1024;

/** What the policies go by. */
interface Stakes {
  readonly signal: AbortSignal;
  /** Whether another attempt or step may follow. */
  readonly chances: boolean;
  /** When the wait for something meaningful is over, by the monotonic clock, in ms. */
  readonly until: number;
}

/**
 * Decides when an answer belongs to the client; one that fails before that is a failed attempt. What nobody watches
 * passes untouched.
 */
export const commit = (): Layer<Step> =>
  when(({ watched, method }) => watched !== "never" && method !== "HEAD", decide);

const decide: Layer<Step> = (next) => async (step, context) => {
  const until = performance.now() + (firstByteLimit(step, context) ?? Infinity);
  const outcome = await next(uncompressed(step), context);
  if (outcome.kind === "failure") return outcome;

  const chances = context.attemptsLeft + context.stepsLeft > 0;
  if (step.watched === "streams" && !chances && !framingOf(outcome)) return outcome;
  const watched = watch(outcome, context);
  if (!outcome.response.ok) return release(watched);
  const policy = step.options.commit ?? (chances ? "event" : "headers");
  return policies[policy](watched, { signal: context.signal, chances, until });
};

function uncompressed(step: Step): Step {
  return { ...step, headers: { ...step.headers, "accept-encoding": "identity" } };
}

type Policy = (watched: Watch, stakes: Stakes) => Outcome | Promise<Outcome>;
const policies: Readonly<Record<CommitPolicy, Policy>> = { headers, event, complete };

/** A plain answer of a known, short length is read at once: whoever breaks it off has failed. */
async function headers(watched: Watch, stakes: Stakes): Promise<Outcome> {
  const { witness, answer: { response } } = watched;
  const length = response.headers.get("content-length");
  if (witness.reads || length === null || Number(length) > SHORT) return release(watched);
  let turn: Turn = "more";
  while (turn === "more") turn = await watched.read();
  return turn === "done" ? release(watched) : fail(watched, turn, stakes);
}

/**
 * A stream is held until it tells something. One whose first byte came in time and that nothing can replace is let go
 * when `requestTimeout` is over; its silence has a limit of its own.
 */
async function event(watched: Watch, stakes: Stakes): Promise<Outcome> {
  const { witness } = watched;
  if (!witness.reads) return headers(watched, stakes);
  while (!witness.spoke && witness.events < MOST_EVENTS && watched.length < MOST_BYTES) {
    const turn = await watched.read(stakes.until);
    if (turn === "late" && !stakes.chances && performance.now() >= stakes.until) break;
    if (!witness.spoke && (witness.flaw || turn !== "more")) return fail(watched, turn, stakes);
  }
  return release(watched);
}

/** The whole answer is held; the client gets all of it or nothing. */
async function complete(watched: Watch, stakes: Stakes): Promise<Outcome> {
  const { witness } = watched;
  let turn: Turn = "more";
  while (turn === "more" && !witness.flaw) {
    if (watched.length >= MOST_HELD) return release(watched);
    const patient = witness.spoke || !stakes.chances;
    turn = await watched.read(patient ? Infinity : stakes.until);
  }
  const flaw = witness.flaw ??
    (turn === "done" && !witness.reads
      ? flawOf(watched.answer, concat(watched.chunks, watched.length))
      : undefined);
  const whole = watched.endingOf(turn) === "complete" && (witness.spoke || !witness.reads);
  return whole && !flaw ? release(watched) : fail(watched, turn, stakes, flaw);
}

/** Nothing of the answer has reached the client: another may take its place. */
function fail(
  watched: Watch,
  turn: Turn,
  { signal }: Stakes,
  flaw: GatewayError | undefined = watched.witness.flaw,
): Outcome {
  if (flaw) return refuse(watched, flaw, "provider_error");
  const code = {
    late: "timeout",
    left: whyAborted(signal),
    done: "truncated",
    broken: "truncated",
    more: "truncated",
  } as const;
  return refuse(watched, new GatewayError(code[turn]), watched.endingOf(turn));
}
