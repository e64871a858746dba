import assert from "node:assert/strict";
import { account, type Check, least, refusal, type Stage } from "./stage.ts";

const SECRET = "sk-a-secret-nobody-sees-9876";
const acme = { name: "Acme", slug: "acme", base_url: "https://acme.example/v1", enable: true } as const;

/** What the API does with keys and providers. */
export const providerChecks: readonly Check[] = [
  { name: "sends a key that it keeps, and never shows it", prove: keys },
  { name: "makes, lists, finds, shows and deletes custom providers", prove: custom },
];

async function keys({ client: { aiGateway }, url, provider }: Stage): Promise<void> {
  const { providerConfigs } = aiGateway;
  await aiGateway.create({ ...account, ...least, id: "keyed" });
  const said: unknown[] = [];
  const create = async (alias: string, default_config: boolean, secret: string) => {
    const config = { ...account, provider_slug: "openai", alias, default_config, secret };
    const made = await providerConfigs.create("keyed", config);
    said.push(made);
    return made;
  };
  const main = await create("main", true, `${SECRET}-main`);
  assert.deepEqual([main.alias, main.default_config, main.gateway_id, main.secret_id], [
    "main",
    true,
    "keyed",
    "keyed_openai_main",
  ]);
  for (let at = 0; at < 4; at++) await create(`spare-${at}`, false, `${SECRET}-${at}`);
  const listed: string[] = [];
  for await (const one of providerConfigs.list("keyed", { ...account, per_page: 2 })) {
    listed.push(one.alias);
    said.push(one);
  }
  assert.deepEqual(listed, ["main", "spare-0", "spare-1", "spare-2", "spare-3"]);
  for (const [alias, secret] of [["", `${SECRET}-main`], ["spare-2", `${SECRET}-2`]] as const) {
    const headers: Record<string, string> = alias ? { "cf-aig-byok-alias": alias } : {};
    const response = await fetch(`${url}/v1/acct/keyed/openai/models`, { headers });
    said.push(await response.text());
    assert.equal(provider.seen.at(-1)!.headers["authorization"], `Bearer ${secret}`);
  }
  said.push(await aiGateway.get("keyed", account), (await aiGateway.list(account)).result);
  const twice = { ...account, provider_slug: "openai", alias: "main", default_config: false, secret: SECRET };
  said.push(await refusal(providerConfigs.create("keyed", twice)));
  assert.deepEqual(said.at(-1), ["BadRequestError", 400, 7001]);
  const unknown = { ...twice, provider_slug: "nobody", alias: "x" };
  assert.deepEqual(await refusal(providerConfigs.create("keyed", unknown)), ["BadRequestError", 400, 7001]);
  assert.doesNotMatch(JSON.stringify(said), /nobody-sees/);
  await aiGateway.delete("keyed", account);
}

async function custom({ client: { aiGateway } }: Stage): Promise<void> {
  const { customProviders } = aiGateway;
  const made = await customProviders.create({
    ...account,
    ...acme,
    description: "d",
    link: "https://acme.example",
    position: 2,
  });
  assert.deepEqual(await customProviders.get(made.id, account), made);
  assert.deepEqual([made.slug, made.base_url, made.enable, made.beta, made.position], [
    "acme",
    acme.base_url,
    true,
    false,
    2,
  ]);
  await customProviders.create({
    ...account,
    ...acme,
    slug: "zeta",
    name: "Zeta",
    enable: false,
    beta: true,
    position: 1,
  });
  const slugs: string[] = [];
  for await (const { slug } of customProviders.list({ ...account, per_page: 1 })) slugs.push(slug);
  assert.deepEqual(slugs, ["zeta", "acme"]);
  const find = async (query: object) =>
    (await customProviders.list({ ...account, ...query })).result.map(({ slug }) => slug).join();
  assert.deepEqual(
    [
      await find({ search: "ACM" }),
      await find({ enable: false }),
      await find({ beta: true }),
      await find({ beta: true, enable: true }),
    ],
    ["acme", "zeta", "zeta", ""],
  );
  assert.deepEqual(await refusal(customProviders.create({ ...account, ...acme })), [
    "ConflictError",
    409,
    1003,
  ]);
  assert.deepEqual(await refusal(customProviders.create({ ...account, ...acme, slug: "A b" })), [
    "BadRequestError",
    400,
    1002,
  ]);
  assert.deepEqual(await refusal(customProviders.get("none", account)), ["NotFoundError", 404, 1004]);
  assert.deepEqual(await customProviders.delete(made.id, account), made);
  assert.deepEqual(await refusal(customProviders.delete(made.id, account)), ["NotFoundError", 404, 1004]);
  assert.equal(await find({}), "zeta");
}
