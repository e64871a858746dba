import assert from "node:assert/strict";
import { test } from "node:test";
import { z } from "zod";
import { memoryLogs } from "../src/index.ts";
import { logRecord } from "./support/array-logs.ts";
import { least, managed, TOKEN } from "./support/managed.ts";

interface Operation {
  readonly parameters: readonly { readonly name: string; readonly in: string }[];
  readonly requestBody?: unknown;
  readonly responses: Readonly<
    Record<string, { readonly content: Record<string, { readonly schema?: object }> }>
  >;
}

interface Document {
  readonly openapi: string;
  readonly servers: readonly { readonly url: string }[];
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: { readonly schemas: Readonly<Record<string, object>> };
}

const key = { provider_slug: "openai", alias: "a", default_config: false, secret: "s" };
const acme = { name: "Acme", slug: "acme", base_url: "https://acme.example" };

/** Every route once, in an order in which each succeeds; `{id}` is that of the latest answer that had one. */
const tour: readonly [method: string, path: string, body?: unknown][] = [
  ["post", "/gateways", { id: "x", ...least }],
  ["get", "/gateways"],
  ["get", "/gateways/{gateway}"],
  ["put", "/gateways/{gateway}", least],
  ["get", "/gateways/{gateway}/url/{provider}"],
  ["get", "/gateways/{gateway}/logs"],
  ["get", "/gateways/{gateway}/logs/{log}"],
  ["patch", "/gateways/{gateway}/logs/{log}", { score: 5 }],
  ["get", "/gateways/{gateway}/logs/{log}/request"],
  ["get", "/gateways/{gateway}/logs/{log}/response"],
  ["get", "/waygate/stats"],
  ["delete", "/gateways/{gateway}/logs"],
  ["post", "/gateways/{gateway}/provider_configs", key],
  ["get", "/gateways/{gateway}/provider_configs"],
  ["put", "/gateways/{gateway}/provider_configs/{config}", { secret: "t" }],
  ["delete", "/gateways/{gateway}/provider_configs/{config}"],
  ["delete", "/gateways/{gateway}"],
  ["post", "/custom-providers", acme],
  ["get", "/custom-providers"],
  ["get", "/custom-providers/{provider}"],
  ["patch", "/custom-providers/{provider}", { description: "d" }],
  ["delete", "/custom-providers/{provider}"],
  ["get", "/waygate/openapi.json"],
];

async function setUp() {
  const logs = memoryLogs();
  const bytes = new TextEncoder().encode("{}");
  const record = logRecord("1", { gateway: "x", metadata: { user: "u" }, user_agent: "ua", request_size: 2 });
  await logs.append([{ record, request: bytes, response: bytes }]);
  const scene = managed({}, { logs });
  const document: Document = await (await scene.raw("/waygate/openapi.json")).json();
  return { ...scene, document };
}

test("the document tells every route, and no other", async () => {
  const { document } = await setUp();
  assert.equal(document.openapi, "3.1.1");
  assert.equal(document.servers[0]?.url, "/client/v4/accounts/{account}/ai-gateway");
  const told = Object.entries(document.paths).flatMap(([path, operations]) =>
    Object.keys(operations).map((method) => `${method} ${path}`)
  );
  assert.deepEqual(told.sort(), tour.map(([method, path]) => `${method} ${path}`).sort());
});

test("the document tells what a query may say, and that a filter may be written as JSON", async () => {
  const { document, raw } = await setUp();
  const { parameters } = document.paths["/gateways/{gateway}/logs"]!["delete"]!;
  const names = ["gateway", "filters", "limit", "order_by", "order_by_direction"];
  assert.deepEqual(parameters.map(({ name }) => name), names);
  const { content } = parameters[1] as unknown as { content: { "application/json": { schema: never } } };
  const filters = [{ key: "cached", operator: "eq", value: [true] }];
  z.fromJSONSchema(content["application/json"].schema).parse(filters);
  await raw("/gateways", {
    method: "POST",
    headers: { authorization: `Bearer ${TOKEN}` },
    body: JSON.stringify({ id: "x", ...least }),
  });
  assert.equal((await raw(`/gateways/x/logs?filters=${JSON.stringify(filters)}`)).status, 200);
});

test("every answer is as the document describes it, and takes the body that it describes", async () => {
  const { document, raw } = await setUp();
  let latest = "";
  for (const [method, template, body] of tour) {
    const { parameters, requestBody, responses } = document.paths[template]![method]!;
    const named = [...template.matchAll(/\{(\w+)\}/g)].map(([, name]) => name);
    assert.deepEqual(parameters.filter((one) => one.in === "path").map(({ name }) => name), named);
    assert.equal(requestBody !== undefined, body !== undefined, template);
    const isCustom = template.startsWith("/custom");
    const path = template.replace("{gateway}", "x").replace("{log}", "1").replace("{config}", latest)
      .replace("{provider}", isCustom ? latest : "openai");
    const response = await raw(path, {
      method: method.toUpperCase(),
      headers: { authorization: `Bearer ${TOKEN}` },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    assert.equal(response.status, 200, `${method} ${path}`);
    const answer = await response.json();
    if (method === "post") latest = answer.result.id;
    const schema = responses["200"]!.content["application/json"]?.schema;
    if (schema) z.fromJSONSchema(schema as never).parse(answer);
  }
});

test("a refusal is as the document describes it", async () => {
  const { document, raw } = await setUp();
  const failure = z.fromJSONSchema(document.components.schemas["Failure"] as never);
  for (const path of ["/nothing", "/gateways/y", "/gateways?page=x"]) {
    failure.parse(await (await raw(path)).json());
  }
  assert.throws(() => failure.parse({ success: true }));
});
