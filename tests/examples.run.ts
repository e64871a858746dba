import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import process from "node:process";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { startWorkerd } from "../adapters/cli/workerd.ts";
import { type Upstream, upstream } from "./support/upstream.ts";

/** An example that serves, and how a user starts it. */
interface Example {
  readonly name: string;
  readonly command: readonly string[];
  /** Path under which the gateway is mounted. */
  readonly base?: string;
  /** What the server answers at a path of its own. */
  readonly own?: { readonly path: string; readonly text: string };
}

/** A program that is running. */
interface Program {
  readonly output: () => string;
  /** The origin that it has printed, as soon as it has. */
  readonly url: () => Promise<string>;
  /** Its exit code, once it has ended; null when a signal has ended it. */
  readonly ended: Promise<number | null>;
  readonly stop: () => Promise<number | null>;
}

/** A provider that answers in OpenAI's words, and streams on when the test says so. */
interface Standin extends Upstream {
  readonly streamOn: () => void;
}

const root = fileURLToPath(new URL("../", import.meta.url));
const bin = (name: string) => join(root, "node_modules", ".bin", name);
const [node, bun, deno] = [bin("node"), bin("bun"), bin("deno")];
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

const question = { model: "llama3.2", messages: [{ role: "user", content: "Hi" }] };
const first = 'data: {"choices":[{"delta":{"content":"One"}}]}\n\n';
const rest = 'data: {"choices":[{"delta":{"content":", two"}}]}\n\ndata: [DONE]\n\n';

for (const { name, command, base = "", own } of examples) {
  test(`examples/${name} passes on an answer and a stream`, async () => {
    const provider = await standin();
    const program = start(command, { OLLAMA_URL: `${provider.url}/v1` });
    try {
      const url = await program.url();
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

async function checkPlain(url: string, provider: Standin): Promise<void> {
  const answer = await post(url, question);
  assert.equal(answer.status, 200);
  assert.equal(answer.headers.get("cf-aig-step"), "0");
  assert.match(answer.headers.get("waygate-trail") ?? "", /^ollama;step=0;status=200;ms=\d+$/);
  assert.equal((await answer.json()).choices[0].message.content, "Hello");
  await checkSeen(provider, question);
}

/** The first event must be here before the provider writes the second: nothing on the way may collect them. */
async function checkStream(url: string, provider: Standin): Promise<void> {
  const answer = await post(url, { ...question, stream: true });
  assert.equal(answer.headers.get("content-type"), "text/event-stream");
  let text = "";
  for await (const piece of answer.body!.pipeThrough(new TextDecoderStream())) {
    text += piece;
    if (text === first) provider.streamOn();
  }
  assert.equal(text, first + rest);
  await checkSeen(provider, { ...question, stream: true });
}

async function checkSeen(provider: Standin, body: unknown): Promise<void> {
  const { method, path, headers, body: bytes } = provider.seen.at(-1)!;
  assert.equal(method, "POST");
  assert.equal(path, "/v1/chat/completions");
  assert.equal(headers.host, new URL(provider.url).host);
  assert.equal(headers.authorization, "Bearer key-of-ollama");
  assert.equal(headers["content-type"], "application/json");
  assert.deepEqual(Object.keys(headers).filter((name) => name.startsWith("cf-")), []);
  assert.equal((await bytes).toString(), JSON.stringify(body));
}

function post(url: string, body: unknown): Promise<Response> {
  return fetch(`${url}/v1/me/my-gateway/ollama/chat/completions`, {
    method: "POST",
    headers: {
      "authorization": "Bearer key-of-ollama",
      "cf-aig-metadata": '{"who":"a test"}',
      "content-type": "application/json",
    },
    body: JSON.stringify(body),
    signal: AbortSignal.timeout(10_000),
  });
}

async function standin(): Promise<Standin> {
  const { promise: goAhead, resolve: streamOn } = Promise.withResolvers<void>();
  const provider = await upstream(async (_, response, { body }) => {
    const { stream = false } = JSON.parse((await body).toString());
    response.writeHead(200, { "content-type": stream ? "text/event-stream" : "application/json" });
    if (!stream) return response.end('{"choices":[{"message":{"role":"assistant","content":"Hello"}}]}');
    response.write(first);
    await goAhead;
    response.end(rest);
  });
  return { ...provider, streamOn };
}

/** Starts a program on a free port. */
function start([program = "", ...args]: readonly string[], env: Record<string, string> = {}): Program {
  const child = spawn(program, args, {
    cwd: root,
    env: { ...process.env, PORT: "0", NO_COLOR: "1", ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8").on("data", (text: string) => output += text);
  }
  const ended = once(child, "close").then(([code]) => code as number | null);
  return {
    output: () => output,
    url: async () => {
      const url = await waitFor(child, () => /http:\/\/[\w.]+:\d+/.exec(output)?.[0]);
      return url ?? assert.fail(`the program did not start:\n${output}`);
    },
    ended,
    stop: () => {
      if (child.exitCode === null) child.kill("SIGTERM");
      return ended;
    },
  };
}

async function waitFor<Value>(
  child: ChildProcess,
  look: () => Value | undefined,
): Promise<Value | undefined> {
  for (let waited = 0; waited < 20_000 && child.exitCode === null; waited += 10) {
    const value = look();
    if (value !== undefined) return value;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  return undefined;
}
