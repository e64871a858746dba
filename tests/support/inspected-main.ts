/** Serves a gateway, and tells for every line of its input what is left in the process once garbage is collected. */
import process from "node:process";
import { createInterface } from "node:readline";

const { pending, idle } = countTimers();
await import("../../adapters/cli/main.ts");

for await (const _ of createInterface({ input: process.stdin })) {
  await collect();
  // One of those that keep no process alive is always there: the next look at the file of settings.
  const timers = pending.size + Math.max(idle.size - 1, 0);
  console.log(`inspected ${JSON.stringify({ timers, heap: process.memoryUsage().heapUsed })}`);
}

/** The timers that are set and have neither fired nor been cleared: no runtime tells of all of them by itself. */
interface Timers {
  readonly pending: ReadonlySet<unknown>;
  /** Those of them that keep no process alive. */
  readonly idle: ReadonlySet<unknown>;
}

function countTimers(): Timers {
  const [pending, idle] = [new Set<unknown>(), new Set<unknown>()];
  const { setTimeout, clearTimeout } = globalThis;
  const forget = (timer: unknown) => pending.delete(timer) || idle.delete(timer);
  const set = (ring: (...values: unknown[]) => void, ms?: number, ...values: unknown[]) => {
    const timer = setTimeout(() => {
      forget(timer);
      ring(...values);
    }, ms);
    pending.add(timer);
    const { unref } = timer;
    timer.unref = () => {
      if (pending.delete(timer)) idle.add(timer);
      return unref.call(timer);
    };
    return timer;
  };
  const clear = (timer?: NodeJS.Timeout) => {
    forget(timer);
    clearTimeout(timer);
  };
  Object.assign(globalThis, { setTimeout: set, clearTimeout: clear });
  return { pending, idle };
}

/** Twice, with a pause: what only a finalizer holds goes with the second. */
async function collect(): Promise<void> {
  for (let turn = 0; turn < 2; turn++) {
    globalThis.gc!();
    await new Promise((resolve) => setImmediate(resolve));
  }
}
