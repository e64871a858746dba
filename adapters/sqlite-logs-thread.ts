/** What runs in the thread of `threadedLogs`: it does what it is asked to, and closes the file last. */
import { parentPort, workerData } from "node:worker_threads";
import type { LogEntry } from "../src/index.ts";
import type { Job, Opening } from "./sqlite-logs-threaded.ts";
import { sqliteLogs } from "./sqlite-logs.ts";

const { path, options } = workerData as Opening;
let now = 0;
const logs = sqliteLogs(path, options, () => now);
const underway = new Set<Promise<void>>();

parentPort!.on("message", async (job: Job) => {
  if (job.ask === "close") {
    await Promise.all(underway);
    logs.close();
    return parentPort!.postMessage({ id: job.id });
  }
  const work = answer(job).finally(() => underway.delete(work));
  underway.add(work);
});

async function answer({ id, ask, given, now: asked }: Job): Promise<void> {
  now = asked;
  try {
    const work = logs[ask as keyof typeof logs] as (...given: readonly unknown[]) => Promise<unknown>;
    const value = await work(...ask === "append" ? unpacked(given) : given);
    parentPort!.postMessage({ id, value });
  } catch (error) {
    const { name, message, code } = error as Error & { readonly code?: string };
    parentPort!.postMessage({ id, error: { name, message, ...code !== undefined && { code } } });
  }
}

/** Records travel as one text, which is several times as fast as one by one; bodies as they are. */
function unpacked([records, bodies, bounds]: readonly unknown[]): Parameters<typeof logs.append> {
  const all = bodies as readonly Omit<LogEntry, "record">[];
  const entries = (JSON.parse(records as string) as LogEntry["record"][])
    .map((record, at) => ({ record, ...all[at] }));
  return [entries, bounds as Parameters<typeof logs.append>[1]];
}
