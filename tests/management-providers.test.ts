import assert from "node:assert/strict";
import { test } from "node:test";
import { manage, memorySettings } from "../adapters/management.ts";
import { type Gateway, memoryStore } from "../src/index.ts";
import { account, least, managed, TOKEN } from "./support/managed.ts";
import { hear } from "./support/hear.ts";
import { ask } from "./support/script.ts";

const SECRET = "sk-very-secret-key-1234";
const key = { provider_slug: "openai", alias: "default", default_config: true, secret: SECRET } as const;
const acme = { name: "Acme", slug: "acme", base_url: "https://acme.example/v1", enable: true } as const;
const send = (method: string, body?: unknown): RequestInit => ({
  method,
  headers: { authorization: `Bearer ${TOKEN}` },
  ...(body !== undefined && { body: JSON.stringify(body) }),
});

/** A gateway `g` that the API made. */
async function withGateway() {
  const all = managed();
  await all.client.aiGateway.create({ ...account, id: "g", ...least });
  return all;
}

test("a key that is kept goes to its provider, and is never shown", async () => {
  const { client, gateway, calls } = await withGateway();
  const made = await client.aiGateway.providerConfigs.create("g", { ...account, ...key });
  assert.deepEqual([made.gateway_id, made.alias, made.default_config], ["g", "default", true]);
  assert.deepEqual([made.secret_id, made.secret_preview], ["g_openai_default", "****1234"]);
  const { result } = await client.aiGateway.providerConfigs.list("g", account);
  assert.deepEqual(result, [made]);
  assert.equal((await gateway.handle(ask("/openai/models"))).status, 200);
  assert.equal(calls[0]?.headers.get("authorization"), `Bearer ${SECRET}`);
});

test("a key is taken by its alias, and the default one without an alias", async () => {
  const { client, gateway, calls } = await withGateway();
  const { providerConfigs } = client.aiGateway;
  const main = { ...key, alias: "main", secret: "main-key" };
  await providerConfigs.create("g", { ...account, ...main });
  await providerConfigs.create("g", {
    ...account,
    ...key,
    alias: "spare",
    default_config: false,
    secret: "spare-key",
  });
  for (const alias of [undefined, "main", "spare"]) {
    const headers: Record<string, string> = alias ? { "cf-aig-byok-alias": alias } : {};
    assert.equal((await gateway.handle(ask("/openai/models", { headers }))).status, 200);
  }
  assert.deepEqual(calls.map(({ headers }) => headers.get("authorization")), [
    "Bearer main-key",
    "Bearer main-key",
    "Bearer spare-key",
  ]);
  const second = { ...account, ...key, alias: "other" };
  await assert.rejects(providerConfigs.create("g", second), /default_config: Expected false/);
  await assert.rejects(providerConfigs.create("g", { ...account, ...key }), /default_config: Expected false/);
  await assert.rejects(
    providerConfigs.create("g", { ...account, ...main }),
    /alias: A key of this alias exists/,
  );
});

test("a key is replaced and forgotten", async () => {
  const { client, gateway, calls, raw, refused } = await withGateway();
  const { id } = await client.aiGateway.providerConfigs.create("g", { ...account, ...key });
  const path = `/gateways/g/provider_configs/${id}`;
  assert.equal((await raw(path, send("PUT", { secret: "another" }))).status, 200);
  await gateway.handle(ask("/openai/models"));
  assert.equal(calls[0]?.headers.get("authorization"), "Bearer another");
  assert.equal((await raw(path, send("DELETE"))).status, 200);
  await gateway.handle(ask("/openai/models"));
  assert.equal(calls[1]?.headers.get("authorization"), null);
  assert.equal((await refused(path, send("DELETE"))).code, 7002);
});

test("what cannot be kept is refused with its name", async () => {
  const { refused } = await withGateway();
  const wrong = {
    secret: "two words",
    secret_id: "abc",
    rate_limit: 5,
    provider_slug: "unknown",
    alias: "",
    default_config: "yes",
  };
  for (const [field, value] of Object.entries(wrong)) {
    const { status, code, path } = await refused(
      "/gateways/g/provider_configs",
      send("POST", { ...key, [field]: value }),
    );
    assert.deepEqual([status, code, path], [400, 7001, ["body", field]]);
  }
});

test("the keys of a deleted gateway are gone, and open none of the same name", async () => {
  const { client, gateway, calls } = await withGateway();
  await client.aiGateway.providerConfigs.create("g", { ...account, ...key });
  await client.aiGateway.delete("g", account);
  await client.aiGateway.create({ ...account, id: "g", ...least });
  assert.deepEqual((await client.aiGateway.providerConfigs.list("g", account)).result, []);
  await gateway.handle(ask("/openai/models"));
  assert.equal(calls[0]?.headers.get("authorization"), null);
});

test("no answer and no warning has a secret in it", async () => {
  const warnings: string[] = [];
  const gateways = memorySettings();
  const { client, raw } = managed({ warn: (message) => void warnings.push(message) }, { gateways });
  await client.aiGateway.create({ ...account, id: "g", ...least });
  const json = JSON.stringify({ private_key: SECRET });
  await client.aiGateway.customProviders.create({ ...account, ...acme });
  await client.aiGateway.providerConfigs.create("g", { ...account, ...key });
  await client.aiGateway.providerConfigs.create("g", {
    ...account,
    ...key,
    provider_slug: "groq",
    secret: json,
  });
  assert.match(JSON.stringify(await gateways.read()), /very-secret/);
  const config = "/gateways/g/provider_configs";
  const said = await Promise.all([
    raw("/gateways"),
    raw("/gateways/g"),
    raw(config),
    raw(config, send("POST", key)),
    raw(config, send("POST", { ...key, alias: "x", default_config: SECRET })),
    raw(config, send("POST", { ...key, alias: "y", [SECRET]: 1 })),
    raw("/gateways/g", send("PUT", { ...least, cache_ttl: SECRET })),
    raw(`/gateways/${SECRET}`),
    raw("/custom-providers"),
    raw("/waygate/openapi.json"),
    raw("/gateways/g", send("DELETE")),
  ]);
  const texts = await Promise.all(said.map((response) => response.text()));
  const quoted = texts.map((text, at) => text.includes("very-secret") ? at : -1).filter((at) => at >= 0);
  // The sixth names the field that it refuses.
  assert.deepEqual(quoted, [5]);
  assert.deepEqual(warnings, []);
});

test("a custom provider is made, listed, shown, reached and deleted by Cloudflare's client", async () => {
  const { client, gateway, calls } = await withGateway();
  const { customProviders } = client.aiGateway;
  const made = await customProviders.create({ ...account, ...acme, description: "d", position: 2 });
  assert.deepEqual([made.slug, made.enable, made.beta, made.description], ["acme", true, false, "d"]);
  assert.deepEqual(await customProviders.get(made.id, account), made);
  await customProviders.create({ ...account, ...acme, slug: "zeta", name: "Zeta", position: 1 });
  const slugs: string[] = [];
  for await (const { slug } of customProviders.list({ ...account, per_page: 1 })) slugs.push(slug);
  assert.deepEqual(slugs, ["zeta", "acme"]);
  const found = await customProviders.list({ ...account, search: "ACM", enable: true, beta: false });
  assert.deepEqual(found.result, [made]);
  assert.deepEqual((await customProviders.list({ ...account, enable: false })).result, []);

  assert.equal((await gateway.handle(ask("/custom-acme/chat/completions"))).status, 200);
  assert.equal(calls[0]?.url, "https://acme.example/v1/chat/completions");
  assert.deepEqual(await customProviders.delete(made.id, account), made);
  assert.equal((await gateway.handle(ask("/custom-acme/chat/completions"))).status, 400);
  await assert.rejects(customProviders.get(made.id, account), { status: 404 });
});

test("a custom provider is changed, and reached once it is enabled", async () => {
  const { client, gateway, calls, raw } = await withGateway();
  const { enable: _, ...quiet } = acme;
  const { id, enable } = await client.aiGateway.customProviders.create({ ...account, ...quiet });
  assert.equal(enable, false);
  assert.equal((await gateway.handle(ask("/custom-acme/models"))).status, 400);
  const patch = send("PATCH", { enable: true, base_url: "https://other.example" });
  const { result } = await (await raw(`/custom-providers/${id}`, patch)).json();
  assert.deepEqual([result.name, result.enable, result.base_url], ["Acme", true, "https://other.example"]);
  assert.equal((await gateway.handle(ask("/custom-acme/models"))).status, 200);
  assert.equal(calls[0]?.url, "https://other.example/models");
});

test("the key of a custom provider goes where the provider goes, and with it", async () => {
  const { client, gateway, calls, raw } = await withGateway();
  const { id } = await client.aiGateway.customProviders.create({ ...account, ...acme });
  await client.aiGateway.providerConfigs.create("g", { ...account, ...key, provider_slug: "custom-acme" });
  await raw(`/custom-providers/${id}`, send("PATCH", { slug: "renamed" }));
  await gateway.handle(ask("/custom-renamed/models"));
  assert.equal(calls[0]?.headers.get("authorization"), `Bearer ${SECRET}`);
  await client.aiGateway.customProviders.delete(id, account);
  for (const slug of ["acme", "renamed"]) {
    await client.aiGateway.customProviders.create({ ...account, ...acme, slug });
    await gateway.handle(ask(`/custom-${slug}/models`));
  }
  assert.deepEqual(calls.slice(1).map(({ headers }) => headers.get("authorization")), [null, null]);
});

/** Whether an answer of a provider was kept: one that was asked for in these words, and one by name. */
async function kept(gateway: Gateway, slug = "acme") {
  const statuses = [];
  for (const headers of [{}, { "cf-aig-cache-key": "k" }]) {
    const { status } = await hear(gateway, ask(`/custom-${slug}/chat/completions`, { body: "{}", headers }));
    statuses.push(status);
  }
  return statuses.join(" ");
}

const changes: readonly [what: string, change: object][] = [
  ["base", { base_url: "https://two.example" }],
  ["base, in another path of its host", { base_url: "https://acme.example/v2" }],
  ["name", { name: "Other" }],
];
for (const [what, change] of changes) {
  test(`what was kept of a custom provider is gone once its ${what} is changed, and only that`, async () => {
    const { client, gateway, raw } = managed();
    await client.aiGateway.create({ ...account, id: "g", ...least, cache_ttl: 600 });
    const { id } = await client.aiGateway.customProviders.create({ ...account, ...acme });
    await client.aiGateway.customProviders.create({ ...account, ...acme, slug: "other" });
    for (const status of ["MISS MISS", "HIT HIT"]) {
      assert.equal(await kept(gateway), status);
      assert.equal(await kept(gateway, "other"), status);
    }
    assert.equal((await raw(`/custom-providers/${id}`, send("PATCH", change))).status, 200);
    assert.equal(await kept(gateway), "MISS MISS");
    assert.equal(await kept(gateway), "HIT HIT");
    assert.equal(await kept(gateway, "other"), "HIT HIT");
  });
}

test("what was kept of a custom provider is gone with it, and of another name of it, too", async () => {
  const store = memoryStore();
  const gateways = memorySettings();
  const { client, gateway, raw } = managed({ store }, { gateways });
  await client.aiGateway.create({ ...account, id: "g", ...least, cache_ttl: 600 });
  const make = async () => (await client.aiGateway.customProviders.create({ ...account, ...acme })).id;
  const first = await make();
  assert.deepEqual([await kept(gateway), await kept(gateway)], ["MISS MISS", "HIT HIT"]);
  const other = managed({ store }, { gateways }).gateway;
  assert.equal(await kept(other), "HIT HIT");
  await client.aiGateway.customProviders.delete(first, account);
  const second = await make();
  assert.deepEqual([await kept(gateway), await kept(gateway)], ["MISS MISS", "HIT HIT"]);
  assert.equal(await kept(other), "HIT HIT");
  await raw(`/custom-providers/${second}`, send("PATCH", { slug: "renamed" }));
  await make();
  assert.equal(await kept(gateway), "MISS MISS");
});

test("where the store failed when a provider was deleted, the next of its slug has nothing of it", async () => {
  let fails = false;
  const inner = memoryStore();
  const set: typeof inner.set = (...entry) => fails ? Promise.reject(new Error("gone")) : inner.set(...entry);
  const { client, gateway } = managed({ store: { ...inner, set } });
  await client.aiGateway.create({ ...account, id: "g", ...least, cache_ttl: 600 });
  const { id } = await client.aiGateway.customProviders.create({ ...account, ...acme });
  assert.deepEqual([await kept(gateway), await kept(gateway)], ["MISS MISS", "HIT HIT"]);
  fails = true;
  await assert.rejects(client.aiGateway.customProviders.delete(id, account), { status: 500 });
  fails = false;
  await client.aiGateway.customProviders.create({ ...account, ...acme });
  assert.equal(await kept(gateway), "MISS MISS");
});

test("what is wrong with a custom provider has Cloudflare's numbers", async () => {
  const { refused, raw } = managed({ providers: { mine: { base: "https://mine.example" } } });
  const told = async (path: string, init: RequestInit) => {
    const { status, code } = await refused(path, init);
    return [status, code];
  };
  await raw("/custom-providers", send("POST", acme));
  for (const slug of ["acme", "openai", "mine"]) {
    assert.deepEqual(await told("/custom-providers", send("POST", { ...acme, slug })), [409, 1003], slug);
  }
  for (const slug of ["", "A", "custom-x", "a/b", "-a", "constructor", "a".repeat(65)]) {
    assert.deepEqual(await told("/custom-providers", send("POST", { ...acme, slug })), [400, 1002], slug);
  }
  for (
    const base_url of ["http://a.example", "https://u:p@a.example", "https://a.example?q", "a", "file:///x"]
  ) {
    assert.deepEqual(await told("/custom-providers", send("POST", { ...acme, slug: "b", base_url })), [
      400,
      7001,
    ]);
  }
  const headers = { ...acme, slug: "b", headers: `{"authorization":"Bearer x"}` };
  assert.deepEqual(await told("/custom-providers", send("POST", headers)), [400, 7001]);
  for (const method of ["GET", "DELETE", "PATCH"]) {
    const body = method === "PATCH" ? {} : undefined;
    assert.deepEqual(await told("/custom-providers/none", send(method, body)), [404, 1004]);
  }
});

test("a key of an unknown name is told by its field, and code's own providers may have keys", async () => {
  const { client, gateway, calls } = managed({ providers: { mine: { base: "https://mine.example" } } });
  await client.aiGateway.create({ ...account, id: "g", ...least });
  await client.aiGateway.providerConfigs.create("g", { ...account, ...key, provider_slug: "mine" });
  await gateway.handle(ask("/mine/models"));
  assert.equal(calls[0]?.headers.get("authorization"), `Bearer ${SECRET}`);
});

test("settings of code that are wrong are told when the gateway is made", () => {
  assert.throws(
    () => manage({ gateways: { g: { cacheTtl: "x" as never } } }),
    /settings\.gateways\.g\.cacheTtl/,
  );
});
