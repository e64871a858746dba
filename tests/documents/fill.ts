import { errorsTable } from "./errors.ts";
import { longOptions, shortOptions } from "./options.ts";
import { providersTable } from "./providers.ts";
import { cloudflareTable, settingsTable } from "./settings.ts";

/** What stands between a pair of markers, by the name in the first. */
const writers: Readonly<Record<string, () => string | Promise<string>>> = {
  "options in short": shortOptions,
  "options": longOptions,
  "Cloudflare's settings": cloudflareTable,
  "providers": providersTable,
  "errors": errorsTable,
};

const MARKED = /(<!-- generated: (.+?) -->)[^]*?(<!-- end -->)/g;

/** A page with all that is generated of it written anew. */
export async function fill(page: string): Promise<string> {
  let filled = "", at = 0;
  for (const match of page.matchAll(MARKED)) {
    const [whole, begin, name = "", end] = match;
    filled += `${page.slice(at, match.index)}${begin}\n\n${await write(name)}\n\n${end}`;
    at = match.index + whole.length;
  }
  return filled + page.slice(at);
}

/** An interface's name asks for its fields. */
async function write(name: string): Promise<string> {
  return await (writers[name] ?? (() => settingsTable(name)))();
}
