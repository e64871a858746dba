import type { Words } from "./command-line.ts";
import { warnOfClosed } from "./greeting.ts";
import { openSource, readGood } from "./source.ts";
import { Stop } from "./stop.ts";
import { tellJson } from "./tell-json.ts";

/** Prints what a configuration comes to, or all that is wrong with it; on the other stream, what is hardly meant. */
export async function check(words: Words): Promise<void> {
  const source = openSource(words.positionals[0] ?? words.one("config"));
  if (source.file === undefined) {
    throw new Stop("check: Expected a file, because there is no waygate.jsonc here");
  }
  const { effective, settings } = await readGood(source);
  console.log(tellJson(effective));
  const warning = warnOfClosed(settings);
  if (warning) console.error(`waygate: ${warning}`);
}
