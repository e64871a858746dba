import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { bin } from "../support/serve.ts";

const program = fileURLToPath(new URL("stop-main.ts", import.meta.url));
const commands = {
  bun: [bin("bun"), program],
  deno: [bin("deno"), "run", "-A", "--no-check", program],
  node: [bin("node"), program],
} as const;

for (const [runtime, [file, ...args]] of Object.entries(commands)) {
  const run = async (...words: string[]) => {
    const { stdout } = await promisify(execFile)(file, [...args, ...words], { timeout: 20_000 });
    return JSON.parse(stdout);
  };

  test(`${runtime}: a server that stops waits for its deadline, takes nothing new, cuts what it can, and logs it`, async () => {
    for (const watched of ["watched", "unwatched"]) {
      const { waited, told, refused, endings } = await run(watched);
      assert.ok(waited >= 195 && waited < 1200, `${waited} ms`);
      // Deno hands on by itself what nobody looks into.
      const runsOn = runtime === "deno" && watched === "unwatched";
      assert.deepEqual([told, refused], [runsOn ? "begun and ended" : "cut", true]);
      assert.deepEqual(endings, watched === "watched" ? ["client_left"] : []);
    }
  });

  test(`${runtime}: a server that is told to stop again cuts by the earlier deadline`, async () => {
    const { waited, told, endings } = await run("watched", "hurry");
    assert.ok(waited >= 195 && waited < 1200, `${waited} ms`);
    assert.deepEqual([told, endings], ["cut", ["client_left"]]);
  });
}
