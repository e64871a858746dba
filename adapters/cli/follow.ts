import { stat } from "node:fs/promises";

/** How often a file is looked at, in ms. */
const PAUSE = 500;

/**
 * Calls whenever a file is another one: written to, replaced, or what a link leads to. A look at it takes some
 * microseconds, and works where systems do not tell of changes, as in mounted folders.
 *
 * @param mark of the file when it was last read
 * @returns ends it
 */
export function follow(file: string, mark: string, changed: () => Promise<void>): () => void {
  let seen = mark;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let ended = false;

  async function look(): Promise<void> {
    const now = await markOf(file);
    if (now !== seen) await changed();
    seen = now;
    if (ended) return;
    timer = setTimeout(look, PAUSE);
    timer.unref();
  }

  look();
  return () => {
    ended = true;
    clearTimeout(timer);
  };
}

/** What differs whenever a file does. */
export async function markOf(file: string): Promise<string> {
  try {
    const { ino, size, mtimeMs, ctimeMs } = await stat(file);
    return [ino, size, mtimeMs, ctimeMs].join(" ");
  } catch {
    return "gone";
  }
}
