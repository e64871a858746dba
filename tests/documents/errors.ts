import { readFileSync } from "node:fs";
import { type ErrorCode, GatewayError } from "../../src/errors.ts";
import { code, table } from "../matrix/markdown.ts";

/** Everything that the gateway itself may answer. */
export function errorsTable(): string {
  const source = readFileSync(new URL("../../src/errors.ts", import.meta.url), "utf8");
  const [, union = ""] = /^export type ErrorCode =([^;]*);/m.exec(source) ?? [];
  const codes = [...union.matchAll(/"(\w+)"/g)].map(([, name]) => name as ErrorCode);
  const errors = codes.map((name) => new GatewayError(name));
  const lines = errors.map((
    { code: name, internalCode, status, message },
  ) => [code(name), String(internalCode), String(status), message]);
  return table(["word", "code", "status", "says"], lines);
}
