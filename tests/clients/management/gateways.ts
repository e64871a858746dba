import assert from "node:assert/strict";
import { CALLER, CODE_KEY, FIXED } from "./gateway.ts";
import { account, type Check, clientOf, least, refusal, type Stage, statusOf } from "./stage.ts";

/** What the API does with gateways. */
export const gatewayChecks: readonly Check[] = [
  { name: "makes, shows, changes and deletes a gateway, and requests obey at once", prove: live },
  { name: "keeps what an update does not name, and all that it does", prove: keep },
  { name: "lists gateways page by page, and by a part of their ids", prove: list },
  { name: "refuses with the client's own errors", prove: refuse },
  { name: "shows a gateway of code, and leaves it as it is", prove: fixed },
  { name: "tells URLs that work", prove: urls },
  { name: "is closed to whoever has another token", prove: closed },
];

async function live(stage: Stage): Promise<void> {
  const { aiGateway } = stage.client;
  assert.equal(await statusOf(stage, "live"), 400);
  const made = await aiGateway.create({ ...account, ...least, id: "live" });
  assert.equal(await statusOf(stage, "live"), 200);
  assert.deepEqual([made.id, made.is_default, made.authentication, made.created_at], [
    "live",
    false,
    false,
    made.modified_at,
  ]);
  assert.deepEqual(await aiGateway.get("live", account), made);

  const limit = { rate_limiting_limit: 1, rate_limiting_interval: 86_400 };
  const changed = await aiGateway.update("live", { ...account, ...least, ...limit });
  assert.deepEqual([changed.rate_limiting_limit, changed.created_at], [1, made.created_at]);
  assert.ok(changed.modified_at > made.modified_at, changed.modified_at);
  assert.deepEqual([await statusOf(stage, "live"), await statusOf(stage, "live")], [200, 429]);

  assert.equal((await aiGateway.delete("live", account)).id, "live");
  assert.equal(await statusOf(stage, "live"), 400);
  assert.deepEqual(await refusal(aiGateway.get("live", account)), ["NotFoundError", 404, 7002]);
}

const spending = {
  enabled: true,
  rules: [{
    id: "r",
    enabled: true,
    limit: 5,
    limitType: "cost",
    window: 60,
    technique: "sliding",
    model: { mode: "filter", values: ["gpt-5"] },
    metadata: { user: { mode: "partition" } },
  }],
} as const;
const everything = {
  authentication: true,
  byok_only: true,
  cache_ttl: 3600,
  cache_invalidate_on_update: true,
  collect_logs: false,
  rate_limiting_limit: 10,
  rate_limiting_interval: 60,
  rate_limiting_technique: "sliding",
  retry_max_attempts: 5,
  retry_delay: 5000,
  retry_backoff: "exponential",
  spend_limits: spending,
} as const;

async function keep({ client: { aiGateway } }: Stage): Promise<void> {
  const { spend_limits, byok_only, ...first } = everything;
  await aiGateway.create({ ...account, ...first, id: "keep" });
  const all = await aiGateway.update("keep", { ...account, ...first, spend_limits, byok_only } as never);
  const { created_at: _, modified_at: __, ...shown } = all;
  assert.deepEqual({ ...shown, ...everything }, shown);
  const same = { ...account, ...least };
  const { modified_at: ___, ...kept } = await aiGateway.update("keep", same);
  const { modified_at: ____, ...before } = all;
  assert.deepEqual(kept, { ...before, ...least });
  const cleared = await aiGateway.update("keep", { ...same, spend_limits: null, retry_delay: null });
  assert.deepEqual([cleared.spend_limits, cleared.retry_delay, cleared.retry_backoff], [
    null,
    null,
    "exponential",
  ]);
  await aiGateway.delete("keep", account);
}

async function list({ client: { aiGateway } }: Stage): Promise<void> {
  const made = ["page-1", "page-2", "Page-3", "page-4", "other"];
  for (const id of made) await aiGateway.create({ ...account, ...least, id });
  const ids: string[] = [];
  for await (const { id } of aiGateway.list({ ...account, per_page: 2 })) ids.push(id);
  assert.deepEqual(ids, [FIXED, ...made]);
  const second = await aiGateway.list({ ...account, search: "page", page: 2, per_page: 3 });
  assert.deepEqual(second.result.map(({ id }) => id), ["page-4"]);
  assert.deepEqual(second.result_info, { page: 2, per_page: 3, count: 1, total_count: 4 });
  for (const id of made) await aiGateway.delete(id, account);
  assert.deepEqual((await aiGateway.list(account)).result.map(({ id }) => id), [FIXED]);
}

async function refuse({ client: { aiGateway } }: Stage): Promise<void> {
  await aiGateway.create({ ...account, ...least, id: "once" });
  const bad = ["BadRequestError", 400, 7001];
  const missing = ["NotFoundError", 404, 7002];
  assert.deepEqual(await refusal(aiGateway.create({ ...account, ...least, id: "once" })), bad);
  assert.deepEqual(await refusal(aiGateway.create({ ...account, ...least, id: "a/b" })), bad);
  assert.deepEqual(await refusal(aiGateway.create({ ...account, ...least, id: "x", cache_ttl: -1 })), bad);
  assert.deepEqual(await refusal(aiGateway.create({ ...account, ...least, id: "x", zdr: true })), bad);
  assert.deepEqual(await refusal(aiGateway.update("once", { ...account, ...least, logpush: true })), bad);
  assert.deepEqual(await refusal(aiGateway.update("none", { ...account, ...least })), missing);
  assert.deepEqual(await refusal(aiGateway.delete("none", account)), missing);
  assert.deepEqual(await refusal(aiGateway.list({ ...account, per_page: 101 })), bad);
  assert.deepEqual(await refusal(aiGateway.datasets.list("once", account)), ["NotFoundError", 404, 7003]);
  await aiGateway.delete("once", account);
}

async function fixed({ client: { aiGateway } }: Stage): Promise<void> {
  const shown = await aiGateway.get(FIXED, account);
  assert.deepEqual([shown.cache_ttl, shown.retry_max_attempts], [60, 2]);
  assert.ok(!JSON.stringify(shown).includes(CODE_KEY));
  const readOnly = ["PermissionDeniedError", 403, 7001];
  const key = { provider_slug: "openai", alias: "a", default_config: false, secret: "s" };
  assert.deepEqual(await refusal(aiGateway.update(FIXED, { ...account, ...least })), readOnly);
  assert.deepEqual(await refusal(aiGateway.delete(FIXED, account)), readOnly);
  assert.deepEqual(await refusal(aiGateway.providerConfigs.create(FIXED, { ...account, ...key })), readOnly);
  assert.deepEqual(await refusal(aiGateway.create({ ...account, ...least, id: FIXED })), [
    "BadRequestError",
    400,
    7001,
  ]);
}

async function urls(stage: Stage): Promise<void> {
  const { aiGateway } = stage.client;
  const inFixed = { ...account, gateway_id: FIXED };
  const pathOf = async (provider: string) => new URL(await aiGateway.urls.get(provider, inFixed)).pathname;
  assert.equal(await pathOf("openai"), `/v1/acct/${FIXED}/openai`);
  assert.equal(await pathOf("universal"), `/v1/acct/${FIXED}/`);
  const reached = await fetch(`${stage.url}${await pathOf("openai")}/models`);
  assert.deepEqual([reached.status, (await reached.text()).length > 0], [200, true]);
  assert.equal(stage.provider.seen.at(-1)!.headers["authorization"], `Bearer ${CODE_KEY}`);
  const elsewhere = { ...account, gateway_id: "none" };
  assert.deepEqual(await refusal(aiGateway.urls.get("openai", elsewhere)), ["NotFoundError", 404, 7002]);
}

async function closed({ url }: Stage): Promise<void> {
  for (const apiToken of ["wrong", CALLER]) {
    const { aiGateway } = clientOf(url).withOptions({ apiToken });
    assert.deepEqual(await refusal(aiGateway.list(account)), ["AuthenticationError", 401, 10000]);
    assert.deepEqual(await refusal(aiGateway.delete(FIXED, account)), ["AuthenticationError", 401, 10000]);
  }
}
