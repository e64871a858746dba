import { after, before, test, type TestContext } from "node:test";
import type { Provider, Settings } from "../../../src/public.ts";
import { type Runtime, runtimes, serve, type Served } from "../../support/serve.ts";
import { type Script, type Upstream, upstream } from "../../support/upstream.ts";
import { type Models, type Sighting, startModels } from "./models.ts";
import { replay } from "./recordings.ts";

/** What a test of a client in the gateway's own process works with. */
export interface LocalScene {
  /** What makes a gateway in front of the providers. */
  readonly settings: Settings;
  /** Says how the provider `scripted` answers during this test. */
  script(script: Script): void;
  /** The requests that reached a provider during this test. */
  sightings(): readonly Sighting[];
  /** The same as lines, such as `POST /v1/chat/completions`. */
  reached(): readonly string[];
}

/** What a test of a client works with. */
export interface Scene extends LocalScene {
  /** Where the gateway listens. */
  readonly origin: string;
  /** The base URL of a provider behind the gateway; without a provider, that of the universal endpoint. */
  base(provider?: string): string;
}

/** The two ways to register a test. */
export interface Tests {
  /** One test for each runtime, with the gateway in a process of its own. */
  onEveryRuntime(name: string, run: (scene: Scene, test: TestContext) => Promise<void>): void;
  /** One test that makes its own gateway. */
  inThisProcess(name: string, run: (scene: LocalScene) => Promise<void>): void;
}

/** Longest that a test may take, in ms. */
const PATIENCE = 15_000;

/**
 * Starts providers and, on every runtime, a gateway in front of them before the first test of a file, and stops
 * them after the last.
 */
export function setUp(): Tests {
  const world = new World();
  const timeout = PATIENCE;
  before(() => world.start());
  after(() => world.stop());
  return {
    onEveryRuntime(name, run) {
      for (const runtime of runtimes) {
        test(`${name}, on ${runtime}`, { timeout }, (context) => run(world.scene(runtime), context));
      }
    },
    inThisProcess(name, run) {
      test(`${name}, in one process on node`, { timeout }, () => run(world.localScene()));
    },
  };
}

/** Providers on loopback and the gateways in front of them. */
class World {
  readonly #gateways = new Map<Runtime, Served>();
  readonly #upstreams: (Models | Upstream)[] = [];
  #bases: Readonly<Record<string, string>> = {};
  #script: Script = refuse;

  async start(): Promise<void> {
    const models = this.#join(await startModels());
    const recordings = this.#join(await upstream(replay()));
    const scripted = this.#join(await upstream((...visit) => this.#script(...visit)));
    this.#bases = basesAt(models.url, recordings.url, scripted.url);
    const opened = await Promise.allSettled(runtimes.map((runtime) => this.#open(runtime)));
    for (const one of opened) if (one.status === "rejected") throw one.reason;
  }

  #join<Kind extends Models | Upstream>(one: Kind): Kind {
    this.#upstreams.push(one);
    return one;
  }

  async #open(runtime: Runtime): Promise<void> {
    const gateways = { gw: {}, locked: { authentication: true, tokens: ["a-token"] } };
    this.#gateways.set(runtime, await serve(runtime, { gateways, providers: this.#providers() }));
  }

  /** Gateways first: they hold connections to the providers. */
  async stop(): Promise<void> {
    await Promise.allSettled([...this.#gateways.values()].map((gateway) => gateway.stop()));
    await Promise.allSettled(this.#upstreams.map((one) => one.stop()));
  }

  scene(runtime: Runtime): Scene {
    const origin = this.#gateways.get(runtime)!.url;
    const base = (provider?: string) => [`${origin}/v1/acct/gw`, provider].filter(Boolean).join("/");
    return { ...this.localScene(), origin, base };
  }

  localScene(): LocalScene {
    for (const { seen } of this.#upstreams) seen.length = 0;
    this.#script = refuse;
    const sightings = () => this.#upstreams.flatMap(({ seen }): Sighting[] => seen);
    return {
      settings: { providers: this.#providers() },
      script: (script) => this.#script = script,
      sightings,
      reached: () => sightings().map(({ method, path }) => `${method} ${path}`),
    };
  }

  #providers(): Record<string, Provider> {
    return Object.fromEntries(Object.entries(this.#bases).map(([slug, base]) => [slug, { base }]));
  }
}

/** Paths are those of the real providers where that is enough to tell one from another. */
function basesAt(models: string, recordings: string, scripted: string): Record<string, string> {
  return {
    "anthropic": models,
    "azure-openai": `${models}/{resource}/openai/deployments`,
    "cohere": models,
    "elevenlabs": models,
    "fal": `${recordings}/fal.run`,
    "google-ai-studio": models,
    "groq": `${models}/openai/v1`,
    "huggingface": `${recordings}/router.huggingface.co/hf-inference/models`,
    "mistral": `${models}/mistral`,
    "openai": `${models}/v1`,
    "openrouter": `${models}/api/v1`,
    "replicate": `${recordings}/api.replicate.com/v1`,
    "scripted": scripted,
    "together": `${models}/together/v1`,
    "workers-ai": `${models}/client/v4/accounts/{account}/ai`,
  };
}

const refuse: Script = (_request, response) => response.writeHead(501).end("this test has no script");
