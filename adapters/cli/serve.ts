import process from "node:process";
import { createGateway, type Gateway, memoryStore, type Settings } from "../../src/index.ts";
import { chooseAdapter } from "./adapter.ts";
import { choose, readPort, type Words } from "./command-line.ts";
import { follow, markOf } from "./follow.ts";
import { greeting, warnOfStrangers } from "./greeting.ts";
import { createPrinter, type LogFormat, type Printer } from "./printer.ts";
import { createReload } from "./reload.ts";
import { openSource, readGood } from "./source.ts";
import { createSwap, type Swap } from "./swap.ts";
import { createTraffic, type Traffic } from "./traffic.ts";

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
  const printer = createPrinter({
    format,
    out: process.stdout,
    err: process.stderr,
    plain: Boolean(process.env["NO_COLOR"]),
    summary: traffic.summary,
  });
  const { swap, apply } = await open(words, settings, {
    reloads: source.file !== undefined,
    format,
    traffic,
    printer,
  });
  const gateway = format === "none" ? swap.gateway : traffic.watch(swap.gateway);
  const listen = await chooseAdapter();
  const server = await listen(gateway, { port, hostname });
  const url = hostname.includes(":") ? server.url.replace(hostname, `[${hostname}]`) : server.url;
  // Who reads what is written may leave; that is no reason to end.
  for (const stream of [process.stdout, process.stderr]) stream.on("error", () => {});

  const tellStrangers = (settings: Settings) => {
    const warning = warnOfStrangers(hostname, settings);
    if (warning) printer.warn(`waygate: ${warning}`);
  };
  if (format === "json") printer.note("listening", { url });
  else printer.note(greeting(url, settings));
  tellStrangers(settings);

  let unfollow = () => {};
  const { file } = source;
  if (file !== undefined) {
    printer.note(`settings: ${file}`);
    const reload = createReload({
      source: { ...source, file },
      apply(settings) {
        apply(settings);
        tellStrangers(settings);
      },
      note: printer.note,
      warn: (message) => printer.warn(message),
    });
    unfollow = follow(file, mark, () => reload(false));
    // A terminal that is closed sends it, too, and then it shall end as usual.
    if (!process.stdout.isTTY) process.on("SIGHUP", () => reload(true));
  }
  const drawing = setInterval(printer.draw, FRAME);
  drawing.unref();
  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    process.once(signal, async () => {
      unfollow();
      await server.stop();
      await swap.gateway.flush();
      clearInterval(drawing);
      printer.end();
      process.exit(0);
    });
  }
}

/** What a gateway is opened with besides its settings. */
interface Surroundings {
  /** Whether other settings may take their place. */
  readonly reloads: boolean;
  readonly format: LogFormat;
  readonly traffic: Traffic;
  readonly printer: Printer;
}

/** Opens a gateway whose store and logs outlive its settings. */
async function open(
  words: Words,
  first: Settings,
  { reloads, format, traffic, printer }: Surroundings,
): Promise<{ readonly swap: Swap; readonly apply: (settings: Settings) => void }> {
  const [db, log] = [words.one("db"), words.one("logs")];
  const store = db === undefined ? undefined : (await import("../sqlite.ts")).sqliteStore(db);
  const logs = log === undefined ? undefined : (await import("../sqlite-logs.ts")).sqliteLogs(log);
  const usual = reloads ? { store: memoryStore() } : {};
  const writing = new Set<Promise<void>>();
  let current: Gateway | undefined;

  function create(settings: Settings): Gateway {
    const { onEnd } = settings;
    const gateway: Gateway = createGateway({
      ...usual,
      warn: (message) => printer.warn(message),
      ...settings,
      ...(store && { store }),
      ...(logs && { logs }),
      ...((format !== "none" || logs || onEnd) && {
        async onEnd(record) {
          if (format !== "none") traffic.end(record);
          if (gateway !== current) finish(gateway);
          await onEnd?.(record);
        },
      }),
    });
    return gateway;
  }

  /** Brings what a gateway still writes that is no longer the one of now to its end. */
  function finish(gateway: Gateway): void {
    const flushed = Promise.resolve().then(() => gateway.flush()).finally(() => writing.delete(flushed));
    writing.add(flushed);
  }

  const opened = create(first);
  current = opened;
  const swap = createSwap(opened, async () => void await Promise.all(writing));
  return {
    swap,
    apply(settings) {
      const next = create(settings);
      const before = current!;
      current = next;
      swap.turn(next);
      finish(before);
    },
  };
}
