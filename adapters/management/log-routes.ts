import * as v from "valibot";
import type { LogPatch, LogRecord, LogStore } from "../../src/index.ts";
import type { Schema } from "./check.ts";
import { hand } from "./envelope.ts";
import type { Gateways } from "./gateways.ts";
import { detailSchema, entrySchema, toDetail, toEntry } from "./log-entry.ts";
import { logDeleteQuery, logListQuery, toDeletion, toLogQuery } from "./log-query.ts";
import { pageInfo } from "./paging.ts";
import { Refusal } from "./refusal.ts";
import { type Route, route, type Visit } from "./route.ts";
import type { Swap } from "./swap.ts";

const patch = v.strictObject({
  feedback: v.optional(v.nullable(v.picklist([1, -1], "Expected 1, -1 or null"))),
  score: v.optional(v.nullable(v.pipe(v.number(), v.finite("Expected a finite number")))),
  metadata: v.optional(v.nullable(v.pipe(
    v.record(v.string(), v.union([v.string(), v.number(), v.boolean()])),
    v.maxEntries(64, "Expected at most 64 entries"),
  ))),
}) as Schema<unknown> as Schema<LogPatch>;

/** What these routes need. */
export interface LogRoutesOptions {
  readonly swap: Swap;
  readonly gateways: Gateways;
  readonly logs: LogStore | undefined;
  /** Most entries of metadata that a gateway lets count. */
  readonly mostMetadata: (gateway: string) => number;
}

/** Shows, judges and deletes what was logged of a gateway. */
export function logRoutes({ swap, gateways, logs, mostMetadata }: LogRoutesOptions): readonly Route[] {
  async function enter({ parts }: Visit<unknown, unknown>): Promise<[id: string, store: LogStore]> {
    const { id } = gateways.find(parts["gateway"]!, await swap.stored());
    if (!logs) throw new Refusal("missing", "Nothing is logged here");
    return [id, logs];
  }

  /** None of another gateway is there. */
  async function find(visit: Visit<unknown, unknown>): Promise<[record: LogRecord, store: LogStore]> {
    const [id, store] = await enter(visit);
    const log = visit.parts["log"]!;
    const record = await store.get(log) ?? await (await swap.gateway()).gateway(id).getLog(log);
    if (record?.gateway !== id) throw new Refusal("missing", "Log not found");
    return [record, store];
  }

  const body = (of: "request" | "response") =>
    route({
      method: "GET",
      path: `/gateways/{gateway}/logs/{log}/${of}`,
      summary: `Gives the ${of}'s body, if it was kept`,
      async answer(visit) {
        const [record, store] = await find(visit);
        const bytes = await store.body(record.id, of);
        if (!bytes) throw new Refusal("missing", `The ${of}'s body was not kept`);
        return hand(bytes, record[`${of}_content_type`]);
      },
    });

  return [
    route({
      method: "GET",
      path: "/gateways/{gateway}/logs",
      summary: "Lists logs",
      query: logListQuery,
      result: v.array(entrySchema),
      async answer(visit) {
        const [id, store] = await enter(visit);
        const query = toLogQuery(id, visit.query);
        if (!query) return { result: [], info: pageInfo(visit.query, 0, 0) };
        const [{ records, total }, range] = await Promise.all([
          store.list(query),
          visit.query.meta_info ? store.range(query) : {},
        ]);
        const info = { ...pageInfo(visit.query, records.length, total), ...range };
        return { result: records.map(toEntry), info };
      },
    }),
    route({
      method: "DELETE",
      path: "/gateways/{gateway}/logs",
      summary: "Deletes all logs that meet the filters; without filters all of the gateway",
      query: logDeleteQuery,
      result: v.null(),
      async answer(visit) {
        const [id, store] = await enter(visit);
        const query = toDeletion(id, visit.query);
        if (query) {
          await (await swap.gateway()).flush(); // What waits is older than this request.
          await store.delete(query);
        }
        return { result: null };
      },
    }),
    route({
      method: "GET",
      path: "/gateways/{gateway}/logs/{log}",
      summary: "Shows a log",
      result: detailSchema,
      async answer(visit) {
        const [record, store] = await find(visit);
        const [request, response] = await Promise.all([
          store.body(record.id, "request"),
          store.body(record.id, "response"),
        ]);
        return { result: toDetail(record, { request, response }) };
      },
    }),
    route({
      method: "PATCH",
      path: "/gateways/{gateway}/logs/{log}",
      summary: "Judges a log",
      body: patch,
      result: v.strictObject({}),
      async answer(visit) {
        const [{ id, gateway }, store] = await find(visit);
        const most = mostMetadata(gateway);
        if (Object.keys(visit.body.metadata ?? {}).length > most) {
          const message = `metadata: Expected at most ${most} entries`;
          throw new Refusal("invalid", [{ message, path: ["body", "metadata"] }]);
        }
        if (!await store.patch(id, visit.body)) throw new Refusal("missing", "Log not found");
        return { result: {} };
      },
    }),
    body("request"),
    body("response"),
  ];
}
