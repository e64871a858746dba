import type { Usage } from "./dialects/dialect.ts";
import { type CustomCost, MOST_DOLLARS } from "./options.ts";
import { within } from "./patience.ts";
import type { Price } from "./public.ts";

/** A call whose price is asked for. */
export interface Priced {
  readonly provider: string;
  readonly model: string | undefined;
  readonly usage: Usage | undefined;
  /** What the client says. */
  readonly custom?: CustomCost | undefined;
}

/** USD of a call; undefined where nobody knows. */
export async function costOf(
  { provider, model, usage, custom }: Priced,
  price: Price,
): Promise<number | undefined> {
  if (custom && "total_cost" in custom) return custom.total_cost;
  if (!usage) return undefined;
  if (custom) return asCost(byToken(custom, usage));
  if (model === undefined) return undefined;
  return await ask(price, provider, model, usage).catch(() => undefined);
}

/** Longest wait for a price, in ms. */
const PATIENCE = 2000;

async function ask(price: Price, ...call: Parameters<Price>): Promise<number | undefined> {
  const told = price(...call);
  return asCost(typeof told === "object" ? await within(PATIENCE, told) : told);
}

function asCost(cost: unknown): number | undefined {
  return typeof cost === "number" && cost >= 0 && cost <= MOST_DOLLARS ? cost : undefined;
}

/** The prompt's tokens include those of its cache, which may have prices of their own. */
function byToken(
  custom: Exclude<CustomCost, { total_cost: number }>,
  { input = 0, output = 0, cacheRead = 0, cacheWrite = 0 }: Usage,
): number {
  const { per_token_in: fresh, per_token_out: told } = custom;
  const { per_cache_read_token: read = fresh, per_cache_write_token: written = fresh } = custom;
  const others = Math.max(input - cacheRead - cacheWrite, 0);
  return others * fresh + cacheRead * read + cacheWrite * written + output * told;
}
