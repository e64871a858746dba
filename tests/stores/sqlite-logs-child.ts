/** Opens logs, says so, waits to be told, then appends and prints each batch: `sqlite-logs-child.ts file gateway times`. */
import process from "node:process";
import { setTimeout } from "node:timers/promises";
import { sqliteLogs } from "../../adapters/sqlite-logs.ts";
import { record } from "./logs-records.ts";

const [path, gateway, times] = process.argv.slice(2);
const store = sqliteLogs(path!, { patience: 10_000 });
console.log("open");
await new Promise((resolve) => process.stdin.once("data", resolve));
for (let batch = 0; batch < Number(times); batch++) {
  await store.append(Array.from({ length: 10 }, () => ({
    record: record({ id: crypto.randomUUID(), gateway: gateway!, provider: String(batch) }),
    request: new Uint8Array(5000),
  })));
  console.log(batch);
  if (batch % 5 === 0) await setTimeout(0);
}
store.close();
process.exit();
