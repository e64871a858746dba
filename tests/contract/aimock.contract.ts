import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { LLMock } from "@copilotkit/aimock";
import { type FaultyServer, startFaultyServer } from "../../adapters/testing/server.ts";
import { runtimes, serve, type Served } from "../support/serve.ts";
import { sideBySide } from "../support/side-by-side.ts";
import { judge } from "./verdict.ts";

/** What the mock's headers bring about, and the fault of ours that should be told in the same words. */
interface Pair {
  readonly chaos: Readonly<Record<string, string>>;
  readonly fault: string;
  /** What the fault is called here. */
  readonly name: string;
  /** Options of the step. */
  readonly options?: Readonly<Record<string, unknown>>;
}

const chaos = (kind: string, value = "1") => ({ [`x-aimock-chaos-${kind}`]: value });

/** The mock answers malformed JSON under `application/json`; so does `cut` where no stream was asked for. */
const pairs: readonly Pair[] = [
  { name: "no fault", chaos: {}, fault: "healthy" },
  { name: "a dropped request", chaos: chaos("drop"), fault: "500" },
  { name: "a limited rate", chaos: chaos("ratelimit"), fault: "429" },
  { name: "a hang-up", chaos: chaos("disconnect"), fault: "hang-up" },
  { name: "malformed JSON", chaos: chaos("malformed"), fault: "cut;stream=0" },
  {
    name: "malformed JSON that is waited for",
    chaos: chaos("malformed"),
    fault: "cut;stream=0",
    options: { commit: "complete" },
  },
  { name: "a short delay", chaos: chaos("latency", "20"), fault: "slow-headers;ms=20" },
  {
    name: "too long a delay",
    chaos: chaos("latency", "5000"),
    fault: "slow-headers;ms=5000",
    options: { totalTimeout: 200 },
  },
];

const endpoint = "v1/chat/completions";
const query = { model: "gpt-4o", stream: true, messages: [{ role: "user", content: "Hi" }] };

sideBySide(runtimes, (runtime) => {
  let mock: LLMock;
  let faulty: FaultyServer;
  let gateway: Served | undefined;
  before(async () => {
    mock = new LLMock({ port: 0, host: "127.0.0.1", logLevel: "silent" });
    mock.onMessage(/.*/, { content: "Hello from a mock" });
    faulty = await startFaultyServer();
    const providers = { mock: { base: await mock.start() }, faulty: { base: faulty.url } };
    gateway = await serve(runtime, { providers });
  });
  after(async () => {
    await Promise.all([gateway?.stop(), mock.stop(), faulty.stop()]);
  });

  for (const { name, chaos, fault, options = {} } of pairs) {
    for (const [way, rest] of [["alone", []], ["before another step", [undefined]]] as const) {
      test(`aimock on ${runtime}: ${name} ${way} is judged as ours is`, { timeout: 20_000 }, async () => {
        const theirs = { provider: "mock", endpoint, headers: chaos, query, config: options };
        const ours = { provider: "faulty", endpoint: `fault/${fault}/${endpoint}`, query, config: options };
        const others = rest.map(() => ({ provider: "faulty", endpoint, query }));
        assert.deepEqual(
          await judge(gateway!.url, [theirs, ...others]),
          await judge(gateway!.url, [ours, ...others]),
        );
      });
    }
  }
});
