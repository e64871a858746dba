/** Where something stands in settings, from the outside in. */
export type Path = readonly (string | number)[];

/** Members that hold secrets wherever they stand in a gateway or a provider, whoever reads them. */
const NAMED = /^(headers?|authorization)$|(secret|token|password|credential|api[-_]?key)s?$/i;

/** What is printed in place of a secret. */
const MASK = "***";

/** Whether a text at this place is a secret: a token, a stored key, or what a field is called like one. */
export function isSecret(path: Path): boolean {
  const [section, , field, , member] = path;
  if (section === "gateways" && field === "tokens") return member === undefined || isTokenText(member);
  if (section === "gateways" && field === "keys") return path.at(-1) !== "alias" && path.length > 3;
  if (section === "providers" && field === "spread") return path.includes("key");
  return path.slice(2).some((name) => typeof name === "string" && NAMED.test(name));
}

function isTokenText(member: string | number): boolean {
  return member === "token" || member === "sha256";
}

/** Settings as everybody may see them: secrets are masked, and what only code can be is named so. */
export function mask(value: unknown, path: Path = []): unknown {
  if (typeof value === "function") return "(code)";
  if (typeof value === "string") return isSecret(path) ? MASK : withoutValues(value);
  if (Array.isArray(value)) return value.map((item, index) => mask(item, [...path, index]));
  if (typeof value !== "object" || value === null) return value;
  const members = Object.entries(value);
  if (isCode(value, members)) return "(code)";
  return Object.fromEntries(members.map(([name, member]) => [name, mask(member, [...path, name])]));
}

/** The query of a URL may hold keys under any name. */
function withoutValues(text: string): string {
  if (!/^https?:/i.test(text)) return text;
  const [place = "", ...query] = text.split("?");
  return query.length > 0 ? `${place}?${query.join("?").replace(/=[^&#]*/g, "=…")}` : text;
}

/** A store or its like: an object of a class, or one that does something. */
function isCode(value: object, members: readonly [string, unknown][]): boolean {
  const prototype = Object.getPrototypeOf(value);
  const isPlain = prototype === null || prototype === Object.prototype;
  const acts = members.filter(([, member]) => typeof member === "function").length;
  return !isPlain || (acts > 0 && acts === members.length);
}
