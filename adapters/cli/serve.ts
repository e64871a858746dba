import process from "node:process";
import type { Settings } from "../../src/index.ts";
import type { Server } from "../server.ts";
import { chooseAdapter } from "./adapter.ts";
import { choose, readPort, type Words } from "./command-line.ts";
import { follow, markOf } from "./follow.ts";
import { greeting, warnOfClosed, warnOfStrangers } from "./greeting.ts";
import { open } from "./open.ts";
import { createPrinter, type LogFormat, type Printer } from "./printer.ts";
import { createReload } from "./reload.ts";
import { openSource, readGood, type Source } from "./source.ts";
import { createTraffic } from "./traffic.ts";

/** How often the last line of an interactive terminal is drawn, in ms. */
const FRAME = 500;

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
  const server = await listen(format === "none" ? gateway : traffic.watch(gateway), { port, hostname });

  const url = hostname.includes(":") ? server.url.replace(hostname, `[${hostname}]`) : server.url;
  if (format === "json") printer.note("listening", { url });
  else printer.note(greeting(url, settings));
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
  endOnSignal(server, async () => {
    unfollow();
    await gateway.flush();
    printer.end();
  });
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
  if (file === undefined) return () => {};
  note(`settings: ${file}`);
  const reload = createReload({ source: { file, read }, apply, note, warn });
  // A terminal that is closed sends it, too, and then it shall end as usual.
  if (!process.stdout.isTTY) process.on("SIGHUP", () => reload(true));
  return follow(file, mark, () => reload(false));
}

/** Lets answers in flight finish, and does the last things. */
function endOnSignal(server: Server, last: () => Promise<void>): void {
  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    process.once(signal, () => server.stop().then(last).then(() => process.exit(0)));
  }
}
