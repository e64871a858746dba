import { existsSync, readFileSync } from "node:fs";
import { explainRequest } from "../../src/index.ts";
import { choose, type Words } from "./command-line.ts";
import { readInput } from "./input.ts";
import { readField, readRequest, toRequest } from "./read-request.ts";
import { openSource, readGood } from "./source.ts";
import { Stop } from "./stop.ts";
import { tellExplanation } from "./tell-explanation.ts";
import { tellJson } from "./tell-json.ts";

/** Tells what a gateway of these settings would do with a request. */
export async function explain(words: Words): Promise<void> {
  const format = choose(words, "format", ["text", "json"]);
  const [target] = words.positionals;
  if (target === undefined) {
    throw new Stop("explain: Expected a request: a file, -, or a URL with -X, -H and -d", 2);
  }
  const request = isUrl(target, words) ? ofFlags(target, words) : await ofFile(target);
  const { settings } = await readGood(openSource(words.one("config")));
  // `serve` listens to each request, which changes what is asked of providers.
  const explanation = await explainRequest({ ...settings, onEnd: () => {} }, request);
  console.log(format === "json" ? tellJson(explanation) : tellExplanation(explanation));
}

/** Whoever says how something is to be sent means a URL; a path may have a `basePath` before it. */
function isUrl(target: string, words: Words): boolean {
  const flags = words.one("request") !== undefined ||
    words.all("header").length + words.all("data").length > 0;
  return flags || /^(https?:\/\/|\/v1\/)/.test(target) ||
    (/^\/([\w.~-]+\/)*v1\//.test(target) && !existsSync(target));
}

function ofFlags(url: string, words: Words): Request {
  const headers = words.all("header").map((line) => attempt(() => readField(line)));
  const parts = words.all("data").map((part) => part.startsWith("@") ? read(part.slice(1)) : part);
  const typed = headers.some(([name]) => name.toLowerCase() === "content-type");
  const type = ["content-type", "application/x-www-form-urlencoded"] as const;
  return attempt(() =>
    toRequest({
      url,
      method: words.one("request"),
      headers: parts.length > 0 && !typed ? [...headers, type] : headers,
      body: parts.length > 0 ? parts.join("&") : undefined,
    })
  );
}

async function ofFile(file: string): Promise<Request> {
  const text = file === "-" ? await readInput() : read(file);
  return attempt(() => readRequest(text));
}

function read(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    throw new Stop(
      `${file}: Expected a file that can be read (${(error as { code?: string }).code ?? "failed"})`,
    );
  }
}

function attempt<Value>(work: () => Value): Value {
  try {
    return work();
  } catch (error) {
    throw new Stop(`explain: ${(error as Error).message}`);
  }
}
