import { noteJson } from "./note-json.ts";
import { plainJson, plainLines } from "./plain.ts";
import { type Paint, type RequestLine, tellLine } from "./request-line.ts";

/** How lines are written. */
export type LogFormat = "pretty" | "json" | "none";

/** As much of a stream of `node:process` as is used here. */
export interface Terminal {
  readonly isTTY?: boolean | undefined;
  readonly columns?: number | undefined;
  write(text: string): unknown;
}

/** Writes what a gateway has to say. */
export interface Printer {
  /** A request that is over. */
  request(line: RequestLine): void;
  /** What the operator wants to know. */
  note(message: string, fields?: Readonly<Record<string, unknown>>): void;
  /** What he should know. */
  warn(message: string): void;
  /** Draws the last line of an interactive terminal anew. */
  draw(): void;
  /** Writes all that waits, and leaves the last line. */
  end(): void;
}

/** Where a printer writes, and how. */
export interface PrinterOptions {
  readonly format: LogFormat;
  readonly out: Terminal;
  readonly err: Terminal;
  /** Whether colours are not wanted. */
  readonly plain: boolean;
  /** What stands in the last line of an interactive terminal. */
  summary(): string;
}

/** Longest that a line waits for others, in ms: a write for each would cost more than the line. */
const PAUSE = 20;
const CLEAR = "\r\x1b[2K";
const codes = { green: 32, red: 31, dim: 2 } as const;

/** Lines for people, or one JSON object a line. */
export function createPrinter({ format, out, err, plain, summary }: PrinterOptions): Printer {
  const live = format === "pretty" && out.isTTY === true;
  const paint: Paint = (style, text) => live && !plain ? `\x1b[${codes[style]}m${text}\x1b[0m` : text;
  let waiting: string[] = [];
  let timer: ReturnType<typeof setTimeout> | undefined;

  function bottom(): string {
    return live ? paint("dim", summary().slice(0, (out.columns ?? 80) - 1)) : "";
  }

  function flush(): void {
    clearTimeout(timer);
    timer = undefined;
    const lines = waiting.map((line) => `${line}\n`).join("");
    waiting = [];
    if (lines) out.write(live ? CLEAR + lines + bottom() : lines);
  }

  function print(line: string): void {
    waiting.push(line);
    timer ??= setTimeout(flush, PAUSE);
  }

  return {
    request(line) {
      if (format === "pretty") print(tellLine(line, paint));
      if (format === "json") print(plainJson(JSON.stringify({ level: "info", event: "request", ...line })));
    },
    note(message, fields = {}) {
      print(format === "json" ? noteJson("info", message, fields) : plainLines(message));
      flush();
    },
    warn(message) {
      flush();
      const line = format === "json" ? noteJson("warn", message) : plainLines(message);
      err.write(live ? `${CLEAR}${line}\n` : `${line}\n`);
      if (live) out.write(bottom());
    },
    draw() {
      if (live) out.write(CLEAR + bottom());
    },
    end() {
      flush();
      if (live) out.write(CLEAR);
    },
  };
}
