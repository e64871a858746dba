/**
 * No server: a gateway inside a program. It asks a local model first, and OpenAI where that is down or slow.
 *
 *     OPENAI_API_KEY=sk-... node examples/run.ts
 */
import { env, stdout } from "node:process";
import { createGateway } from "waygate";

const gateway = createGateway({
  providers: {
    ollama: { base: env.OLLAMA_URL ?? "http://127.0.0.1:11434/v1" },
    openai: { base: env.OPENAI_BASE_URL ?? "https://api.openai.com/v1" },
  },
});

function ask(content: string, { stream = false } = {}) {
  const query = (model: string) => ({ model, messages: [{ role: "user", content }], stream });
  const [endpoint, authorization] = ["chat/completions", `Bearer ${env.OPENAI_API_KEY}`];
  return gateway.run([
    { provider: "ollama", endpoint, query: query("llama3.2"), config: { requestTimeout: 10_000 } },
    { provider: "openai", endpoint, query: query("gpt-4o-mini"), authorization },
  ]);
}

const answer = await ask("Say hello.");
console.log(`step ${answer.headers.get("cf-aig-step")}:`, (await answer.json()).choices[0].message.content);

const { body } = await ask("Count to ten.", { stream: true });
for await (const events of body!.pipeThrough(new TextDecoderStream())) stdout.write(events);
