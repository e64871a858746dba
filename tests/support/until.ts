/** Longest that something may take that has to happen soon, in ms: a busy machine takes its time. */
const PATIENCE = 20_000;

/** Waits until something holds, and fails when it does not within 20 s. */
export async function until(holds: () => boolean | Promise<boolean>, what: string): Promise<void> {
  for (const began = performance.now(); !await holds();) {
    if (performance.now() - began > PATIENCE) throw new Error(`never: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
}
