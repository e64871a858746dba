import assert from "node:assert/strict";
import Cloudflare from "cloudflare";
import { manage, type ManageOptions } from "../../adapters/management.ts";
import type { Gateway, Settings } from "../../src/index.ts";
import { type Line, type Script, script } from "./script.ts";

/** What administrators carry. */
export const TOKEN = "admin-token";
const BASE = "http://waygate.test/client/v4";

/** A managed gateway, the official client of its API, and what its providers saw. */
export interface Managed extends Pick<Script, "calls"> {
  readonly gateway: Gateway;
  readonly client: Cloudflare;
  /** A request to the API below `ai-gateway`, as nobody's client would send it. */
  raw(path: string, init?: RequestInit): Promise<Response>;
  /** The same, whose envelope says that it went wrong. */
  refused(path: string, init?: RequestInit): Promise<Refused>;
}

/** What an envelope says that went wrong. */
export interface Refused {
  readonly status: number;
  readonly code: number;
  readonly message: string;
  readonly path: readonly string[] | undefined;
}

/** What every call of the client has to say. */
export const account = { account_id: "a" } as const;

/** The least that makes a gateway. */
export const least = {
  cache_invalidate_on_update: false,
  cache_ttl: null,
  collect_logs: true,
  rate_limiting_interval: null,
  rate_limiting_limit: null,
} as const;

/** Manages a gateway before a provider that says what it is told to say, 100 times `"good"` by default. */
export function managed(
  settings: Settings = {},
  options: ManageOptions = {},
  lines: readonly Line[] = Array.from({ length: 100 }, () => () => Response.json("good")),
): Managed {
  const { fetch, calls } = script(...lines);
  const gateway = manage({ fetch, warn: () => {}, ...settings }, { token: TOKEN, ...options });
  const client = new Cloudflare({
    apiToken: TOKEN,
    baseURL: BASE,
    maxRetries: 0,
    fetch: (url: string | URL | Request, init?: RequestInit) => gateway.handle(new Request(url, init)),
  });
  const raw = (path: string, init: RequestInit = {}) =>
    gateway.handle(
      new Request(`${BASE}/accounts/a/ai-gateway${path}`, {
        headers: { authorization: `Bearer ${TOKEN}` },
        ...init,
      }),
    );
  return {
    gateway,
    client,
    calls,
    raw,
    async refused(path, init) {
      const response = await raw(path, init);
      const { success, result, errors, messages, ...others } = await response.json();
      assert.deepEqual({ success, result, messages, others }, {
        success: false,
        result: null,
        messages: [],
        others: {},
      });
      return { status: response.status, path: undefined, ...errors[0] };
    },
  };
}
