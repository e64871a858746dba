import assert from "node:assert/strict";
import Replicate from "replicate";
import { type Scene, setUp } from "./support/scene.ts";

const { onEveryRuntime } = setUp();

const API = "/api.replicate.com/v1";

const input = {
  prompt:
    "black forest gateau cake spelling out the words FLUX SCHNELL, tasty, food photography, dynamic shot",
};

onEveryRuntime(
  "replicate creates a prediction of a model, and the URLs in it stay as they are",
  async (scene) => {
    const model = "black-forest-labs/flux-schnell";
    const prediction = await connect(scene).predictions.create({ model, input });
    assert.equal(prediction.urls.get, `https://api.replicate.com/v1/predictions/${prediction.id}`);
    assert.deepEqual(scene.reached(), [`POST ${API}/models/${model}/predictions`]);
    assert.equal(scene.sightings()[0]?.headers["authorization"], "Bearer r8_test");
  },
);

onEveryRuntime("replicate creates a prediction of a version and asks the provider to wait", async (scene) => {
  const version = "5599ed30703defd1d160a25a63321b4dec97101d98b4674bcc56e41f62f35637";
  const prediction = await connect(scene).predictions.create({ version, input, wait: 5 });
  assert.equal(prediction.id, "t6p3z973p9rj60cmjfcavckd18");
  assert.deepEqual(scene.reached(), [`POST ${API}/predictions`]);
  assert.equal(scene.sightings()[0]?.headers["prefer"], "wait=5");
});

onEveryRuntime("replicate may have /v1 in its base URL", async (scene) => {
  const version = "5599ed30703defd1d160a25a63321b4dec97101d98b4674bcc56e41f62f35637";
  const prediction = await connect(scene, "/v1").predictions.create({ version, input });
  assert.equal(prediction.status, "processing");
  assert.deepEqual(scene.reached(), [`POST ${API}/predictions`]);
});

function connect(scene: Scene, path = ""): Replicate {
  return new Replicate({
    auth: "r8_test",
    baseUrl: scene.base("replicate") + path,
    useFileOutput: false,
  });
}
