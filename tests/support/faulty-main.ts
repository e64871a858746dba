/** Serves a faulty provider until its input ends, and prints where. */
import process from "node:process";
import { startFaultyServer } from "../../adapters/testing/server.ts";

const server = await startFaultyServer();
console.log(`listens on ${server.url}`);
process.stdin.on("end", async () => {
  await server.stop();
  process.exit();
}).resume();
