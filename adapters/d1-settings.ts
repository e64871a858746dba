import type { D1 } from "./d1-logs.ts";
import type { SettingsStore } from "./management.ts";
import { readSettings, type SettingsRow } from "./settings-row.ts";
import { settingsStatements } from "./sql-settings.ts";

export type { D1, D1Statement } from "./d1-logs.ts";

const TABLE = "waygate_settings";
/** Most bytes of settings: D1 takes rows of 2,000,000 bytes. */
const LARGEST = 1_900_000;

const { make, find, replace } = settingsStatements(TABLE);

/**
 * What is set by the API of `waygate/management`, in a D1 database, for all Workers that are bound to it. It makes its
 * table, `waygate_settings`, when it is used first. It has providers' keys in it, as they are. Settings of more than
 * 1,900,000 bytes are refused, because D1 takes none of 2 MB.
 *
 * @see https://developers.cloudflare.com/d1/platform/limits/
 */
export function d1Settings(database: D1): SettingsStore {
  let made = false;

  /** Nobody waits for a table that another request makes, which Workers do not allow. */
  async function run(text: string, ...values: readonly unknown[]): Promise<SettingsRow | undefined> {
    const before = made ? [] : [database.prepare(make)];
    const statement = database.prepare(text);
    const answers = await database.batch([
      ...before,
      values.length > 0 ? statement.bind(...values) : statement,
    ]);
    made = true;
    return answers.at(-1)!.results[0] as SettingsRow | undefined;
  }

  return {
    async read() {
      const row = await run(find);
      return row && readSettings(`the table ${TABLE}`, row);
    },
    async write(settings) {
      const content = JSON.stringify(settings);
      const { length } = new TextEncoder().encode(content);
      if (length > LARGEST) throw new RangeError(`settings have ${length} bytes, D1 keeps ${LARGEST}`);
      return await run(replace, settings.version, content) !== undefined;
    },
  };
}
