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
  readonly error?: { readonly name: string; readonly message: string; readonly code?: string };
}

/** Who waits for what comes of a job. */
interface Waiting {
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: Error) => void;
}

/** A thread, and who waits for it. */
interface Running {
  readonly thread: Worker;
  readonly waiting: Map<number, Waiting>;
}

/**
 * Logs that a thread of their own keeps, so that no other thread waits for SQLite. It begins with the first call; one that
 * has died is followed by another with the next call.
 */
export function threadedLogs(opening: Opening, now: () => number): SqliteLogs {
  let jobs = 0;
  let running: Running | undefined;
  let isClosed = false;

  function start(): Running {
    const thread = new Worker(besides("sqlite-logs-thread"), { workerData: opening });
    const own: Running = { thread, waiting: new Map() };
    const end = (error: Error) => {
      if (running === own) running = undefined;
      for (const [id, { reject }] of own.waiting) {
        settled(own, id);
        reject(error);
      }
    };
    thread.on("message", ({ id, value, error }: Done) => {
      const { resolve, reject } = own.waiting.get(id)!;
      settled(own, id);
      if (error === undefined) resolve(value);
      else reject(Object.assign(new Error(error.message), error));
    });
    thread.on("error", end);
    thread.on(
      "exit",
      () => end(new Error(isClosed ? "the logs are closed" : "the thread of the logs has ended")),
    );
    thread.unref();
    return own;
  }

  /** It keeps the process alive while somebody waits for it. */
  function settled({ thread, waiting }: Running, id: number): void {
    waiting.delete(id);
    if (waiting.size === 0) thread.unref();
  }

  function post<Value>(ask: Job["ask"], given: readonly unknown[]): Promise<Value> {
    if (isClosed) return Promise.reject(new Error("the logs are closed"));
    return new Promise((resolve, reject) => {
      const own = running ??= start();
      const id = ++jobs;
      own.waiting.set(id, { resolve: resolve as Waiting["resolve"], reject });
      own.thread.ref();
      try {
        own.thread.postMessage({ id, ask, given, now: now() } satisfies Job);
      } catch (error) {
        settled(own, id);
        reject(error as Error);
      }
    });
  }

  return {
    append: async (entries, bounds) => await post("append", [...packed(entries), bounds]),
    list: (query) => post("list", [query]),
    range: (query) => post("range", [query]),
    get: (id) => post("get", [id]),
    body: (id, of) => post("body", [id, of]),
    patch: (id, change) => post("patch", [id, change]),
    delete: (query) => post("delete", [query]),
    stats: (query) => post("stats", [query]),
    close() {
      if (isClosed) return;
      const own = running;
      if (own) post("close", []).catch(() => {}).finally(() => own.thread.terminate());
      isClosed = true;
    },
  };
}

function packed(entries: readonly LogEntry[]): readonly [records: string, bodies: readonly unknown[]] {
  const bodies = entries.map(({ request, response }) =>
    request || response ? { request, response } : undefined
  );
  return [JSON.stringify(entries.map(({ record }) => record)), bodies];
}

/** A module beside this one, in TypeScript as it is written or in JavaScript as it is shipped. */
function besides(name: string): URL {
  return new URL(`./${name}${import.meta.url.endsWith(".ts") ? ".ts" : ".js"}`, import.meta.url);
}
