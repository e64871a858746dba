import { GatewayError } from "../src/index.ts";

/** A service account of Google's, as its key tells. */
export interface Account {
  readonly email: string;
  /** PKCS #8 in PEM. */
  readonly privateKey: string;
  /** What Google calls the key. */
  readonly keyId?: string;
  /** Who gives tokens for it. */
  readonly tokenUri: string;
}

const TOKEN_URI = "https://oauth2.googleapis.com/token";

/**
 * The account of a key; undefined where it is none, but a token.
 *
 * @throws {GatewayError} `key_unavailable`, when something is missing; the key itself is not told
 */
export function readAccount(key: string): Account | undefined {
  const json = key.startsWith("{") ? key : decode(key);
  if (json === undefined) return undefined;
  const { client_email, private_key, private_key_id, token_uri = TOKEN_URI } = parse(json);
  if (typeof client_email !== "string" || typeof private_key !== "string" || !client_email || !private_key) {
    throw unusable("Expected client_email and private_key of a service account");
  }
  if (typeof token_uri !== "string" || !isSafe(token_uri)) throw unusable("token_uri: Expected an https URL");
  const named = typeof private_key_id === "string" && { keyId: private_key_id };
  return { email: client_email, privateKey: private_key, tokenUri: token_uri, ...named };
}

/** JSON that was encoded with base64. */
function decode(key: string): string | undefined {
  if (!/^[A-Za-z0-9+/]+={0,2}$/.test(key) || key.length % 4 !== 0) return undefined;
  const bytes = Uint8Array.from(atob(key), (char) => char.charCodeAt(0));
  const text = new TextDecoder().decode(bytes);
  return /^\s*\{[^]*\}\s*$/.test(text) ? text : undefined;
}

/** What a parser says of a text may quote it, so that it is not told. */
function parse(json: string): Readonly<Record<string, unknown>> {
  try {
    return JSON.parse(json);
  } catch {
    throw unusable("Expected JSON");
  }
}

/** What is sent there opens the account, so that nobody else may read it. */
function isSafe(address: string): boolean {
  if (!URL.canParse(address)) return false;
  const { protocol, hostname, username, password } = new URL(address);
  const local = protocol === "http:" && ["localhost", "127.0.0.1", "[::1]"].includes(hostname);
  return (protocol === "https:" || local) && !username && !password;
}

/** An error that a client may read. */
export function unusable(why: string, cause?: unknown): GatewayError {
  const message = `The gateway's key for Google cannot be used: ${why}`;
  return new GatewayError("key_unavailable", message, cause === undefined ? {} : { cause });
}
