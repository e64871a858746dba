import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../../", import.meta.url));
const read = (path: string) => readFileSync(join(root, path), "utf8");
const list = (folder: string) =>
  readdirSync(join(root, folder), { recursive: true, encoding: "utf8" }).filter((path) =>
    path.endsWith(".ts")
  );

/** The floors of `src` as ARCHITECTURE.md lists them, by file or folder; 0 is the lowest. */
const floors = readFloors();

function readFloors(): ReadonlyMap<string, number> {
  const [, list = ""] = /^## Floors$[^]*?^```\n([^]*?)^```$/m.exec(read("ARCHITECTURE.md")) ?? [];
  let floor = -1;
  return new Map(
    list.split(/\s+/).filter(Boolean).flatMap((word) => {
      if (/^\d$/.test(word)) floor = Number(word);
      return /^\d$/.test(word) ? [] : [[word.endsWith("/") ? word : `${word}.ts`, floor] as const];
    }),
  );
}

/** A file stands where it is listed, or else its folder. */
const floorOf = (file: string) => floors.get(file) ?? floors.get(file.slice(0, file.indexOf("/") + 1)) ?? -1;

/** What a file of `src` imports for use at run time, relative to `src`. */
function importsOf(file: string): string[] {
  return [...read(`src/${file}`).matchAll(/^(?:import|export) (?!type )[^;]*? from "(\.[^"]+)";$/gm)]
    .map(([, path]) => relative(".", join(dirname(file), path!)));
}

/** `testing/` tests the house and stands outside of it. */
const isTesting = (file: string) => file.startsWith("testing/");

test("every file of src stands on a floor and imports only from its own or from below", () => {
  for (const file of list("src").filter((file) => !isTesting(file))) {
    assert.notEqual(floorOf(file), -1, `${file} stands on no floor`);
    for (const path of importsOf(file)) {
      assert.ok(floorOf(path) <= floorOf(file), `${file} imports ${path} from above`);
    }
  }
});

test("every file and folder that ARCHITECTURE.md puts on a floor is there", () => {
  const files = list("src");
  for (const place of floors.keys()) assert.ok(files.some((file) => file.startsWith(place)), place);
});

test("layers never import each other", () => {
  const isLayer = (file: string) => /^(steps|plans)\//.test(file);
  for (const file of list("src").filter(isLayer)) {
    assert.deepEqual(importsOf(file).filter(isLayer), [], file);
  }
});

test("waygate/testing and what it tests import nothing of each other", () => {
  for (const file of list("src")) {
    for (const [, path] of read(`src/${file}`).matchAll(/ from "(\.[^"]+)";$/gm)) {
      assert.equal(isTesting(join(dirname(file), path!)), isTesting(file), `${file} imports ${path}`);
    }
  }
});

test("getters stand in classes: V8 gives every object that has one of its own a hidden class of its own", () => {
  for (const file of list("src").filter((file) => !isTesting(file))) {
    assert.equal(/^ {4,}get \w+\(/m.exec(read(`src/${file}`)), null, file);
  }
});

test("nothing in src names a runtime", () => {
  for (const file of list("src")) {
    const named = /\b(Deno|Bun|process|Buffer)\.|from "(node|bun|cloudflare):/.exec(read(`src/${file}`));
    assert.equal(named, null, file);
  }
});

test("the core depends on itty-router and valibot, and on nothing else", () => {
  const packages = new Set<string>();
  for (const file of list("src")) {
    for (const [, name] of read(`src/${file}`).matchAll(/ from "([^."][^"]*)";$/gm)) packages.add(name!);
  }
  assert.deepEqual([...packages].sort(), ["itty-router", "valibot"]);
  assert.deepEqual(Object.keys(JSON.parse(read("package.json")).dependencies), ["itty-router", "valibot"]);
});

test("adapters import nothing of src but its public face", () => {
  for (const file of list("adapters")) {
    for (const [, path] of read(`adapters/${file}`).matchAll(/ from "(?:\.\.\/)+src\/([^"]+)";$/gm)) {
      if (isTesting(file) && isTesting(path!)) continue;
      assert.ok(path === "index.ts" || path === "types.ts", `${file} imports src/${path}`);
    }
  }
});

test("adapters are thin: at most 60 lines", () => {
  for (const name of ["deno", "bun", "workers", "node"]) {
    const lines = read(`adapters/${name}.ts`).trimEnd().split("\n").length;
    assert.ok(lines <= 60, `${name}.ts has ${lines} lines`);
  }
});

test("deno.json and package.json export the same things, at the same version, with the same packages", () => {
  const deno = JSON.parse(read("deno.json"));
  const node = JSON.parse(read("package.json"));
  const sources = Object.fromEntries(
    Object.entries<{ default: string }>(node.exports).map((
      [name, { default: path }],
    ) => [name, path.replace("./dist/", "./").replace(".js", ".ts")]),
  );
  assert.deepEqual(deno.exports, sources);
  assert.equal(deno.version, node.version);
  const wanted = { ...node.dependencies, ...node.optionalDependencies };
  const mapped = Object.fromEntries(
    Object.entries<string>(wanted).map(([name, at]) => [name, `npm:${name}@${at}`]),
  );
  assert.deepEqual(deno.imports, mapped);
});

test("no lock file carries a download address", () => {
  assert.doesNotMatch(read("package-lock.json"), /"resolved"|https?:\/\/[^"]*\.tgz/);
});
