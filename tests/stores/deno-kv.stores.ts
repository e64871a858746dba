import { test } from "node:test";

if ("Deno" in globalThis) await import("./deno-kv-on-deno.ts");
else test("deno-kv: nothing is tested here, because only Deno has a Deno KV", { skip: true }, () => {});
