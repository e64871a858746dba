import * as v from "valibot";
import type { OtelTarget } from "../../src/index.ts";
import type { Schema } from "./check.ts";
import { Refusal } from "./refusal.ts";

/** Most collectors of one gateway. */
const MOST = 10;
/** How a secret begins when it is shown, and the least length of one whose end is shown. */
const MASK = "****", LONG = 16;

const fieldValue = v.pipe(v.string(), v.check(isFieldValue, "Expected the value of a header field"));
const target = v.strictObject({
  url: v.pipe(
    v.string(),
    v.check(isPlace, "Expected an absolute http or https URL without credentials or fragment"),
  ),
  headers: v.optional(
    v.pipe(
      v.record(v.string(), v.string()),
      v.check(areFields, "Expected names and values of header fields"),
    ),
  ),
  authorization: v.optional(fieldValue),
  content_type: v.optional(v.picklist(["json"], "Expected json, because protobuf is not spoken")),
});

/** The collectors of a gateway. */
export const otelSchema: Schema<readonly OtelTarget[]> = v.pipe(
  v.array(target),
  v.maxLength(MOST, `Expected at most ${MOST} collectors`),
) as Schema<unknown> as Schema<readonly OtelTarget[]>;

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

function isPlace(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, username, password, hash } = new URL(text);
  return /^https?:$/.test(protocol) && !username && !password && !hash;
}

function isFieldValue(text: string): boolean {
  return areFields({ authorization: text });
}

function areFields(headers: Readonly<Record<string, string>>): boolean {
  try {
    return Boolean(new Headers(headers));
  } catch {
    return false;
  }
}
