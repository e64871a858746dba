import { GatewayError, type Price, type Provider, type Settings, type Telemetry } from "../../src/index.ts";
import { otelExporters } from "../otel.ts";
import { need } from "./need.ts";

/**
 * Settings out of a file, with what only code can say: list prices, how AWS and Google take their keys, and who tells the
 * collectors of gateways.
 *
 * @param fleeting whether timers end with the request, as on Workers
 */
export function equip(settings: Settings, fleeting: boolean = false): Settings {
  if (!isObject(settings)) return settings;
  const { providers = {} } = settings;
  if (!isObject(providers)) return settings;
  const signing = {
    "aws-bedrock": late("aws4fetch", async () => (await import("../bedrock.ts")).bedrock),
    "google-vertex-ai": late("jose", async () => (await import("../vertex.ts")).vertex()),
  };
  const otel = telemetry ??= otelExporters({ each: fleeting });
  return { price, otel, ...settings, providers: { ...providers, ...beneath(signing, providers) } };
}

/** What settings come to, without what `equip` has added to those that were written. */
export function unequip(
  effective: Readonly<Record<string, unknown>>,
  written: Settings,
): Readonly<Record<string, unknown>> {
  const { price, otel, providers, ...others } = effective;
  const own = written.providers;
  return {
    ...others,
    ...(written.price && { price }),
    ...(written.otel && { otel }),
    ...(own && { providers: pick<object>(providers as object, own, (row, own) => pick(row, own)) }),
  };
}

/** The members whose names another object has, too. */
function pick<Value>(
  from: object,
  names: object,
  change: (value: Value, own: Value) => unknown = (value) => value,
): Readonly<Record<string, unknown>> {
  const kept = Object.entries(from).filter(([name]) => Object.hasOwn(names, name));
  return Object.fromEntries(
    kept.map(([name, value]) => [name, change(value, (names as Record<string, Value>)[name]!)]),
  );
}

/** Rows of which the user's own words outrank ours; what is no row is left for the gateway to complain of. */
function beneath(
  rows: Readonly<Record<string, Partial<Provider>>>,
  own: NonNullable<Settings["providers"]>,
): Record<string, Partial<Provider>> {
  const kept = Object.entries(rows).filter(([slug]) => own[slug] === undefined || isObject(own[slug]));
  return Object.fromEntries(kept.map(([slug, row]) => [slug, { ...row, ...own[slug] }]));
}

/** A row that is loaded when a key is first to be used: it needs a package that may not be there. */
function late(name: string, load: () => Promise<Partial<Provider>>): Partial<Provider> {
  let row: Promise<Partial<Provider>> | undefined;
  return {
    async authorize(key, call) {
      row ??= need(name, load);
      const { authorize } = await row.catch((cause) => {
        throw new GatewayError("key_unavailable", (cause as Error).message, { cause });
      });
      return await authorize!(key, call);
    },
  };
}

/** One for all settings of a process, so that what waits to be sent outlives them. */
let telemetry: Telemetry | undefined;

/** List prices, whose table is large: it is loaded when somebody asks for one. */
const price: Price = (...call) =>
  listPrice ? listPrice(...call) : loadPrices().then((price) => price(...call));
let listPrice: typeof import("../prices.ts").price | undefined;

/**
 * Loads list prices where budgets go by them: nobody shall believe that they count, though nobody knows a price.
 *
 * @returns what is missing; undefined where nothing is
 */
export async function prepare({ price: own, gateways = {} }: Settings): Promise<string | undefined> {
  const budgeting = Object.values(gateways).some(({ budgets, spend_limits }) =>
    budgets?.length || spend_limits
  );
  if (own || !budgeting) return undefined;
  return await loadPrices().then(() => undefined, ({ message }: Error) => message);
}

async function loadPrices(): Promise<NonNullable<typeof listPrice>> {
  return listPrice = (await need("@pydantic/genai-prices", () => import("../prices.ts"))).price;
}

function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
