import assert from "node:assert/strict";
import { test } from "node:test";
import { bedrock } from "../adapters/bedrock.ts";
import { createGateway, type GatewaySettings, type Provider } from "../src/index.ts";
import { ask, askUniversal, type Call, type Line, readError, script } from "./support/script.ts";
import { signatureOf, type Signed } from "./support/sigv4.ts";

const SECRET = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY";
const access = { accessKeyId: "AKIDEXAMPLE", secretAccessKey: SECRET };
const good = () => Response.json("good");
const INVOKE = "/aws-bedrock/bedrock-runtime/us-east-1/model/anthropic.claude-v2/invoke";

/** A gateway `g` with keys for Bedrock, and what its calls were. */
function keyed(
  key: Record<string, unknown> | string | readonly Record<string, unknown>[],
  lines: readonly Line[] = [good],
  row: Partial<Provider> = {},
  more: GatewaySettings = {},
) {
  const { fetch, calls } = script(...lines);
  const keys = { "aws-bedrock": Array.isArray(key) ? key.map((key) => ({ key })) : { key } };
  const gateway = createGateway({
    fetch,
    providers: { "aws-bedrock": { ...bedrock, ...row } },
    gateways: { g: { ...more, keys: keys as NonNullable<GatewaySettings["keys"]> } },
  });
  return {
    calls,
    gateway,
    send: (path = INVOKE, headers: Record<string, string> = {}, body = '{"prompt":"hé"}') =>
      gateway.handle(ask(path, { body, headers })),
  };
}

const signatureIn = ({ headers }: { readonly headers: Headers }) =>
  /Signature=([\da-f]{64})$/.exec(headers.get("authorization") ?? "")?.[1];

/** The parts of `authorization`, once its signature was checked. */
async function readSigned(call: Call, secret = SECRET): Promise<{ scope: string; names: string }> {
  assert.equal(signatureIn(call), await signatureOf(call, secret));
  const [, scope = "", names = ""] = /^AWS4-HMAC-SHA256 Credential=(.+), SignedHeaders=(.+), /.exec(
    call.headers.get("authorization")!,
  ) ?? [];
  return { scope, names };
}

/** A request to Bedrock as it was signed elsewhere. */
function foreign(address: string, scope: string, token?: string): Signed {
  const signed = `host;x-amz-content-sha256;x-amz-date${token ? ";x-amz-security-token" : ""}`;
  return {
    url: `https://${address}`,
    method: "POST",
    body: '{"prompt":"hé"}',
    headers: new Headers({
      authorization: `Credential=AKIDEXAMPLE/20260102/${scope}/aws4_request, SignedHeaders=${signed},`,
      "x-amz-content-sha256": "8afc83d58615ea00674a3fc8e03e9f891806668ff258273254e2661cacc2554c",
      "x-amz-date": "20260102T030405Z",
      ...(token && { "x-amz-security-token": token }),
    }),
  };
}

const EAST = "bedrock-runtime.us-east-1.amazonaws.com";
const CLAUDE = "us.anthropic.claude-sonnet-4-5-20250929-v1";
const ARN =
  "arn%3Aaws%3Abedrock%3Aeu-central-1%3A123456789012%3Ainference-profile%2Feu.amazon.nova-lite-v1%3A0";

/** Signatures that botocore 1.43.11 made. */
const signatures: readonly (readonly [what: string, signature: string, request: Signed])[] = [
  [
    "a colon in the path",
    "d378faa681383e6d9134a4a31ea81ea444963822c147d45395638b03e2e7a298",
    foreign(`${EAST}/model/${CLAUDE}:0/invoke`, "us-east-1/bedrock"),
  ],
  [
    "an encoded colon in the path",
    "3f2dc9293ead7352c5735fa7c13b0dac0fb0e4bcd5d1566311cb80c1477385c0",
    foreign(`${EAST}/model/${CLAUDE}%3A0/invoke`, "us-east-1/bedrock"),
  ],
  [
    "an encoded slash in the path, and a session token",
    "8e25b15e512b61f161254a05daf4401ed492c1c993db95963d4418890dea9fd8",
    foreign(
      `bedrock-runtime.eu-central-1.amazonaws.com/model/${ARN}/converse-stream`,
      "eu-central-1/bedrock",
      "fixture-session-token",
    ),
  ],
];

for (const [what, signature, request] of signatures) {
  test(`what these tests take for a signature is one by another's account: ${what}`, async () => {
    assert.equal(await signatureOf(request, SECRET), signature);
  });
}

for (
  const [path, url, scope] of [
    ["bedrock-runtime/us-east-1/model/m/invoke", `https://${EAST}/model/m/invoke`, "us-east-1/bedrock"],
    [
      "bedrock-runtime/ap-southeast-2/model/m/converse",
      "https://bedrock-runtime.ap-southeast-2.amazonaws.com/model/m/converse",
      "ap-southeast-2/bedrock",
    ],
    [
      "bedrock-mantle/us-west-2/v1/responses",
      "https://bedrock-mantle.us-west-2.api.aws/v1/responses",
      "us-west-2/bedrock-mantle",
    ],
  ]
) {
  test(`a call is signed for the region and the service of its host: ${scope}`, async () => {
    const { send, calls } = keyed(access);
    assert.equal((await send(`/aws-bedrock/${path}`)).status, 200);
    assert.equal(calls[0]!.url, url);
    const { scope: told, names } = await readSigned(calls[0]!);
    assert.match(told, new RegExp(`^AKIDEXAMPLE/\\d{8}/${scope}/aws4_request$`));
    assert.equal(names, "host;x-amz-content-sha256;x-amz-date");
    assert.equal(calls[0]!.body, '{"prompt":"hé"}');
  });
}

for (const model of [`${CLAUDE}:0`, `${CLAUDE}%3A0`, ARN]) {
  test(`a model is signed as it stands in the path: ${model}`, async () => {
    const { send, calls } = keyed(access);
    await send(`/aws-bedrock/bedrock-runtime/us-east-1/model/${model}/invoke`);
    assert.equal(calls[0]!.url, `https://${EAST}/model/${model}/invoke`);
    await readSigned(calls[0]!);
  });
}

test("a request without a body is signed, its query too", async () => {
  const { gateway, calls } = keyed(access);
  await gateway.handle(ask("/aws-bedrock/bedrock-mantle/us-east-1/v1/models?limit=2&after=m-1"));
  assert.equal(calls[0]!.method, "GET");
  assert.match(calls[0]!.url, /\/v1\/models\?limit=2&after=m-1$/);
  await readSigned(calls[0]!);
});

test("the token of a temporary key goes along and is signed", async () => {
  const { send, calls } = keyed({ ...access, sessionToken: "session/token+1==" });
  await send();
  assert.equal(calls[0]!.headers.get("x-amz-security-token"), "session/token+1==");
  const { names } = await readSigned(calls[0]!);
  assert.equal(names, "host;x-amz-content-sha256;x-amz-date;x-amz-security-token");
});

test("nothing is left of a signature that the client made", async () => {
  const { send, calls } = keyed(access);
  await send(INVOKE, {
    authorization: "AWS4-HMAC-SHA256 Credential=mine, SignedHeaders=host, Signature=mine",
    "x-amz-date": "20200101T000000Zmine",
    "x-amz-content-sha256": "mine",
    "x-amz-security-token": "mine",
  });
  assert.equal(JSON.stringify([...calls[0]!.headers]).includes("mine"), false);
  await readSigned(calls[0]!);
});

test("fields for AWS are signed, others are sent without", async () => {
  const { send, calls } = keyed(access);
  const others = { "content-type": "application/json", accept: "*/*", "x-amzn-trace-id": "Root=1" };
  await send(INVOKE, { ...others, "x-amz-user-agent": "aws-sdk-js/3  m" });
  const { names } = await readSigned(calls[0]!);
  assert.equal(names, "host;x-amz-content-sha256;x-amz-date;x-amz-user-agent");
  for (const [name, value] of Object.entries(others)) assert.equal(calls[0]!.headers.get(name), value);
});

for (
  const [path, name, value] of [
    ["bedrock-runtime/us-east-1/model/m/invoke", "authorization", "Bearer ABSK-key"],
    ["bedrock-mantle/us-east-1/v1/responses", "authorization", "Bearer ABSK-key"],
    ["bedrock-mantle/us-east-1/anthropic/v1/messages", "x-api-key", "ABSK-key"],
  ] as const
) {
  test(`a key of Bedrock alone is carried in ${name} to ${path}`, async () => {
    const { send, calls } = keyed("ABSK-key");
    await send(`/aws-bedrock/${path}`, { authorization: "Bearer mine", "x-api-key": "mine" });
    const { headers } = calls[0]!;
    assert.equal(headers.get(name), value);
    assert.equal(headers.has(name === "authorization" ? "x-api-key" : "authorization"), false);
  });
}

test("a key that is answered 403 makes room for the next, which signs for itself", async () => {
  const other = { accessKeyId: "AKIDOTHER", secretAccessKey: "other-secret" };
  const { send, calls } = keyed([access, other], [() => new Response("no", { status: 403 }), good, good]);
  assert.equal((await send()).status, 200);
  await send();
  assert.match((await readSigned(calls[0]!)).scope, /^AKIDEXAMPLE/);
  assert.match((await readSigned(calls[1]!, "other-secret")).scope, /^AKIDOTHER/);
  assert.match((await readSigned(calls[2]!, "other-secret")).scope, /^AKIDOTHER/);
});

test("each attempt is signed, and each step of the universal endpoint", async () => {
  const busy = () => new Response("busy", { status: 503 });
  const { gateway, calls } = keyed(access, [busy, busy, good]);
  const endpoint = (region: string) => `bedrock-runtime/${region}/model/m/invoke`;
  const config = { maxAttempts: 2, retryDelay: 0 };
  const steps = [
    { provider: "aws-bedrock", endpoint: endpoint("us-east-1"), query: { prompt: "hé" }, config },
    { provider: "aws-bedrock", endpoint: endpoint("us-west-2"), query: { prompt: "ho" } },
  ];
  assert.equal((await gateway.handle(askUniversal(steps))).headers.get("cf-aig-step"), "1");
  const signed = await Promise.all(calls.map((call) => readSigned(call)));
  assert.deepEqual(signed.map(({ scope }) => scope.split("/")[2]), ["us-east-1", "us-east-1", "us-west-2"]);
  assert.equal(calls[2]!.body, '{"prompt":"ho"}');
});

test("the region of the key is taken where the base does not tell one", async () => {
  const row = { base: "https://bedrock.proxy.test/{region}" };
  const { send, calls } = keyed({ ...access, region: "eu-west-1" }, [good, good], row);
  await send();
  assert.equal(calls[0]!.url, "https://bedrock.proxy.test/us-east-1/model/anthropic.claude-v2/invoke");
  assert.match((await readSigned(calls[0]!)).scope, /\/eu-west-1\/bedrock\//);
});

test("the region of the host outranks that of the key", async () => {
  const { send, calls } = keyed({ ...access, region: "eu-west-1" });
  await send();
  assert.match((await readSigned(calls[0]!)).scope, /\/us-east-1\/bedrock\//);
});

test("where nothing tells the region, nothing is sent", async () => {
  const { send, calls } = keyed(access, [good], { base: "https://bedrock.proxy.test" });
  const response = await send();
  assert.equal(response.status, 503);
  assert.match((await readError(response)).message, /: region: Expected one/);
  assert.equal(calls.length, 0);
});

for (
  const [told, key] of Object.entries({
    "Expected JSON": '{"accessKeyId":"SECRET",}',
    "Expected accessKeyId and secretAccessKey": { accessKeyId: "SECRET" },
    "accessKeyId and secretAccessKey": { ...access, secretAccessKey: "SECRET\nSECRET" },
    "sessionToken: Expected": { ...access, sessionToken: 7 },
    "region: Expected": { ...access, region: "" },
  })
) {
  test(`a key that is none is 503, says why and not what it is: ${told}`, async () => {
    const { send, calls } = keyed(key);
    const response = await send();
    assert.equal(response.status, 503);
    const { code, message } = await readError(response);
    assert.equal(code, 7009);
    assert.ok(message.includes(told), message);
    assert.equal(/SECRET|wJalr/.test(message), false);
    assert.equal(calls.length, 0);
  });
}

test("an error of AWS that repeats what it was sent comes without the token and the signature", async () => {
  const echo: Line = ({ headers }) =>
    new Response(JSON.stringify([...headers]), {
      status: 400,
      headers: { "x-echo": headers.get("x-amz-security-token")! },
    });
  const { send, calls } = keyed({ ...access, sessionToken: "session-token" }, [echo]);
  const response = await send();
  const text = JSON.stringify([...response.headers]) + await response.text();
  assert.ok(text.includes("x-amz-security-token"));
  for (const secret of ["session-token", SECRET, signatureIn(calls[0]!)!]) {
    assert.equal(text.includes(secret), false);
  }
});
