import type { Price, Provider, Settings } from "../../src/index.ts";
import { bedrock } from "../bedrock.ts";
import { vertex } from "../vertex.ts";

/** Settings out of a file, with what only code can say: list prices, and how AWS and Google take their keys. */
export function equip(settings: Settings): Settings {
  const { providers = {} } = settings;
  if (!isObject(settings) || !isObject(providers)) return settings;
  const signing = { "aws-bedrock": bedrock, "google-vertex-ai": vertex() };
  return { price, ...settings, providers: { ...providers, ...beneath(signing, providers) } };
}

/** Rows of which the user's own words outrank ours; what is no row is left for the gateway to complain of. */
function beneath(
  rows: Readonly<Record<string, Partial<Provider>>>,
  own: NonNullable<Settings["providers"]>,
): Record<string, Partial<Provider>> {
  const kept = Object.entries(rows).filter(([slug]) => own[slug] === undefined || isObject(own[slug]));
  return Object.fromEntries(kept.map(([slug, row]) => [slug, { ...row, ...own[slug] }]));
}

/** List prices, whose table is large: it is loaded when somebody asks for one. */
const price: Price = async (...call) => (await import("../prices.ts")).price(...call);

function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
