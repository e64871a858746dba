/** Shows what a gateway does while a provider fails: on loopback, without a key, without a network. */
import assert from "node:assert/strict";
import process from "node:process";
import { styleText } from "node:util";
import { createGateway } from "../../src/index.ts";
import { chooseAdapter } from "./adapter.ts";
import { colour, tell, tellText, title } from "./demo-print.ts";
import { type Sight, startProvider } from "./demo-provider.ts";

const sights: Sight[] = [];
const broken = await startProvider("broken", see);
const steady = await startProvider("steady", see);
broken.failures = Infinity;
const providers = { broken: { base: broken.base }, steady: { base: steady.base } };
const serve = await chooseAdapter();
const gateway = await serve(createGateway({ providers }), { port: 0 });
const universal = `${gateway.url}/v1/me/demo`;

console.log("\nA gateway and two stand-in providers on 127.0.0.1. One of them is broken.");
try {
  await showFallback();
  await showStream();
  await showRetry();
  console.log(
    `\n${
      styleText("green", "All as it should be.")
    } A gateway of your own: npx waygate, in a clone npm start\n`,
  );
} catch (error) {
  console.error(styleText("red", "\nThis should not happen:", { stream: process.stderr }), error);
  process.exitCode = 1;
} finally {
  await gateway.stop(1000);
  for (const provider of [broken, steady]) provider.stop();
}

async function showFallback(): Promise<void> {
  title("1. Fallback: a request with two steps. The first fails, the second answers.");
  const response = await sendSteps({ stream: false });
  await checkAnswer(response, "1");
  checkSights("broken 503", "steady 200");
}

async function showStream(): Promise<void> {
  title("2. The same, streamed: every token is shown the moment the provider writes it.");
  const response = await sendSteps({ stream: true });
  const waited = performance.now();
  const text = await tellText(readTokens(response));
  assert.match(text, /^Hello from steady.*not\.$/);
  assert.ok(performance.now() - waited > 300, "Expected a stream that takes its time");
  checkSights("broken 503", "steady 200");
}

async function showRetry(): Promise<void> {
  title("3. Retry: the provider's own endpoint. It fails once and is asked again.");
  steady.failures = 1;
  const url = `${universal}/steady/chat/completions`;
  const query = { messages: [{ role: "user", content: "Hi" }] };
  const headers = {
    "authorization": "Bearer key-of-steady",
    "cf-aig-max-attempts": "3",
    "cf-aig-retry-delay": "200",
  };
  tell("sent", `POST ${url}`);
  for (const [name, value] of Object.entries(headers)) tell("", `${name}: ${value}`);
  tell("", JSON.stringify(query));
  await checkAnswer(await send(url, query, headers), "0");
  checkSights("steady 503", "steady 200");
}

function sendSteps({ stream }: { stream: boolean }): Promise<Response> {
  const query = { messages: [{ role: "user", content: "Hi" }], stream };
  const endpoint = "chat/completions";
  tell("sent", `POST ${universal}`);
  const steps = ["broken", "steady"].map((provider, index) => {
    tell("", `[${index}] ${provider}, ${endpoint}, ${JSON.stringify(query)}`);
    return { provider, endpoint, authorization: `Bearer key-of-${provider}`, query };
  });
  return send(universal, steps);
}

async function send(url: string, body: unknown, headers: Record<string, string> = {}): Promise<Response> {
  sights.length = 0;
  const json = { ...headers, "content-type": "application/json" };
  const response = await fetch(url, { method: "POST", headers: json, body: JSON.stringify(body) });
  tell("answer", colour(response.status));
  for (const name of ["cf-aig-step", "waygate-trail"]) tell("", `${name}: ${response.headers.get(name)}`);
  return response;
}

function see(sight: Sight): void {
  sights.push(sight);
  tell(sight.provider, `saw ${sight.request} with ${sight.authorization}: ${colour(sight.status)}`);
}

async function checkAnswer(response: Response, step: string): Promise<void> {
  const { choices } = await response.json();
  tell("text", styleText("bold", choices[0].message.content));
  assert.equal(response.headers.get("cf-aig-step"), step);
  assert.match(choices[0].message.content, /^Hello from steady/);
}

function checkSights(...expected: readonly string[]): void {
  assert.deepEqual(sights.map(({ provider, status }) => `${provider} ${status}`), expected);
}

async function* readTokens({ body }: Response): AsyncGenerator<string> {
  let text = "";
  for await (const piece of body!.pipeThrough(new TextDecoderStream())) {
    const events = (text + piece).split("\n\n");
    text = events.pop() ?? "";
    for (const event of events.filter((event) => event.startsWith("data: {"))) {
      yield JSON.parse(event.slice(6)).choices[0].delta.content;
    }
  }
}
