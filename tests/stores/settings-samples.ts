import type { StoredSettings } from "../../adapters/management.ts";

/** A version and a content that do not belong together, or are no settings. */
export interface SpoiltRow {
  readonly version: number;
  readonly content: string;
}

/** What stands in none of what is told. */
export const SECRET: string = "sk-secret-that-nobody-tells";

/** Settings whose one key is a text. */
export function settings(version: number, secret = "none"): StoredSettings {
  const key = {
    id: "1",
    gateway_id: "prod",
    provider_slug: "openai",
    alias: "default",
    default_config: true,
    modified_at: "2026-11-22T12:00:00.000Z",
    secret,
  };
  return { version, gateways: [], keys: [key], providers: [] };
}

const whole = JSON.stringify(settings(1, SECRET));
/** What is found instead of settings, and what is said of it. */
export const spoilt: readonly (readonly [SpoiltRow, RegExp])[] = [
  [{ version: 1, content: SECRET }, /no.* JSON/],
  [{ version: 1, content: whole.slice(0, -20) }, /no.* JSON/],
  [{ version: 1, content: "" }, /no.* JSON/],
  [{ version: 1, content: "null" }, /no.* JSON/],
  [{ version: 1, content: `{"version":1,"gateways":[],"keys":{"a":"${SECRET}"},"providers":[]}` }, /keys/],
  [{ version: 2, content: whole }, /version/],
  [{ version: 1, content: whole.replace('"version":1', '"version":"1"') }, /version/],
];

/** All that a program would print of an error, and more. */
export function everythingOf(error: unknown): string {
  if (!(error instanceof Error)) return JSON.stringify(error) ?? "";
  const own = Object.getOwnPropertyNames(error).map((name) => Reflect.get(error, name));
  return own.map((part) => part instanceof Error ? everythingOf(part) : JSON.stringify(part)).join();
}
