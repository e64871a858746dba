import assert from "node:assert/strict";
import { test } from "node:test";
import {
  createGateway,
  type Fetch,
  type GatewaySettings,
  type Layer,
  memoryStore,
  type Settings,
  type Step,
} from "../src/index.ts";
import { ask, askUniversal } from "./support/script.ts";

const secrets = {
  token: "gateway-token-5f1c",
  named: "gateway-token-named-77aa",
  key: "sk-stored-key-0d9e",
  other: "sk-other-key-3b2f",
  row: "sk-row-key-91c4",
  object: "service-account-private-6e6e",
  password: "store-password-4a4a",
};

/** What a provider may say that repeats all it was sent, in each place where it may. */
const echoes: Readonly<Record<string, (told: string) => Response>> = {
  "an error body": (told) => new Response(told, { status: 401 }),
  "an error body as JSON": (told) => Response.json({ error: { message: told } }, { status: 400 }),
  "an error body in pieces": (told) => new Response(inPieces(told), { status: 500 }),
  "a header field": (told) => new Response("no", { status: 403, headers: { "x-told": told, "x-fine": "1" } }),
  "a redirect": (told) => new Response("", { status: 302, headers: { location: `https://x.test/?${told}` } }),
  "the first event of a stream": (told) =>
    stream(`data: ${JSON.stringify({ error: { message: told } })}\n\n`),
  "an answer that is an error": (told) => Response.json({ error: { message: told } }),
  "the error of fetch": (told) => {
    throw new Error(told, { cause: new Error(told) });
  },
};

for (const [told, echo] of Object.entries(echoes)) {
  for (const native of [true, false]) {
    const way = native ? "a native endpoint" : "the universal endpoint";
    test(`no secret leaves the gateway when a provider repeats it in ${told}, at ${way}`, async () => {
      const emitted: string[] = [];
      const seen: string[] = [];
      const fetch: Fetch = (url, { headers }) => {
        const sent = `${url} ${JSON.stringify(headers)}`;
        seen.push(sent);
        return Promise.resolve().then(() => echo(sent.replace(/[^\x20-\x7e]/g, "")));
      };
      const gateway = createGateway(settingsOf(fetch, emitted));
      for (
        const headers of [{ "cf-aig-authorization": `Bearer ${secrets.token}` }, {
          authorization: `Bearer ${secrets.named}`,
        }]
      ) {
        for (const provider of ["openai", "anthropic", "mine", "objects"]) {
          const request = native
            ? ask(`/${provider}/v1/chat/completions`, { body: "{}", headers })
            : askUniversal(
              [provider, "openai"].map((provider) => ({
                provider,
                endpoint: "v1/chat/completions",
                query: {},
              })),
              headers,
            );
          emitted.push(await transcribe(await gateway.handle(request)));
        }
      }
      assert.equal(emitted.length, 9);
      for (const secret of [secrets.key, secrets.other, secrets.row, secrets.object]) {
        assert.ok(seen.some((sent) => sent.includes(secret)), "its provider has got it");
      }
      for (const [name, secret] of Object.entries(secrets)) {
        for (const text of emitted) assert.equal(text.includes(secret), false, `${name} in ${text}`);
        if (secret === secrets.token || secret === secrets.named) {
          assert.equal(seen.some((sent) => sent.includes(secret)), false, "a provider saw a token");
        }
      }
    });
  }
}

test("what else is in an error stays as it came", async () => {
  const fetch: Fetch = () => Promise.resolve(new Response("no", { status: 403, headers: { "x-fine": "1" } }));
  const response = await createGateway(settingsOf(fetch, [])).handle(
    ask("/openai/x", { body: "{}", headers: { "cf-aig-authorization": secrets.token } }),
  );
  assert.deepEqual([response.headers.get("x-fine"), await response.text()], ["1", "no"]);
});

/** A gateway `g` that has all kinds of secrets, and whose store fails now and then. */
function settingsOf(fetch: Fetch, emitted: string[]): Settings {
  const store = memoryStore();
  const own: GatewaySettings = {
    authentication: true,
    tokens: [secrets.token, { name: "named", token: secrets.named }],
    keys: {
      openai: [secrets.key, secrets.other],
      anthropic: { key: () => Promise.resolve(secrets.key) },
      objects: { key: { private: secrets.object } },
    },
    commit: "complete",
    maxAttempts: 2,
    retryDelay: 0,
    cacheTtl: 60,
    breaker: true,
    rateLimit: { limit: 1000, interval: 60, per: ["credential"] },
  };
  return {
    fetch,
    store: { ...store, add: () => Promise.reject(new Error(`redis://:${secrets.password}@host`)) },
    warn: (message) => emitted.push(message),
    providers: {
      mine: { base: "https://mine.test/v1", spread: [{ key: secrets.row }] },
      objects: {
        base: "https://objects.test",
        authorize: (key) => ({ "x-signed": JSON.parse(key).private }),
      },
    },
    gateways: { g: own },
  };
}

/** All that a client gets. */
async function transcribe(response: Response): Promise<string> {
  const { status, statusText, url, headers } = response;
  const body = await response.text().catch((error) => `${error.message} ${error.stack}`);
  return [status, statusText, url, JSON.stringify([...headers]), body].join("\n");
}

function inPieces(text: string): ReadableStream<Uint8Array> {
  const bytes = new TextEncoder().encode(text);
  let at = 0;
  return new ReadableStream({
    pull(controller) {
      controller.enqueue(bytes.subarray(at, at += 3));
      if (at >= bytes.length) controller.close();
    },
  });
}

function stream(text: string): Response {
  return new Response(text, { headers: { "content-type": "text/event-stream" } });
}

test("a layer of the settings meets no stored key, neither in outcomes nor in the ledger", async () => {
  const told: string[] = [];
  const spy: Layer<Step> = (next) => async (step, context) => {
    const outcome = await next(step, context);
    told.push(JSON.stringify([step, outcome, context.ledger]));
    return outcome;
  };
  const answers = [() => Response.json("good"), () => Promise.reject(new Error("broken"))];
  for (const answer of answers) {
    const seen: string[] = [];
    const fetch: Fetch = async (_, { headers }) => {
      seen.push(JSON.stringify(headers));
      return await answer();
    };
    const keys = { openai: secrets.key };
    const layers = { plans: [], steps: [spy], attempts: [spy] };
    const gateway = createGateway({ fetch, breaker: true, layers, gateways: { g: { keys } } });
    await gateway.handle(ask("/openai/chat/completions", { body: '{"model":"m"}' }));
    assert.match(seen.join(), new RegExp(secrets.key), "its provider has got it");
  }
  assert.equal(told.length, 4);
  for (const text of told) assert.equal(text.includes(secrets.key), false, text);
});
