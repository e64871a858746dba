import type { LogEntry } from "./logs.ts";

/** The bodies of an entry. */
export type Bodies = Omit<LogEntry, "record">;

/** Bodies by the id of their record. */
export interface BodyShelf {
  keep(entry: LogEntry): void;
  find(id: string): Bodies | undefined;
  forget(id: string): void;
}

/** @param most bytes of all together; those that were kept first are let go first */
export function createBodyShelf(most: number): BodyShelf {
  const kept = new Map<string, Bodies>();
  let held = 0;
  const sizeOf = ({ request, response }: Bodies) => (request?.byteLength ?? 0) + (response?.byteLength ?? 0);

  function forget(id: string): void {
    const gone = kept.get(id);
    if (!gone) return;
    held -= sizeOf(gone);
    kept.delete(id);
  }

  return {
    keep({ record, request, response }) {
      if (!request && !response) return;
      kept.set(record.id, { request, response });
      held += sizeOf({ request, response });
      for (const id of kept.keys()) {
        if (held <= most) return;
        forget(id);
      }
    },
    find: (id) => kept.get(id),
    forget,
  };
}
