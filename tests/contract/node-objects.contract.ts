import assert from "node:assert/strict";
import { createServer, type IncomingMessage, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { test, type TestContext } from "node:test";
import fc from "fast-check";
import { mount } from "../../adapters/node.ts";
import { createGateway, type Gateway, type Layers } from "../../src/index.ts";
import { NodeHeaders } from "../../adapters/node-headers.ts";
import { ask, pause, wire, within } from "./stage.ts";

const name = fc.constantFrom("X-A", "x-a", "x-b", "Accept", "set-cookie", "Set-Cookie");
const value = fc.oneof(
  fc.constantFrom("1", " 2\t", "a, b", "", "\xe9", "\u20ac", "a\r\nb: c", "\n3\r"),
  fc.string({ maxLength: 8 }),
);
const written = fc.array(
  fc.tuple(fc.constantFrom("X-A", "x-b", "Set-Cookie"), fc.constantFrom("1", "2", "")),
);
const change = fc.oneof(
  fc.tuple(fc.constantFrom("set", "append"), fc.oneof(name, fc.constantFrom("", "a b", "\xe9")), value),
  fc.tuple(fc.constant("delete"), name),
);

type Change = readonly [kind: string, name: string, value?: string];

function play(headers: Headers, changes: readonly Change[]) {
  const refused = changes.map(([kind, ...given]) => {
    try {
      headers[kind as "set"](...given as [string, string]);
      return false;
    } catch (error) {
      return error instanceof TypeError;
    }
  });
  const visited: string[] = [];
  headers.forEach((value, name, own) => visited.push(`${name}: ${value} ${own === headers}`));
  const told = ["X-A", "x-b", "ACCEPT", "set-cookie"].map((name) => [headers.get(name), headers.has(name)]);
  return {
    refused,
    told,
    visited: visited.sort(),
    entries: [...headers].map(String).sort(),
    keys: [...headers.keys()].sort(),
    values: [...headers.values()].sort(),
    cookies: headers.getSetCookie(),
    copy: [...new Headers(headers)].map(String).sort(),
  };
}

test("node: header fields of Node's are what the runtime makes of the same, whatever is done to them", () => {
  fc.assert(fc.property(written, fc.array(change), (written, changes) => {
    const own = NodeHeaders.fromRaw(written.flat());
    const web = new Headers();
    for (const [name, value] of written) web.append(name, value);
    assert.deepEqual(play(own, changes), play(web, changes));
  }));
});

test("node: fields by name are the same as in a row, and each cookie stays by itself", () => {
  const fields = { "x-a": "1", "set-cookie": ["a=1", "b=2"], "x-b": ["1", "2"], "x-c": undefined };
  const own = NodeHeaders.fromFields(fields);
  assert.deepEqual(own.getSetCookie(), ["a=1", "b=2"]);
  assert.deepEqual([...own], [["x-a", "1"], ["x-b", "1, 2"], ["set-cookie", "a=1"], ["set-cookie", "b=2"]]);
  assert.equal(own instanceof Headers, true);
});

/** Serves on a port of its own until the test is over. */
async function listen(listener: RequestListener, context: TestContext): Promise<string> {
  const server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  context.after(() => {
    server.close();
    server.closeAllConnections();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** Answers with what it was asked, in two pieces. */
async function echo(incoming: IncomingMessage, outgoing: Parameters<RequestListener>[1]): Promise<void> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of incoming) chunks.push(chunk);
  outgoing.writeHead(200, { "content-type": "text/plain" });
  outgoing.write("you said ");
  outgoing.end(Buffer.concat(chunks));
}

/** A layer that does something with each answer before it hands it on. */
function between(act: (response: Response) => Promise<unknown>): Layers {
  return {
    attempts: [(next) => async (step, context) => {
      const outcome = await next(step, context);
      if (outcome.kind === "answer") await act(outcome.response);
      return outcome;
    }],
  };
}

/** A body without a length. */
const chunked = () => new Blob(["he", "llo"]).stream();

test("node: who has copied a request and an answer leaves both whole", async (context) => {
  const base = await listen(echo, context);
  const copies: string[] = [];
  const layers = between(async (response) => copies.push(await response.clone().text()));
  const gateway = createGateway({ providers: { echo: { base } }, layers });
  const copying: Gateway = {
    ...gateway,
    async handle(request, host) {
      copies.push(await request.clone().text());
      return await gateway.handle(request, host);
    },
  };
  const url = await listen(mount(copying), context);
  for (const body of ["hello", chunked()]) {
    const answer = await fetch(
      `${url}/v1/a/g/echo/x`,
      { method: "POST", body, duplex: "half" } as RequestInit,
    );
    assert.equal(await answer.text(), "you said hello");
  }
  assert.deepEqual(copies, ["hello", "you said hello", "hello", "you said hello"]);
});

test("node: an answer that breaks while a layer still holds it breaks for the client, who does not wait", async (context) => {
  const base = await listen((_incoming, outgoing) => {
    outgoing.writeHead(200, { "content-length": 10 }).write("hello");
    setTimeout(() => outgoing.destroy(), 10);
  }, context);
  const gateway = createGateway({ providers: { wall: { base } }, layers: between(() => pause(100)) });
  const url = await listen(mount(gateway), context);
  const answer = fetch(`${url}/v1/a/g/wall/x`).then((response) => response.text());
  await assert.rejects(within(2000, "an end", answer), TypeError);
});

test("node: a layer that hands on an answer which it has cancelled is told so", async (context) => {
  const base = await listen(echo, context);
  const layers = between((response) => response.body!.cancel());
  const url = await listen(mount(createGateway({ providers: { echo: { base } }, layers })), context);
  const answer = fetch(`${url}/v1/a/g/echo/x`).then(({ status }) => status);
  assert.equal(await within(2000, "an answer", answer), 500);
});

test("node: what cannot be sent is a fault of the gateway's own, and the provider is let go", async (context) => {
  const { promise: left, resolve: leave } = Promise.withResolvers<void>();
  const base = await listen((_incoming, outgoing) => {
    outgoing.once("close", leave).writeHead(200).write("endless");
  }, context);
  const layers = between((response) => Promise.resolve(response.headers.set("x-odd", "\x01")));
  const url = await listen(mount(createGateway({ providers: { wall: { base } }, layers })), context);
  const { status, body } = await within(2000, "an answer", ask(`${url}/v1/a/g/wall/x`));
  assert.deepEqual([status, body.toString()], [500, ""]);
  await within(2000, "the end of the call", left);
});

test("node: a gateway of your own that rejects is a fault of its own, and a target that is none the client's", async (context) => {
  const broken: Gateway = { ...createGateway(), handle: () => Promise.reject(new Error("broken")) };
  const url = await listen(mount(broken), context);
  assert.equal((await within(2000, "an answer", ask(url))).status, 500);
  const connection = wire(url, "GET http:// HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n");
  await within(2000, "an end", connection.closed);
  assert.match(connection.received(), /^HTTP\/1\.1 400 /);
});
