import type { Ears } from "./ears.ts";
import { type Guests, invite } from "./guest.ts";
import { createJournal } from "./journal.ts";
import type { GatewayRetention, LogRecord } from "./logs.ts";
import { within } from "./patience.ts";
import type { Price } from "./public.ts";
import type { CheckedGateway } from "./settings/gateway.ts";
import type { CheckedSettings } from "./settings/settings.ts";
import { createNurse, steady } from "./steady.ts";
import { attest } from "./steps/attest.ts";
import { concurrency } from "./steps/concurrency.ts";
import { spread } from "./steps/spread.ts";
import { type Counter, memoryStore, type Store } from "./store.ts";
import type { Layer, Step } from "./types.ts";
import { flushLogs, untilTold } from "./unwritten.ts";

/** What all gateway ids have in common; a layer that no setting asks for is undefined. */
export interface House {
  readonly store: Store & Counter;
  readonly cacheStore: Store;
  readonly price: Price;
  readonly providers: NonNullable<CheckedSettings["providers"]>;
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
  const cacheNurse = answers === settings.store ? nurse : createNurse(warn, "cache store");
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
    cacheStore: answers ? steady(answers, cacheNurse) : store,
    price,
    providers,
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
      await untilTold();
      await within(PATIENCE, Promise.all(underway)).catch(() => {});
      await Promise.all([logs && flushLogs(logs), otel?.flush()]);
    },
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
