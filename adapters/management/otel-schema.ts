import * as v from "valibot";
import { inspectSettings, type OtelTarget, type Problem, type Telemetry } from "../../src/index.ts";
import type { Schema } from "./check.ts";
import { Refusal } from "./refusal.ts";

/** How a secret begins when it is shown, and the least length of one whose end is shown. */
const MASK = "****", LONG = 16;

const target = v.strictObject({
  url: v.string(),
  headers: v.optional(v.record(v.string(), v.string())),
  authorization: v.optional(v.string()),
  content_type: v.optional(v.picklist(["json"], "Expected json, because protobuf is not spoken")),
});

/** The collectors of a gateway: what settings take. */
export const otelSchema: Schema<readonly OtelTarget[]> = v.pipe(
  v.array(target),
  v.rawCheck(({ dataset, addIssue }) => {
    if (!dataset.typed) return;
    for (const { path, expected } of problemsOf(dataset.value as readonly OtelTarget[])) {
      const items = path.map((key) => ({ type: "unknown", origin: "value", input: null, key, value: null }));
      addIssue({ message: expected, path: items as unknown as [v.IssuePathItem, ...v.IssuePathItem[]] });
    }
  }),
) as Schema<unknown> as Schema<readonly OtelTarget[]>;

const deaf: Telemetry = { onEnd() {}, flush: () => Promise.resolve() };

/** What the core has against collectors, from the list on. */
function problemsOf(targets: readonly OtelTarget[]): readonly Pick<Problem, "path" | "expected">[] {
  const { problems } = inspectSettings({ otel: deaf, gateways: { g: { otel: targets } } });
  return problems.map(({ path, expected }) => ({ path: path.slice(3), expected }));
}

/** Collectors as they are shown: of what opens them, the end at most. */
export function maskTargets(targets: readonly OtelTarget[]): readonly OtelTarget[] {
  return targets.map((one) => withSecrets(one, mask));
}

/**
 * Collectors with the secrets themselves, where somebody sends back what was shown of them; only to the same URL.
 *
 * @throws {Refusal} where something of that kind was never shown
 */
export function unmaskTargets(
  targets: readonly OtelTarget[],
  before: readonly OtelTarget[],
): readonly OtelTarget[] {
  return targets.map((one, index) => {
    const candidates = [before[index], ...before].filter((other) => other?.url === one.url);
    return withSecrets(one, (value, path) => {
      if (!value.startsWith(MASK)) return value;
      const known = candidates.map((other) => secretAt(other!, path)).find((secret) =>
        secret !== undefined && mask(secret) === value
      );
      if (known !== undefined) return known;
      const message = `otel.${index}.${path.join(".")}: Expected the value itself, not what is shown of it`;
      throw new Refusal("invalid", [{ message, path: ["body", "otel", String(index), ...path] }]);
    });
  });
}

function mask(secret: string): string {
  return secret === "" ? "" : `${MASK}${secret.length >= LONG ? secret.slice(-4) : ""}`;
}

type Path = readonly ["authorization"] | readonly ["headers", string];

/** @param change makes another text of each that is secret */
function withSecrets(one: OtelTarget, change: (value: string, path: Path) => string): OtelTarget {
  const { headers, authorization } = one;
  return {
    ...one,
    ...(headers && {
      headers: Object.fromEntries(
        Object.entries(headers).map(([name, value]) => [name, change(value, ["headers", name])]),
      ),
    }),
    ...(authorization !== undefined && { authorization: change(authorization, ["authorization"]) }),
  };
}

function secretAt({ headers = {}, authorization }: OtelTarget, [part, name]: Path): string | undefined {
  if (part === "authorization") return authorization;
  return Object.hasOwn(headers, name!) ? headers[name!] : undefined;
}
