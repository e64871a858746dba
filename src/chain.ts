import { ofMoney, ofTokens } from "./allowances.ts";
import { compose } from "./compose.ts";
import { dispatch } from "./dispatch.ts";
import { createEpochs } from "./epoch.ts";
import { fallback } from "./fallback.ts";
import type { Ears } from "./ears.ts";
import { type Guests, invite } from "./guest.ts";
import { createJournal } from "./journal.ts";
import { createKeyring } from "./keyring.ts";
import { within } from "./patience.ts";
import { deadline } from "./plans/deadline.ts";
import { log } from "./plans/log.ts";
import { type Manners, refused } from "./plans/refused.ts";
import type { GatewayRetention, LogRecord } from "./logs.ts";
import type { Price } from "./public.ts";
import type { CheckedBreaker } from "./settings/breaker.ts";
import type { CheckedGateway } from "./settings/gateway.ts";
import type { CheckedSettings } from "./settings/settings.ts";
import type { Site } from "./site.ts";
import { createNurse, steady } from "./steady.ts";
import { allowance } from "./steps/allowance.ts";
import { askUsage } from "./steps/ask-usage.ts";
import { attest } from "./steps/attest.ts";
import { breaker } from "./steps/breaker.ts";
import { cache } from "./steps/cache.ts";
import { commit } from "./steps/commit.ts";
import { concurrency } from "./steps/concurrency.ts";
import { keys } from "./steps/keys.ts";
import { limit } from "./steps/limit.ts";
import { retry } from "./steps/retry.ts";
import { spread } from "./steps/spread.ts";
import { timeout } from "./steps/timeout.ts";
import { flushLogs } from "./unwritten.ts";
import { type Counter, memoryStore, type Store } from "./store.ts";
import type { Layer, Step } from "./types.ts";

/** What all gateway ids have in common; a layer that no setting asks for is none. */
export interface House {
  readonly store: Store & Counter;
  readonly cacheStore: Store;
  readonly price: Price;
  /** Who wants to know of the requests of a gateway id, if anybody does. */
  readonly earsOf: (own: CheckedGateway) => Ears | undefined;
  readonly crowding: Layer<Step> | undefined;
  readonly spreading: Layer<Step> | undefined;
  readonly attesting: Layer<Step> | undefined;
  /** The layers of the settings, and of a gateway id. */
  readonly guestsOf: (own: CheckedGateway) => Guests;
  /** Settles when all requests that are over are logged, or could not be. */
  readonly flush: () => Promise<void>;
}

/** Longest wait for what is told of requests that are over, in ms. */
const PATIENCE = 10_000;

/** Sets up what outlives a request. */
export function furnish(settings: CheckedSettings): House {
  const { providers = {}, gateways = {}, price = () => undefined, logs, redact, otel } = settings;
  const { warn = console.warn } = settings;
  const rows = Object.values(providers);
  const nurse = createNurse(warn);
  const store = settings.store ? steady(settings.store, nurse) : memoryStore();
  const answers = settings.cacheStore ?? settings.store;
  const journal = logs && createJournal(logs, warn, boundsOf(gateways));
  const [onRequest, onEnd, onAttempt] = [
    guarded(warn, settings.onRequest),
    guarded(warn, settings.onEnd),
    guarded(warn, settings.onAttempt),
  ];
  const underway = new Set<Promise<unknown>>();
  const follow = (telling: Promise<unknown>) => {
    underway.add(telling);
    telling.finally(() => underway.delete(telling));
  };
  return {
    store,
    // Patience of its own: who waits for a long answer must not make limits fail.
    cacheStore: answers ? steady(answers, nurse) : store,
    price,
    earsOf({ otel: targets }) {
      const send = targets.length > 0
        ? guarded<LogRecord>(warn, (record) => otel!.onEnd(record, targets))
        : undefined;
      const heard = onEnd && send
        ? (record: LogRecord) => Promise.all([onEnd(record), send(record)])
        : onEnd ?? send;
      if (!journal && !onRequest && !heard) return undefined;
      return { journal, price, redact, onRequest, onEnd: heard, warn, follow };
    },
    crowding: rows.some(({ maxConcurrent }) => maxConcurrent !== undefined)
      ? concurrency(providers)
      : undefined,
    spreading: rows.some(({ spread = [] }) => spread.length > 1) ? spread() : undefined,
    attesting: onAttempt && attest(onAttempt),
    guestsOf: (own) => invite(settings.layers, own.layers, warn),
    async flush() {
      await new Promise((resolve) => setTimeout(resolve)); // Whoever read an answer to its end comes before its telling.
      await within(PATIENCE, Promise.all(underway)).catch(() => {});
      await Promise.all([logs && flushLogs(logs), otel?.flush()]);
    },
  };
}

/** What carries the plans of a gateway id: the guards, the staircase, the workshop, and the way out. */
export function createChain(
  own: CheckedGateway & { readonly breaker: CheckedBreaker },
  manners: Manners,
  house: House,
): Pick<Site, "run" | "refused"> {
  const { cache: kept = {}, breaker: circuits } = own;
  const { store, cacheStore, price } = house;
  const requests = own.rateLimit.filter(({ unit }) => unit !== "tokens");
  const tokens = own.rateLimit.filter(({ unit }) => unit === "tokens");
  const allowances = [
    ...tokens.map(ofTokens),
    ...own.budgets.map((budget, index) => ofMoney(budget, index, price)),
  ];
  const guests = house.guestsOf(own);
  const workshop = compose(
    ...guests.steps,
    cache(kept, cacheStore, createEpochs(store, kept.invalidateOnUpdate ? own : undefined)),
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
      ...guests.plans,
      guests.plans.length > 0 && deadline(), // Of what they ask for.
    )(fallback(workshop(dispatch))),
    refused: ears && refused(ears, manners),
  };
}

/** What gateway ids keep of their logs, where they say so. */
function boundsOf(
  gateways: Readonly<Record<string, CheckedGateway>>,
): ReadonlyMap<string, GatewayRetention> {
  return new Map(
    Object.entries(gateways).flatMap(([id, { retention }]) => retention ? [[id, retention] as const] : []),
  );
}

/** A listener whose own faults disturb nobody. */
function guarded<Note>(
  warn: (message: string) => void,
  listen: ((note: Note) => void | Promise<void>) | undefined,
): ((note: Note) => Promise<void>) | undefined {
  return listen && (async (note) => {
    try {
      await listen(note);
    } catch {
      warn("waygate: a listener of the settings has thrown");
    }
  });
}
