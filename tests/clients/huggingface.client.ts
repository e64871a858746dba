import assert from "node:assert/strict";
import { InferenceClient, InferenceClientProviderApiError } from "@huggingface/inference";
import { GREETING } from "./support/models.ts";
import { PICTURE } from "./support/recordings.ts";
import { type Scene, setUp } from "./support/scene.ts";

const { onEveryRuntime } = setUp();

const MODELS = "/router.huggingface.co/hf-inference/models";

onEveryRuntime("huggingface classifies text", async (scene) => {
  const model = "distilbert-base-uncased-finetuned-sst-2-english";
  const [first] = await connect(scene, model).textClassification({
    model,
    inputs: "I like you. I love you.",
  });
  assert.equal(first?.label, "POSITIVE");
  assert.deepEqual(scene.reached(), [`POST ${MODELS}/${model}`]);
  assert.equal(scene.sightings()[0]?.headers["authorization"], "Bearer hf_test");
});

onEveryRuntime("huggingface's client of a single endpoint classifies text", async (scene) => {
  const model = "distilbert-base-uncased-finetuned-sst-2-english";
  const client = new InferenceClient("hf_test").endpoint(`${scene.base("huggingface")}/${model}`);
  const [first] = await client.textClassification({ inputs: "I like you. I love you." });
  assert.equal(first?.label, "POSITIVE");
  assert.deepEqual(scene.reached(), [`POST ${MODELS}/${model}`]);
});

onEveryRuntime("huggingface answers a question", async (scene) => {
  const model = "deepset/roberta-base-squad2";
  const { answer } = await connect(scene, model).questionAnswering({
    inputs: { question: "What is the capital of France?", context: "The capital of France is Paris." },
  });
  assert.equal(answer, "Paris");
  assert.deepEqual(scene.reached(), [`POST ${MODELS}/${model}`]);
});

onEveryRuntime("huggingface gets a picture byte for byte", async (scene) => {
  const model = "stabilityai/stable-diffusion-2";
  const picture = await connect(scene, model).textToImage({
    model,
    inputs:
      "award winning high resolution photo of a giant tortoise/((ladybird)) hybrid, [trending on artstation]",
  }, { outputType: "blob" });
  assert.equal(picture.type, "image/jpeg");
  assert.deepEqual(new Uint8Array(await picture.arrayBuffer()), PICTURE);
  assert.deepEqual(scene.reached(), [`POST ${MODELS}/${model}`]);
});

onEveryRuntime("huggingface sees a provider's 404", async (scene) => {
  const model = "this-model-does-not-exist-123";
  const client = connect(scene, model);
  await assert.rejects(client.fillMask({ inputs: "[MASK] world!" }), (error) => {
    assert.ok(error instanceof InferenceClientProviderApiError);
    assert.equal(error.httpResponse.status, 404);
    assert.deepEqual(error.httpResponse.body, { error: `Model ${model} does not exist` });
    return true;
  });
  assert.deepEqual(scene.reached(), [`POST ${MODELS}/${model}`]);
});

onEveryRuntime("huggingface streams a recorded chat", async (scene) => {
  const model = "mistralai/Mistral-7B-Instruct-v0.2";
  const stream = connect(scene, `${model}/v1`).chatCompletionStream({
    model,
    messages: [{ role: "user", content: "Complete the equation 1+1= ,just the answer" }],
    max_tokens: 500,
    temperature: 0.1,
    seed: 0,
  });
  let text = "";
  for await (const { choices } of stream) text += choices[0]?.delta.content ?? "";
  assert.equal(text, " The answer to the equation 1 + 1 is 2.");
  assert.deepEqual(scene.reached(), [`POST ${MODELS}/${model}/v1/chat/completions`]);
});

onEveryRuntime("huggingface gets a chat completion from another provider", async (scene) => {
  const client = new InferenceClient("hf_test", { endpointUrl: `${scene.base("openai")}/v1` });
  const completion = await client.chatCompletion({
    model: "gpt-4o",
    messages: [{ role: "user", content: "Hi" }],
  });
  assert.equal(completion.choices[0]?.message.content, GREETING);
  assert.deepEqual(scene.reached(), ["POST /v1/chat/completions"]);
});

function connect(scene: Scene, path: string): InferenceClient {
  return new InferenceClient("hf_test", { endpointUrl: `${scene.base("huggingface")}/${path}` });
}
