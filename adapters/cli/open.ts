import { createGateway, type Gateway, memoryStore, type Settings } from "../../src/index.ts";
import type { Words } from "./command-line.ts";
import type { LogFormat, Printer } from "./printer.ts";
import { createSwap } from "./swap.ts";
import { Stop } from "./stop.ts";
import type { Traffic } from "./traffic.ts";

/** What a gateway is opened with besides its settings. */
export interface Surroundings {
  /** Whether other settings may take their place. */
  readonly reloads: boolean;
  readonly format: LogFormat;
  readonly traffic: Traffic;
  readonly printer: Printer;
}

/** A gateway that is open. */
export interface Opened {
  readonly gateway: Gateway;
  /** Puts other settings in the place of its own, at once. */
  apply(settings: Settings): void;
}

/** Opens a gateway whose store and logs outlive its settings. */
export async function open(
  words: Words,
  first: Settings,
  { reloads, format, traffic, printer }: Surroundings,
): Promise<Opened> {
  const [db, log] = [words.one("db"), words.one("logs")];
  const store = db === undefined
    ? undefined
    : (await withSqlite("--db", () => import("../sqlite.ts"))).sqliteStore(db);
  const logs = log === undefined
    ? undefined
    : (await withSqlite("--logs", () => import("../sqlite-logs.ts"))).sqliteLogs(log, { thread: true });
  const usual = reloads ? { store: memoryStore() } : {};
  const writing = new Set<Promise<void>>();
  let current: Gateway | undefined;

  function create(settings: Settings): Gateway {
    const { onEnd } = settings;
    const gateway: Gateway = createGateway({
      ...usual,
      warn: (message) => printer.warn(message),
      ...settings,
      ...(store && { store }),
      ...(logs && { logs }),
      ...((format !== "none" || logs || onEnd) && {
        async onEnd(record) {
          if (format !== "none") traffic.end(record);
          if (gateway !== current) finish(gateway);
          await onEnd?.(record);
        },
      }),
    });
    return gateway;
  }

  /** Brings what a gateway still writes that is no longer the one of now to its end. */
  function finish(gateway: Gateway): void {
    const flushed = Promise.resolve().then(() => gateway.flush()).finally(() => writing.delete(flushed));
    writing.add(flushed);
  }

  const opened = create(first);
  current = opened;
  const swap = createSwap(opened, async () => void await Promise.all(writing));
  return {
    gateway: swap.gateway,
    apply(settings) {
      const next = create(settings);
      const before = current!;
      current = next;
      swap.turn(next);
      finish(before);
    },
  };
}

/** @throws {Stop} where the runtime has no SQLite */
async function withSqlite<Module>(option: string, load: () => Promise<Module>): Promise<Module> {
  try {
    return await load();
  } catch (error) {
    if (!String((error as Error).message).includes("node:sqlite")) throw error;
    throw new Stop(`${option}: Expected a runtime with node:sqlite, such as Node 22.18 or later`, 1);
  }
}
