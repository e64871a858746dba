/** Serves a gateway on workerd, the runtime of Cloudflare Workers. */
import process from "node:process";
import { readCommandLine, readPort } from "./command-line.ts";
import { greeting } from "./greeting.ts";
import { onSignals } from "./on-signals.ts";
import { openSource, readGood } from "./source.ts";
import { giveUp, Stop } from "./stop.ts";
import { startWorkerd } from "./workerd.ts";

/** Milliseconds that answers in flight have to finish. */
const DEADLINE = 10_000;

/** Options of `serve` that there are not here, and why. */
const missing: Readonly<Record<string, string>> = {
  db: "workerd cannot open a file",
  logs: "workerd cannot open a file",
  host: "workerd listens on 127.0.0.1 alone here",
  "log-format": "there are no lines of requests here",
};

try {
  const command = readCommandLine(["serve", ...process.argv.slice(2)]);
  if (typeof command === "string") console.log(command);
  else await serve(command.words);
} catch (error) {
  giveUp(error);
}

async function serve(words: Parameters<typeof readPort>[0]): Promise<void> {
  const port = readPort(words);
  for (const [option, why] of Object.entries(missing)) {
    if (words.one(option) !== undefined) throw new Stop(`--${option}: Expected none, because ${why}`);
  }
  const source = openSource(words.one("config"));
  if (/\.[cm]?[jt]s$/.test(source.file ?? "")) {
    throw new Stop("--config: Expected JSON with comments, because a binding of workerd holds no code");
  }
  // What is added to settings is code, which a binding would lose; the worker adds it itself.
  const { written } = await readGood(source);
  const { url, process: child } = await startWorkerd(new URL("worker.ts", import.meta.url), {
    port,
    bindings: { SETTINGS: written },
  });
  console.log(greeting(url, written));
  let stopping = false;
  onSignals(() => {
    stopping = true;
    child.kill();
    setTimeout(() => child.kill("SIGKILL"), DEADLINE).unref();
  }, () => void child.kill("SIGKILL"));
  child.once("exit", (code) => process.exit(code ?? (stopping ? 0 : 1)));
}
