import assert from "node:assert/strict";
import process from "node:process";
import { test } from "node:test";
import { type D1, d1Logs } from "../adapters/d1-logs.ts";
import { startWorkerd } from "../adapters/cli/workerd.ts";
import { bun, deno, node, start } from "./support/program.ts";
import { checkKept, checkPlain, checkStream, first, rest, standin } from "./support/standin.ts";
import { upstream } from "./support/upstream.ts";
import { startWorker } from "./support/wrangler.ts";

/** An example that serves, and how a user starts it. */
interface Example {
  readonly name: string;
  readonly command: readonly string[];
  /** Path under which the gateway is mounted. */
  readonly base?: string;
  /** What the server answers at a path of its own. */
  readonly own?: { readonly path: string; readonly text: string };
}

/** A KV namespace, as far as it is looked into. */
interface Listing {
  list(): Promise<{ readonly keys: readonly unknown[] }>;
}

const denoServe = [deno, "serve", "--allow-net", "--allow-env", "--host", "127.0.0.1", "--port", "0"];
const hello = { path: "/", text: "Hello" };

const examples: readonly Example[] = [
  { name: "node.ts on Node", command: [node, "examples/node.ts"] },
  { name: "deno.ts on Deno", command: [...denoServe, "examples/deno.ts"] },
  { name: "bun.ts on Bun", command: [bun, "run", "examples/bun.ts"] },
  {
    name: "bun-routes.ts on Bun",
    command: [bun, "run", "examples/bun-routes.ts"],
    own: { path: "/users/7", text: '{"id":"7"}' },
  },
  { name: "hono.ts on Bun", command: [bun, "run", "examples/hono.ts"], base: "/ai", own: hello },
  { name: "hono.ts on Deno", command: [...denoServe, "examples/hono.ts"], base: "/ai", own: hello },
  { name: "elysia.ts on Bun", command: [bun, "run", "examples/elysia.ts"], base: "/ai", own: hello },
];

/** The same port of another address of this machine, where only what listens on all of them answers. */
const elsewhere = (url: string) => url.replace(/\/\/[^:]+:/, "//127.0.0.2:");

for (const { name, command, base = "", own } of examples) {
  test(`examples/${name} passes on an answer and a stream, to this machine alone`, async () => {
    const provider = await standin();
    const program = start(command, { OLLAMA_URL: `${provider.url}/v1` });
    try {
      const url = await program.url();
      await assert.rejects(fetch(elsewhere(url)), "Expected an open gateway to listen on 127.0.0.1 alone");
      await checkPlain(`${url}${base}`, provider);
      await checkStream(`${url}${base}`, provider);
      if (own) assert.equal(await (await fetch(url + own.path)).text(), own.text);
    } finally {
      await program.stop();
      await provider.stop();
    }
  });
}

test("examples/workers.ts on workerd passes on an answer and a stream", async () => {
  const provider = await standin();
  const entry = new URL("../examples/workers.ts", import.meta.url);
  const bindings = { OLLAMA_URL: `${provider.url}/v1` };
  const { url, process: workerd } = await startWorkerd(entry, { port: 0, bindings });
  try {
    await checkPlain(url, provider);
    await checkStream(url, provider);
  } finally {
    workerd.kill();
    await provider.stop();
  }
});

test("examples/workers/ in Miniflare keeps answers in KV, counts in a Durable Object and logs in D1", async () => {
  const provider = await standin();
  const file = new URL("../examples/workers/wrangler.jsonc", import.meta.url);
  const worker = startWorker(file, { OLLAMA_URL: `${provider.url}/v1` });
  try {
    const url = (await worker.ready).origin;
    const answers = await worker.getKVNamespace("ANSWERS") as unknown as Listing;
    await checkPlain(url, provider);
    await eventually(async () => (await answers.list()).keys.length > 0);
    await checkKept(url, provider);
    await checkStream(url, provider);

    const logs = d1Logs(await worker.getD1Database("LOGS") as unknown as D1);
    await eventually(async () => {
      const { records } = await logs.list({});
      return records.map(({ cached }) => cached).sort().join() === "false,false,true";
    });
    assert.notEqual((await worker.listDurableObjectIds("GatewayStore")).length, 0);
  } finally {
    await worker.dispose();
    await provider.stop();
  }
});

test("examples/nextjs-route.ts passes on an answer and a stream, by all that it exports", async () => {
  const provider = await standin();
  process.env["OLLAMA_URL"] = `${provider.url}/v1`;
  const route = await import("../examples/nextjs-route.ts");
  try {
    await checkPlain("http://localhost/ai", provider, route.POST);
    await checkStream("http://localhost/ai", provider, route.POST);
    for (const method of ["DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "PUT"] as const) {
      await (await route[method](
        new Request("http://localhost/ai/v1/me/my-gateway/ollama/models", { method }),
      )).text();
      assert.equal(provider.seen.at(-1)!.method, method);
    }
  } finally {
    await provider.stop();
  }
});

test("examples/sveltekit-hook.ts passes on an answer and a stream, and leaves the rest to SvelteKit", async () => {
  const provider = await standin();
  process.env["OLLAMA_URL"] = `${provider.url}/v1`;
  const { handle } = await import("../examples/sveltekit-hook.ts");
  const send = (request: Request) =>
    handle({ event: { request, url: new URL(request.url) }, resolve: () => new Response("Svelte") });
  try {
    await checkPlain("http://localhost/ai", provider, send);
    await checkStream("http://localhost/ai", provider, send);
    assert.equal(await (await send(new Request("http://localhost/air"))).text(), "Svelte");
  } finally {
    await provider.stop();
  }
});

test("examples/node.ts ends by itself when it is told to stop", async () => {
  const program = start([node, "examples/node.ts"]);
  const url = await program.url();
  assert.equal((await fetch(`${url}/healthz`)).status, 200);
  assert.equal(await program.stop(), 0);
});

test("examples/run.ts asks the second provider after the first has failed, plain and streamed", async () => {
  const ollama = await upstream((_, response) => response.writeHead(500).end());
  const openai = await standin();
  openai.streamOn();
  const program = start([node, "examples/run.ts"], {
    OLLAMA_URL: `${ollama.url}/v1`,
    OPENAI_BASE_URL: `${openai.url}/v1`,
    OPENAI_API_KEY: "key-of-openai",
  });
  try {
    assert.equal(await program.ended, 0, program.output());
    assert.equal(program.output(), `step 1: Hello\n${first}${rest}`);
    assert.equal(ollama.seen.length, 2);
    assert.equal(openai.seen.length, 2);
    for (const { path, headers } of ollama.seen) {
      assert.equal(path, "/v1/chat/completions");
      assert.equal(headers.authorization, undefined);
    }
    for (const { path, headers } of openai.seen) {
      assert.equal(path, "/v1/chat/completions");
      assert.equal(headers.authorization, "Bearer key-of-openai");
    }
  } finally {
    await program.stop();
    await Promise.all([ollama.stop(), openai.stop()]);
  }
});

for (const command of [[node], [bun], [deno, "run", "-A"]]) {
  const [runtime = ""] = command[0]!.split("/").slice(-1);
  test(`the demonstration shows a fallback, a stream and a retry on ${runtime}`, async () => {
    const program = start([...command, "adapters/cli/demo.ts"]);
    assert.equal(await program.ended, 0, program.output());
    const output = program.output();
    for (
      const line of [
        /broken +saw POST \/v1\/chat\/completions with Bearer key-of-broken: 503/,
        /steady +saw POST \/v1\/chat\/completions with Bearer key-of-steady: 200/,
        /cf-aig-step: 1\n/,
        /waygate-trail: broken;step=0;status=503;ms=\d+, steady;step=1;status=200;ms=\d+\n/,
        /waygate-trail: steady;step=0;status=503;ms=\d+, steady;step=0;status=200;ms=\d+\n/,
        /All as it should be/,
      ]
    ) assert.match(output, line);
    assert.equal(output.match(/text +Hello from steady, .* not\.\n/g)?.length, 3);
    assert.ok(!output.includes("\u001b"), "Expected no colours where NO_COLOR asks for none");
  });
}

test("the demonstration ends with 1 when something is not as it should be", async () => {
  const skipTheFirst = `globalThis.fetch = ((fetch) => (url, init) =>
    fetch(url, { ...init, body: JSON.stringify([JSON.parse(init.body)].flat().slice(-1)) }))(fetch)`;
  const preload = `data:text/javascript,${encodeURIComponent(skipTheFirst)}`;
  const program = start([node, "--import", preload, "adapters/cli/demo.ts"]);
  assert.equal(await program.ended, 1, program.output());
  assert.match(program.output(), /This should not happen/);
  assert.doesNotMatch(program.output(), /All as it should be/);
});

/** Looks until something holds, for 20 s: what a Worker does after its answer takes a while. */
async function eventually(holds: () => Promise<boolean>): Promise<void> {
  for (const began = performance.now(); !await holds();) {
    assert.ok(performance.now() - began < 20_000, "Expected it to hold within 20 s");
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}
