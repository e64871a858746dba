/** Serves a gateway, and tells for every line of its input what is left in the process once garbage is collected. */
import process from "node:process";
import { createInterface } from "node:readline";

/** What looks at the file of settings, twice a second for as long as the gateway runs: no request has left that. */
const LOOK = "look";

const pending = countTimers();
await import("../../adapters/cli/main.ts");

for await (const _ of createInterface({ input: process.stdin })) {
  await collect();
  console.log(`inspected ${JSON.stringify({ timers: pending.size, heap: process.memoryUsage().heapUsed })}`);
}

/** The timers that are set and have neither fired nor been cleared: no runtime tells of all of them by itself. */
function countTimers(): ReadonlySet<unknown> {
  const pending = new Set<unknown>();
  const { setTimeout, clearTimeout } = globalThis;
  const set = (ring: (...values: unknown[]) => void, ms?: number, ...values: unknown[]) => {
    const timer = setTimeout(() => {
      pending.delete(timer);
      ring(...values);
    }, ms);
    if (ring.name !== LOOK) pending.add(timer);
    return timer;
  };
  const clear = (timer?: NodeJS.Timeout) => {
    pending.delete(timer);
    clearTimeout(timer);
  };
  Object.assign(globalThis, { setTimeout: set, clearTimeout: clear });
  return pending;
}

/** Twice, with a pause: what only a finalizer holds goes with the second. */
async function collect(): Promise<void> {
  for (let turn = 0; turn < 2; turn++) {
    globalThis.gc!();
    await new Promise((resolve) => setImmediate(resolve));
  }
}
