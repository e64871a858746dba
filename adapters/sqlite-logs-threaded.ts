import { Worker } from "node:worker_threads";
import type { LogEntry, LogStore } from "../src/index.ts";
import type { SqliteLogs, SqliteLogsOptions } from "./sqlite-logs.ts";

/** The file that a thread opens. */
export interface Opening {
  readonly path: string;
  readonly options: Omit<SqliteLogsOptions, "thread">;
}

/** What a thread is asked to do. */
export interface Job {
  readonly id: number;
  readonly ask: keyof LogStore | "close";
  readonly given: readonly unknown[];
  /** By the clock of who asks, in ms since the epoch. */
  readonly now: number;
}

/** What came of it: `error` where it failed. */
interface Done {
  readonly id: number;
  readonly value?: unknown;
  readonly error?: string;
}

/** Who waits for what comes of a job. */
interface Waiting {
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: Error) => void;
}

/** Logs that a thread of their own keeps, so that no other thread waits for SQLite. */
export function threadedLogs(opening: Opening, now: () => number): SqliteLogs {
  const thread = new Worker(besides("sqlite-logs-thread"), { workerData: opening });
  const waiting = new Map<number, Waiting>();
  let jobs = 0;
  let over: Error | undefined;

  thread.on("message", ({ id, value, error }: Done) => {
    const { resolve, reject } = waiting.get(id)!;
    settled(id);
    if (error === undefined) resolve(value);
    else reject(new Error(error));
  });
  thread.on("error", end);
  thread.on("exit", () => end(new Error("the logs are closed")));
  thread.unref();

  /** It keeps the process alive while somebody waits for it. */
  function settled(id: number): void {
    waiting.delete(id);
    if (waiting.size === 0) thread.unref();
  }

  function end(error: Error): void {
    over ??= error;
    for (const [id, { reject }] of waiting) {
      settled(id);
      reject(over);
    }
  }

  function post<Value>(ask: Job["ask"], given: readonly unknown[]): Promise<Value> {
    if (over) return Promise.reject(over);
    return new Promise((resolve, reject) => {
      const id = ++jobs;
      waiting.set(id, { resolve: resolve as Waiting["resolve"], reject });
      thread.ref();
      thread.postMessage({ id, ask, given, now: now() } satisfies Job);
    });
  }

  return {
    append: (entries, bounds) => post("append", [...packed(entries), bounds]),
    list: (query) => post("list", [query]),
    range: (query) => post("range", [query]),
    get: (id) => post("get", [id]),
    body: (id, of) => post("body", [id, of]),
    patch: (id, change) => post("patch", [id, change]),
    delete: (query) => post("delete", [query]),
    stats: (query) => post("stats", [query]),
    close() {
      if (over) return;
      post("close", []).catch(() => {}).finally(() => thread.terminate());
      over = new Error("the logs are closed");
    },
  };
}

function packed(entries: readonly LogEntry[]): readonly [records: string, bodies: readonly unknown[]] {
  const bodies = entries.map(({ request, response }) => ({ request, response }));
  return [JSON.stringify(entries.map(({ record }) => record)), bodies];
}

/** A module beside this one, in TypeScript as it is written or in JavaScript as it is shipped. */
function besides(name: string): URL {
  return new URL(`./${name}${import.meta.url.endsWith(".ts") ? ".ts" : ".js"}`, import.meta.url);
}
