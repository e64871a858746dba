import assert from "node:assert/strict";
import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { test } from "node:test";
import { mount } from "../../adapters/node.ts";
import { createGateway } from "../../src/index.ts";
import { ask, within } from "./stage.ts";

test("node: a body that somebody has read before the gateway is told, and nobody waits for it", async () => {
  const listener = mount(createGateway({ providers: { wall: { base: "http://127.0.0.1:9" } } }));
  const server = createServer(async (incoming, outgoing) => {
    await drain(incoming);
    await listener(incoming, outgoing);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1/a/g`;
  for (const path of ["", "/wall/x"]) {
    const { status, body } = await within(2000, "an answer", ask(url + path, { body: "[]" }));
    assert.equal(status, 400, path);
    assert.match(body.toString(), /a body that nobody has read before the gateway/);
  }
  server.close();
});

async function drain(incoming: IncomingMessage): Promise<void> {
  for await (const _ of incoming);
}
