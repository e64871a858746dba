import type { StoredSettings } from "./management.ts";

/** What a store keeps of settings: JSON, and beside it the version that stands in it. */
export interface SettingsRow {
  readonly version: unknown;
  readonly content: unknown;
}

/** What has to be a list in it. */
const LISTS = ["gateways", "keys", "providers"] as const;

/**
 * Settings out of what a store has kept of them.
 *
 * @param place where it was found
 * @throws where it is something else; it quotes nothing and has no cause, because there are keys in it
 */
export function readSettings(place: string, { version, content }: SettingsRow): StoredSettings {
  const refuse = (code: string, why: string) =>
    Object.assign(new Error(`${place} holds no settings that can be read: ${why}`), { code });
  const settings = parse(content);
  if (typeof settings !== "object" || settings === null) {
    throw refuse("NO_OBJECT", "it is not the JSON of an object");
  }
  const lost = LISTS.find((name) => !Array.isArray(settings[name]));
  if (lost) throw refuse("NO_LIST", `its ${lost} are no list`);
  if (!Number.isSafeInteger(settings.version) || settings.version !== Number(version)) {
    throw refuse("OTHER_VERSION", "its version is not the one that stands beside it");
  }
  return settings as StoredSettings;
}

/** Undefined where it is no JSON: what a runtime says of that repeats a part of it. */
function parse(content: unknown): Partial<StoredSettings> | null | undefined {
  try {
    return JSON.parse(String(content));
  } catch {
    return undefined;
  }
}
