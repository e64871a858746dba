import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import process from "node:process";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { parse, type ParseError } from "jsonc-parser";
import { createGateway, type Settings } from "../../src/index.ts";
import { anchorsOf, blocksOf, linksOf } from "../documents/markdown.ts";
import { pages } from "../documents/pages.ts";

const root = fileURLToPath(new URL("../../", import.meta.url));
const read = (path: string) => readFileSync(join(root, path), "utf8");

/** The code blocks of a page in one language. */
const blocks = (page: string, ...languages: readonly string[]) =>
  blocksOf(read(page)).filter(({ language }) => languages.includes(language)).map(({ code }) => code);

test("every TypeScript block of the documents type-checks against the built package", () => {
  const folder = mkdtempSync(join(root, "tests", ".documents-"));
  try {
    const files = pages.flatMap(({ path }) =>
      blocks(path, "ts").map((code, index) => {
        const name = `${path.replace(/\W/g, "-")}-${index}.ts`;
        writeFileSync(join(folder, name), `${settle(code)}\nexport {};\n`);
        return name;
      })
    );
    writeFileSync(
      join(folder, "tsconfig.json"),
      JSON.stringify({
        extends: "../../adapters/tsconfig.json",
        compilerOptions: { noUnusedLocals: false },
        include: [],
        files,
      }),
    );
    const { stdout, status } = spawnSync(process.execPath, [
      join(root, "node_modules/typescript/bin/tsc"),
      "-p",
      folder,
    ], { encoding: "utf8" });
    assert.equal(status, 0, stdout);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

/** A block whose first line names a file of `src/…/` imports what such a file would. */
function settle(code: string): string {
  return code.startsWith("// src/") ? code.replaceAll('from "../', 'from "../../src/') : code;
}

test("every page of docs is reached from the README", () => {
  const reached = new Set(["README.md"]);
  for (const page of reached) {
    for (const link of linksOf(read(page))) {
      const [target = ""] = link.split("#");
      if (target.endsWith(".md") && !link.includes(":")) reached.add(join(dirname(page), target));
    }
  }
  const lost = pages.filter(({ path }) => path.startsWith("docs/") && !reached.has(path));
  assert.deepEqual(lost, []);
});

for (const { path: page } of pages) {
  test(`every link of ${page} leads somewhere`, () => {
    for (const link of linksOf(read(page))) {
      if (/^[a-z]+:/.test(link)) continue;
      const [target = "", anchor] = link.split("#");
      const path = target ? join(dirname(page), target) : page;
      assert.ok(existsSync(join(root, path)), link);
      if (anchor !== undefined) assert.ok(anchorsOf(read(path)).has(anchor), link);
    }
  });

  test(`every JSON block of ${page} can be read, and settings are taken by a gateway`, () => {
    for (const code of blocks(page, "json", "jsonc")) {
      const value = [code, `{${code}}`].map(readJson).find((read) => read !== undefined);
      assert.ok(value, code);
      const settings = settingsIn(value);
      if (settings) delete (settings as { $schema?: string }).$schema; // Of a file, not of its settings.
      if (settings) assert.ok(createGateway({ price: () => 0, ...settings }), code);
    }
  });

  test(`every command of ${page} is there`, () => {
    for (const [, name = ""] of read(page).matchAll(/\bnpm run (?:-s )?([\w:-]+)/g)) {
      assert.ok(Object.hasOwn(scripts, name), `npm run ${name}`);
    }
    for (const [, name = ""] of read(page).matchAll(/\bdeno task ([\w:-]+)/g)) {
      assert.ok(Object.hasOwn(tasks, name), `deno task ${name}`);
    }
    for (const [, flags = ""] of read(page).matchAll(/(?<=`|\s)-- (--[^`#]+)/g)) {
      for (const [, flag = ""] of flags.matchAll(/--([\w-]+)/g)) {
        assert.match(sources, new RegExp(`\\b${flag}"?: (\\{ type: "|text\\b|flag\\b)`), `--${flag}`);
      }
    }
    for (const code of blocks(page, "sh")) {
      for (const [file] of code.matchAll(/\b(?:examples|adapters|tests|bench)\/[\w./-]+\.ts\b/g)) {
        assert.ok(existsSync(join(root, file)), file);
      }
    }
  });
}

test("every file that ARCHITECTURE.md names is there", () => {
  const files = ["src", "adapters", "tests"].flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, encoding: "utf8" }).map((path) => `/${folder}/${path}`)
  );
  for (const [, name] of read("ARCHITECTURE.md").matchAll(/`([a-z/-]+\.ts)`/g)) {
    assert.ok(files.some((path) => path.endsWith(`/${name}`)), name);
  }
});

const { scripts }: { readonly scripts: object } = JSON.parse(read("package.json"));
const { tasks }: { readonly tasks: object } = JSON.parse(read("deno.json"));

/** The programs that take flags. */
const sources = ["adapters/cli", "bench"].flatMap((folder) =>
  readdirSync(join(root, folder)).filter((name) => name.endsWith(".ts")).map((name) =>
    read(`${folder}/${name}`)
  )
).join("\n");

/** JSON with comments; undefined where it is none. */
function readJson(code: string): unknown {
  const problems: ParseError[] = [];
  const value = parse(code, problems, { allowTrailingComma: true });
  return problems.length === 0 ? value : undefined;
}

/** The settings that a block shows: all of them, or those of a gateway id. */
function settingsIn(value: unknown): Settings | undefined {
  if (typeof value !== "object" || value === null) return undefined;
  if ("prod" in value) return { gateways: value as NonNullable<Settings["gateways"]> };
  const known = ["gateways", "providers", "defaults", "breaker"];
  return Object.keys(value).some((name) => known.includes(name)) ? value : undefined;
}
