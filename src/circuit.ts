import { uuidv7 } from "./ids.ts";
import type { BreakerSettings } from "./public.ts";
import type { Counter, Store } from "./store.ts";

/** What a call tells of its provider's health. */
export type Verdict = "success" | "failure" | "neutral";

/** What a store holds of a circuit that something has happened to. */
interface State {
  /** No call before this time, in ms since the epoch. */
  readonly until: number;
  /** Whether after that time one call probes for all, until one has succeeded. */
  readonly open: boolean;
  /** Whatever calls tell counts in the round in which they began; a new one begins whenever the circuit turns. */
  readonly round: string;
}

/** A call that was let in. */
export interface Pass {
  readonly key: string;
  /** The circuit as the call found it. */
  readonly state: State;
  /** Whether it probes for all. */
  readonly probe: boolean;
}

/** The circuits of one gateway id. A store that fails lets every call in. */
export interface Circuits {
  /** Lets a call in, or tells until when, in ms since the epoch, it is too early. */
  enter(key: string, insist?: boolean): Promise<Pass | number>;
  /**
   * Takes in what the call told.
   *
   * @param pause how long the provider asked to be left alone, in ms
   */
  leave(pass: Pass, verdict: Verdict, pause?: number): Promise<void>;
}

/** What a failure adds to a count besides the call itself: both are in one number, so that they are read at once. */
const FAILURE = 2 ** 26;
/** How long a probe may take before another may begin, in ms: whoever sent it may have died. */
const LEASE = 60_000;
/** How long a circuit is remembered that nobody calls, in ms. */
const MEMORY = 3_600_000;

const fresh: State = { until: 0, open: false, round: "" };

/**
 * @param store shared by all who share the circuits
 * @param now the wall clock, in ms
 */
export function createCircuits(
  { failureRatio, minimum, window, cooldown }: Required<BreakerSettings>,
  store: Store & Counter,
  now: () => number,
): Circuits {
  async function enter(key: string, insist: boolean): Promise<Pass | number> {
    const [state, rest] = await Promise.all([read(key), store.get(`${key}/rest`)]);
    const pass = { key, state, probe: false };
    if (insist) return pass;
    const until = Math.max(state.until, Number(rest ?? 0));
    if (now() < until) return until;
    if (!state.open) return pass;
    const { used } = await store.add(`${key}/probe/${state.round}`, 1, Math.max(LEASE, cooldown));
    return used === 1 ? { ...pass, probe: true } : until;
  }

  async function leave(pass: Pass, verdict: Verdict, pause: number): Promise<void> {
    if (pause > 0) await store.set(`${pass.key}/rest`, now() + pause, pause);
    if (verdict === "neutral") return pass.probe ? await free(pass) : undefined;
    if (!pass.state.open) return await count(pass, verdict);
    if (verdict === "success") return await close(pass);
    if (pass.probe) await open(pass);
  }

  async function count(pass: Pass, verdict: Verdict): Promise<void> {
    const failed = verdict === "failure";
    const key = `${pass.key}/calls/${pass.state.round}`;
    const { used } = await store.add(key, failed ? FAILURE + 1 : 1, window);
    const calls = used % FAILURE;
    const failures = Math.floor(used / FAILURE);
    if (failed && calls >= minimum && failures / calls >= failureRatio) await open(pass);
  }

  async function open({ key, state: { round } }: Pass): Promise<void> {
    if ((await read(key)).round !== round) return;
    await write(key, { until: now() + cooldown, open: true, round: uuidv7() });
  }

  async function close({ key }: Pass): Promise<void> {
    const { open } = await read(key);
    if (open) await write(key, { until: 0, open: false, round: uuidv7() });
  }

  /** Makes room for the next probe. */
  async function free({ key, state: { round } }: Pass): Promise<void> {
    const state = await read(key);
    if (state.round === round) await write(key, { ...state, round: uuidv7() });
  }

  async function read(key: string): Promise<State> {
    return (await store.get(key) ?? fresh) as State;
  }

  async function write(key: string, state: State): Promise<void> {
    await store.set(key, state, Math.max(state.until - now(), 0) + window + MEMORY);
  }

  return {
    enter: (key, insist = false) => enter(key, insist).catch(() => ({ key, state: fresh, probe: false })),
    leave: (pass, verdict, pause = 0) => leave(pass, verdict, pause).catch(() => {}),
  };
}
