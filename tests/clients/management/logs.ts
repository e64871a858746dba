import assert from "node:assert/strict";
import { BUSY, entryOf, inBusy, logged } from "./busy.ts";
import { remove, show } from "./bodies.ts";
import { combine, filter } from "./filters.ts";
import { FIXED } from "./gateway.ts";
import { older, page } from "./pages.ts";
import type { Told } from "./reference.ts";
import { account, type Check, least, refusal, type Stage } from "./stage.ts";
import { guarded, type Known, send, visits } from "./traffic.ts";

/** What the API does with logs; each check goes on where the one before has ended. */
export function logChecks(): readonly Check[] {
  const known: Told[] = [];
  return [
    { name: "lists what was sent, as it was sent", prove: (stage) => list(stage, known) },
    { name: "judges logs, by the API and by the binding", prove: (stage) => judge(stage, known) },
    {
      name: "finds by every key with every operator what a plain search finds",
      prove: (stage) => filter(stage, known),
    },
    {
      name: "finds what meets several filters at once, and what is searched for",
      prove: (stage) => combine(stage, known),
    },
    { name: "gives all pages of every order", prove: (stage) => page(stage, known) },
    {
      name: "understands what clients said before there were filters",
      prove: (stage) => older(stage, known),
    },
    { name: "shows a log, and its bodies where they are kept", prove: (stage) => show(stage, known) },
    {
      name: "deletes what a filter finds, and then all, of one gateway alone",
      prove: (stage) => remove(stage, known),
    },
  ];
}

async function list({ client: { aiGateway }, url }: Stage, known: Told[]): Promise<void> {
  const settings = { ...account, ...least };
  await aiGateway.create({ ...settings, id: BUSY });
  const base = `${url}/v1/acct/${BUSY}`;
  const sent: Known[] = [];
  for (const visit of visits) sent.push(await send(base, visit));
  await aiGateway.update(BUSY, { ...settings, authentication: true });
  const refused = await fetch(`${base}/openai/models`);
  assert.deepEqual([refused.status, (await refused.text()).length > 0], [401, true]);
  for (const visit of guarded) sent.push(await send(base, visit));
  await aiGateway.update(BUSY, { ...settings, authentication: false });

  const all = await logged(aiGateway.logs, BUSY, sent);
  const stranger = refused.headers.get("cf-aig-log-id")!;
  const entries = all.filter(({ id }) => id !== stranger);
  assert.equal(all.find(({ id }) => id === stranger)?.status_code, 401);
  await aiGateway.logs.delete(BUSY, {
    ...account,
    filters: [{ key: "id", operator: "eq", value: [stranger] }],
  });
  assert.equal(entries.length, sent.length);
  for (const one of sent) {
    const entry = entries.find(({ id }) => id === one.id)!;
    const { created_at, duration } = entry;
    assert.deepEqual(entry, { ...entryOf(one), created_at, duration });
    const [began, ended] = one.span;
    const at = Date.parse(created_at);
    assert.ok(at >= began - 50 && at <= ended + 50, `${created_at} is not between ${began} and ${ended}`);
    assert.ok(duration >= one.least - 1 && duration <= ended - began + 50, `${duration} ms`);
    known.push({ ...one, created_at, duration });
  }
}

async function judge({ client: { aiGateway }, url }: Stage, known: Told[]): Promise<void> {
  const [first, second, third] = known as [Told, Told, Told];
  const metadata = { user: "dora", ok: true, n: 3 };
  await aiGateway.logs.edit(first.id, { ...inBusy, feedback: 1, score: 0.5, metadata });
  await aiGateway.logs.edit(second.id, { ...inBusy, feedback: -1 });
  await aiGateway.logs.edit(second.id, { ...inBusy, score: 100 });
  const binding = (gateway: string, id: string, change?: object) =>
    fetch(`${url}/binding/${gateway}/${id}`, change && { method: "PATCH", body: JSON.stringify(change) })
      .then((response) => response.json());
  assert.deepEqual(await binding(BUSY, third.id, { feedback: 1, score: null, metadata: null }), {
    done: true,
  });
  Object.assign(first, { feedback: 1, score: 0.5, metadata });
  Object.assign(second, { feedback: -1, score: 100 });
  Object.assign(third, { feedback: 1, metadata: null });
  for (const one of [first, second, third]) {
    const { request_head: _, response_head: __, request_size, response_size, waygate: ___, ...shown } =
      await aiGateway.logs.get(one.id, inBusy) as unknown as Record<string, unknown>;
    assert.ok(Number(request_size) > 0 && Number(response_size) > 0);
    assert.deepEqual(shown, { ...entryOf(one), created_at: one.created_at, duration: one.duration });
    const { log } = await binding(BUSY, one.id);
    assert.deepEqual([log.id, log.gateway, log.feedback, log.score, log.metadata], [
      one.id,
      BUSY,
      one.feedback,
      one.score,
      one.metadata,
    ]);
  }
  assert.deepEqual(await binding(FIXED, first.id), { log: null });
  assert.deepEqual(await binding(FIXED, first.id, { score: 1 }), { code: "not_found" });
  for (const wrong of [{ feedback: 2 }, { metadata: { a: {} } }]) {
    const edited = aiGateway.logs.edit(first.id, { ...inBusy, ...wrong as object });
    assert.deepEqual(await refusal(edited), ["BadRequestError", 400, 7001]);
  }
  for (const [id, gateway_id] of [["none", BUSY], [first.id, FIXED]] as const) {
    const edited = aiGateway.logs.edit(id, { ...account, gateway_id, score: 1 });
    assert.deepEqual(await refusal(edited), ["NotFoundError", 404, 7002]);
  }
}
