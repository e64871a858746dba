import { createBodyShelf } from "./log-bodies.ts";
import { isAsked, orderOf } from "./log-match.ts";
import { rangeOf, statsOf } from "./log-sums.ts";
import type { GatewayRetention, LogEntry, LogQuery, LogRecord, LogStore, Retention } from "./logs.ts";

/** Most bytes of bodies, all together. */
const MOST_BYTES = 64 * 1024 * 1024;

/**
 * Logs in memory, for one program. It holds 1,000 records where no other number is given, and 64 MiB of bodies.
 *
 * @param now the clock, in ms since the epoch
 */
export function memoryLogs(
  { entries = 1000, age = Infinity, strategy = "DELETE_OLDEST" }: Retention = {},
  now: () => number = Date.now,
): LogStore {
  const shelf = createBodyShelf(MOST_BYTES);
  const byId = new Map<string, LogRecord>();
  /** By time, the oldest first. */
  const order: LogRecord[] = [];
  /** How many there are of each gateway. */
  const held = new Map<string, number>();
  const oldestFirst = orderOf({ direction: "asc" });
  const asked = (query: Pick<LogQuery, "filters" | "search">) => {
    return order.map(({ id }) => byId.get(id)!).filter((record) => isAsked(record, query));
  };

  function append(
    given: readonly LogEntry[],
    bounds: ReadonlyMap<string, GatewayRetention> = new Map(),
  ): void {
    const fresh = unique(given).filter(({ record }) => !byId.has(record.id));
    for (const { record } of fresh) checkTime(record);
    const oldest = now() - age;
    drop(order.findIndex(({ created_at }) => Date.parse(created_at) >= oldest));
    const young = fresh.filter(({ record }) => Date.parse(record.created_at) >= oldest)
      .sort((one, other) => oldestFirst(one.record, other.record));
    const wanted = within(young, bounds);
    const room = Math.max(0, entries - order.length);
    for (const entry of strategy === "STOP_INSERTING" ? wanted.slice(0, room) : wanted) insert(entry);
    for (const [gateway, bound] of bounds) dropSurplus(gateway, bound);
    if (strategy === "DELETE_OLDEST") drop(Math.max(0, order.length - entries));
  }

  /** Those for which there is room in the log of their gateway, or is made. */
  function within(given: readonly LogEntry[], bounds: ReadonlyMap<string, GatewayRetention>) {
    const rooms = new Map<string, number>();
    for (const [gateway, { entries = Infinity, strategy }] of bounds) {
      if (strategy === "STOP_INSERTING") rooms.set(gateway, entries - (held.get(gateway) ?? 0));
    }
    return given.filter(({ record: { gateway } }) => {
      const room = rooms.get(gateway) ?? Infinity;
      rooms.set(gateway, room - 1);
      return room > 0;
    });
  }

  function dropSurplus(gateway: string, { entries = Infinity, strategy }: GatewayRetention): void {
    let surplus = (held.get(gateway) ?? 0) - entries;
    if (surplus <= 0 || strategy === "STOP_INSERTING") return;
    const gone = new Set(order.filter((record) => record.gateway === gateway && surplus-- > 0));
    for (const { id } of gone) forget(id);
    const left = order.filter((record) => !gone.has(record));
    order.splice(0, order.length, ...left);
  }

  function insert(entry: LogEntry): void {
    const { record } = entry;
    let at = order.length;
    while (at > 0 && oldestFirst(record, order[at - 1]!) < 0) at--;
    order.splice(at, 0, record);
    byId.set(record.id, record);
    held.set(record.gateway, (held.get(record.gateway) ?? 0) + 1);
    shelf.keep(entry);
  }

  /** @param count how many of the oldest; -1 for all */
  function drop(count: number): void {
    for (const { id } of order.splice(0, count < 0 ? order.length : count)) forget(id);
  }

  function forget(id: string): void {
    const gateway = byId.get(id)!.gateway;
    const left = held.get(gateway)! - 1;
    if (left > 0) held.set(gateway, left);
    else held.delete(gateway);
    byId.delete(id);
    shelf.forget(id);
  }

  function remove(
    { limit = Infinity, ...query }: Pick<LogQuery, "filters" | "limit" | "orderBy" | "direction">,
  ) {
    const gone = asked(query).sort(orderOf(query)).slice(0, Math.max(0, limit));
    for (const { id } of gone) forget(id);
    const left = order.filter(({ id }) => byId.has(id));
    order.splice(0, order.length, ...left);
    return gone.length;
  }

  return {
    append: (given, bounds) => settle(() => append(given, bounds)),
    list: ({ limit = 20, offset = 0, ...query }) =>
      settle(() => {
        const found = asked(query).sort(orderOf(query));
        const start = Math.max(0, offset);
        return { records: found.slice(start, start + Math.max(0, limit)), total: found.length };
      }),
    range: (query) => settle(() => rangeOf(asked(query))),
    get: (id) => settle(() => byId.get(id)),
    body: (id, of) => settle(() => shelf.find(id)?.[of]),
    patch: (id, { feedback, score, metadata }) =>
      settle(() => {
        const record = byId.get(id);
        if (!record) return false;
        byId.set(id, {
          ...record,
          ...feedback !== undefined && { feedback },
          ...score !== undefined && { score },
          ...metadata !== undefined && { metadata },
        });
        return true;
      }),
    delete: (query) => settle(() => remove(query)),
    stats: (query) => settle(() => statsOf(asked(query), query)),
  };
}

/** The first of each id. */
function unique(entries: readonly LogEntry[]): readonly LogEntry[] {
  const ids = new Set<string>();
  return entries.filter(({ record: { id } }) => !ids.has(id) && ids.add(id));
}

function checkTime({ id, created_at }: LogRecord): void {
  if (Number.isNaN(Date.parse(created_at))) throw new RangeError(`${id}: ${created_at} is no time`);
}

/** A promise of what was done at once; it rejects with what was thrown. */
function settle<Value>(work: () => Value): Promise<Value> {
  return new Promise((resolve) => resolve(work()));
}
