import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { test } from "node:test";
import { mount } from "../../adapters/node.ts";
import { createGateway } from "../../src/index.ts";
import { ask, open, pause } from "./stage.ts";

test("Node: a body that breaks after its client has left does not end the process", async () => {
  const left: Promise<unknown>[] = [];
  const gateway = {
    ...createGateway(),
    async handle({ signal, method }: Request) {
      if (method === "GET") return new Response("well");
      left.push(once(signal, "abort"));
      await left.at(-1);
      return new Response(new ReadableStream({ start: (body) => body.error(new Error("broken")) }));
    },
  };
  const server = createServer(mount(gateway)).listen(0, "127.0.0.1");
  await once(server, "listening");
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  for (let turn = 1; turn <= 3; turn++) {
    const outgoing = open(url, { body: "{}" });
    while (left.length < turn) await pause(2);
    outgoing.destroy();
    await left.at(-1);
    assert.equal((await ask(url)).body.toString(), "well");
  }
  server.close();
});
