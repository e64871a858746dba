/** Serves an answer that takes 1.5 s, stops after its first part with a deadline of 200 ms, and prints who was told what. */
import process from "node:process";
import { chooseAdapter } from "../../adapters/cli/adapter.ts";
import { createGateway, type LogRecord } from "../../src/index.ts";
import { upstream } from "../support/upstream.ts";

const [, , watched, hurry] = process.argv;
const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
const up = await upstream(async (_, response) => {
  response.writeHead(200, { "content-type": "text/plain" }).write("begun");
  await pause(1500);
  response.end(" and ended");
});
const records: LogRecord[] = [];
const gateway = createGateway({
  providers: { up: { base: up.url } },
  ...(watched === "watched" && { onEnd: (record) => void records.push(record) }),
});

const server = await (await chooseAdapter())(gateway, { port: 0 });
const answer = await fetch(`${server.url}/v1/me/g/up/x`);
const began = performance.now();
const stopped = server.stop(hurry ? 10_000 : 200);
const again = hurry ? pause(200).then(() => server.stop(0)) : Promise.resolve();
const waited = Promise.all([stopped, again]).then(() => performance.now() - began);
const told = await answer.text().catch(() => "cut");
const refused = await fetch(server.url).then(() => false, () => true);
await gateway.flush();
console.log(
  JSON.stringify({ waited: await waited, told, refused, endings: records.map(({ ending }) => ending) }),
);
process.exit();
