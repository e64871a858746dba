import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { pathToFileURL } from "node:url";
import { startWorkerd } from "../adapters/cli/workerd.ts";
import { entries, entriesFor, optional } from "./packages/entries.ts";
import { install, pack, root, run } from "./packages/project.ts";
import { bun, deno, node, start } from "./support/program.ts";
import { checkPlain, checkStream, standin } from "./support/standin.ts";

const manifest = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
const shelf = mkdtempSync(join(tmpdir(), "waygate-package-"));
const tarball = pack(shelf);
const whole = install(tarball);
const bare = install(tarball, "--omit=optional");
after(() => {
  whole.remove();
  bare.remove();
  rmSync(shelf, { recursive: true, force: true });
});

/** A module that says what each entry exports. */
const telling = (names: readonly string[], say: string) =>
  `${names.map((name, at) => `import * as entry${at} from ${JSON.stringify(name)};\n`).join("")}` +
  `const told = { ${
    names.map((name, at) => `${JSON.stringify(name)}: Object.keys(entry${at})`).join(", ")
  } };\n` +
  `${say}\n`;

/** Every entry is there, and none is empty. */
function checkTold(told: Readonly<Record<string, readonly string[]>>, names: readonly string[]): void {
  assert.deepEqual(Object.keys(told), names);
  for (const [name, exported] of Object.entries(told)) assert.notEqual(exported.length, 0, name);
}

test("every entry of the package says for which runtimes it is", () => {
  assert.deepEqual(
    Object.keys(entries),
    Object.keys(manifest.exports).map((name) => `waygate${name.slice(1)}`),
  );
});

for (const name of Object.keys(manifest.bin ?? {})) {
  test(`the command ${name} runs from an installed package`, () => {
    assert.match(
      run(join(whole.folder, "node_modules/.bin", name), ["--help"], whole.folder),
      new RegExp(name),
    );
  });
}

test("the tarball holds no module whose source is gone", () => {
  const packed = run("tar", ["-tzf", tarball], root).trim().split("\n");
  const modules = packed.filter((path) => path.endsWith(".js")).map((path) =>
    path.replace("package/dist/", "").replace(/js$/, "ts")
  );
  assert.ok(modules.length > 100);
  for (const module of modules) assert.ok(readFileSync(join(root, module)).length > 0, module);
});

test("publint finds nothing in the tarball", () => {
  run(join(root, "node_modules/.bin/publint"), ["run", tarball, "--strict"], root);
});

test("the types of every entry resolve as its code does", () => {
  run(join(root, "node_modules/.bin/attw"), [tarball, "--profile", "esm-only", "--no-emoji"], root);
});

test("the types of every entry hold for a user who checks those of libraries, too", () => {
  whole.write("types.ts", telling(Object.keys(entries), "export { told };"));
  const compilerOptions = {
    target: "ES2023",
    lib: ["ES2023", "DOM", "DOM.Iterable", "DOM.AsyncIterable"],
    module: "NodeNext",
    types: ["node"],
    typeRoots: [join(root, "node_modules/@types")],
    strict: true,
    exactOptionalPropertyTypes: true,
    skipLibCheck: false,
    noEmit: true,
  };
  whole.write("tsconfig.json", JSON.stringify({ compilerOptions, files: ["types.ts"] }));
  run(node, [join(root, "node_modules/typescript/bin/tsc"), "-p", whole.folder], whole.folder);
});

const commands = {
  Node: { load: [node], serve: [node, "node.ts"] },
  Bun: { load: [bun], serve: [bun, "run", "bun.ts"] },
  Deno: {
    load: [deno, "run", "-A"],
    serve: [deno, "serve", "-A", "--host", "127.0.0.1", "--port", "0", "deno.ts"],
  },
} as const;

for (const runtime of ["Node", "Deno", "Bun"] as const) {
  const { load: [program, ...args], serve } = commands[runtime];

  test(`every entry for ${runtime} loads from an installed package`, () => {
    const names = entriesFor(runtime);
    const file = whole.write(`${runtime}.mjs`, telling(names, "console.log(JSON.stringify(told));"));
    checkTold(JSON.parse(run(program, [...args, file], whole.folder)), names);
  });

  test(`on ${runtime} an installed package serves an answer and a stream`, async () => {
    whole.copy(`examples/${serve.at(-1)}`);
    const provider = await standin();
    const server = start(serve, { OLLAMA_URL: `${provider.url}/v1` }, whole.folder);
    try {
      const url = await server.url();
      await checkPlain(url, provider);
      await checkStream(url, provider);
    } finally {
      await server.stop();
      await provider.stop();
    }
  });
}

test("every entry for Workers loads in workerd from an installed package that was bundled", async () => {
  const names = entriesFor("workerd");
  const file = whole.write(
    "entries.ts",
    telling(names, "export default { fetch: () => Response.json(told) };"),
  );
  const { url, process: workerd } = await startWorkerd(pathToFileURL(file), { port: 0 });
  try {
    checkTold(await (await fetch(url)).json(), names);
  } finally {
    workerd.kill();
  }
});

test("on workerd an installed package serves an answer and a stream", async () => {
  const provider = await standin();
  const bindings = { OLLAMA_URL: `${provider.url}/v1` };
  const entry = pathToFileURL(whole.copy("examples/workers.ts"));
  const { url, process: workerd } = await startWorkerd(entry, { port: 0, bindings });
  try {
    await checkPlain(url, provider);
    await checkStream(url, provider);
  } finally {
    workerd.kill();
    await provider.stop();
  }
});

test("without the optional packages every entry loads that needs none of them, and no other", () => {
  const text = (name: string) =>
    `await import(${JSON.stringify(name)}).then(() => console.log("${name}"), () => {});`;
  const names = Object.keys(entries);
  const file = bare.write("optional.mjs", names.map(text).join("\n"));
  const loaded = run(node, [file], bare.folder).trim().split("\n");
  assert.deepEqual(loaded, names.filter((name) => !optional.includes(name)));
});
