import type { Settings } from "../../src/index.ts";
import { type Source, tellAll } from "./source.ts";

/** What happens with settings that are read again. */
export interface Reloading {
  readonly source: Source & { readonly file: string };
  /** Puts them in the place of the old ones, at once. */
  apply(settings: Settings): void;
  note(message: string): void;
  warn(message: string): void;
}

/** How long a file is given that is being written, in ms. */
const PAUSE = 100;

/**
 * Reads settings again, one reading after the other. What cannot be used changes nothing, and why is told, but not twice
 * in a row.
 *
 * @returns reads them; who asks himself is told in any case
 */
export function createReload({ source, apply, note, warn }: Reloading): (asked: boolean) => Promise<void> {
  let last = Promise.resolve();
  let complaint: string | undefined;

  async function read(asked: boolean): Promise<void> {
    const found = await look();
    if (found.complaints.length > 0) return complain(tellAll(source.file, found), asked);
    apply(found.settings!);
    complaint = undefined;
    note(`${source.file}: these settings count from now on`);
  }

  /** Half a file is no news: it is read once more before anybody complains. */
  async function look() {
    const found = await source.read();
    if (found.complaints.length === 0) return found;
    await new Promise((resolve) => setTimeout(resolve, PAUSE));
    return await source.read();
  }

  function complain(what: string, asked: boolean): void {
    if (what !== complaint || asked) warn(`${what}\n${source.file}: the settings from before still count`);
    complaint = what;
  }

  return (asked) =>
    last = last.then(() => read(asked)).catch((error) => complain(String(error.message), asked));
}
