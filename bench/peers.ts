/** Gateways by others, where they can be had. */
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import type { Call } from "./calls.ts";
import { folder, run } from "./processes.ts";
import type { Target } from "./targets.ts";

/** Installs what can be installed and says what is left out, and why. */
export async function findPeers(say: (line: string) => void): Promise<Target[]> {
  const found: Target[] = [];
  for (const [name, find] of Object.entries(peers)) {
    try {
      found.push(await find());
    } catch (error) {
      say(`${name} is left out: ${(error as Error).message.split("\n", 1)}`);
    }
  }
  return found;
}

const peers: Readonly<Record<string, () => Target | Promise<Target>>> = {
  Portkey: portkey,
  LiteLLM: litellm,
};

/** With newer versions of hono its answers are empty. */
const PORTKEY = ["@portkey-ai/gateway@1.15.2", "hono@4.9.12", "@hono/node-server@1.13.8"];

async function portkey(): Promise<Target> {
  const home = join(folder, "portkey");
  const flags = ["--prefix", home, "--no-save", "--no-audit", "--no-fund", "--ignore-scripts"];
  await run({ program: "npm", args: ["install", ...flags, ...PORTKEY] });
  const server = join(home, "node_modules", "@portkey-ai", "gateway", "build", "start-server.js");
  return {
    name: "Portkey on node",
    runtime: "node",
    kind: "peer",
    native: (call, up) => direct(call, up),
    command: (port) => ({
      program: "node",
      args: [server, `--port=${port}`, "--headless"],
      env: { TRUSTED_CUSTOM_HOSTS: "127.0.0.1,localhost" },
    }),
  };
}

function direct(call: Call, up: string): Call {
  const headers = { "x-portkey-provider": "openai", "x-portkey-custom-host": `${up}/v1` };
  return { ...call, headers: { ...call.headers, ...headers } };
}

function litellm(): Target {
  if (spawnSync("python3", ["-c", "import litellm.proxy.proxy_server"]).status !== 0) {
    throw new Error("Python has no litellm[proxy]");
  }
  return {
    name: "LiteLLM",
    runtime: "other",
    kind: "peer",
    native: (call) => call,
    command: (port, up) => ({
      program: "python3",
      args: ["-m", "litellm", "--port", `${port}`, "--model", "openai/gpt-4o-mini", "--api_base", `${up}/v1`],
      env: { OPENAI_API_KEY: "sk-test" },
    }),
  };
}
