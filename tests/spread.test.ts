import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { createGateway, GatewayError, type Provider, type Settings } from "../src/index.ts";
import { spread } from "../src/steps/spread.ts";
import type { Choice, Context, Step } from "../src/types.ts";
import { ask, askUniversal, readError, script } from "./support/script.ts";

type Providers = NonNullable<Settings["providers"]>;

const good = () => Response.json("good");
const bad = () => new Response("no", { status: 503 });
const thrice = { "cf-aig-max-attempts": "3", "cf-aig-retry-delay": "1", "cf-aig-backoff": "constant" };
const keys = { openai: { spread: [{ key: "sk-a" }, { key: "sk-b" }] } };

/** What a provider sees of a call, whose client brings credentials of its own. */
async function send(path: string, providers: Providers, headers: Record<string, string> = {}) {
  const { fetch, calls } = script(good());
  await createGateway({ fetch, providers }).handle(ask(path, { body: "{}", headers }));
  return calls[0]!;
}

/** The settings' error. */
function complaint(providers: unknown): string {
  try {
    createGateway({ providers: providers as Providers });
  } catch (error) {
    assert.ok(error instanceof GatewayError);
    return error.message;
  }
  return "none";
}

/** Which of some choices the layer takes when chance has the same say again and again. */
async function take(weights: readonly number[], chance: number, tried: readonly number[] = []) {
  const choices = weights.map((weight, index): Choice => ({ url: `https://${index}.example`, weight }));
  const step = { index: 0, headers: {}, choices } as unknown as Step;
  const attempts = tried.map((choice) => ({ step: 0, provider: "p", began: 0, choice }));
  const seen: Step[] = [];
  const layer = spread(() => chance)((step) => {
    seen.push(step);
    return Promise.resolve({ kind: "failure", step, error: new GatewayError("network") });
  });
  await layer(step, { ledger: { attempts } } as unknown as Context);
  assert.equal(seen[0]!.url, choices[seen[0]!.choice!]!.url);
  return seen[0]!.choice;
}

test("a call takes a choice as often as its weight says", async () => {
  assert.equal(await take([3, 1], 0), 0);
  assert.equal(await take([3, 1], 0.74), 0);
  assert.equal(await take([3, 1], 0.75), 1);
  assert.equal(await take([3, 1], 0.999), 1);
  assert.equal(await take([0.5, 0.25, 0.25], 0.6), 1);
});

test("a further attempt takes what was not tried yet, and begins anew when all was", async () => {
  assert.equal(await take([100, 1, 100], 0.999, [2]), 1);
  assert.equal(await take([100, 1, 100], 0, [0, 2]), 1);
  assert.equal(await take([1, 1], 0, [0, 1]), 0);
  assert.equal(await take([1, 1], 0, [0, 1, 0]), 1);
});

test("whatever the weights, one of the least tried choices is taken", async () => {
  const weights = fc.array(fc.double({ min: 1e-9, max: 1e9, noNaN: true }), { minLength: 1, maxLength: 9 });
  const chance = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });
  await fc.assert(
    fc.asyncProperty(weights, chance, fc.array(fc.nat(8)), async (weights, chance, tried) => {
      const tries = weights.map((_, index) => tried.filter((one) => one === index).length);
      assert.equal(tries[(await take(weights, chance, tried))!], Math.min(...tries));
    }),
  );
});

test("attempts of other steps do not count", async () => {
  const { fetch, calls } = script(bad(), good());
  const steps = [0, 1].map((query) => ({ provider: "openai", endpoint: "x", query }));
  const providers = { openai: { spread: [{ key: "sk-a", weight: 1e9 }, { key: "sk-b", weight: 1e-9 }] } };
  await createGateway({ fetch, providers }).handle(askUniversal(steps));
  assert.deepEqual(calls.map(({ headers }) => headers.get("authorization")), ["Bearer sk-a", "Bearer sk-a"]);
});

test("a retry takes another key, and the trail tells which one without telling it", async () => {
  const { fetch, calls } = script(bad(), bad(), new TypeError("sk-a"));
  const response = await createGateway({ fetch, providers: keys })
    .handle(ask("/openai/chat/completions", { body: "{ }", headers: thrice }));
  const [first, second] = calls.map(({ headers }) => headers.get("authorization"));
  assert.deepEqual([first, second].sort(), ["Bearer sk-a", "Bearer sk-b"]);
  assert.equal(calls.length, 3);
  assert.deepEqual(calls.map(({ body }) => body), ["{ }", "{ }", "{ }"]);
  const trail = response.headers.get("waygate-trail")!;
  assert.match(trail, /^openai;step=0;choice=[01];status=503;ms=\d+, openai;step=0;choice=[01];status=503;/);
  assert.doesNotMatch(JSON.stringify([...response.headers]) + await response.text(), /sk-/);
});

test("a failure tells which choice failed, and no key", async () => {
  const { fetch } = script(new TypeError("Bearer sk-a"));
  const response = await createGateway({ fetch, providers: keys }).handle(ask("/openai/x", { body: "{}" }));
  const { description } = await readError(response);
  assert.match(description, /^step 0 \(openai, choice [01]\): network after \d+ ms$/);
});

test("a lone key is no choice: neither trail nor description tell of one", async () => {
  const { fetch, calls } = script(bad());
  const providers = { openai: { spread: [{ key: "sk-a" }] } };
  const response = await createGateway({ fetch, providers }).handle(ask("/openai/x", { body: "{}" }));
  assert.equal(calls[0]!.headers.get("authorization"), "Bearer sk-a");
  assert.match(response.headers.get("waygate-trail")!, /^openai;step=0;status=503;ms=\d+$/);
});

test("each base is joined with the path by the provider's own rules", async () => {
  const at = async (path: string, slug: string, base: string) => {
    const { url } = await send(path, { [slug]: { spread: [{ base }] } });
    const both = await send(path, { [slug]: { spread: [{ base }, { base }] } });
    assert.equal(both.url, url);
    return url;
  };
  assert.equal(await at("/openai/v1/x", "openai", "https://eu.example/v1/"), "https://eu.example/v1/x");
  assert.equal(
    await at("/azure-openai/res/dep/x?api-version=1", "azure-openai", "https://{resource}.example/openai"),
    "https://res.example/openai/dep/x?api-version=1",
  );
  assert.equal(
    await at(
      "/google-vertex-ai/v1/projects/p/locations/eu/x",
      "google-vertex-ai",
      "https://{region}p.example",
    ),
    "https://eu-p.example/v1/projects/p/locations/eu/x",
  );
  assert.equal(
    await at("/workers-ai/@cf/m", "workers-ai", "https://cf.example/{account}/ai"),
    "https://cf.example/a/ai/run/@cf/m",
  );
  assert.equal(
    await at(
      "/aws-bedrock/bedrock-runtime/us-east-1/model/m/invoke",
      "aws-bedrock",
      "https://{region}.example",
    ),
    "https://us-east-1.example/model/m/invoke",
  );
});

test("a retry goes to another base", async () => {
  const { fetch, calls } = script(bad(), good());
  const providers = { wall: { spread: [{ base: "https://eu.example" }, { base: "https://us.example" }] } };
  const response = await createGateway({ fetch, providers })
    .handle(ask("/custom-wall/x?a=1", { body: "{}", headers: thrice }));
  assert.equal(response.status, 200);
  assert.deepEqual(calls.map(({ url }) => url).sort(), [
    "https://eu.example/x?a=1",
    "https://us.example/x?a=1",
  ]);
});

test("the row's key stands in for every credential that the client brings", async () => {
  const own = {
    "authorization": "Bearer own",
    "x-api-key": "own",
    "api-key": "own",
    "x-goog-api-key": "own",
    "xi-api-key": "own",
    "x-amz-security-token": "own",
    "x-stainless-lang": "js",
  };
  const carried: Record<string, [name: string, value: string]> = {
    "openai": ["authorization", "Bearer k"],
    "anthropic": ["x-api-key", "k"],
    "google-ai-studio": ["x-goog-api-key", "k"],
    "google-vertex-ai": ["authorization", "Bearer k"],
    "azure-openai": ["api-key", "k"],
    "azure": ["api-key", "k"],
    "aws-bedrock": ["authorization", "Bearer k"],
    "replicate": ["authorization", "Bearer k"],
    "huggingface": ["authorization", "Bearer k"],
    "cohere": ["authorization", "Bearer k"],
    "baseten": ["authorization", "Api-Key k"],
    "parallel": ["x-api-key", "k"],
    "fal": ["authorization", "Key k"],
    "elevenlabs": ["xi-api-key", "k"],
    "deepgram": ["authorization", "Token k"],
    "cartesia": ["authorization", "Bearer k"],
    "ideogram": ["api-key", "k"],
    "wall": ["authorization", "Bearer k"],
  };
  for (const [slug, [name, value]] of Object.entries(carried)) {
    for (const share of [[{ key: "k" }], [{ key: "k" }, { key: "k" }]]) {
      const wall = { base: "https://wall.example", spread: share };
      const path = slug === "aws-bedrock" ? "bedrock-runtime/us-east-1/x" : "res/x";
      const call = await send(
        `/${slug}/${path}`,
        slug === "wall" ? { wall } : { [slug]: { spread: share } },
        own,
      );
      const sent = [...call.headers].filter(([name]) => name in own);
      assert.deepEqual(sent, [[name, value], ["x-stainless-lang", "js"]].sort(), slug);
    }
  }
});

test("a step's own authorization gives way to the row's key", async () => {
  const { fetch, calls } = script(good());
  const providers = { openai: { spread: [{ key: "sk-a" }] } };
  const step = { provider: "openai", endpoint: "x", query: 1, authorization: "Bearer own" };
  await createGateway({ fetch, providers }).handle(askUniversal(step));
  assert.equal(calls[0]!.headers.get("authorization"), "Bearer sk-a");
});

test("a key in the query string gives way too, and every other byte of it stays", async () => {
  const google = { "google-ai-studio": { spread: [{ key: "k" }] } };
  const at = async (search: string) =>
    (await send(`/google-ai-studio/v1beta/x${search}`, google)).url.split("/x")[1];
  assert.equal(await at("?key=own"), "");
  assert.equal(await at("?alt=sse&key=own&q=%20&%6bey=own"), "?alt=sse&q=%20");
  assert.equal(await at("?keys=1&alt=%zz"), "?keys=1&alt=%zz");
  const untouched = { "google-ai-studio": { spread: [{}] } };
  const { url } = await send("/google-ai-studio/v1beta/x?key=own", untouched);
  assert.match(url, /x\?key=own$/);
});

test("a share without a key lets the client's own credentials through", async () => {
  const providers = { openai: { spread: [{ base: "https://eu.example" }] } };
  const { headers } = await send("/openai/x", providers, { authorization: "Bearer own", "x-api-key": "own" });
  assert.deepEqual([headers.get("authorization"), headers.get("x-api-key")], ["Bearer own", "own"]);
});

test("a provider of one's own says how it takes a key", async () => {
  const wall: Provider = {
    base: "https://wall.example",
    authorize: (key) => ({ "X-Wall": `<${key}>` }),
    spread: [{ key: "k" }],
  };
  const { headers } = await send("/wall/x", { wall }, { "x-wall": "own", "authorization": "Bearer own" });
  assert.deepEqual([headers.get("x-wall"), headers.get("authorization")], ["<k>", null]);
});

test("settings that no call could follow are errors that name the field, and never the key", () => {
  const spread = (...shares: unknown[]) => complaint({ openai: { spread: shares } });
  const at = "settings.providers.openai.spread";
  for (const weight of [0, -1, Infinity]) {
    assert.equal(spread({}, { weight }), `${at}[1].weight: Expected a number above 0 and up to 1e9`);
  }
  assert.equal(spread({}, { weight: "3" }), `${at}[1].weight: Expected number`);
  assert.equal(spread({ key: "" }), `${at}[0].key: Expected a key of visible ASCII characters`);
  assert.equal(spread({ key: "sk-a\r\nx: y" }), `${at}[0].key: Expected a key of visible ASCII characters`);
  assert.match(
    spread({ base: "ftp://x" }),
    /^settings\.providers\.openai\.spread\[0\]\.base: Expected an absolute/,
  );
  assert.equal(spread({ wieght: 1 }), `${at}[0].wieght: Expected no such field`);
  assert.equal(spread(), `${at}: Expected at least one base or key`);
  assert.equal(spread("sk-a"), `${at}[0]: Expected Object`);
  assert.equal(
    complaint({ wall: {} }),
    "settings.providers.wall.base: Expected a URL, because no provider of this name is known",
  );
  assert.equal(
    complaint({ wall: { spread: [{ base: "https://eu.example" }, {}] } }),
    "settings.providers.wall.base: Expected a URL, because no provider of this name is known",
  );
  assert.equal(complaint({ openai: {} }), "none");
});

test("a key that the provider repeats in an error of its stream is not told", async () => {
  const fetch = (_url: string, { headers }: RequestInit) => {
    const { authorization } = headers as Record<string, string>;
    const event = `data: ${JSON.stringify({ error: { message: `Bad key: ${authorization}` } })}\n\n`;
    return Promise.resolve(new Response(event, { headers: { "content-type": "text/event-stream" } }));
  };
  const gateway = createGateway({ fetch, providers: { openai: { spread: [{ key: "sk-secret" }] } } });
  const config = { commit: "event" } as const;
  const step = { provider: "openai", endpoint: "chat/completions", query: 0, config };
  assert.equal((await readError(await gateway.run(step))).description, "Bad key: Bearer …");
});
