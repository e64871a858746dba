import assert from "node:assert/strict";
import { Agent } from "node:http";
import { after, before, test } from "node:test";
import { type FaultyServer, startFaultyServer } from "../../adapters/testing/server.ts";
import { runtimes, serve, type Served } from "../support/serve.ts";
import { sideBySide } from "../support/side-by-side.ts";
import { ask, pause, type Whole } from "./stage.ts";

/** A day: no test meets the end of such a window. */
const interval = 86_400;
const gateways = {
  locked: { authentication: true, tokens: ["gateway-secret"] },
  narrow: { rateLimit: { limit: 100, interval } },
  addressed: { rateLimit: { limit: 1, interval, per: ["address" as const] } },
  keeping: { cacheTtl: 60 },
  thrifty: { budgets: [{ name: "cents", limit: 1e-7, interval }] },
  endowed: { keys: { faulty: ["stored-secret", "another-secret"] } },
};

/** What must hold in front of every provider, over real sockets. */
sideBySide(runtimes, (runtime) => {
  let provider: FaultyServer;
  let gateway: Served;
  before(async () => {
    provider = await startFaultyServer();
    const base = provider.url;
    gateway = await serve(runtime, { gateways, providers: { faulty: { base }, openai: { base } } });
  });
  after(() => Promise.all([gateway.stop(), provider.stop()]));
  const urlOf = (id: string) => `${gateway.url}/v1/a/${id}/faulty/fault/healthy/v1/chat/completions`;
  const body = (stream: boolean) => JSON.stringify({ model: "m", stream, messages: [] });
  const json = { "content-type": "application/json" };

  test(`${runtime}: who brings a token comes in, and the provider does not see it`, async () => {
    const wrong = { ...json, "cf-aig-authorization": "Bearer wrong" };
    assert.equal((await ask(urlOf("locked"), { headers: wrong, body: body(false) })).status, 401);
    const right = { ...json, authorization: "Bearer gateway-secret" };
    assert.equal((await ask(urlOf("locked"), { headers: right, body: body(false) })).status, 200);
    assert.equal(JSON.stringify(provider.calls.at(-1)!.headers).includes("gateway-secret"), false);
    assert.equal(gateway.output().includes("gateway-secret"), false);
  });

  test(`${runtime}: of 500 requests at once, exactly as many pass as may`, async () => {
    const agent = new Agent({ keepAlive: true, maxSockets: 100 });
    const one = () => ask(urlOf("narrow"), { headers: json, body: body(false), agent });
    const answers = await Promise.all(Array.from({ length: 500 }, one));
    agent.destroy();
    const passed = answers.filter(({ status }) => status === 200);
    const refused = answers.filter(({ status }) => status === 429);
    assert.deepEqual([passed.length, refused.length], [100, 400]);
    assert.ok(refused.every(({ headers }) => Number(headers["retry-after"]) > 0));
  });

  test(`${runtime}: each client's address has a count of its own`, async () => {
    const statusFrom = async (address: string) => {
      const headers = runtime === "workers" ? { ...json, "cf-connecting-ip": address } : json;
      const agent = new Agent({ localAddress: address });
      return (await ask(urlOf("addressed"), { headers, body: body(false), agent })).status;
    };
    const seen = [];
    for (const address of ["127.0.0.1", "127.0.0.1", "127.0.0.2", "127.0.0.2"]) {
      seen.push(await statusFrom(address));
    }
    assert.deepEqual(seen, [200, 429, 200, 429]);
  });

  test(`${runtime}: who has spent his budget at list prices is refused`, async () => {
    const body = JSON.stringify({ model: "gpt-5", messages: [] });
    const spend = () => ask(urlOf("thrifty").replace("/faulty/", "/openai/"), { headers: json, body });
    assert.equal((await spend()).status, 200);
    await pause(500); // It is settled when the answer has ended.
    const { status, body: told } = await spend();
    assert.equal(status, 429);
    assert.match(told.toString(), /"internalCode":2041.*rule 'cents'/);
  });

  test(`${runtime}: the gateway's own key goes to the provider, and nowhere else`, async () => {
    const headers = { ...json, authorization: "Bearer mine" };
    const { headers: told, body: text } = await ask(urlOf("endowed"), { headers, body: body(false) });
    assert.equal(
      new Headers(provider.calls.at(-1)!.headers.map(([name, value]) => [name, value])).get("authorization"),
      "Bearer stored-secret",
    );
    const refused = `${gateway.url}/v1/a/endowed/faulty/fault/401/v1/chat/completions`;
    const { status } = await ask(refused, { headers, body: body(false) });
    assert.equal(status, 401);
    assert.match(String(told["waygate-trail"]), /^faulty;step=0;key=0;status=200;ms=\d+$/);
    for (const emitted of [JSON.stringify(told), text.toString(), gateway.output()]) {
      assert.doesNotMatch(emitted, /stored-secret|another-secret/);
    }
  });

  for (const stream of [false, true]) {
    test(`${runtime}: ${stream ? "a stream" : "an answer"} that was kept comes again byte for byte`, async () => {
      const one = () => ask(urlOf("keeping"), { headers: json, body: body(stream) });
      const kept = ({ headers }: Whole) => headers["cf-aig-cache-status"];
      const first = await one();
      let calls = provider.calls.length;
      let second = await one();
      // An answer is kept soon after it has been given.
      for (let tries = 0; tries < 100 && kept(second) !== "HIT"; tries++) {
        await pause(20);
        calls = provider.calls.length;
        second = await one();
      }
      assert.deepEqual([first, second].map(kept), ["MISS", "HIT"]);
      assert.equal(second.body.toString(), first.body.toString());
      assert.equal(second.headers["content-type"], first.headers["content-type"]);
      assert.equal(provider.calls.length, calls);
    });
  }
});
