/** Asks what cannot be sent, and ends with a request that waits for logs that are closed: `sqlite-logs-end.ts file`. */
import process from "node:process";
import { sqliteLogs } from "../../adapters/sqlite-logs.ts";
import { createGateway, type LogEntry, type LogQuery } from "../../src/index.ts";
import { record } from "./logs-records.ts";

const logs = sqliteLogs(process.argv[2]!, { thread: true });
const refused = () => console.log("refused");
await logs.list({ search: () => {} } as unknown as LogQuery).catch(refused);
await logs.append([{ record: record({ score: 1n as unknown as number }) } as LogEntry]).catch(refused);
const gateway = createGateway({ logs, warn: () => {}, fetch: () => Promise.resolve(Response.json({})) });
await (await gateway.handle(new Request("http://waygate.test/v1/a/g/openai/models"))).text();
logs.close();
