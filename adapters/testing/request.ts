import { Buffer } from "node:buffer";
import type { Intake } from "./intake.ts";

/** The head of a request. */
export interface Head {
  readonly method: string;
  readonly path: string;
  readonly headers: readonly (readonly [name: string, value: string])[];
}

/** Reads a head as it stands on the wire. @throws when the connection ends before it has come */
export async function readHead(intake: Intake): Promise<Head> {
  const [line = "", ...fields] = (await intake.until("\r\n\r\n")).trim().split("\r\n");
  const [method = "", target = "/"] = line.split(" ");
  const headers = fields.map((field) => {
    const at = field.indexOf(":");
    return [field.slice(0, at), field.slice(at + 1).trim()] as const;
  });
  return { method, path: target.replace(/^https?:\/\/[^/]*/, ""), headers };
}

/** Reads the body that a head announces, as text. */
export async function readBody(intake: Intake, { headers }: Head): Promise<string> {
  const value = (wanted: string) => headers.find(([name]) => name.toLowerCase() === wanted)?.[1];
  const isChunked = value("transfer-encoding")?.toLowerCase().endsWith("chunked");
  const bytes = isChunked
    ? await readChunks(intake)
    : await intake.take(Number(value("content-length") ?? 0));
  return Buffer.from(bytes, "latin1").toString();
}

async function readChunks(intake: Intake): Promise<string> {
  let body = "";
  for (;;) {
    const size = parseInt(await intake.until("\r\n"), 16);
    if (!(size > 0)) break;
    body += await intake.take(size);
    await intake.take(2);
  }
  while (await intake.until("\r\n") !== "\r\n");
  return body;
}
