import { ofMoney, ofTokens } from "./allowances.ts";
import { compose } from "./compose.ts";
import { dispatch } from "./dispatch.ts";
import { createEpochs } from "./epoch.ts";
import { fallback } from "./fallback.ts";
import { createKeyring } from "./keyring.ts";
import type { House } from "./house.ts";
import { deadline } from "./plans/deadline.ts";
import { log } from "./plans/log.ts";
import { prepare } from "./plans/prepare.ts";
import { type Manners, refused } from "./refused.ts";
import type { CheckedBreaker } from "./settings/breaker.ts";
import type { CheckedGateway } from "./settings/gateway.ts";
import type { Site } from "./site.ts";
import { allowance } from "./steps/allowance.ts";
import { askUsage } from "./steps/ask-usage.ts";
import { breaker } from "./steps/breaker.ts";
import { cache } from "./steps/cache.ts";
import { commit } from "./steps/commit.ts";
import { keys } from "./steps/keys.ts";
import { limit } from "./steps/limit.ts";
import { retry } from "./steps/retry.ts";
import { timeout } from "./steps/timeout.ts";

/** What carries the plans of a gateway id: the guards, the staircase, the workshop, and the way out. */
export function createChain(
  own: CheckedGateway & { readonly breaker: CheckedBreaker },
  manners: Manners,
  house: House,
): Pick<Site, "run" | "refused"> {
  const { cache: kept = {}, breaker: circuits } = own;
  const { store, cacheStore, price, providers } = house;
  const epochs = createEpochs(store, { own: kept.invalidateOnUpdate ? own : undefined, providers });
  const requests = own.rateLimit.filter(({ unit }) => unit !== "tokens");
  const tokens = own.rateLimit.filter(({ unit }) => unit === "tokens");
  const allowances = [
    ...tokens.map(ofTokens),
    ...own.budgets.map((budget, index) => ofMoney(budget, index, price)),
  ];
  const guests = house.guestsOf(own);
  const workshop = compose(
    ...guests.steps,
    cache(kept, cacheStore, epochs),
    requests.length > 0 && limit(requests, store, own),
    retry(),
    ...guests.attempts,
    allowances.length > 0 && allowance(allowances, store, own),
    house.crowding,
    house.spreading,
    own.askUsage && askUsage(),
    keys(createKeyring(own.keys), own),
    circuits && breaker(circuits, store),
    commit(),
    house.attesting,
    timeout(),
  );
  const ears = house.earsOf(own);
  return {
    run: compose(
      ears && log(ears),
      deadline(),
      ears && prepare(),
      ...guests.plans,
      guests.plans.length > 0 && deadline(), // Once more: they may ask for a shorter one.
    )(fallback(workshop(dispatch))),
    refused: ears && refused(ears, manners),
  };
}
