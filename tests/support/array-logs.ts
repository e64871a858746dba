import type {
  LogEntry,
  LogFilter,
  LogQuery,
  LogRange,
  LogRecord,
  LogStore,
  StatsQuery,
} from "../../src/index.ts";

/** A list of records that also remembers what it was asked. */
export interface ArrayLogs extends LogStore {
  readonly entries: LogEntry[];
  readonly asked: LogQuery[];
  readonly stated: StatsQuery[];
}

/** A store that does what `LogStore` says in the plainest way. */
export function arrayLogs(...records: readonly LogRecord[]): ArrayLogs {
  const entries: LogEntry[] = records.map((record) => ({ record }));
  const asked: LogQuery[] = [];
  const stated: StatsQuery[] = [];
  const find = (query: LogQuery) => {
    asked.push(query);
    const { filters = [], search = "", orderBy = "created_at", direction = "desc" } = query;
    const found = entries.map(({ record }) => record).filter((record) =>
      filters.every((filter) => meets(record, filter)) && JSON.stringify(record).includes(search)
    );
    const sign = direction === "asc" ? 1 : -1;
    return found.toSorted((one, other) => sign * (one[orderBy]! < other[orderBy]! ? -1 : 1));
  };
  return {
    entries,
    asked,
    stated,
    append: (added) => Promise.resolve(void entries.push(...added)),
    list(query) {
      const found = find(query);
      const { limit = 20, offset = 0 } = query;
      return Promise.resolve({ records: found.slice(offset, offset + limit), total: found.length });
    },
    range(query) {
      const found = find(query);
      const ends = (name: "cost" | "duration" | "tokens_in" | "tokens_out") => {
        const values = found.map((record) => record[name]).filter((value) => value !== null);
        return values.length > 0 ? [Math.min(...values), Math.max(...values)] : [null, null];
      };
      const names = ["cost", "duration", "tokens_in", "tokens_out"] as const;
      const pairs = names.flatMap((name) =>
        ["min", "max"].map((end, at) => [`${end}_${name}`, ends(name)[at]] as const)
      );
      return Promise.resolve(Object.fromEntries(pairs) as unknown as LogRange);
    },
    get: (id) => Promise.resolve(entries.find(({ record }) => record.id === id)?.record),
    body: (id, of) => Promise.resolve(entries.find(({ record }) => record.id === id)?.[of]),
    patch(id, change) {
      const at = entries.findIndex(({ record }) => record.id === id);
      if (at < 0) return Promise.resolve(false);
      entries[at] = { ...entries[at]!, record: { ...entries[at]!.record, ...change } };
      return Promise.resolve(true);
    },
    delete({ limit = Infinity, ...query }) {
      const gone = find(query).slice(0, limit);
      for (const record of gone) entries.splice(entries.findIndex((entry) => entry.record === record), 1);
      return Promise.resolve(gone.length);
    },
    stats(query) {
      stated.push(query);
      return Promise.resolve([]);
    },
  };
}

function meets(record: LogRecord, { key, operator, value }: LogFilter): boolean {
  const values = valuesOf(record, key);
  if (operator === "neq") return !value.some((one) => values.includes(one));
  return values.some((own) => {
    if (own === null || own === undefined) return false;
    if (operator === "eq") return value.includes(own);
    if (operator === "contains") return value.some((one) => String(own).includes(String(one)));
    return operator === "lt" ? own < value[0]! : own > value[0]!;
  });
}

type Value = string | number | boolean | null;

function valuesOf(record: LogRecord, key: LogFilter["key"]): readonly Value[] {
  const metadata = record.metadata ?? {};
  if (key === "metadata.key") return Object.keys(metadata);
  if (key === "metadata.value") return Object.values(metadata);
  if (key.startsWith("metadata.")) return [metadata[key.slice("metadata.".length)] ?? null];
  if (key === "tokens") return [(record.tokens_in ?? 0) + (record.tokens_out ?? 0)];
  return [record[key as keyof LogRecord] as Value];
}

/** A record of gateway `g` of which only the given members matter. */
export function logRecord(id: string, told: Partial<LogRecord> = {}): LogRecord {
  return {
    id,
    created_at: `2026-11-22T12:00:0${id.length % 10}.000Z`,
    account: "a",
    gateway: "g",
    provider: "openai",
    model: "gpt-5",
    path: "chat/completions",
    method: "POST",
    duration: 100,
    status_code: 200,
    success: true,
    cached: false,
    step: 0,
    tokens_in: 10,
    tokens_out: 20,
    tokens_cached: null,
    tokens_reasoning: null,
    cost: 0.5,
    custom_cost: false,
    waste: null,
    metadata: null,
    event_id: id,
    caller: null,
    user_agent: null,
    request_content_type: "application/json",
    response_content_type: "application/json",
    request_size: null,
    response_size: null,
    ttfb: null,
    ttft: null,
    finish_reason: null,
    ending: null,
    error: null,
    attempts: [],
    feedback: null,
    score: null,
    ...told,
  };
}
