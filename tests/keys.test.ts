import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { createGateway, GatewayError, type GatewaySettings, type Provider } from "../src/index.ts";
import { maskBody } from "../src/scrub.ts";
import { hear } from "./support/hear.ts";
import { ask, askUniversal, type Line, readError, script } from "./support/script.ts";
import { until } from "./support/until.ts";

const good = () => Response.json("good");
const refusal = (status: number, headers: Record<string, string> = {}) => () =>
  new Response("no", { status, headers });
const mine = { authorization: "Bearer mine", "x-api-key": "mine" };

/** A gateway `g` with keys of its own; what a call comes to, and with what credentials it was sent. */
function keyed(
  keys: GatewaySettings["keys"],
  lines: readonly Line[] = [good],
  more: GatewaySettings = {},
  providers: Record<string, Partial<Provider>> = {},
) {
  const { fetch, calls } = script(...lines);
  const gateway = createGateway({ fetch, providers, gateways: { g: { ...more, ...(keys && { keys }) } } });
  return {
    calls,
    gateway,
    send: (headers: Record<string, string> = mine, path = "/openai/chat/completions") =>
      gateway.handle(ask(path, { body: "{}", headers })),
    sent: () => calls.map(({ headers }) => headers.get("authorization") ?? headers.get("x-api-key")),
  };
}

test("a stored key stands in for every credential of the client's", async () => {
  const { send, calls } = keyed({ openai: "sk-stored" });
  await send({ ...mine, "api-key": "mine", "x-goog-api-key": "mine", "xi-api-key": "mine" });
  assert.equal(calls[0]!.headers.get("authorization"), "Bearer sk-stored");
  assert.equal(JSON.stringify([...calls[0]!.headers]).includes("mine"), false);
});

test("each provider takes its key in its own way, and another provider's key is not its", async () => {
  const keys = { anthropic: "sk-ant", "google-ai-studio": "sk-goo" };
  const { send, calls } = keyed(keys, [good, good, good]);
  await send(mine, "/anthropic/v1/messages");
  await send(mine, "/google-ai-studio/v1beta/models/g:generateContent?key=mine&alt=sse");
  await send(mine, "/openai/chat/completions");
  assert.equal(calls[0]!.headers.get("x-api-key"), "sk-ant");
  assert.equal(calls[0]!.headers.has("authorization"), false);
  assert.equal(calls[1]!.headers.get("x-goog-api-key"), "sk-goo");
  assert.match(calls[1]!.url, /\?alt=sse$/);
  assert.equal(calls[2]!.headers.get("authorization"), "Bearer mine");
});

test("an alias names the key, for a request and for a step", async () => {
  const keys = { openai: [{ key: "sk-a" }, { key: "sk-b", alias: "batch" }] };
  const { send, sent, gateway } = keyed(keys, [good, good, good, good]);
  await send({ ...mine, "cf-aig-byok-alias": "batch" });
  await send();
  const query = {};
  const step = { provider: "openai", endpoint: "chat/completions", query };
  await gateway.handle(askUniversal([{ ...step, headers: { "cf-aig-byok-alias": "batch" } }]));
  await gateway.handle(askUniversal([{ ...step, config: { keyAlias: "batch" } }]));
  assert.deepEqual(sent(), ["Bearer sk-b", "Bearer sk-a", "Bearer sk-b", "Bearer sk-b"]);
});

test("an alias that is not there is 400 / 2040, names those that are, and sends nothing", async () => {
  const { send, calls } = keyed({ openai: [{ key: "sk-a" }, { key: "sk-b", alias: "batch" }] });
  const response = await send({ "cf-aig-byok-alias": "bach" });
  assert.equal(response.status, 400);
  assert.match(response.headers.get("waygate-trail")!, /^openai;step=0;error=no_key;ms=0$/);
  const { code, message } = await readError(response);
  assert.equal(code, 2040);
  assert.equal(
    message,
    "Provider 'openai' has no BYOK credential named 'bach'. Configured aliases: default, batch",
  );
  assert.equal(calls.length, 0);
});

test("a step whose key is missing gives way to the next", async () => {
  const { gateway, sent } = keyed({ openai: "sk-a" });
  const steps = ["groq", "openai"].map((provider) => ({ provider, endpoint: "x", query: {} }));
  const response = await gateway.handle(askUniversal(steps, { "cf-aig-no-wholesale": "true" }));
  assert.equal(response.headers.get("cf-aig-step"), "1");
  assert.deepEqual(sent(), ["Bearer sk-a"]);
});

test("byokOnly refuses only who brings no key and finds none, and no request can relax it", async () => {
  const { send, sent } = keyed(undefined, [good], { byok_only: true });
  assert.equal((await send({ "cf-aig-no-wholesale": "false" })).status, 400);
  assert.equal((await send()).status, 200);
  assert.deepEqual(sent(), ["Bearer mine"]);
  const google = keyed(undefined, [good], { byok_only: true });
  assert.equal((await google.send({}, "/google-ai-studio/v1/models/g:generateContent?key=mine")).status, 200);
});

test("byokOnly of the settings for all gateway ids can be relaxed by a gateway id, and by no request", async () => {
  const { fetch, calls } = script(good, good);
  const defaults = { byokOnly: true };
  const step = { provider: "openai", endpoint: "x", query: {}, config: { byokOnly: false } };
  const field = { "cf-aig-no-wholesale": "false" };
  for (const gateways of [undefined, { g: {} }]) {
    const gateway = createGateway({ fetch, defaults, ...(gateways && { gateways }) });
    assert.equal((await gateway.handle(ask("/openai/x", { body: "{}", headers: field }))).status, 400);
    assert.equal((await gateway.handle(askUniversal([step], field))).status, 400);
  }
  assert.equal(calls.length, 0);
  const open = createGateway({ fetch, defaults, gateways: { g: { byokOnly: false } } });
  assert.equal((await open.handle(ask("/openai/x", { body: "{}" }))).status, 200);
  assert.equal((await open.handle(ask("/openai/x", { body: "{}", headers: mine }))).status, 200);
});

test("a key that is an object goes to nobody who does not sign with it", async () => {
  const { send, calls } = keyed({ openai: { key: { accessKeyId: "AKIA", secretAccessKey: "TOPSECRET" } } });
  const response = await send();
  assert.equal(response.status, 503);
  assert.doesNotMatch(await response.text(), /AKIA|TOPSECRET/);
  assert.equal(calls.length, 0);
});

test("the turns of a key that rests go to all others alike", async () => {
  const lines: Line[] = Array.from(
    { length: 12 },
    () => ({ headers }) =>
      headers.get("authorization")!.includes("bad")
        ? new Response("no", { status: 401 })
        : Response.json("good"),
  );
  const { send, sent } = keyed({ openai: ["sk-0", "sk-bad1", "sk-bad2", "sk-3"] }, lines);
  for (let asked = 0; asked < 10; asked++) await send();
  const counts = ["sk-0", "sk-3"].map((key) => sent().filter((one) => one === `Bearer ${key}`).length);
  assert.deepEqual(counts, [5, 5]);
});

test("a request that is refused with every key spoils none of them", async () => {
  const lines: Line[] = Array.from({ length: 9 }, () => ({ headers, body }) => {
    const revoked = headers.get("authorization") === "Bearer sk-revoked";
    return revoked
      ? new Response("no", { status: 401 })
      : new Response("x", { status: body === "{}" ? 200 : 403 });
  });
  const { gateway, send } = keyed({ openai: ["sk-revoked", "sk-good"] }, lines);
  assert.equal((await send()).status, 200);
  assert.equal((await gateway.handle(ask("/openai/x", { body: "forbidden" }))).status, 403);
  assert.equal((await send()).status, 200);
});

test("several keys take turns", async () => {
  const { send, sent } = keyed({ openai: ["sk-a", "sk-b"] }, [good, good, good]);
  const trails = [];
  for (let sent = 0; sent < 3; sent++) trails.push((await send()).headers.get("waygate-trail"));
  assert.deepEqual(sent(), ["Bearer sk-a", "Bearer sk-b", "Bearer sk-a"]);
  assert.deepEqual(trails.map((trail) => /key=(\d)/.exec(trail!)?.[1]), ["0", "1", "0"]);
});

for (const status of [401, 403, 429]) {
  test(`a key that is answered ${status} makes room at once and is left alone while there is another`, async () => {
    const { send, sent } = keyed({ openai: ["sk-a", "sk-b"] }, [refusal(status), good, good, good]);
    const response = await send();
    assert.equal(response.status, 200);
    assert.match(
      response.headers.get("waygate-trail")!,
      new RegExp(`^openai;step=0;key=0;status=${status};ms=\\d+, openai;step=0;key=1;status=200;ms=\\d+$`),
    );
    await send();
    await send();
    assert.deepEqual(sent(), ["Bearer sk-a", "Bearer sk-b", "Bearer sk-b", "Bearer sk-b"]);
  });
}

test("a key is left alone for as long as its provider asks", async () => {
  const lines = [refusal(429, { "retry-after-ms": "5" }), good, good, good];
  const { send, sent } = keyed({ openai: ["sk-a", "sk-b"] }, lines);
  await send();
  await new Promise((resolve) => setTimeout(resolve, 15));
  await send();
  await send();
  assert.deepEqual(sent(), ["Bearer sk-a", "Bearer sk-b", "Bearer sk-b", "Bearer sk-a"]);
});

test("when all keys are left alone, all are tried, the one whose rest ends first before the others", async () => {
  const lines = [refusal(401), refusal(429, { "retry-after": "20" }), refusal(429), good, good];
  const { send, sent } = keyed({ openai: ["sk-a", "sk-b"] }, lines);
  assert.equal((await send()).status, 429);
  assert.equal((await send()).status, 200);
  assert.equal((await send()).status, 200);
  assert.deepEqual(sent(), ["Bearer sk-a", "Bearer sk-b", "Bearer sk-b", "Bearer sk-a", "Bearer sk-a"]);
});

test("an error that comes compressed though nobody asked for it comes without its body", async () => {
  const gzipped = Uint8Array.of(0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3);
  const headers = { "content-encoding": "gzip", "content-length": "10", "x-fine": "1" };
  const { send, calls } = keyed({ openai: "sk-stored" }, [
    () => new Response(gzipped, { status: 401, headers }),
  ]);
  const response = await send({ ...mine, "accept-encoding": "gzip" });
  assert.match(calls[0]!.headers.get("accept-encoding")!, /^identity/);
  assert.deepEqual([response.status, response.headers.get("x-fine"), await response.text()], [401, "1", ""]);
});

test("no credential of the client's is left in the query, whatever the provider", async () => {
  const { send, calls } = keyed({ openai: "sk-stored" });
  await send(mine, "/openai/x?api-key=mine&a=1&X-Amz-Signature=mine&access_token=mine&b");
  assert.match(calls[0]!.url, /\/x\?a=1&b$/);
});

test("other errors do not change the key", async () => {
  const { send, sent } = keyed({ openai: ["sk-a", "sk-b"] }, [refusal(500), refusal(400)]);
  assert.equal((await send()).status, 500);
  assert.equal((await send()).status, 400);
  assert.deepEqual(sent(), ["Bearer sk-a", "Bearer sk-b"]);
});

for (const what of ["a broken connection", "a client that left"]) {
  test(`${what} tells nothing of a key that a call beside it found refused`, async () => {
    const broken = Promise.withResolvers<Response>();
    const lines = [() => broken.promise, good, refusal(401), good, good, good];
    const { gateway, send, sent } = keyed({ openai: ["sk-a", "sk-b"] }, lines);
    const leaving = new AbortController();
    const slow = gateway.handle(ask("/openai/x", { body: "{}", signal: leaving.signal }));
    await until(() => sent().length === 1, "the slow call");
    for (let n = 0; n < 2; n++) assert.equal((await send()).status, 200);
    assert.deepEqual(sent(), ["Bearer sk-a", "Bearer sk-b", "Bearer sk-a", "Bearer sk-b"]);
    if (what === "a client that left") leaving.abort();
    else broken.reject(new Error("reset"));
    assert.equal((await slow).ok, false);
    for (let n = 0; n < 2; n++) await send();
    assert.deepEqual(sent().slice(4), ["Bearer sk-b", "Bearer sk-b"]);
  });
}

test("who knows a key is asked for each call", async () => {
  let asked = 0;
  const { send, sent } = keyed({ openai: { key: () => Promise.resolve(`sk-${asked++}`) } }, [good, good]);
  await send();
  await send();
  assert.deepEqual(sent(), ["Bearer sk-0", "Bearer sk-1"]);
});

test("a key that cannot be had is 503, tells nothing of why, and makes room for another", async () => {
  const key = () => Promise.reject(new Error("vault token hvs.SECRET expired"));
  const alone = keyed({ openai: { key } });
  const response = await alone.send();
  assert.equal(response.status, 503);
  assert.equal((await response.text()).includes("SECRET"), false);
  const { send, sent } = keyed({ openai: [{ key }, { key: "sk-b" }] });
  assert.equal((await send()).status, 200);
  assert.deepEqual(sent(), ["Bearer sk-b"]);
});

for (const odd of ["", "two words", "line\nbreak", undefined, 7, ["sk"]]) {
  test(`what is told as a key and is none is not sent: ${JSON.stringify(odd)}`, async () => {
    const { send, calls } = keyed({ openai: { key: () => odd as string } });
    assert.equal((await send()).status, 503);
    assert.equal(calls.length, 0);
  });
}

test("a row's authorize sees the call, may take its time, and gets an object as JSON", async () => {
  const authorize: Provider["authorize"] = async (key, { url, method, headers, bytes }) => ({
    "X-Signature": [key, url, method, headers["x-api-key"], new TextDecoder().decode(await bytes())].join(),
  });
  const keys = { openai: { key: { id: 1 } } };
  const { send, calls } = keyed(keys, [good], {}, { openai: { authorize } });
  await send();
  assert.equal(
    calls[0]!.headers.get("x-signature"),
    '{"id":1},https://api.openai.com/v1/chat/completions,POST,,{}',
  );
  assert.equal(calls[0]!.body, "{}");
});

test("a gateway's key outranks one of the provider's row, and is found by either name of a provider", async () => {
  const providers = { mine: { base: "https://mine.test", spread: [{ key: "sk-row" }] } };
  const { send, sent } = keyed({ mine: "sk-own" }, [good, good], {}, providers);
  await send(mine, "/mine/x");
  await send(mine, "/custom-mine/x");
  assert.deepEqual(sent(), ["Bearer sk-own", "Bearer sk-own"]);
});

test("a further attempt takes the next key", async () => {
  const { send, sent } = keyed({ openai: ["sk-a", "sk-b"] }, [refusal(503), good], {
    maxAttempts: 2,
    retryDelay: 0,
  });
  assert.equal((await send()).status, 200);
  assert.deepEqual(sent(), ["Bearer sk-a", "Bearer sk-b"]);
});

test("callers with credentials of their own never share an answer, though the stored key is one", async () => {
  const { gateway, calls } = keyed({ openai: "sk-stored" }, [good, good], { cacheTtl: 60 });
  for (const key of ["one", "one", "two"]) {
    const headers = { authorization: `Bearer ${key}` };
    await hear(gateway, ask("/openai/chat/completions", { body: "{}", headers }));
  }
  assert.equal(calls.length, 2);
});

test("a provider's error that repeats the stored key comes without it, as long as it was", async () => {
  const echo: Line = ({ headers }) => {
    const key = headers.get("authorization")!;
    return new Response(`{"error":"Incorrect key: ${key}"}`, { status: 401, headers: { "x-echo": key } });
  };
  const { send } = keyed({ openai: "sk-stored-secret" }, [echo]);
  const response = await send();
  assert.equal(
    await response.text(),
    `{"error":"Incorrect key: ${"*".repeat("Bearer sk-stored-secret".length)}"}`,
  );
  assert.equal(response.headers.has("x-echo"), false);
});

test("a client's own key comes back as its provider sent it", async () => {
  const { send } = keyed(undefined, [() => new Response("your key is mine", { status: 401 })]);
  assert.equal(await (await send()).text(), "your key is mine");
});

test("secrets are masked wherever a body is cut, and no other byte changes", async () => {
  const alphabet = fc.constantFrom("a", "b", "é");
  const text = fc.array(alphabet, { maxLength: 40 }).map((letters) => letters.join(""));
  const secret = fc.array(fc.constantFrom("a", "b"), { minLength: 1, maxLength: 5 }).map((all) =>
    all.join("")
  );
  await fc.assert(
    fc.asyncProperty(text, secret, fc.array(fc.nat(7)), async (text, secret, cuts) => {
      const bytes = new TextEncoder().encode(text);
      const chunks: Uint8Array[] = [];
      let at = 0;
      for (const length of [...cuts, bytes.length]) chunks.push(bytes.subarray(at, at += length));
      const body = new ReadableStream<Uint8Array>({
        start(controller) {
          for (const chunk of chunks) controller.enqueue(chunk);
          controller.close();
        },
      });
      const masked = await new Response(maskBody(body, [secret])).bytes();
      assert.equal(masked.length, bytes.length);
      assert.equal(new TextDecoder().decode(masked).includes(secret), false);
      masked.forEach((byte, at) => assert.ok(byte === bytes[at] || byte === 0x2a));
      if (!text.includes(secret)) assert.deepEqual(masked, bytes);
    }),
  );
});

for (
  const [told, keys] of Object.entries({
    "settings.gateways.g.keys.OpenAI": { OpenAI: "sk" },
    "settings.gateways: keys[1]": { openai: "sk", opnai: "sk" },
    "settings.gateways.g.keys.custom-openai": { "custom-openai": "sk" },
    "settings.gateways.g.keys.openai": { openai: [] },
    "settings.gateways.g.keys.openai[0].key": { openai: "two words" },
    "settings.gateways.g.keys.openai[1].alias": { openai: ["sk", { key: "sk", alias: "" }] },
    "settings.gateways.g.keys.openai[0].name": { openai: { key: "sk", name: "x" } },
  })
) {
  test(`a key that is none is an error at the start: ${told}`, () => {
    try {
      createGateway({ gateways: { g: { keys: keys as NonNullable<GatewaySettings["keys"]> } } });
      assert.fail("no error");
    } catch (error) {
      assert.ok(error instanceof GatewayError);
      assert.ok(error.message.startsWith(`${told}: Expected`), error.message);
      assert.equal(error.message.includes("two words"), false);
    }
  });
}

test("a stored key takes the place of every field in which a provider takes one", async () => {
  const { fetch, calls } = script(good());
  const gateway = createGateway({ fetch, gateways: { g: { keys: { deepgram: "stored" } } } });
  await gateway.handle(ask("/deepgram/v1/listen", { body: "{}", headers: { token: "the client's" } }));
  const { headers } = calls[0]!;
  assert.deepEqual([headers.get("authorization"), headers.get("token")], ["Token stored", null]);
});
