import assert from "node:assert/strict";
import { test } from "node:test";
import { decodeProtectedHeader, exportPKCS8, generateKeyPair, jwtVerify } from "jose";
import { vertex, type VertexOptions } from "../adapters/vertex.ts";
import { createGateway, type Secret } from "../src/index.ts";
import { ask, type Call, readError, script } from "./support/script.ts";
import { stretch } from "./support/stretch.ts";

const TOKEN_URI = "https://oauth2.googleapis.com/token";
const GENERATE =
  "/google-vertex-ai/v1/projects/p/locations/us-east4/publishers/google/models/gemini:generateContent";
const AUDIENCE = "https://www.googleapis.com/auth/cloud-platform";

/** A service account and who can verify what it signs; made once, because that takes long. */
let made: Promise<{ readonly account: Record<string, string>; readonly publicKey: CryptoKey }> | undefined;
function account() {
  return made ??= (async () => {
    const { privateKey, publicKey } = await generateKeyPair("RS256", { extractable: true });
    const account = {
      type: "service_account",
      client_email: "waygate@p.iam.gserviceaccount.com",
      private_key: `${await exportPKCS8(privateKey)}\n`,
      private_key_id: "key-1",
    };
    return { account, publicKey };
  })();
}

/** One who gives tokens: `token-0`, `token-1` and so on, for an hour. */
function mint(fields: Record<string, unknown> = {}): (call: Call) => Response {
  let given = 0;
  return () => Response.json({ access_token: `token-${given++}`, expires_in: 3600, ...fields });
}

const good = () => Response.json("good");

type Play = (call: Call) => Response | Promise<Response>;

/** A gateway `g` with keys for Vertex AI, what was sent to Google's tokens, and what to the models. */
function keyed(
  key: Secret | readonly Secret[],
  tokens: Play = mint(),
  models: Play = good,
  told: VertexOptions = {},
) {
  const answer: Play = (call) => {
    const line = call.url.includes("aiplatform.googleapis.com/") ? models : tokens;
    return line(call);
  };
  const { fetch, calls } = script(...Array<Play>(40).fill(answer));
  const keys = { "google-vertex-ai": (Array.isArray(key) ? key : [key]).map((key: Secret) => ({ key })) };
  const providers = { "google-vertex-ai": vertex(told) };
  const gateway = createGateway({ fetch, providers, gateways: { g: { keys } } });
  const sentTo = (models: boolean) => calls.filter(({ url }) => url.includes("aiplatform.") === models);
  return {
    send: (init: RequestInit = {}, path = GENERATE) => gateway.handle(ask(path, { body: "{}", ...init })),
    asked: () => sentTo(false),
    sent: () => sentTo(true),
    carried: () => sentTo(true).map(({ headers }) => headers.get("authorization")),
  };
}

test("a service account's signed claim is exchanged for the token that the model gets", async () => {
  const { account: key, publicKey } = await account();
  const { send, asked, sent } = keyed(key);
  const mine = { authorization: "Bearer mine", "x-goog-api-key": "mine" };
  assert.equal((await send({ headers: mine }, `${GENERATE}?key=mine&alt=sse`)).status, 200);
  const [{ url, method, headers, body }] = asked() as [Call];
  assert.deepEqual([method, url], ["POST", TOKEN_URI]);
  assert.equal(headers.get("content-type"), "application/x-www-form-urlencoded");
  const form = new URLSearchParams(body);
  assert.equal(form.get("grant_type"), "urn:ietf:params:oauth:grant-type:jwt-bearer");
  const assertion = form.get("assertion")!;
  assert.deepEqual(decodeProtectedHeader(assertion), { alg: "RS256", typ: "JWT", kid: "key-1" });
  const { payload } = await jwtVerify(assertion, publicKey, {
    audience: TOKEN_URI,
    issuer: key.client_email!,
  });
  assert.equal(payload["scope"], AUDIENCE);
  assert.equal(payload.exp! - payload.iat!, 3600);
  const [call] = sent() as [Call];
  assert.equal(call.headers.get("authorization"), "Bearer token-0");
  assert.match(call.url, /^https:\/\/us-east4-aiplatform\.googleapis\.com\/.*:generateContent\?alt=sse$/);
  assert.equal(JSON.stringify([...call.headers]).includes("mine"), false);
});

test("ten calls at once share one exchange, and those that follow its token", async () => {
  const { send, asked, carried } = keyed((await account()).account);
  const answers = await Promise.all(Array.from({ length: 10 }, () => send()));
  await send();
  assert.deepEqual(answers.map(({ status }) => status), Array(10).fill(200));
  assert.equal(asked().length, 1);
  assert.deepEqual(carried(), Array(11).fill("Bearer token-0"));
});

test("a token is kept until one minute before its end", async () => {
  let now = Date.UTC(2026, 0, 1);
  const { account: key, publicKey } = await account();
  const { send, asked, carried } = keyed(key, mint(), good, { now: () => now });
  await send();
  now += 3_539_999;
  await send();
  now += 1;
  await Promise.all([send(), send()]);
  assert.deepEqual(carried(), ["Bearer token-0", "Bearer token-0", "Bearer token-1", "Bearer token-1"]);
  const assertion = new URLSearchParams(asked()[1]!.body).get("assertion")!;
  const { payload } = await jwtVerify(assertion, publicKey, { currentDate: new Date(now) });
  assert.equal(payload.iat, now / 1000);
});

test("a token of which nobody says how long it lasts is not kept", async () => {
  const { send, carried } = keyed((await account()).account, mint({ expires_in: undefined }));
  await send();
  await send();
  assert.deepEqual(carried(), ["Bearer token-0", "Bearer token-1"]);
});

test("accounts have tokens of their own, and so have gateways", async () => {
  const { account: key } = await account();
  const { send, carried } = keyed([key, { ...key, client_email: "other@p.iam.gserviceaccount.com" }]);
  for (let sent = 0; sent < 4; sent++) await send();
  assert.deepEqual(carried(), ["Bearer token-0", "Bearer token-1", "Bearer token-0", "Bearer token-1"]);
  const other = keyed(key, mint({ access_token: "other" }));
  await other.send();
  assert.deepEqual(other.carried(), ["Bearer other"]);
});

for (const indent of [0, 2]) {
  test(`a service account may come in base64, indented by ${indent}`, async () => {
    const { send, asked, carried } = keyed(btoa(JSON.stringify((await account()).account, null, indent)));
    await send();
    assert.equal(asked().length, 1);
    assert.deepEqual(carried(), ["Bearer token-0"]);
  });
}

for (const token of ["ya29.a0AfH6-token_x", "eyJhbGciOiJub25lIn0.e30.", "abcd", "abcde"]) {
  test(`what is no service account is a token already: ${token}`, async () => {
    const { send, asked, carried } = keyed(token);
    await send();
    assert.equal(asked().length, 0);
    assert.deepEqual(carried(), [`Bearer ${token}`]);
  });
}

test("when the call leaves that asked for a token, one of those that wait asks again", async () => {
  const leaver = new AbortController();
  let asked = 0;
  const tokens: Play = ({ signal }) => {
    if (asked++ > 0) return Response.json({ access_token: "token", expires_in: 3600 });
    queueMicrotask(() => leaver.abort());
    return new Promise((_, reject) => signal.addEventListener("abort", () => reject(signal.reason)));
  };
  const { send, carried, asked: exchanges } = keyed((await account()).account, tokens);
  const [first, ...others] = await Promise.all([send({ signal: leaver.signal }), send(), send()]);
  assert.equal(first!.status, 499);
  assert.deepEqual(others.map(({ status }) => status), [200, 200]);
  assert.equal(exchanges()[0]!.signal.aborted, true);
  assert.equal(exchanges().length, 2);
  assert.deepEqual(carried(), ["Bearer token", "Bearer token"]);
});

test("a call that only waits may leave, and the token comes all the same", async () => {
  const leaver = new AbortController();
  const tokens: Play = async () => {
    leaver.abort();
    await new Promise((resolve) => setTimeout(resolve, 5));
    return Response.json({ access_token: "token", expires_in: 3600 });
  };
  const { send, asked } = keyed((await account()).account, tokens);
  const [first, second] = await Promise.all([send(), send({ signal: leaver.signal })]);
  assert.deepEqual([first!.status, second!.status], [200, 499]);
  assert.equal(asked().length, 1);
});

test("who gives no token in time makes the call fail", () =>
  stretch(20, async (timeout) => {
    const tokens: Play = () => new Promise(() => {});
    const { send, asked, sent } = keyed((await account()).account, tokens, good, { timeout });
    const response = await send();
    assert.equal(response.status, 503);
    assert.match((await readError(response)).message, new RegExp(`: No token within ${timeout} ms$`));
    assert.equal(asked()[0]!.signal.aborted, true);
    assert.equal(sent().length, 0);
  }));

const refusals: readonly (readonly [told: string, answer: () => Response])[] = [
  [
    "answered 400 invalid_grant",
    () => Response.json({ error: "invalid_grant", hint: "SECRET" }, { status: 400 }),
  ],
  ["answered 401", () => Response.json({ error: "SECRET" }, { status: 401 })],
  ["answered 302", () => new Response(null, { status: 302, headers: { location: "https://evil.test/" } })],
  ["answered 500", () => new Response("SECRET", { status: 500 })],
  ["gave none", () => new Response("SECRET")],
  ["gave none", () => Response.json(null)],
  ["gave none", () => Response.json({ id_token: "SECRET" })],
  ["gave none", () => Response.json({ access_token: "SECRET\nSECRET" })],
  ["No answer from who gives tokens", () => {
    throw new TypeError("SECRET");
  }],
];

for (const [told, answer] of refusals) {
  test(`an exchange that fails is 503, tells why and nothing else, and is tried anew: ${told}`, async () => {
    const answers = [answer, mint()];
    const { send, sent, carried } = keyed((await account()).account, (call) => answers.shift()!(call));
    const response = await send();
    assert.equal(response.status, 503);
    const { code, message } = await readError(response);
    assert.equal(code, 7009);
    assert.ok(message.endsWith(told), message);
    assert.equal(sent().length, 0);
    assert.equal((await send()).status, 200);
    assert.deepEqual(carried(), ["Bearer token-0"]);
  });
}

test("an account that gets no token makes room for the next key", async () => {
  const tokens: Play = () => Response.json({ error: "invalid_grant" }, { status: 400 });
  const { send, asked, carried } = keyed([(await account()).account, "ya29.token"], tokens);
  assert.equal((await send()).status, 200);
  assert.equal((await send()).status, 200);
  assert.equal(asked().length, 1);
  assert.deepEqual(carried(), ["Bearer ya29.token", "Bearer ya29.token"]);
});

test("no secret comes back, whoever repeats it", async () => {
  const { account: key } = await account();
  const repeat = (status: number): Play => ({ headers, body }) =>
    Response.json({ error: body, seen: [...headers], key }, {
      status,
      headers: { "x-seen": headers.get("authorization") ?? "-" },
    });
  const refused = await keyed(key, repeat(400)).send();
  const text = JSON.stringify([...refused.headers]) + await refused.text();
  assert.equal(/PRIVATE KEY|assertion|eyJ/.test(text), false);
  const minted = mint({ access_token: "minted-token" });
  const echoed = await keyed(
    key,
    minted,
    ({ headers }) =>
      Response.json([...headers], { status: 401, headers: { "x-seen": headers.get("authorization")! } }),
  ).send();
  const seen = JSON.stringify([...echoed.headers]) + await echoed.text();
  assert.ok(seen.includes("*******************"), seen);
  assert.equal(seen.includes("minted-token"), false);
});

test("an account may name who gives its tokens, on the same machine without encryption", async () => {
  const { account: key, publicKey } = await account();
  for (const token_uri of ["https://sts.test/token", "http://127.0.0.1:9/token", "http://[::1]:9/token"]) {
    const { send, asked } = keyed({ ...key, token_uri });
    await send();
    assert.equal(asked()[0]!.url, token_uri);
    const assertion = new URLSearchParams(asked()[0]!.body).get("assertion")!;
    await jwtVerify(assertion, publicKey, { audience: token_uri });
  }
});

for (
  const [told, fields] of [
    ["token_uri: Expected an https URL", { token_uri: "http://sts.test/token" }],
    ["token_uri: Expected an https URL", { token_uri: "http://127.0.0.1.sts.test/token" }],
    ["token_uri: Expected an https URL", { token_uri: "https://user:SECRET@sts.test/token" }],
    ["token_uri: Expected an https URL", { token_uri: "ftp://127.0.0.1/token" }],
    ["token_uri: Expected an https URL", { token_uri: "SECRET" }],
    ["private_key: Expected PKCS #8 in PEM", { private_key: "-----BEGIN RSA PRIVATE KEY-----SECRET" }],
    ["private_key: Expected PKCS #8 in PEM", { private_key: "-----BEGIN PRIVATE KEY-----\nSECRET\n" }],
    ["Expected client_email and private_key of a service account", { private_key: undefined }],
    ["Expected client_email and private_key of a service account", { client_email: "" }],
  ] as const
) {
  test(`a key that is none is 503, says why and not what it is: ${told}, ${JSON.stringify(fields)}`, async () => {
    const { send, asked, sent } = keyed({ ...(await account()).account, ...fields });
    const response = await send();
    assert.equal(response.status, 503);
    const { message } = await readError(response);
    assert.ok(message.endsWith(`: ${told}`), message);
    assert.deepEqual([asked().length, sent().length], [0, 0]);
  });
}

for (const key of ['{"client_email":"SECRET",}', btoa('{"client_email":"SECRET",}')]) {
  test(`a key that is no JSON after all is 503: ${key}`, async () => {
    const response = await keyed(key).send();
    assert.equal(response.status, 503);
    assert.match((await readError(response)).message, /: Expected JSON$/);
  });
}
