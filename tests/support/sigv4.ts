/** A request as a signature of AWS sees it. */
export interface Signed {
  readonly url: string;
  readonly method: string;
  readonly headers: Headers;
  readonly body: string;
}

/**
 * The signature that a request should have, by the fields that its `authorization` names, made from AWS's description
 * alone.
 *
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
 */
export async function signatureOf(
  { url, method, headers, body }: Signed,
  secretAccessKey: string,
): Promise<string> {
  const { host, pathname, search } = new URL(url);
  const [, scope = "", names = ""] = /Credential=[^/]+\/([^,]+), SignedHeaders=([^,]+),/.exec(
    headers.get("authorization") ?? "",
  ) ?? [];
  const fields = names.split(";").map((name) => {
    const value = name === "host" ? host : headers.get(name) ?? "";
    return `${name}:${value.trim().replace(/ +/g, " ")}\n`;
  });
  const query = search.slice(1).split("&").sort().join("&");
  const canonical = [method, encode(pathname), query, fields.join(""), names, hex(await sha256(body))].join(
    "\n",
  );
  const date = headers.get("x-amz-date")!;
  const toSign = ["AWS4-HMAC-SHA256", date, scope, hex(await sha256(canonical))].join("\n");
  let key = bytesOf(`AWS4${secretAccessKey}`);
  for (const part of scope.split("/")) key = await hmac(key, part);
  return hex(await hmac(key, toSign));
}

/** Every byte but a letter, a digit, `-`, `_`, `.`, `~` and `/`, a percent sign included. */
function encode(path: string): string {
  const code = (byte: number) => `%${byte.toString(16).toUpperCase().padStart(2, "0")}`;
  return [...path].map((one) => /[\w.~/-]/.test(one) ? one : [...bytesOf(one)].map(code).join("")).join("");
}

function bytesOf(text: string): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(text);
}

function hex(bytes: Uint8Array): string {
  return [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

async function sha256(text: string): Promise<Uint8Array<ArrayBuffer>> {
  return new Uint8Array(await crypto.subtle.digest("SHA-256", bytesOf(text)));
}

async function hmac(secret: Uint8Array<ArrayBuffer>, text: string): Promise<Uint8Array<ArrayBuffer>> {
  const algorithm = { name: "HMAC", hash: "SHA-256" };
  const key = await crypto.subtle.importKey("raw", secret, algorithm, false, ["sign"]);
  return new Uint8Array(await crypto.subtle.sign("HMAC", key, bytesOf(text)));
}
