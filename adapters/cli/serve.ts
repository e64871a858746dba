import process from "node:process";
import type { Settings } from "../../src/index.ts";
import { chooseAdapter } from "./adapter.ts";
import { choose, readPort, type Words } from "./command-line.ts";
import { endOnSignal } from "./end-on-signal.ts";
import { follow, markOf } from "./follow.ts";
import { greeting, warnOfClosed, warnOfStrangers } from "./greeting.ts";
import { open } from "./open.ts";
import { createPrinter, type LogFormat, type Printer } from "./printer.ts";
import { createReload } from "./reload.ts";
import { openSource, readGood, type Source } from "./source.ts";
import { Stop } from "./stop.ts";
import { createTraffic } from "./traffic.ts";

/** How often the last line of an interactive terminal is drawn, in ms. */
const FRAME = 500;
/** What is said where there is no file of settings. */
const NO_SETTINGS =
  "settings: none, because there was no waygate.jsonc here at the start; every gateway id is open";

/** Serves a gateway until a signal ends it, and follows the file of its settings. */
export async function serve(words: Words): Promise<void> {
  const port = readPort(words);
  const hostname = words.one("host") ?? "127.0.0.1";
  const format = choose<LogFormat>(words, "log-format", ["pretty", "json", "none"]);
  const source = openSource(words.one("config"));
  // Before it is read, so that no change is missed.
  const mark = await markOf(source.file ?? "");
  const { settings } = await readGood(source);

  const traffic = createTraffic((line) => printer.request(line));
  const printer = printTo(process, format, traffic.summary);
  const reloads = source.file !== undefined;
  const { gateway, apply } = await open(words, settings, { reloads, format, traffic, printer });
  const listen = await chooseAdapter();
  const watched = format === "none" ? gateway : traffic.watch(gateway);
  const server = await attempt(() => listen(watched, { port, hostname }), `${hostname}:${port}`);

  // Whoever reads that it listens may send signals.
  endOnSignal(server, async () => {
    unfollow();
    await gateway.flush();
    printer.end();
  });
  if (format === "json") printer.note("listening", { url: server.url });
  else printer.note(greeting(server.url, settings));
  const warnOf = (settings: Settings) => {
    for (const warning of [warnOfStrangers(hostname, settings), warnOfClosed(settings)]) {
      if (warning) printer.warn(`waygate: ${warning}`);
    }
  };
  warnOf(settings);
  const unfollow = followSource(source, mark, printer, (settings) => {
    apply(settings);
    warnOf(settings);
  });
  setInterval(printer.draw, FRAME).unref();
}

/** @throws {Stop} that names the address, which not every runtime does */
async function attempt<Value>(listen: () => Promise<Value>, address: string): Promise<Value> {
  try {
    return await listen();
  } catch (error) {
    const { code, message } = error as { readonly code?: string; readonly message: string };
    const why = code === "EADDRINUSE" ? "it is in use" : message;
    throw new Stop(`${address}: Expected an address and a port to listen on, but ${why}`);
  }
}

function printTo({ stdout, stderr, env }: typeof process, format: LogFormat, summary: () => string): Printer {
  // Who reads what is written may leave; that is no reason to end.
  for (const stream of [stdout, stderr]) stream.on("error", () => {});
  return createPrinter({ format, out: stdout, err: stderr, plain: Boolean(env["NO_COLOR"]), summary });
}

/** @returns ends it */
function followSource(
  { file, read }: Source,
  mark: string,
  { note, warn }: Printer,
  apply: (settings: Settings) => void,
): () => void {
  // A terminal that is closed sends it, too, and then it shall end as usual.
  const onHangUp = (work: () => void) => process.stdout.isTTY || process.on("SIGHUP", work);
  if (file === undefined) {
    onHangUp(() => note("there is no file of settings to read"));
    note(NO_SETTINGS);
    return () => {};
  }
  const reload = createReload({ source: { file, read }, apply, note, warn });
  onHangUp(() => reload(true));
  note(`settings: ${file}`);
  return follow(file, mark, () => reload(false));
}
