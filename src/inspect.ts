import * as v from "valibot";
import { createChain } from "./chain.ts";
import { assemble } from "./gateway.ts";
import { mergeOptions } from "./options.ts";
import { createDirectory } from "./providers/directory.ts";
import { discreet, type Problem, toProblem } from "./problem.ts";
import type { Settings } from "./public.ts";
import { type CheckedGateway, knobsOf, silent } from "./settings/gateway.ts";
import { type CheckedSettings, settingsSchema } from "./settings/settings.ts";
import { withoutProblems } from "./stand-in.ts";

export type { Problem };

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

/** How often is looked again at what is right: once for each kind of rule that waits for another one, and some more. */
const TURNS = 8;

/** Looks at settings as `createGateway` does, and tells all that is wrong with them, not only the first. */
export function inspectSettings(settings: Settings): Inspection {
  let rest: Settings | undefined = settings;
  let problems: readonly Problem[] = [];
  for (let turn = 0; rest !== undefined && turn < TURNS; turn++) {
    const { success, output, issues } = v.safeParse(settingsSchema, rest);
    const checked = output as unknown as CheckedSettings;
    if (success && problems.length === 0 && findStrangers(checked).length === 0) {
      assemble(checked, createChain);
      return { problems, effective: complete(checked) };
    }
    const found = success ? findStrangers(checked) : issues.map((issue) => toProblem(issue, settings));
    problems = withoutEchoes(problems, found);
    if (success) break;
    rest = withoutProblems(rest, issues.map((issue) => toProblem(issue, rest!)));
  }
  return { problems: problems.map((problem) => discreet(problem, settings)) };
}

/** A value that two rules refuse in the same words is wrong once, and so is one of which something was told before. */
function withoutEchoes(before: readonly Problem[], found: readonly Problem[]): readonly Problem[] {
  const told = new Set(before.map(({ path }) => JSON.stringify(path)));
  const fresh = found.filter(({ path }) => !told.has(JSON.stringify(path)));
  const words = new Map(fresh.map((problem) => [JSON.stringify([problem.path, problem.expected]), problem]));
  return [...before, ...words.values()];
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
  const rows = Object.entries(providers).filter(([slug, row]) => canOpen({ [slug]: row }));
  const directory = createDirectory(Object.fromEntries(rows));
  const strangers = Object.entries(gateways).flatMap(([id, { keys }]) =>
    Object.keys(keys).filter((slug) => !directory.has(slug) && !Object.hasOwn(providers, slug)).map((
      slug,
    ) => ({
      path: ["gateways", id, "keys", slug],
      expected: "Expected the slug of a known provider",
      name: true,
    }))
  );
  return [...baseless, ...strangers];
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
