import assert from "node:assert/strict";
import type { LogListResponse } from "cloudflare/resources/ai-gateway/logs";
import { account, type Stage } from "./stage.ts";
import type { Known } from "./traffic.ts";

/** The gateway id whose traffic is known. */
export const BUSY = "busy";
/** What calls of one log have to say. */
export const inBusy = { ...account, gateway_id: BUSY } as const;
/** Everything, as it came. */
export const oldestFirst = { per_page: 100, order_by: "created_at", order_by_direction: "asc" } as const;
/** Longest that a request may wait for its log, in ms. */
const PATIENCE = 10_000;

/** What tells logs apart. */
export const idsOf = (records: readonly { readonly id: string }[]): string[] => records.map(({ id }) => id);

type Logs = Stage["client"]["aiGateway"]["logs"];

/** The latest logs of a gateway id, as soon as those of some requests are among them. */
export async function logged(
  logs: Logs,
  gateway: string,
  sent: readonly Known[],
): Promise<LogListResponse[]> {
  for (const began = performance.now(); performance.now() - began < PATIENCE;) {
    const { result } = await logs.list(gateway, { ...account, per_page: 50 });
    if (sent.every((one) => result.some(({ id }) => id === one.id))) return result;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  return assert.fail(`${sent.length} requests were not logged`);
}

/** A log as a list shows it, but for when it was and how long it took. */
export function entryOf(one: Known): object {
  const { authentication: _, span: __, least: ___, request: ____, response: _____, ...entry } = one;
  const { model, cost, metadata, request_content_type, response_content_type, ...others } = entry;
  return {
    ...others,
    model: model ?? "",
    ...(cost !== null && { cost }),
    ...(metadata && { metadata: JSON.stringify(metadata) }),
    ...(request_content_type !== null && { request_content_type }),
    ...(response_content_type !== null && { response_content_type }),
  };
}
