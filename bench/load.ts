/** Load by `wrk`: as many requests as a number of connections carry. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Call } from "./calls.ts";
import { folder, run } from "./processes.ts";

/** What `wrk` saw. */
export interface Load {
  readonly requests: number;
  readonly seconds: number;
  /** Milliseconds. */
  readonly p50: number;
  readonly p99: number;
}

/** How `wrk` runs. */
export interface Strain {
  readonly connections: number;
  readonly seconds: number;
}

/** Numbers that tell one script from the next. */
let scripts = 0;

/** Sends a request again and again. */
export async function load(url: string, call: Call, { connections, seconds }: Strain): Promise<Load> {
  const script = write(call);
  const args = ["-t1", `-c${connections}`, `-d${seconds}s`, "--timeout", "20s", "-s", script, url];
  const output = await run({ program: "wrk", args });
  const told = /^told (.*)$/m.exec(output)?.[1]?.split(" ").map(Number);
  if (!told) throw new Error(`wrk told nothing:\n${output}`);
  const [requests = 0, micros = 0, p50 = 0, p99 = 0, errors = 0] = told;
  if (errors > 0 || requests === 0) throw new Error(`${url}${call.path}: ${errors} errors\n${output}`);
  return { requests, seconds: micros / 1e6, p50: p50 / 1000, p99: p99 / 1000 };
}

/** A script for `wrk`; the body lies in a file of its own, because Lua would have to quote it. */
function write({ method, path, headers, body, unique }: Call): string {
  const script = join(folder, `wrk-${++scripts}.lua`);
  writeFileSync(`${script}.body`, body);
  const fields = Object.entries(headers).map(([name, value]) => `wrk.headers["${name}"] = [[${value}]]`);
  writeFileSync(
    script,
    `wrk.method = "${method}"
wrk.path = [[${path}]]
wrk.body = io.open("${script}.body", "rb"):read("*a")
${fields.join("\n")}
${unique ? another(unique) : ""}
function done(summary, latency)
  local e = summary.errors
  local errors = e.connect + e.read + e.write + e.status + e.timeout
  local p50, p99 = latency:percentile(50), latency:percentile(99)
  print(string.format("told %d %d %d %d %d", summary.requests, summary.duration, p50, p99, errors))
end
`,
  );
  return script;
}

/** Lua that gives a header field another value for each request. */
function another(name: string): string {
  return `local sent = 0
function request()
  sent = sent + 1
  wrk.headers["${name}"] = tostring(sent)
  return wrk.format()
end`;
}
