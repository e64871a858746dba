import assert from "node:assert/strict";
import { after, test } from "node:test";
import postgres from "postgres";
import { postgresLogs } from "../../adapters/postgres-logs.ts";
import { hasPostgres, startPostgres } from "../support/postgres.ts";
import { keepsLogsContract } from "./logs-contract.ts";
import { record } from "./logs-records.ts";

const server = hasPostgres() ? await startPostgres() : undefined;
if (server) {
  const clients: ReturnType<typeof postgres>[] = [];
  const client = (settings: Record<string, string> = {}, max = 4) => {
    const made = postgres(server.url, { max, connection: settings });
    clients.push(made);
    return made;
  };
  after(async () => {
    await Promise.all(clients.map((client) => client.end()));
    await server.stop();
  });
  const admin = client({}, 1);
  /** A part of the database that nobody else uses. */
  const room = async () => {
    const search_path = `room_${crypto.randomUUID().slice(0, 8)}`;
    await admin.unsafe(`CREATE SCHEMA ${search_path}`);
    return { search_path };
  };

  keepsLogsContract("logs in postgres", async (retention, now) => {
    const sql = client(await room());
    return { store: postgresLogs(sql, retention, now), close: () => sql.end() };
  });

  test("logs in postgres: many who find no tables make them once, and write past each other", async () => {
    const settings = await room();
    const stores = Array.from({ length: 5 }, () => postgresLogs(client(settings), { entries: 150 }));
    const append = async (store: typeof stores[number]) => {
      for (let batch = 0; batch < 10; batch++) {
        await store.append(Array.from({ length: 10 }, () => ({ record: record() })));
        await store.delete({ limit: 1, direction: "asc" });
      }
    };
    await Promise.all(stores.map(append));
    const { total } = await stores[0]!.list({ limit: 1 });
    assert.ok(total > 100 && total <= 150, `${total}`);
    const [state] = await client(settings).unsafe("SELECT entries FROM waygate_logs_state");
    assert.equal(Number(state!.entries), total);
  });

  test("logs in postgres: a client that reads in its own isolation writes all the same", async () => {
    const sql = client({ ...await room(), default_transaction_isolation: "serializable" });
    const store = postgresLogs(sql);
    await Promise.all(Array.from({ length: 20 }, () => store.append([{ record: record() }])));
    assert.equal((await store.list({})).total, 20);
  });

  test("logs in postgres: tables of another version are refused, and the next who asks may find the right ones", async () => {
    const settings = await room();
    const sql = client(settings);
    await postgresLogs(sql).list({});
    await sql.unsafe("UPDATE waygate_logs_state SET version = 2");
    const store = postgresLogs(sql);
    await assert.rejects(store.list({}), /are of version 2, this one of waygate knows 1/);
    await sql.unsafe("UPDATE waygate_logs_state SET version = 1");
    assert.equal((await store.list({})).total, 0);
  });
}
