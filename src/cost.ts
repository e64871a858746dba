import type { Usage } from "./dialects/dialect.ts";
import type { CustomCost } from "./options.ts";
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
  if (custom) return byToken(custom, usage);
  if (model === undefined) return undefined;
  const cost = await Promise.resolve().then(() => price(provider, model, usage)).catch(() => undefined);
  return typeof cost === "number" && cost >= 0 && cost < Infinity ? cost : undefined;
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
