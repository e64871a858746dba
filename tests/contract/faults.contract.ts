import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { Agent } from "node:http";
import process from "node:process";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";
import { gunzipSync } from "node:zlib";
import { type FaultyServer, startFaultyServer } from "../../adapters/testing/server.ts";
import { sideBySide } from "../support/side-by-side.ts";
import { ask, head, open, pause, wire, within } from "./stage.ts";

const root = fileURLToPath(new URL("../../", import.meta.url));
const commands = {
  node: ["node"],
  bun: ["bun"],
  deno: ["deno", "run", "-A"],
} as const;
const path = "/v1/chat/completions";

/** Asks for a stream that plays a fault. */
const fault = (name: string) => ({
  headers: { "content-type": "application/json" },
  body: JSON.stringify({ model: `fault:${name}`, stream: true }),
});

sideBySide(Object.keys(commands) as (keyof typeof commands)[], (runtime) => {
  const [program, ...args] = commands[runtime];
  let url: string;
  const env = { ...process.env, PATH: `${root}node_modules/.bin:${process.env.PATH}`, NO_COLOR: "1" };
  let server: ReturnType<typeof spawn>;
  before(async () => {
    server = spawn(program, [...args, "tests/support/faulty-main.ts"], {
      cwd: root,
      env,
      stdio: ["pipe", "pipe", "inherit"],
    });
    const [line] = await within(20_000, `${runtime}'s server`, once(server.stdout!, "data"));
    url = /http:\S+/.exec(String(line))![0];
  });
  after(async () => {
    server.stdin!.end();
    await within(5000, `the end of ${runtime}'s server`, once(server, "exit"));
  });
  const promise = (name: string, keep: () => Promise<void>) =>
    test(`faulty server on ${runtime}: ${name}`, { timeout: 10_000 }, keep);
  const raw = (name: string) => wire(url, `GET /fault/${name}${path} HTTP/1.1\r\nhost: x\r\n\r\n`);
  const received = async (name: string) => {
    const connection = raw(name);
    await within(2000, name, connection.closed);
    return connection.received();
  };
  const broken = async (name: string) => {
    const error = await ask(url + path, fault(name)).then(() => undefined, (error) => error);
    return error?.code as string | undefined;
  };

  promise("answers well, several times on one connection", async () => {
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    for (let turn = 0; turn < 3; turn++) {
      const { status, body } = await ask(url + path, { ...fault("healthy"), agent });
      assert.equal(status, 200);
      assert.match(body.toString(), /Hello[^]*data: \[DONE\]\n\n$/);
    }
    agent.destroy();
  });

  promise("resets before the head, in a chunked body and in one of known length", async () => {
    for (const name of ["reset", "reset-chunked", "reset-length"]) {
      const connection = raw(name);
      let code: string | undefined;
      connection.socket.once("error", (error: NodeJS.ErrnoException) => code = error.code);
      await within(2000, name, connection.closed);
      assert.equal(code, "ECONNRESET", name);
    }
    assert.match(await received("reset-chunked"), /^HTTP\/1.1 200 OK\r\n[^]*chunked\r\n\r\n[0-9a-f]+\r\n\{/);
  });

  promise("closes the connection before the head, in a chunk and before the promised length", async () => {
    assert.equal(await received("hang-up"), "");
    for (const name of ["fin-chunked", "fin-length", "break"]) {
      assert.notEqual(await broken(name), undefined, name);
    }
    assert.match(await received("fin-chunked"), /\r\nffff\r\n\{$/);
    const text = await received("fin-length");
    const length = Number(/content-length: (\d+)/.exec(text)![1]);
    assert.equal(text.split("\r\n\r\n")[1]!.length, Math.ceil(length / 2));
  });

  promise("promises more than it sends, and sends more than it promises", async () => {
    const large = raw("length-too-large");
    await large.until(/\r\n\r\n\{/);
    const [head, body] = large.received().split("\r\n\r\n");
    assert.ok(Number(/content-length: (\d+)/.exec(head!)![1]) > body!.length);
    large.socket.destroy();
    const small = raw("length-too-small");
    await small.until(/\}$/);
    const [line, rest] = small.received().split("\r\n\r\n");
    assert.ok(Number(/content-length: (\d+)/.exec(line!)![1]) < rest!.length);
    small.socket.destroy();
  });

  promise("sends half a head and then nothing", async () => {
    const connection = raw("half-head");
    await connection.until(/content-ty$/);
    await pause(50);
    assert.equal(connection.socket.readyState, "open");
    connection.socket.destroy();
  });

  promise("sends what is not HTTP", async () => {
    assert.match((await broken("bad-head")) ?? "", /^HPE_/);
  });

  promise("sends little gzip that unpacks to much", async () => {
    const { body, headers } = await ask(url + path, fault("gzip-bomb;mib=8"));
    assert.equal(headers["content-encoding"], "gzip");
    assert.ok(body.length < 64 * 1024);
    assert.equal(gunzipSync(body).length, 8 * 1024 * 1024);
  });

  promise("sends head and body a byte at a time", async () => {
    const connection = raw("drip-head");
    let pieces = 0;
    connection.socket.on("data", () => pieces++);
    await within(5000, "the end", connection.closed);
    assert.match(connection.received(), /connection: close\r\n\r\n\{.*Hello from a faulty provider.*\}$/);
    assert.ok(pieces > 20, `${pieces} pieces`);
  });
});

test("faulty server: records what it saw on the wire, when a call ended, and how", async () => {
  await using(async (server) => {
    const outgoing = open(`${server.url}/x?y=1`, {
      headers: { "X-Odd-Case": "1" },
      body: fault("stall").body,
    });
    await head(outgoing);
    const [record] = server.calls;
    assert.equal(record!.ending, undefined);
    assert.deepEqual([record!.method, record!.path, record!.fault], ["POST", "/x?y=1", "stall"]);
    assert.ok(record!.headers.some(([name, value]) => name === "X-Odd-Case" && value === "1"));
    assert.equal(record!.body, fault("stall").body);
    outgoing.destroy();
    assert.equal(await within(5000, "the client's leaving", record!.ended), "aborted");
    assert.ok(record!.endedAt! > record!.at);
    await ask(server.url + path, fault("healthy"));
    for (const name of ["break", "reset", "fin-length"]) {
      await assert.rejects(ask(server.url + path, fault(name)));
    }
    await within(5000, "the end of all", Promise.all(server.calls.map(({ ended }) => ended)));
    const endings = server.calls.map(({ ending }) => ending);
    assert.deepEqual(endings, ["aborted", "whole", "broken", "broken", "broken"]);
  });
});

test("faulty server: tells how many connections are open", async () => {
  await using(async (server) => {
    assert.equal(server.open, 0);
    const connections = [1, 2, 3].map(() => wire(server.url, `GET ${path} HTTP/1.1\r\nhost: x\r\n\r\n`));
    for (const connection of connections) await connection.until(/\r\n0\r\n\r\n$/);
    assert.equal(server.open, 3);
    for (const { socket } of connections) socket.destroy();
    for (let turn = 0; server.open > 0 && turn < 500; turn++) await pause(10);
    assert.equal(server.open, 0);
  });
});

test("faulty server: reads a chunked request, and refuses connections where it says so", async () => {
  await using(async (server) => {
    const connection = wire(
      server.url,
      `POST ${path} HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\n5\r\n{"mod\r\n10\r\nel":"fault:418"}\r\n0\r\n\r\n`,
    );
    await connection.until(/ 501 /);
    connection.socket.destroy();
    assert.equal(server.calls[0]!.body, '{"model":"fault:418"}');
    await assert.rejects(ask(server.refused), { code: "ECONNREFUSED" });
  });
});

test("faulty server: listens where it is told to", async () => {
  const former = await startFaultyServer();
  const port = Number(new URL(former.url).port);
  await former.stop();
  const server = await startFaultyServer({ port, hostname: "localhost", fault: "503" });
  assert.equal(server.url, `http://localhost:${port}`);
  assert.equal((await ask(server.url + path)).status, 503);
  await assert.rejects(startFaultyServer({ port, hostname: "localhost" }), { code: "EADDRINUSE" });
  await server.stop();
});

test("faulty server: a fault for all calls that cannot be played is told at its start", async () => {
  await assert.rejects(startFaultyServer({ fault: "cutt" }), /"cutt".* healthy, /);
  await assert.rejects(startFaultyServer({ fault: "cut;aftr=2" }), /"aftr".* after, /);
});

async function using(act: (server: FaultyServer) => Promise<void>): Promise<void> {
  const server = await startFaultyServer();
  await act(server).finally(server.stop);
}
