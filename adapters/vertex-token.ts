import { importPKCS8, SignJWT } from "jose";
import type { Call } from "../src/index.ts";
import { type Account, unusable } from "./vertex-account.ts";
import { within } from "./within.ts";

/** What opens Vertex AI for a while. */
export interface Token {
  readonly text: string;
  /** When to ask for another, in ms since the epoch. */
  readonly expires: number;
}

const SCOPE = "https://www.googleapis.com/auth/cloud-platform";
const GRANT = "urn:ietf:params:oauth:grant-type:jwt-bearer";
/** How long before its end a token is left alone, in s. */
const MARGIN = 60;

/** When a token is asked for, and for how long. */
export interface Asking {
  /** In ms since the epoch. */
  readonly now: number;
  /** In ms. */
  readonly timeout: number;
}

/**
 * Asks for an access token of a service account.
 *
 * @throws {GatewayError} `key_unavailable`, with status and error word of who refuses; the call's reason, if it aborts
 * @see https://developers.google.com/identity/protocols/oauth2/service-account#httprest
 */
export async function exchange(
  account: Account,
  { fetch, signal }: Call,
  { now, timeout }: Asking,
): Promise<Token> {
  const over = new AbortController();
  try {
    const grant = { grant_type: GRANT, assertion: await claim(account, now) };
    const answer = await within(timeout, signal, post(account.tokenUri, grant, fetch, over.signal));
    if (!answer) throw unusable(`No token within ${timeout} ms`);
    return readToken(answer, now);
  } finally {
    over.abort();
  }
}

/** A claim to be the account, signed with its key, for an hour. */
async function claim({ email, privateKey, keyId, tokenUri }: Account, now: number): Promise<string> {
  const seconds = Math.floor(now / 1000);
  try {
    return await new SignJWT({ scope: SCOPE })
      .setProtectedHeader({ alg: "RS256", typ: "JWT", ...(keyId !== undefined && { kid: keyId }) })
      .setIssuer(email)
      .setAudience(tokenUri)
      .setIssuedAt(seconds)
      .setExpirationTime(seconds + 3600)
      .sign(await importPKCS8(privateKey.trim(), "RS256"));
  } catch (cause) {
    throw unusable("private_key: Expected PKCS #8 in PEM", cause);
  }
}

/** What came of a request for a token. */
interface Answer {
  readonly status: number;
  readonly body: Readonly<Record<string, unknown>>;
}

async function post(
  url: string,
  form: Readonly<Record<string, string>>,
  fetch: Call["fetch"],
  signal: AbortSignal,
): Promise<Answer> {
  const response = await fetch(url, {
    method: "POST",
    headers: {
      "accept": "application/json",
      "accept-encoding": "identity",
      "content-type": "application/x-www-form-urlencoded",
    },
    body: new TextEncoder().encode(new URLSearchParams(form).toString()),
    redirect: "manual",
    signal,
  }).catch((cause) => {
    throw unusable("No answer from who gives tokens", cause);
  });
  const body = await response.json().catch(() => undefined);
  return { status: response.status, body: body ?? {} };
}

/** Whatever the answer says besides is not told: it may repeat what it was sent. */
function readToken({ status, body }: Answer, now: number): Token {
  const { access_token, expires_in, error } = body;
  if (status !== 200) {
    const word = typeof error === "string" && /^[a-z_]{1,40}$/.test(error) ? ` ${error}` : "";
    throw unusable(`Who gives tokens answered ${status}${word}`);
  }
  if (typeof access_token !== "string" || !/^[\x21-\x7e]+$/.test(access_token)) {
    throw unusable("Who gives tokens gave none");
  }
  const lasts = typeof expires_in === "number" ? expires_in - MARGIN : 0;
  return { text: access_token, expires: now + lasts * 1000 };
}
