import type { Dialect, Framing, Sign, StreamError, StreamEvent, Usage } from "./dialects/dialect.ts";
import { content } from "./dialects/signs.ts";
import { GatewayError } from "./errors.ts";
import type { Witness } from "./witness.ts";

/** What a sign tells of choices that names none. */
const only: Readonly<Partial<Record<Sign["kind"], Sign["choices"]>>> = {
  content: [{ index: 0, finished: false }],
  finish: [{ index: 0, finished: true }],
};

/** Bytes that an event may have; a longer one, and all that follows, passes unread. */
const LONGEST_EVENT = 128 * 1024 * 1024;

/** A witness that reads the events of a stream. */
export function createStreamWitness(dialect: Dialect, framing: Framing): Witness {
  let reader = framing.createReader();
  /** Bytes since the last event. */
  let unread = 0;
  let overtaxed = false;
  const begun = new Set<number>();
  const finished = new Set<number>();
  let ended = false;
  let cut = false;
  let trusted = false;

  const witness = {
    reads: true,
    events: 0,
    told: 0,
    spoke: false,
    flaw: undefined as GatewayError | undefined,
    blamed: false,
    whole: false,
    usage: undefined as Usage | undefined,
    reason: undefined as string | undefined,
    hear(chunk: Uint8Array) {
      const events = overtaxed ? [] : reader.push(chunk);
      events.forEach(judge);
      unread = events.length > 0 || overtaxed ? 0 : unread + chunk.byteLength;
      if (unread > LONGEST_EVENT) overtaxed = true;
      if (overtaxed) giveUp();
    },
    close() {
      cut = !reader.atBoundary();
      const rest = reader.end();
      rest.filter(isWhole).forEach(judge);
      if (!ended && !rest.every(isWhole)) witness.whole = false;
    },
    trust() {
      trusted = true;
    },
    farewell(error: StreamError) {
      if (witness.blamed || witness.whole || cut || !reader.atBoundary()) return undefined;
      return reader.print(dialect.tell(error));
    },
  };

  /** Takes what comes for something, and its end for a good one, as one who cannot read. */
  function giveUp(): void {
    reader = framing.createReader();
    witness.told++;
    witness.spoke ||= !witness.flaw;
    witness.whole = true;
  }

  /** An event that the end cut off is none. */
  function isWhole(event: StreamEvent): boolean {
    return dialect.read(event).kind !== "malformed";
  }

  function judge(event: StreamEvent): void {
    const sign = trusted && goesOn(event) ? content : dialect.read(event);
    const { kind, error, usage, reason } = sign;
    witness.events++;
    if (usage) witness.usage = { ...witness.usage, ...usage };
    if (reason) witness.reason = reason;
    count(sign);
    if (kind === "quiet") return;
    if (kind === "malformed") {
      witness.flaw ??= new GatewayError("malformed");
    } else if (error) {
      witness.flaw ??= blame(error);
      witness.blamed = true;
    } else if (kind === "end") {
      ended = true;
      witness.whole = true;
    } else {
      witness.told++;
      witness.spoke ||= !witness.flaw;
      witness.whole = ended || (kind === "finish" && begun.size === finished.size);
    }
  }

  function goesOn(event: StreamEvent): boolean {
    return witness.spoke && finished.size === 0 && !ended && dialect.goesOn?.(event) === true;
  }

  /** Of several choices, each has to finish. */
  function count({ kind, choices = only[kind] ?? [] }: Sign): void {
    for (const { index, finished: over } of choices) {
      begun.add(index);
      if (over) finished.add(index);
    }
  }
  return witness;
}

/** A provider's own error, in its own words. */
export function blame({ code, message }: StreamError): GatewayError {
  return new GatewayError(code, undefined, { description: message });
}
