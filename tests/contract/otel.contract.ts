import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { test, type TestContext } from "node:test";
import { text } from "node:stream/consumers";
import { otelExporter } from "../../adapters/otel.ts";
import { otlpReceiver, type Receiver, type Verdict } from "../support/otlp-receiver.ts";
import { attempt, record } from "../support/record.ts";

/** A collector on loopback that takes nothing that is not written strictly. */
async function collector(
  context: TestContext,
  ...verdicts: readonly Verdict[]
): Promise<{ receiver: Receiver; server: Server; url: string }> {
  const receiver = otlpReceiver(...verdicts);
  const server = createServer(async (request, answer) => {
    const { url, method = "", headers } = request;
    const fields = new Headers(
      Object.entries(headers).map(([name, value]): [string, string] => [name, String(value)]),
    );
    const response = await receiver.receive(`http://collector${url}`, method, fields, await text(request));
    answer.writeHead(response.status, Object.fromEntries(response.headers)).end(await response.text());
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  context.after(() => server.close().closeAllConnections());
  return { receiver, server, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
}

test(
  "spans and metrics of many requests reach a strict collector over HTTP",
  { timeout: 30_000 },
  async (context) => {
    const { receiver, url } = await collector(context);
    const exporter = otelExporter({ url, batch: 64, headers: { "x-api-key": "k" } });
    for (let sent = 0; sent < 500; sent++) {
      exporter.onEnd(record({
        model: `model-${sent % 7}`,
        duration: sent + 0.123,
        success: sent % 3 > 0,
        status_code: sent % 3 > 0 ? 200 : 502,
        metadata: { user: `u-${sent}`, "\ud800": "\udfff", rank: sent / 2 },
        attempts: Array.from({ length: sent % 3 }, (_, step) => attempt({ step })),
      }));
    }
    await exporter.flush();
    assert.equal(exporter.dropped, 0);
    assert.equal(receiver.spans().length, 999);
    const { points } = receiver.metrics()["waygate.requests"]!;
    assert.equal(points.reduce((sum, { asInt }) => sum + Number(asInt), 0), 500);
    for (const { headers } of receiver.calls) assert.equal(headers.get("x-api-key"), "k");
  },
);

test(
  "a collector that is busy for a moment gets everything after it",
  { timeout: 30_000 },
  async (context) => {
    const busy: Verdict = () => Response.json({}, { status: 503, headers: { "retry-after": "0" } });
    const { receiver, url } = await collector(context, busy, busy);
    const exporter = otelExporter({ url, metrics: false });
    exporter.onEnd(record());
    await exporter.flush();
    assert.equal(receiver.calls.length, 3);
    assert.equal(receiver.spans().length, 2);
  },
);

test("where nobody listens nothing throws, and a flush comes back", { timeout: 30_000 }, async (context) => {
  const { server, url } = await collector(context);
  server.close();
  await once(server, "close");
  const exporter = otelExporter({ url, timeout: 200, warn: () => {} });
  exporter.onEnd(record());
  await exporter.flush();
  assert.equal(exporter.dropped, 0);
});

test("a redirect is not followed with the key", { timeout: 30_000 }, async (context) => {
  const other = await collector(context);
  const moved: Verdict = () =>
    new Response(null, { status: 307, headers: { location: `${other.url}/v1/traces` } });
  const { receiver, url } = await collector(context, moved);
  const exporter = otelExporter({ url, metrics: false, headers: { "x-api-key": "k" }, warn: () => {} });
  exporter.onEnd(record());
  await exporter.flush();
  assert.equal(receiver.calls.length, 1);
  assert.equal(other.receiver.calls.length, 0);
  assert.equal(exporter.dropped, 2);
});
