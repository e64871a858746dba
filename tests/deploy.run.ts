import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { after, test } from "node:test";
import { root, run } from "./packages/project.ts";
import { copied, listOf, readDockerfile } from "./support/dockerfile.ts";
import { bun, node, type Program, start } from "./support/program.ts";
import { checkPlain, checkStream, standin } from "./support/standin.ts";

const read = (path: string) => readFileSync(join(root, path), "utf8");
const image = readDockerfile(read("Dockerfile"));
const unit = read("examples/waygate.service");
const shelf = mkdtempSync(join(tmpdir(), "waygate-deploy-"));
after(() => rmSync(shelf, { recursive: true, force: true }));

/** A command as it stands in a file, with other programs, paths and ports. */
function translate(words: readonly string[], table: Readonly<Record<string, string>>): string[] {
  return words.map((word) =>
    Object.entries(table).reduce((word, [from, to]) => word.replace(from, to), word)
  );
}

/** Settings with one provider, in a file. */
function writeSettings(base: string): string {
  const file = join(shelf, "waygate.jsonc");
  writeFileSync(file, JSON.stringify({ providers: { ollama: { base } } }));
  return file;
}

/** The port of a program that was started on a free one. */
async function portOf(program: Program): Promise<string> {
  return new URL(await program.url()).port;
}

test("what the Dockerfile copies is there, and .dockerignore lets it through", () => {
  const ignored = read(".dockerignore").split("\n");
  const paths = copied(image);
  assert.deepEqual(
    [...new Set(paths)].sort(),
    ignored.filter((line) => line.startsWith("!")).map((line) => line.slice(1)).sort(),
  );
  for (const path of paths) assert.ok(existsSync(join(root, path)), path);
});

test("the Dockerfile names the runtimes that the tests run on, and a user that is not root", () => {
  const { devDependencies } = JSON.parse(read("package.json"));
  const bases = image.filter(({ name }) => name === "FROM").map(({ words }) => words);
  const [major] = devDependencies.node.split(".");
  assert.deepEqual(bases, [`node:${major}-alpine AS packages`, `oven/bun:${devDependencies.bun}-alpine`]);
  assert.equal(image.findLast(({ name }) => name === "USER")?.words, "bun");
});

test("what the Dockerfile builds serves, tells its health, and writes nothing beside its code", async () => {
  const app = join(shelf, "app");
  for (const path of copied(image)) cpSync(join(root, path), join(app, path), { recursive: true });
  const [install = ""] = image.filter(({ name }) => name === "RUN").map(({ words }) => words);
  assert.match(install, /^npm ci /);
  run("npm", [...install.split(" ").slice(1), "--prefer-offline", "--no-audit", "--no-fund"], app);
  const files = readdirSync(app, { recursive: true }).sort();

  const provider = await standin();
  const settings = writeSettings(`${provider.url}/v1`);
  const table = { "/var/lib/waygate": shelf, "0.0.0.0": "127.0.0.1", "8787": "0" };
  const [, ...command] = listOf(image, "ENTRYPOINT");
  const server = start([bun, ...translate(command, table), "--config", settings], {}, app);
  try {
    const port = await portOf(server);
    await checkPlain(`http://127.0.0.1:${port}`, provider);
    await checkStream(`http://127.0.0.1:${port}`, provider);
    const health = (port: string) => {
      const [, ...check] = listOf(image, "HEALTHCHECK");
      return spawnSync(bun, translate(check, { "8787": port }), { cwd: app }).status;
    };
    assert.equal(health(port), 0);
    assert.equal(await server.stop(), 0);
    assert.notEqual(health(port), 0);
    assert.deepEqual(readdirSync(app, { recursive: true }).sort(), files);
    assert.ok(existsSync(join(shelf, "store.db")) && existsSync(join(shelf, "logs.db")));
  } finally {
    await server.stop();
    await provider.stop();
  }
});

test("systemd-analyze finds nothing in the unit, and little that it leaves open", (context) => {
  if (spawnSync("systemd-analyze", ["--version"]).status !== 0) {
    return context.skip("there is no systemd-analyze");
  }
  const file = join(shelf, "waygate.service");
  writeFileSync(file, unit.replace("/usr/bin/node", process.execPath));
  const { status, stderr } = spawnSync("systemd-analyze", ["verify", "--man=no", file], { encoding: "utf8" });
  assert.deepEqual([status, stderr], [0, ""]);
  run("systemd-analyze", ["security", "--offline=yes", "--threshold=20", file], shelf);
});

test("the command of the unit serves, takes other settings, and ends when it is told to", async () => {
  const provider = await standin();
  const settings = writeSettings("http://127.0.0.1:9/v1");
  const [, line = ""] = /^ExecStart=(.*)$/m.exec(unit.replace(/\\\n\s*/g, "")) ?? [];
  const server = start([
    ...translate(line.split(" "), {
      "/usr/bin/node": node,
      "/opt/waygate/lib/node_modules/waygate": root.slice(0, -1),
      "/etc/waygate/waygate.jsonc": settings,
      "/var/lib/waygate": shelf,
    }),
    "--port",
    "0",
  ]);
  try {
    const url = await server.url();
    writeSettings(`${provider.url}/v1`);
    server.signal("SIGHUP");
    await server.says(/these settings count/);
    await checkPlain(url, provider);
    assert.equal(await server.stop(), 0);
  } finally {
    await server.stop();
    await provider.stop();
  }
});
