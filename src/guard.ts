import { GatewayError, wrong } from "./errors.ts";
import { credentialsIn, type Parted, without } from "./headers.ts";
import type { GatewaySettings } from "./public.ts";
import { createTokens } from "./tokens.ts";
import type { Digest, Fields } from "./types.ts";

/** Keeps strangers out of a gateway, and its tokens away from providers. */
export interface Guard {
  /**
   * Lets a request in that carries a token in `cf-aig-authorization`, or else where the provider's key goes, or that
   * `verify` vouches for.
   *
   * @returns the same fields without the token, and who it is
   * @throws {GatewayError} `unauthorized`
   */
  admit(request: Request, parted: Parted, sha256: Digest): Promise<Admitted>;
  /**
   * The header fields of a step without tokens in place of its credentials.
   *
   * @throws {GatewayError} `invalid`, when its endpoint has a token in its query
   */
  strip(headers: Fields, endpoint: string, sha256: Digest): Promise<Fields>;
}

/** Header fields without tokens, and whose the last one was. */
interface Found {
  readonly rest: Fields;
  readonly caller?: string;
}

/** A request that was let in. */
export interface Admitted extends Parted {
  /** Who it is: a token, a name that `verify` gave, or a request of his own; no two kinds are ever equal. */
  readonly caller: string;
}

/** The guard of a gateway; none where everybody may come in. */
export function createGuard({ authentication, tokens = [], verify }: GatewaySettings): Guard | undefined {
  if (!authentication) return undefined;
  const known = createTokens(tokens);

  /** Takes tokens out of the places of credentials, whatever stands around them, and tells whose the last one was. */
  async function takeOut(headers: Fields, sha256: Digest): Promise<Found> {
    let found: Found = { rest: headers };
    for (const [name, value] of credentialsIn(headers)) {
      for (const word of wordsIn([value], name)) {
        const caller = await known.nameOf(word, sha256);
        if (caller !== undefined) found = { rest: without(found.rest, name), caller };
      }
    }
    return found;
  }

  async function admit(request: Request, { forward, knobs }: Parted, sha256: Digest): Promise<Admitted> {
    await checkQuery(request.url, sha256);
    const token = knobs?.["cf-aig-authorization"]?.replace(/^bearer\s+/i, "");
    const { rest, caller: inside } = await takeOut(forward, sha256);
    const caller = (token === undefined ? inside : await known.nameOf(token, sha256)) ??
      await vouch(request, sha256);
    if (caller === undefined) throw new GatewayError("unauthorized");
    return { forward: rest, knobs, caller };
  }

  async function vouch(request: Request, sha256: Digest): Promise<string | undefined> {
    const verdict = await verify?.(headOf(request));
    if (verdict === true) return `request ${await sha256(JSON.stringify(identityOf(request)))}`;
    return verdict ? `verified ${verdict}` : undefined;
  }

  async function checkQuery(url: string, sha256: Digest): Promise<void> {
    const at = url.indexOf("?");
    if (at < 0) return;
    for (const word of wordsIn([...new URLSearchParams(url.slice(at))].flat(), "query")) {
      if (await known.nameOf(word, sha256) === undefined) continue;
      throw wrong("query", "the gateway's token in a header field");
    }
  }

  async function strip(headers: Fields, endpoint: string, sha256: Digest): Promise<Fields> {
    await checkQuery(endpoint, sha256);
    return (await takeOut(headers, sha256)).rest;
  }

  return { admit, strip };
}

/** Most words that are looked at: each costs a hash, and nobody has been let in yet. */
const MOST_WORDS = 200;

/** The different words of some texts. @throws {GatewayError} `invalid`, when there are too many to look at */
function wordsIn(texts: readonly string[], name: string): Iterable<string> {
  const words = new Set(texts.flatMap((text) => text.split(/[\s,"]+/)));
  words.delete("");
  if (words.size <= MOST_WORDS) return words;
  throw wrong(name, `at most ${MOST_WORDS} words`);
}

/** All that `verify` may have gone by: who says something else may be somebody else. */
function identityOf({ headers, url }: Request): readonly unknown[] {
  return [[...headers], url.slice(url.indexOf("?") + 1 || url.length)];
}

/** A request as far as it may be read without spoiling it. */
function headOf({ url, method, headers }: Request): Request {
  return new Request(url, { method, headers });
}
