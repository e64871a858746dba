import { sha256 } from "./hash.ts";
import { uuidv7 } from "./ids.ts";
import { asWritten, readMetadata } from "./metadata.ts";
import type { Context, Fetch, Fields, Host, Respond } from "./types.ts";

/** What a request brings into its context. */
export interface Arrival {
  readonly account: string;
  readonly gateway: string;
  readonly userAgent?: string | undefined;
  readonly signal: AbortSignal;
  readonly knobs: Fields | undefined;
  readonly host?: Host | undefined;
  /** Most entries of its metadata that count. */
  readonly maxMetadata?: number | undefined;
  /** Outranks the host's. */
  readonly fetch?: Fetch | undefined;
}

/** A new request's context, with an empty ledger. */
export function createContext(
  { account, gateway, userAgent, signal, knobs, host, maxMetadata, fetch }: Arrival,
): Context {
  const metadata = knobs?.["cf-aig-metadata"];
  return {
    id: uuidv7(),
    account,
    gateway,
    began: performance.now(),
    userAgent,
    eventId: knobs?.["cf-aig-event-id"] || undefined,
    metadata: readMetadata(metadata && asWritten(metadata), maxMetadata),
    waitUntil: host?.waitUntil ?? forget,
    sha256: host?.sha256 ?? sha256,
    address: host?.address ?? unknown,
    signal,
    leaving: signal,
    fetch: fetch ?? host?.fetch ?? globalFetch,
    encoding: fetch ? "unknown" : host?.encoding ?? "unknown",
    collectUpTo: fetch ? 0 : host?.collectUpTo ?? 0,
    amendable: !fetch && host?.amendable === true,
    read: host?.read ?? read,
    respondWith: host?.respondWith ?? respondWith,
    attemptsLeft: 0,
    stepsLeft: 0,
    ledger: { attempts: [] },
  };
}

const unknown = () => undefined;
const forget = () => {};
const read: Context["read"] = ({ body }) => (body ?? new Response("").body!).getReader();
const respondWith: Respond = (bytes, head) => new Response(bytes, head);

/** Looked up at each call: an application may have put its own in place. */
const globalFetch: Fetch = (url, init) => globalThis.fetch(url, init);
