import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { type FaultyServer, startFaultyServer } from "../../adapters/testing/server.ts";
import type { CallRecord } from "../../src/testing/index.ts";
import { runtimes, serve, type Served } from "../support/serve.ts";
import { sideBySide } from "../support/side-by-side.ts";
import { pause, type Wire, wire, within } from "./stage.ts";

const endpoint = "v1/chat/completions";
const query = JSON.stringify({ model: "m", stream: true });
/** The whole answer on the wire: a head, an event of the answer, one of the error, and nothing behind it. */
const farewell =
  /^HTTP\/1\.1 200 [^]*"content":"Hello"[^]*\n\n[^]*data: \{"error":\{"message":"[^"]+","type":"api_error"[^\n]*\}\n\n(\r\n)?$/;

sideBySide(runtimes, (runtime) => {
  let provider: FaultyServer;
  let gateway: Served;
  before(async () => {
    provider = await startFaultyServer();
    gateway = await serve(runtime, { providers: { faulty: { base: provider.url } } });
  });
  after(async () => {
    await gateway.stop();
    await provider.stop();
  });
  const promise = (name: string, keep: () => Promise<void>) =>
    test(`endings on ${runtime}: ${name}`, { timeout: 30_000 }, keep);

  /** Asks for a fault on a socket of its own. */
  const askFor = (fault: string, fields: Record<string, string> = {}): Wire => {
    const head = [
      `POST /v1/a/g/faulty/fault/${fault}/${endpoint} HTTP/1.1`,
      "host: x",
      "content-type: application/json",
      `content-length: ${query.length}`,
      ...Object.entries(fields).map(([name, value]) => `${name}: ${value}`),
    ];
    return wire(gateway.url, `${head.join("\r\n")}\r\n\r\n${query}`);
  };
  const received = async (fault: string, fields: Record<string, string>) => {
    const connection = askFor(fault, fields);
    await within(5000, `an end of ${fault}`, connection.closed);
    return connection.received();
  };
  /** The call that comes to the provider after so many others. */
  const callAfter = async (count: number): Promise<CallRecord> => {
    for (let waited = 0; waited < 5000 && provider.calls.length === count; waited += 5) await pause(5);
    return provider.calls[count]!;
  };

  promise("what breaks off after the commit tells of it, then breaks, and never ends well", async () => {
    for (const fault of ["break", "cut", "stall"]) {
      for (const commit of ["headers", "event"]) {
        const text = await received(fault, { "waygate-commit": commit, "waygate-idle-timeout": "200" });
        assert.match(text, farewell, `${fault}, ${commit}`);
        assert.equal(text.match(/"error"/g)!.length, 1, `${fault}, ${commit}`);
        assert.doesNotMatch(text, /\r\n0\r\n|\[DONE\]/);
      }
    }
  });

  promise("what breaks off in the middle of an event keeps its bytes, and nothing is added", async () => {
    const text = await received("cut-in-event", { "waygate-commit": "headers" });
    assert.match(text, /"content":"Hello"[^]*data: \{"id"[^]*[^\n](\r\n)?$/);
    assert.doesNotMatch(text, /"error"|\r\n0\r\n/);
  });

  promise("a provider's own error is its last word, and its clean end stays one", async () => {
    const connection = askFor("error-after-token", { "waygate-commit": "event", "connection": "close" });
    await within(5000, "an end", connection.closed);
    assert.equal(connection.received().match(/"error"/g)!.length, 1);
    assert.match(connection.received(), /\r\n0\r\n\r\n$/);
  });

  promise("silence ends with waygate-idle-timeout, though pings come", async () => {
    const began = performance.now();
    const pings = "pings;count=200;ms=20";
    const text = await received(pings, { "waygate-commit": "headers", "waygate-idle-timeout": "300" });
    const waited = performance.now() - began;
    assert.match(text, /: keep-alive\n\n[^]*data: \{"error"/);
    assert.ok(waited >= 295 && waited < 3000, `${waited} ms`);
  });

  promise("waygate-total-timeout ends what waits, what is held and what runs", async () => {
    const cases = [
      ["silence", "headers", /^HTTP\/1\.1 504 /],
      ["pause;ms=8000", "complete", /^HTTP\/1\.1 504 /],
      ["pings;count=500;ms=10", "headers", /^HTTP\/1\.1 200 [^]*data: \{"error"/],
    ] as const;
    for (const [fault, commit, expected] of cases) {
      const fields = { "waygate-commit": commit, "waygate-total-timeout": "300", "connection": "close" };
      const count = provider.calls.length;
      const text = await received(fault, fields);
      assert.match(text, expected, fault);
      assert.equal(await within(2000, "the end of the call", provider.calls[count]!.ended), "aborted");
    }
  });

  const partings = [
    ["before the head", "silence", "headers", ""],
    ["while a stream is held", "stall", "complete", ""],
    ["in mid-stream", "stall", "headers", "Hello"],
  ] as const;
  for (const [when, fault, commit, seen] of partings) {
    promise(`a client that leaves ${when} takes its call to the provider along`, async () => {
      let fastest = Infinity;
      for (let turn = 0; turn < 3 && fastest > 300; turn++) {
        const count = provider.calls.length;
        const connection = askFor(fault, { "waygate-commit": commit });
        const call = await callAfter(count);
        if (seen) await connection.until(new RegExp(seen));
        else await pause(50);
        const left = performance.now();
        // A Worker hears of a client that closes quietly only at its next write.
        if (runtime === "workers") connection.socket.resetAndDestroy();
        else connection.socket.destroy();
        assert.equal(await within(3000, "the end of the call", call.ended), "aborted");
        fastest = Math.min(fastest, call.endedAt! - left);
      }
      assert.ok(fastest <= 300, `after ${fastest} ms`);
    });
  }
});
