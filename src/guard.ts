import { GatewayError } from "./errors.ts";
import { credentialsIn, type Parted, without } from "./headers.ts";
import type { GatewaySettings } from "./public.ts";
import { createTokens } from "./tokens.ts";
import type { Fields } from "./types.ts";

/** Keeps strangers out of a gateway, and its tokens away from providers. */
export interface Guard {
  /**
   * Lets a request in that carries a token in `cf-aig-authorization`, or else where the provider's key goes, or that
   * `verify` vouches for.
   *
   * @returns the same fields without the token, and who it is
   * @throws {GatewayError} `unauthorized`
   */
  admit(request: Request, parted: Parted): Promise<Admitted>;
  /** The header fields of a step without tokens in place of its credentials. */
  strip(headers: Fields): Promise<Fields>;
}

/** A request that was let in. */
export interface Admitted extends Parted {
  /** Name or hash of its token, or what `verify` called it. */
  readonly caller: string;
}

/** The guard of a gateway; none where everybody may come in. */
export function createGuard({ authentication, tokens = [], verify }: GatewaySettings): Guard | undefined {
  if (!authentication) return undefined;
  const known = createTokens(tokens);

  /** Takes tokens out of the places of credentials, and tells whose the last one was. */
  async function takeOut(headers: Fields): Promise<{ readonly rest: Fields; readonly caller?: string }> {
    let found: { readonly rest: Fields; readonly caller?: string } = { rest: headers };
    for (const [name, secret] of credentialsIn(headers)) {
      const caller = await known.nameOf(secret);
      if (caller !== undefined) found = { rest: without(found.rest, name), caller };
    }
    return found;
  }

  async function admit(request: Request, { forward, knobs }: Parted): Promise<Admitted> {
    const token = knobs?.["cf-aig-authorization"]?.replace(/^bearer\s+/i, "");
    const { rest, caller: inside } = await takeOut(forward);
    const caller = (token === undefined ? inside : await known.nameOf(token)) ?? await vouch(request);
    if (caller === undefined) throw new GatewayError("unauthorized");
    return { forward: rest, knobs, caller };
  }

  async function vouch(request: Request): Promise<string | undefined> {
    const verdict = await verify?.(headOf(request));
    return verdict === true ? "verified" : verdict || undefined;
  }

  return { admit, strip: async (headers) => (await takeOut(headers)).rest };
}

/** A request as far as it may be read without spoiling it. */
function headOf({ url, method, headers }: Request): Request {
  return new Request(url, { method, headers });
}
