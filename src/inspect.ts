import * as v from "valibot";
import { createChain } from "./chain.ts";
import { assemble } from "./gateway.ts";
import { mergeOptions } from "./options.ts";
import { createDirectory } from "./providers/directory.ts";
import { table } from "./providers/table.ts";
import type { Settings } from "./public.ts";
import { fromCloudflare } from "./settings/cloudflare.ts";
import { type CheckedGateway, knobsOf, silent } from "./settings/gateway.ts";
import { type CheckedSettings, settingsSchema } from "./settings/settings.ts";
import { expectation } from "./validate.ts";

/** One thing that is wrong with settings. */
export interface Problem {
  /** Where, from the outside in; a name of a gateway or a provider is a member like any other. */
  readonly path: readonly (string | number)[];
  /** What was expected there, never what was found. */
  readonly expected: string;
  /** Whether it is the member's name that is wrong, not its value. */
  readonly name: boolean;
}

/** What settings come to. */
export interface Inspection {
  /** Everything that is wrong with them; none where a gateway can be made of them. */
  readonly problems: readonly Problem[];
  /**
   * The same settings with what they leave to others: each gateway id with the options, the `breaker` and the defaults
   * that count for it, in our own words. `*` stands for every id. Secrets are in it.
   */
  readonly effective?: Readonly<Record<string, unknown>>;
}

/** Looks at settings as `createGateway` does, and tells all that is wrong with them, not only the first. */
export function inspectSettings(settings: Settings): Inspection {
  const { success, output, issues } = v.safeParse(settingsSchema, settings);
  if (!success) return { problems: withoutEchoes(issues.map((issue) => toProblem(issue, settings))) };
  const checked = output as unknown as CheckedSettings;
  const strangers = findStrangers(checked);
  if (strangers.length > 0) return { problems: strangers };
  assemble(checked, createChain);
  return { problems: [], effective: complete(checked) };
}

function toProblem(issue: v.BaseIssue<unknown>, settings: Settings): Problem {
  const path = (issue.path ?? []).map(({ key }) => typeof key === "number" ? key : String(key));
  const last = issue.path?.at(-1);
  const name = issue.expected === "never" ||
    (last !== undefined && "origin" in last && last.origin === "key");
  return {
    path: discreet(asWritten(path, settings), settings),
    expected: expectation(issue).replace(/^Expected Object$/, "Expected an object"),
    name,
  };
}

/** A field that was written in Cloudflare's words, by the name that it has there. */
function asWritten(
  path: readonly (string | number)[],
  settings: Settings,
): readonly (string | number)[] {
  const [section, id = "", field = ""] = path;
  const own = section === "gateways" ? settings.gateways?.[id] : undefined;
  if (typeof own !== "object" || own === null || field in own) return path;
  const written = Object.entries(own).find(([name, value]) => field in fromCloudflare({ [name]: value }));
  return written ? [section!, id, written[0]] : path;
}

/** The slug of a stored key may be a key in the wrong place: one that is no provider's is told by its place. */
function discreet(path: readonly (string | number)[], settings: Settings): readonly (string | number)[] {
  const [section, id = "", field, slug = ""] = path;
  if (section !== "gateways" || field !== "keys" || isKnown(slug, settings)) return path;
  const place = Object.keys(settings.gateways?.[id]?.keys ?? {}).indexOf(String(slug));
  return place < 0 ? path : [section, id, field, place, ...path.slice(4)];
}

function isKnown(slug: string | number, { providers = {} }: Settings): boolean {
  return [table, providers].some((rows) => Object.hasOwn(rows, slug));
}

/** A value that two rules refuse in the same words is wrong once. */
function withoutEchoes(problems: readonly Problem[]): readonly Problem[] {
  const told = new Set<string>();
  return problems.filter(({ path, expected }) => {
    const words = JSON.stringify([path, expected]);
    return !told.has(words) && told.add(words);
  });
}

/** What no field knows by itself: new providers without a base, and keys of providers that nobody knows. */
function findStrangers(checked: CheckedSettings): readonly Problem[] {
  const { providers = {}, gateways = {} } = checked;
  const baseless = Object.entries(providers).filter(([slug, row]) => !canOpen({ [slug]: row })).map((
    [slug],
  ) => ({
    path: ["providers", slug, "base"],
    expected: "Expected a URL, because no provider of this name is known",
    name: false,
  }));
  if (baseless.length > 0) return baseless;
  const directory = createDirectory(providers);
  return Object.entries(gateways).flatMap(([id, { keys }]) =>
    Object.keys(keys).filter((slug) => !directory.has(slug)).map((slug) => ({
      path: discreet(["gateways", id, "keys", slug], checked),
      expected: "Expected the slug of a known provider",
      name: true,
    }))
  );
}

function canOpen(providers: NonNullable<Settings["providers"]>): boolean {
  try {
    return createDirectory(providers).size > 0;
  } catch {
    return false;
  }
}

function complete(checked: CheckedSettings): Readonly<Record<string, unknown>> {
  const { gateways, defaults: _, breaker, ...others } = checked;
  const ids = gateways ?? { "*": silent };
  return { ...others, gateways: mapValues(ids, (own) => completeGateway(own, checked.defaults, breaker)) };
}

function completeGateway(
  own: CheckedGateway,
  defaults: CheckedSettings["defaults"],
  breaker: CheckedSettings["breaker"],
): Readonly<Record<string, unknown>> {
  const knobs = knobsOf(own);
  const rest = Object.entries(own).filter(([name]) => !Object.hasOwn(knobs, name));
  return { ...mergeOptions(defaults, knobs), ...Object.fromEntries(rest), breaker: own.breaker ?? breaker };
}

function mapValues<Value, Other>(
  record: Readonly<Record<string, Value>>,
  change: (value: Value) => Other,
): Readonly<Record<string, Other>> {
  return Object.fromEntries(Object.entries(record).map(([name, value]) => [name, change(value)]));
}
