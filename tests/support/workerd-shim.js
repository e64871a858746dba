/** `node:test` for workerd, which has none: as much of it as the suite uses. Served beside the bundle. */
const tests = [];

export const test = (name, run) => void tests.push({ name, run });

/** `/` tells how many tests there are, `/{index}` runs one. */
export default {
  async fetch(request) {
    const path = new URL(request.url).pathname.slice(1);
    if (!path) return Response.json(tests.length);
    const { name, run } = tests[Number(path)];
    try {
      await run();
      return Response.json({ name });
    } catch (error) {
      return Response.json({ name, error: String(error?.stack ?? error) });
    }
  },
};
