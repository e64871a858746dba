/** `node:test` for workerd, which has none: as much of it as the suite uses. Served beside the bundle. */
const tests = [];
const preparations = [];
let prepared;

/** Takes options, too, and does not follow them: who asks for a test knows how long it may take. */
export const test = (name, ...rest) => void tests.push({ name, run: rest.at(-1) });

/** Runs before the first test. */
export const before = (prepare) => void preparations.push(prepare);

/** The end of workerd is the end of everything. */
export const after = () => {};

/** `/` tells the names of all tests, `/{index}` runs one. */
export default {
  async fetch(request) {
    const path = new URL(request.url).pathname.slice(1);
    if (!path) return Response.json(tests.map(({ name }) => name));
    const { name, run } = tests[Number(path)];
    try {
      prepared ??= Promise.all(preparations.map((prepare) => prepare()));
      await prepared;
      await run();
      return Response.json({ name });
    } catch (error) {
      return Response.json({ name, error: String(error?.stack ?? error) });
    }
  },
};
