/** Opens a store, says so, waits to be told, then adds and prints each sum: `sqlite-child.ts file times`. */
import process from "node:process";
import { setTimeout } from "node:timers/promises";
import { sqliteStore } from "../../adapters/sqlite.ts";

const [path, times] = process.argv.slice(2);
const store = sqliteStore(path!, { patience: 10_000 });
console.log("open");
await new Promise((resolve) => process.stdin.once("data", resolve));
for (let time = 0; time < Number(times); time++) {
  await store.set(`value ${time % 10}`, new Uint8Array(50_000), 60_000);
  console.log((await store.add("count", 1, 86_400_000)).used);
  if (time % 10 === 0) await setTimeout(0);
}
store.close();
process.exit();
