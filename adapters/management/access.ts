import { hexDigest } from "../hex-digest.ts";

/** A token, or its hash, so that the configuration keeps no secret. */
export type AdminToken = string | {
  /** SHA-256 of the token as UTF-8, in 64 hexadecimal digits. */
  readonly sha256: string;
};

/**
 * Tells whether a request carries the administrator's token.
 *
 * @param token without one, or with an empty one, nobody does
 * @throws where the hash is none
 */
export function createAccess(token: AdminToken | undefined): (request: Request) => Promise<boolean> {
  if (typeof token === "object" && !/^[0-9a-f]{64}$/i.test(token.sha256)) {
    throw new TypeError("options.token.sha256: Expected 64 hexadecimal digits");
  }
  return async ({ headers }) => {
    const carried = /^bearer +(\S+)$/i.exec(headers.get("authorization") ?? "")?.[1];
    if (!token || carried === undefined) return false;
    const wanted = typeof token === "string" ? await sha256(token) : token.sha256.toLowerCase();
    return equal(await sha256(carried), wanted);
  };
}

const sha256 = (text: string) => hexDigest(new TextEncoder().encode(text));

/** Takes the same time wherever two hashes differ. */
function equal(one: string, other: string): boolean {
  let difference = one.length ^ other.length;
  for (let at = 0; at < one.length; at++) difference |= one.charCodeAt(at) ^ other.charCodeAt(at);
  return difference === 0;
}
