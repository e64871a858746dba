import type { Sign, StreamEvent, Usage } from "./dialect.ts";
import { failed } from "./failed.ts";
import { count, isJson, type Json, says } from "./json.ts";
import { parse } from "../parse.ts";

export const quiet: Sign = { kind: "quiet" };
export const content: Sign = { kind: "content" };
export const finish: Sign = { kind: "finish" };
/** The end of an answer, and why it ends. */
export const finishedBy = (reason: unknown): Sign =>
  typeof reason === "string" && reason ? { kind: "finish", reason } : finish;
export const end: Sign = { kind: "end" };
export const malformed: Sign = { kind: "malformed" };

/** What events mean, by the name that they give themselves. */
export type Signs<Data = Json> = Readonly<Record<string, (data: Data) => Sign>>;

/** What an event means by its name; one that nobody knows is content. */
export function lookUp<Data>(signs: Signs<Data>, name: unknown, data: Data): Sign {
  return typeof name === "string" && Object.hasOwn(signs, name) ? signs[name]!(data) : content;
}

/** What signs mean together: the whole is finished when no part goes on. */
export function joined(signs: readonly Sign[]): Sign {
  const kind = ["error", "content", "finish"].find((kind) => signs.some((sign) => sign.kind === kind));
  return signs.find((sign) => sign.kind === kind) ?? quiet;
}

/** What a chunk's choices mean together; where there are several, who goes on is told of each. */
export function ofChoices(choices: readonly unknown[], read: (choice: Json) => Sign): Sign {
  const told = choices.filter(isJson);
  const signs = told.map(read);
  const sign = joined(signs);
  if (told.every(({ index }) => !index)) return sign;
  return {
    ...sign,
    choices: told.map(({ index }, at) => ({
      index: Number(index) || 0,
      finished: signs[at]!.kind === "finish",
    })),
  };
}

/** The same sign with what it tells of tokens. */
export function withUsage(sign: Sign, usage: Usage | undefined): Sign {
  return usage ? { ...sign, usage } : sign;
}

/**
 * Reads events whose data are JSON objects; comments and events without data say nothing, `[DONE]` is the end, an `error` that says something
 * is one whoever speaks, other JSON is content.
 */
export const overJson =
  (read: (data: Json, type: string) => Sign): (event: StreamEvent) => Sign => ({ type, data }) => {
    if (type === "malformed") return malformed;
    if (!data) return quiet;
    if (data.trim() === "[DONE]") return end;
    const value = parse(data);
    if (!isJson(value)) return value === undefined ? malformed : content;
    return says(value["error"]) ? failed(value["error"], value["error_type"]) : read(value, type);
  };

/** Events that only go on, known by how their data begin, as those who name their events first write them. */
export const beginning = (pattern: RegExp): (event: StreamEvent) => boolean => ({ data = "" }) =>
  pattern.test(data);

/**
 * Events that only go on, in a dialect where all others have a mark. In a text a mark has its quotes escaped; where
 * characters are escaped, names may be, too.
 */
export const unmarked = (marks: RegExp): (event: StreamEvent) => boolean => ({ type, data = "" }) =>
  type === "message" && data.startsWith("{") && data.endsWith("}") && !data.includes("\\u") &&
  !marks.test(data);

/** Content where an object says something besides what its names already tell, otherwise quiet. */
export function spoken(delta: Json, ...besides: readonly string[]): Sign {
  return Object.keys(delta).some((name) => !besides.includes(name) && says(delta[name])) ? content : quiet;
}

/** What several counts make together; undefined without the first. */
export function sum(first: number | undefined, ...more: readonly (number | undefined)[]): number | undefined {
  return first === undefined ? undefined : more.reduce<number>((total, next) => total + (next ?? 0), first);
}

/** What several calls took together. */
export function added(usages: readonly (Usage | undefined)[]): Usage | undefined {
  const told = usages.filter((usage) => usage !== undefined);
  const total = (name: keyof Usage) => {
    const counts = told.map((usage) => usage[name]).filter((count) => count !== undefined);
    return sum(counts[0], ...counts.slice(1));
  };
  return usageOf({
    input: total("input"),
    output: total("output"),
    reasoning: total("reasoning"),
    cacheRead: total("cacheRead"),
    cacheWrite: total("cacheWrite"),
  });
}

/** Usage of those who count a prompt's cached tokens beside the others, by the names of their counts. */
export function usageBesideCache(
  told: Json,
  names: Readonly<Record<Exclude<keyof Usage, "reasoning">, string>>,
): Usage | undefined {
  const cacheRead = count(told, names.cacheRead);
  const cacheWrite = count(told, names.cacheWrite);
  return usageOf({
    input: sum(count(told, names.input), cacheRead, cacheWrite),
    output: count(told, names.output),
    cacheRead,
    cacheWrite,
  });
}

/** Usage without the members that nobody told; undefined where none is left. */
export function usageOf(
  counts: { readonly [Name in keyof Usage]: Usage[Name] | undefined },
): Usage | undefined {
  const names = Object.keys(counts) as (keyof Usage)[];
  const told = names.filter((name) => counts[name] !== undefined);
  return told.length > 0 ? Object.fromEntries(told.map((name) => [name, counts[name]])) : undefined;
}
