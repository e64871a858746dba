import { type FaultyServer, startFaultyServer } from "../../adapters/testing/server.ts";
import type { CallRecord } from "../../src/testing/index.ts";
import type { Settings } from "../../src/public.ts";

/** Every byte counts where an answer drips. */
const SPEECH = { text: "Hello to you" };

/** The providers of the matrix, which know their calls by the key in the path. */
export interface Providers {
  readonly settings: Settings;
  readonly urls: Readonly<Record<"faulty" | "muddy" | "well" | "deaf", string>>;
  readonly calls: readonly CallRecord[];
  /** The calls with a key, so far. */
  callsOf(key: string): readonly CallRecord[];
  /** How many connections are open. */
  readonly open: number;
  stop(): Promise<void>;
}

/** Starts one that fails, one that spoils connections, one that is well; at the address of a fourth nobody listens. */
export async function startProviders(): Promise<Providers> {
  const [faulty, muddy, well] = await Promise.all(Array.from({ length: 3 }, () => startFaultyServer(SPEECH)));
  const all = [faulty!, muddy!, well!] as const;
  const urls = { faulty: all[0].url, muddy: all[1].url, well: all[2].url, deaf: all[0].refused };
  const calls = () => all.flatMap(({ calls }) => calls);
  return {
    urls,
    settings: { providers: Object.fromEntries(Object.entries(urls).map(([name, base]) => [name, { base }])) },
    get calls() {
      return calls();
    },
    callsOf: createIndex(all.map(({ calls }) => calls)),
    get open() {
      return all.reduce((sum: number, { open }: FaultyServer) => sum + open, 0);
    },
    async stop() {
      await Promise.all(all.map((server) => server.stop()));
    },
  };
}

/** Finds calls by their key, and reads each path once. */
function createIndex(lists: readonly (readonly CallRecord[])[]): Providers["callsOf"] {
  const found = new Map<string, CallRecord[]>();
  const read = lists.map(() => 0);
  return (key) => {
    lists.forEach((list, index) => {
      for (const call of list.slice(read[index])) {
        const own = /;key=([^/]+)\//.exec(call.path)?.[1] ?? "";
        found.set(own, [...(found.get(own) ?? []), call]);
      }
      read[index] = list.length;
    });
    return found.get(key) ?? [];
  };
}
