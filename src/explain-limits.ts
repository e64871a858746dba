import { UNITS } from "./allowances.ts";
import type { Budget, RateLimit } from "./public.ts";
import type { CheckedGateway } from "./settings/gateway.ts";

/** A limit or a budget, and what it would have to do with a call. */
export interface ExplainedLimit {
  /** Most in a window: of its unit. */
  readonly limit: number;
  readonly unit: "requests" | "tokens" | "USD";
  /** Length of a window, in s. */
  readonly interval: number;
  readonly technique: "fixed" | "sliding";
  /** What has a count of its own each. */
  readonly per: readonly string[];
  /** What a budget is called. */
  readonly name?: string;
  /** What would be set aside for the call; null where it does not count here, or nobody knows its price. */
  readonly takes: number | null;
}

/** An addition that a counter was asked for. */
export interface Count {
  readonly key: string;
  readonly amount: number;
}

/** The limits of a gateway id, by what was asked of their counters. */
export function explainLimits(
  { rateLimit, budgets }: CheckedGateway,
  gateway: string,
  counts: readonly Count[],
): readonly ExplainedLimit[] {
  const takes = (start: string): number | null =>
    counts.find(({ key, amount }) => amount > 0 && key.startsWith(start))?.amount ?? null;
  const requests = rateLimit.filter(({ unit }) => unit !== "tokens");
  const tokens = rateLimit.filter(({ unit }) => unit === "tokens");
  return [
    ...requests.map((limit, index) => describe(limit, "requests", takes(`limit:${gateway}:${index}:`))),
    ...tokens.map((limit, index) => describe(limit, "tokens", takes(`tokens:${index}:${gateway}:`))),
    ...budgets.map((budget, index) => {
      const name = budget.name ?? String(index);
      const units = takes(`budget:${name}:${gateway}:`);
      return { ...describe(budget, "USD", units === null ? null : units / UNITS), name };
    }),
  ];
}

function describe(
  { limit, interval, technique = "fixed", per = [] }: RateLimit | Budget,
  unit: ExplainedLimit["unit"],
  takes: number | null,
): ExplainedLimit {
  return { limit, unit, interval, technique, per, takes };
}
