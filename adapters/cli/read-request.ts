/** A request as somebody has written it down. */
export interface Draft {
  /** @default "GET", with a body "POST" */
  readonly method?: string | undefined;
  /** A URL, or a path alone. */
  readonly url: string;
  readonly headers?: readonly (readonly [name: string, value: string])[];
  readonly body?: string | undefined;
}

const NAME = /^[!#$%&'*+.^_`|~\w-]+$/;
const EXPECTED = "Expected a request as HTTP writes it, or as JSON with url, method, headers and body";

/**
 * Reads a request: as HTTP writes it, where lines before it may be comments, or as JSON.
 *
 * @throws an error that tells what was expected, and no value
 */
export function readRequest(text: string): Request {
  return toRequest(text.trimStart().startsWith("{") ? readJson(text) : readHttp(text));
}

/** @throws an error that tells what was expected, and no value */
export function toRequest(
  { body, method = body === undefined ? "GET" : "POST", url, headers = [] }: Draft,
): Request {
  const verb = method.toUpperCase();
  if (!/^[A-Z]+$/.test(verb) || ["CONNECT", "TRACE", "TRACK"].includes(verb)) {
    throw new Error("method: Expected one such as POST");
  }
  if (body !== undefined && ["GET", "HEAD"].includes(verb)) {
    throw new Error(`body: Expected none with ${verb}`);
  }
  const host = headers.find(([name]) => name.toLowerCase() === "host")?.[1] ?? "localhost";
  const absolute = url.startsWith("/") ? `http://${host}${url}` : url;
  if (!URL.canParse(absolute)) {
    throw new Error("url: Expected a URL, or a path such as /v1/me/prod/openai/models");
  }
  const { username, password } = new URL(absolute);
  if (username || password) throw new Error("url: Expected a URL without a name and a password");
  const fields = new Headers();
  for (const [name, value] of headers) {
    if (!NAME.test(name)) {
      throw new Error("headers: Expected names and values such as content-type: text/plain");
    }
    // deno-lint-ignore no-control-regex -- control characters are what is looked for
    if (/[\u0000-\u0008\u000a-\u001f\u007f]|[^\u0000-\u00ff]/.test(value)) {
      throw new Error(`headers: ${name}: Expected Latin-1 characters without line breaks`);
    }
    fields.append(name, value);
  }
  // Bytes, because a text would bring a content type of its own.
  return new Request(absolute, {
    method: verb,
    headers: fields,
    ...(body && { body: new TextEncoder().encode(body) }),
  });
}

function readHttp(text: string): Draft {
  const lines = text.split("\n").map((line) => line.replace(/\r$/, ""));
  const first = lines.findIndex((line) => line.trim() !== "" && !/^\s*(#|\/\/)/.test(line));
  const [method, url, version = "HTTP/1.1", ...more] = lines[first]?.trim().split(/\s+/) ?? [];
  if (!method || !url || more.length > 0 || !version.startsWith("HTTP/")) throw new Error(EXPECTED);
  const blank = lines.indexOf("", first);
  const end = blank < 0 ? lines.length : blank;
  const headers = lines.slice(first + 1, end).map(readField);
  const before = lines.slice(0, end + 1).length;
  const body = blank < 0 ? "" : text.split("\n").slice(before).join("\n").replace(/\r?\n$/, "");
  return { method, url, headers, body: body === "" ? undefined : body };
}

/** @throws an error that tells what was expected */
export function readField(line: string): readonly [name: string, value: string] {
  const at = line.indexOf(":");
  if (at < 1) throw new Error("headers: Expected lines such as content-type: application/json");
  return [line.slice(0, at).trim(), line.slice(at + 1).trim()];
}

function readJson(text: string): Draft {
  let told: unknown;
  try {
    told = JSON.parse(text);
  } catch {
    throw new Error(EXPECTED);
  }
  const { url, method, headers = {}, body } = told as Readonly<Record<string, unknown>>;
  const isText = (value: unknown): value is string => typeof value === "string";
  if (!isText(url) || !(method === undefined || isText(method))) throw new Error(EXPECTED);
  if (typeof headers !== "object" || headers === null || !Object.values(headers).every(isText)) {
    throw new Error("headers: Expected an object of texts");
  }
  const written = body === undefined || isText(body) ? body : JSON.stringify(body);
  return { url, method, headers: Object.entries(headers as Readonly<Record<string, string>>), body: written };
}
