import { describe } from "node:test";

/**
 * Runs the tests of several runtimes, or of whatever else they are for, side by side, and those of each one after
 * the other. For what waits more than it works.
 *
 * @param most how many of them run at the same time. @default all
 */
export function sideBySide<Name extends string>(
  names: readonly Name[],
  prove: (name: Name) => void,
  most: number = names.length,
): void {
  describe("side by side", { concurrency: Math.max(most, 1) }, () => {
    for (const name of names) describe(name, { concurrency: 1 }, () => prove(name));
  });
}
