import { crowd } from "./crowd.ts";
import type { Providers } from "./providers.ts";
import { alone, healthyOf } from "./question.ts";
import { BEAT, type Row } from "./rows.ts";
import { look, type Sight } from "./sight.ts";
import { rowsOf, type Tongue, tongues } from "./tongues.ts";
import { judge, type Result, type Yardstick } from "./verdict.ts";

/** How long a client waits for a provider without a gateway, in ms: longer than any fault that ends. */
const PATIENCE = 5 * BEAT;

/** What clients get from providers without a gateway. */
export interface Baseline {
  yardstick(tongue: Tongue, row: Row): Yardstick;
  result(tongue: Tongue, row: Row): Result;
}

/** Asks the providers themselves. */
export async function measure(providers: Providers): Promise<Baseline> {
  const sights = new Map<string, Sight>();
  const key = ({ name }: Tongue, fault: string) => `${name} ${fault}`;
  const all = tongues.flatMap((tongue) => rowsOf(tongue).map((row) => ({ tongue, row })));
  await crowd(16, all, async ({ tongue, row }) => {
    sights.set(key(tongue, row.fault), await look(alone({ tongue, row }, providers), PATIENCE));
  });
  const yardstick = (tongue: Tongue, row: Row): Yardstick => ({
    healthy: sights.get(key(tongue, healthyOf(row)))!,
    sent: sights.get(key(tongue, row.fault))!,
  });
  return {
    yardstick,
    result(tongue, row) {
      const stick = yardstick(tongue, row);
      const verdict = judge(stick.sent, { tongue, row, policy: "headers" }, stick);
      const status = verdict === "error" ? { status: stick.sent.status } : {};
      return { verdict, ...status, attempts: 1, waits: 0 };
    },
  };
}
