/** The requests that are sent, as a client of a bare proxy and as one of a gateway would send them. */
import { Buffer } from "node:buffer";

/** One request. */
export interface Call {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** A header field whose value is another one each time. */
  readonly unique?: string;
}

const credentials = { authorization: "Bearer sk-test-0123456789abcdef0123456789abcdef" };
const json = {
  accept: "application/json",
  "content-type": "application/json",
  "user-agent": "OpenAI/JS 4.0",
};
/** What opens the gateways that are shut. */
export const TOKEN = "bench-0123456789abcdef";
const SENTENCE = "Tell me something interesting about reverse proxies. ";

/** A chat completion whose request has about so many bytes. */
export function chat(bytes: number, stream = false): Call {
  const text = SENTENCE.repeat(Math.ceil(Math.max(bytes - 180, 1) / SENTENCE.length));
  const messages = [{ role: "system", content: "You are helpful." }, { role: "user", content: text }];
  const body = JSON.stringify({ model: "gpt-4o-mini", temperature: 0.7, max_tokens: 256, stream, messages });
  return { method: "POST", path: "/v1/chat/completions", headers: { ...json, ...credentials }, body };
}

/** The same as one request of the universal endpoint, whose first provider answers last. */
export function universal({ body, path, headers }: Call, providers: readonly string[]): Call {
  const endpoint = path.replace("/v1/", "");
  const { authorization } = headers;
  const steps = providers.map((provider) =>
    `{"provider":"${provider}","endpoint":"${endpoint}","authorization":"${authorization}","query":${body}}`
  );
  return { method: "POST", path: "/v1/me/bench", headers: json, body: `[${steps.join(",")}]` };
}

/** A provider's own endpoint of a gateway. */
export function native(call: Call): Call {
  return { ...call, path: call.path.replace("/v1/", "/v1/me/bench/openai/") };
}

/** The same at another gateway id, as one who has a token. */
export function at(id: string, { path, headers, ...call }: Call): Call {
  return {
    ...call,
    path: path.replace("/bench/", `/${id}/`),
    headers: { ...headers, "cf-aig-authorization": TOKEN },
  };
}

/** The head of a request on a connection that is kept. */
export function head({ method, path, headers, body }: Call, length = Buffer.byteLength(body)): string {
  const fields = { host: "127.0.0.1", ...headers, ...(method !== "GET" && { "content-length": length }) };
  const lines = Object.entries(fields).map(([name, value]) => `${name}: ${value}\r\n`);
  return `${method} ${path} HTTP/1.1\r\n${lines.join("")}\r\n`;
}
