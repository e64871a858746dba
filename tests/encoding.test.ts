import assert from "node:assert/strict";
import { test } from "node:test";
import { createGateway, type Host } from "../src/index.ts";
import { ask, script } from "./support/script.ts";

const plain = new TextEncoder().encode("plain ".repeat(100));

/** An answer that says gzip; `decoded` as some runtimes' `fetch` hands it on, otherwise as it came. */
async function compressed(decoded: boolean): Promise<Response> {
  const zipped = new Blob([plain]).stream().pipeThrough(new CompressionStream("gzip"));
  const gzip = new Uint8Array(await new Response(zipped).arrayBuffer());
  const stream = new ReadableStream<Uint8Array>({
    start(controller) {
      controller.enqueue(decoded ? plain : gzip);
      controller.close();
    },
  });
  const response = new Response(stream, { headers: { "content-type": "text/plain" } });
  const headers = new Headers({
    "content-type": "text/plain",
    "content-encoding": "gzip",
    "content-length": String(gzip.length),
  });
  return new Proxy(response, {
    get: (target, name) => name === "headers" ? headers : Reflect.get(target, name, target),
  });
}

const bytesOf = async (response: Response) => {
  const chunks: Uint8Array[] = [];
  for (const reader = response.body!.getReader();;) {
    const { done, value } = await reader.read();
    if (done) return new Uint8Array(chunks.flatMap((chunk) => [...chunk]));
    chunks.push(value);
  }
};

test("a fetch of which nothing is known is asked for identity", async () => {
  const { fetch, calls } = script(Response.json(1));
  await createGateway({ fetch }).handle(ask("/openai/x", { headers: { "accept-encoding": "gzip, br" } }));
  assert.equal(calls[0]!.headers.get("accept-encoding"), "identity, *;q=0");
});

test("a body that was decoded on the way loses the headers of the encoded one", async () => {
  const { fetch } = script(() => compressed(true));
  const response = await createGateway({ fetch }).handle(ask("/openai/x"));
  assert.equal(response.headers.get("content-encoding"), null);
  assert.equal(response.headers.get("content-length"), null);
  assert.deepEqual(await bytesOf(response), plain);
});

test("a body that is still encoded keeps them, and its bytes", async () => {
  const { fetch } = script(() => compressed(false));
  const response = await createGateway({ fetch }).handle(ask("/openai/x"));
  assert.equal(response.headers.get("content-encoding"), "gzip");
});

test("a host that keeps encodings gets the client's own accept-encoding", async () => {
  const { fetch, calls } = script(Response.json(1), Response.json(1));
  const gateway = createGateway();
  const host: Host = { fetch, encoding: "kept" };
  await gateway.handle(ask("/openai/x", { headers: { "accept-encoding": "br" } }), host);
  assert.equal(calls[0]!.headers.get("accept-encoding"), "br");
  await gateway.handle(ask("/openai/x", { headers: { "accept-encoding": "br, gzip" } }), {
    ...host,
    acceptEncoding: "zstd",
  });
  assert.equal(calls[1]!.headers.get("accept-encoding"), "zstd");
});

test("where the gateway may have to read an answer, it asks for identity", async () => {
  const { fetch, calls } = script(Response.json(1));
  const headers = { "accept-encoding": "br", "cf-aig-max-attempts": "2" };
  await createGateway().handle(ask("/openai/x", { headers }), { fetch, encoding: "kept" });
  assert.equal(calls[0]!.headers.get("accept-encoding"), "identity");
});
