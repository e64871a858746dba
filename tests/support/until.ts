/** Waits until something holds, and fails when it does not within 5 s. */
export async function until(holds: () => boolean | Promise<boolean>, what: string): Promise<void> {
  for (const began = performance.now(); !await holds();) {
    if (performance.now() - began > 5000) throw new Error(`never: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
}
