/** A JSON object of which nothing is known. */
export type Json = Readonly<Record<string, unknown>>;

/** Whether a value is an object, an array not excepted. */
export function isJson(value: unknown): value is Json {
  return typeof value === "object" && value !== null;
}

/** Whether a value is more than an empty text, list or object. */
export function says(value: unknown): boolean {
  if (isJson(value)) return Object.keys(value).length > 0;
  return value !== undefined && value !== null && value !== "" && value !== false;
}

/** A member that is an object, or an empty one. */
export function member(data: Json, name: string): Json {
  const value = data[name];
  return isJson(value) ? value : {};
}

/** A member that is a number of things. */
export function count(data: Json, name: string): number | undefined {
  const value = data[name];
  return Number.isSafeInteger(value) && Number(value) >= 0 ? Number(value) : undefined;
}
