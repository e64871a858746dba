import type { CallRecord, Ending } from "./types.ts";

/** A record that is still being written. */
export interface Entry {
  readonly record: CallRecord;
  readonly note: (what: { readonly body?: string; readonly fault?: string }) => void;
  /** Says how the call ended; only the first word counts. */
  readonly end: (ending: Ending) => void;
}

/** Begins the record of a call that has just come. */
export function enter(method: string, path: string, headers: CallRecord["headers"]): Entry {
  let settle: (ending: Ending) => void;
  const ended = new Promise<Ending>((resolve) => settle = resolve);
  const record = {
    at: performance.now(),
    method,
    path,
    headers,
    body: "",
    fault: "",
    ending: undefined as Ending | undefined,
    endedAt: undefined as number | undefined,
    ended,
  };
  return {
    record,
    note: (what) => void Object.assign(record, what),
    end(ending) {
      if (record.ending) return;
      record.ending = ending;
      record.endedAt = performance.now();
      settle(ending);
    },
  };
}
