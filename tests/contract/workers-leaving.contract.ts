import assert from "node:assert/strict";
import { connect } from "node:net";
import { after, test } from "node:test";
import { startWorkerd } from "../../adapters/cli/workerd.ts";
import type { LogRecord } from "../../src/index.ts";
import { upstream } from "../support/upstream.ts";

let came = () => {};
const provider = await upstream(() => came());
const worker = await startWorkerd(new URL("leaving-worker.ts", import.meta.url), {
  port: 0,
  bindings: { BASE: `${provider.url}/base` },
});
after(async () => {
  worker.process.kill();
  await provider.stop();
});

test("workers: a request whose client left before the head of its answer is logged, and its provider noticed", async () => {
  const asked = new Promise<void>((resolve) => came = resolve);
  const { hostname, port } = new URL(worker.url);
  const socket = connect(Number(port), hostname);
  socket.on("error", () => {});
  socket.write("GET /v1/a/g/wall/x HTTP/1.1\r\nhost: x\r\n\r\n");
  await asked;
  socket.resetAndDestroy();
  const left = performance.now();
  const noticed = await Promise.race([
    provider.seen[0]!.left,
    new Promise<number>((late) => setTimeout(late, 5000, Infinity)),
  ]);
  assert.ok(noticed - left < 4000, `${noticed - left} ms`);
  const record = await recorded(20_000);
  assert.deepEqual([record?.path, record?.error, record?.status_code, record?.success], [
    "x",
    "client_left",
    499,
    false,
  ]);
});

/** What was logged first, as soon as it is there. */
async function recorded(patience: number): Promise<LogRecord | undefined> {
  for (const began = performance.now(); performance.now() - began < patience;) {
    const [first] = await (await fetch(`${worker.url}/records`)).json() as LogRecord[];
    if (first) return first;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return undefined;
}
