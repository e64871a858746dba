import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import { sqliteLogs } from "../../adapters/sqlite-logs.ts";
import { sideBySide } from "../support/side-by-side.ts";
import { beginAnswer } from "./begun.ts";
import { find, inFolder, runtimes, serve, type Serving } from "./run.ts";

/** A gateway, and an answer of it that ends when `goOn` is called. */
interface Scene {
  readonly gateway: Serving;
  readonly answer: Response;
  readonly goOn: () => void;
  /** How the requests ended that were logged. */
  logged(): Promise<readonly (string | null)[]>;
}

/** Plays with a gateway that logs, whose only answer has begun. */
async function play(command: readonly [string, ...string[]], scene: (scene: Scene) => Promise<void>) {
  const { settings, goOn, stop } = await beginAnswer();
  await inFolder({ "waygate.jsonc": settings }, async (cwd) => {
    const gateway = await serve(command, ["--log-format", "json", "--logs", "logs.db"], { cwd });
    const answer = await fetch(`${gateway.url}/v1/me/prod/up/x`);
    const logged = async () => {
      const logs = sqliteLogs(join(cwd, "logs.db"));
      const { records } = await logs.list({});
      logs.close();
      return records.map(({ ending }) => ending);
    };
    await scene({ gateway, answer, goOn, logged });
  });
  goOn();
  await stop();
}

const linesOf = (gateway: Serving) =>
  gateway.stdout().split("\n").filter((line) => line.includes('"event":"request"'));

sideBySide(Object.keys(runtimes), (name) => {
  const command = runtimes[name]!;

  test(`signals that come together are one, and let an answer finish, on ${name}`, async () => {
    await play(command, async ({ gateway, answer, goOn, logged }) => {
      for (const signal of ["SIGINT", "SIGTERM", "SIGINT"] as const) {
        gateway.child.kill(signal);
        await pause(50);
      }
      await pause(200);
      goOn();
      assert.equal(await answer.text(), "begun and ended");
      assert.equal(await gateway.ended, 0, gateway.stderr());
      assert.equal(linesOf(gateway).length, 1);
      assert.deepEqual(await logged(), ["complete"]);
    });
  });

  test(`a later signal cuts what is in flight, and logs it, on ${name}`, async () => {
    await play(command, async ({ gateway, answer, logged }) => {
      gateway.child.kill("SIGTERM");
      const refused = () => fetch(gateway.url).then(() => false, () => true);
      while (!await refused()) await pause(20);
      await pause(1100);
      const began = performance.now();
      gateway.child.kill("SIGTERM");
      assert.equal(await answer.text().catch(() => "cut"), "cut");
      assert.equal(await gateway.ended, 0, gateway.stderr());
      assert.ok(performance.now() - began < 5000);
      assert.match(linesOf(gateway).join(), /"error":"client_left"/);
      assert.deepEqual(await logged(), ["client_left"]);
    });
  });

  test(`SIGHUP does not end a gateway without settings, on ${name}`, async () => {
    await inFolder({}, async (cwd) => {
      const gateway = await serve(command, [], { cwd });
      await find(gateway, () => gateway.stdout().includes("settings: none") || undefined);
      gateway.child.kill("SIGHUP");
      await find(gateway, () => gateway.stdout().includes("no file of settings to read") || undefined);
      assert.equal((await fetch(`${gateway.url}/healthz`)).status, 200);
      assert.equal(await gateway.stop(), 0);
    });
  });
});
