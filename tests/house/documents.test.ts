import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import process from "node:process";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { parse, type ParseError } from "jsonc-parser";

const root = fileURLToPath(new URL("../../", import.meta.url));
const pages = [
  "README.md",
  "ARCHITECTURE.md",
  "CONTRIBUTING.md",
  "bench/README.md",
  ...readdirSync(join(root, "docs")).filter((name) => name.endsWith(".md")).map((name) => `docs/${name}`),
];
const read = (page: string) => readFileSync(join(root, page), "utf8");

/** The code blocks of a page in one language. */
function blocks(page: string, language: string): string[] {
  return [...read(page).matchAll(/^```(\w+)\n(.*?)^```$/gms)]
    .filter(([, named]) => named === language)
    .map(([, , code]) => code!);
}

test("every TypeScript block of the documents type-checks against the built package", () => {
  const folder = mkdtempSync(join(root, "tests", ".documents-"));
  try {
    const files = pages.flatMap((page) =>
      blocks(page, "ts").map((code, index) => {
        const name = `${page.replace(/\W/g, "-")}-${index}.ts`;
        writeFileSync(join(folder, name), `${code}\nexport {};\n`);
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

for (const page of pages) {
  test(`every link of ${page} leads somewhere`, () => {
    for (const [, target] of read(page).matchAll(/\]\(([^)#:]+)(?:#[^)]*)?\)/g)) {
      assert.ok(existsSync(join(root, dirname(page), target!)), target);
    }
  });

  test(`every JSON block of ${page} can be read`, () => {
    for (const code of [...blocks(page, "json"), ...blocks(page, "jsonc")]) {
      const problems = Math.min(...[code, `{${code}}`].map(countProblems));
      assert.equal(problems, 0, code);
    }
  });
}

/** What is wrong with a text that should be JSON with comments. */
function countProblems(code: string): number {
  const problems: ParseError[] = [];
  parse(code, problems, { allowTrailingComma: true });
  return problems.length;
}
