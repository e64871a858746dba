import assert from "node:assert/strict";
import Cloudflare from "cloudflare";
import type { Upstream } from "../../support/upstream.ts";
import { ADMIN } from "./gateway.ts";

/** What a check works with. */
export interface Stage {
  /** The official client, which knows another base URL and nothing else. */
  readonly client: Cloudflare;
  /** Where the gateway listens, without a slash at the end. */
  readonly url: string;
  /** The one who plays all providers. */
  readonly provider: Upstream;
}

/** Something that the API does, whatever it runs on. */
export interface Check {
  readonly name: string;
  prove(stage: Stage): Promise<void>;
}

/** What every call of the client has to say. */
export const account = { account_id: "acct" } as const;

/** The least that makes a gateway. */
export const least = {
  cache_invalidate_on_update: false,
  cache_ttl: null,
  collect_logs: true,
  rate_limiting_interval: null,
  rate_limiting_limit: null,
} as const;

/** The client of a gateway, as somebody would make it who has changed nothing but the URL. */
export function clientOf(url: string): Cloudflare {
  return new Cloudflare({ apiToken: ADMIN, baseURL: `${url}/client/v4` });
}

/** The status of a request to a provider behind a gateway. */
export async function statusOf(
  { url }: Stage,
  gateway: string,
  headers: Record<string, string> = {},
): Promise<number> {
  const response = await fetch(`${url}/v1/acct/${gateway}/openai/models`, { headers });
  await response.body?.cancel();
  return response.status;
}

/** The error of the client's own that a call comes to, and the number that the API gives it. */
export async function refusal(
  call: PromiseLike<unknown>,
): Promise<readonly [name: string, status: number, code: number | undefined]> {
  try {
    await call;
  } catch (error) {
    assert.ok(error instanceof Cloudflare.APIError, String(error));
    return [error.constructor.name, error.status!, error.errors[0]?.code];
  }
  return assert.fail("it was not refused");
}
