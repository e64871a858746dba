import { parseArgs } from "node:util";

/** What options a command takes. */
export type Options = NonNullable<NonNullable<Parameters<typeof parseArgs>[0]>["options"]>;

/** What is wrong with options; never with a value of theirs, which may be a secret. */
export function tellMisuse(args: readonly string[], options: Options, named: Options): string {
  const known = Object.keys(named).map((option) => `--${option}`).join(", ");
  const expected = `Expected ${known || "no option"}`;
  const { tokens } = parseArgs({
    args: [...args],
    options,
    allowPositionals: true,
    strict: false,
    tokens: true,
  });
  for (const token of tokens) {
    if (token.kind !== "option") continue;
    const option = options[token.name];
    // Behind a = is a value; without options, what looks like one may be a token.
    if (!option) return known ? `Expected no ${token.rawName}, but ${known}` : expected;
    if (option.type === "boolean" && token.value !== undefined) return `${token.rawName}: Expected no value`;
    if (
      option.type === "string" && (token.value === undefined || !token.inlineValue && /^-./.test(token.value))
    ) {
      return `${token.rawName}: Expected a value`;
    }
  }
  return expected;
}
