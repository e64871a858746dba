import { GatewayError } from "../errors.ts";
import { isCredential, withoutCredentials } from "../headers.ts";
import type { Provider } from "../public.ts";
import type { Authorize, Body, Fields } from "../types.ts";

/** How a provider takes a key that needs no more than itself. */
type Carry = (key: string) => Fields;

/** An object is a key only for who signs with it. */
function plain(key: string): string {
  if (!key.startsWith("{")) return key;
  const what = "The gateway's key for this provider is an object: Expected a text, or a row that signs";
  throw new GatewayError("key_unavailable", what);
}

/** A key behind the name of its scheme. @see RFC 9110, section 11.4 */
export const scheme = (name: string): Carry => (key) => ({ authorization: `${name} ${plain(key)}` });

/** A key as `authorization: Bearer …`. @see RFC 6750, section 2.1 */
export const bearer: Carry = scheme("Bearer");

/** A key alone in a field of its own. */
export const field = (name: string): Carry => (key) => ({ [name]: plain(key) });

/** Puts keys into the steps of a provider's row, and takes out whatever credentials the client brings. */
export function authorizer({ authorize = bearer, keyParameter }: Provider): Authorize {
  return async (step, key, { fetch, signal }) => {
    const { method, body } = step;
    const url = withoutParameters(step.url, keyParameter);
    const headers = withoutCredentials(step.headers);
    const fields = await authorize(key, { url, method, headers, bytes: () => bytesOf(body), fetch, signal });
    const lowered = Object.entries(fields).map(([name, value]) => [name.toLowerCase(), value]);
    return { ...step, url, headers: { ...headers, ...Object.fromEntries(lowered) } };
  };
}

async function bytesOf(body: Body): Promise<Uint8Array<ArrayBuffer>> {
  if (!await body.keep()) throw new GatewayError("too_large");
  return (body.open() ?? new Uint8Array()) as Uint8Array<ArrayBuffer>;
}

/** The same URL without the credentials of its query string; every other byte stays. */
function withoutParameters(url: string, own: string | undefined): string {
  const at = url.indexOf("?");
  if (at < 0) return url;
  const kept = url.slice(at + 1).split("&").filter((pair) => {
    const [name] = [...new URLSearchParams(pair).keys()];
    return name === undefined || (name !== own && !isCredential(name));
  });
  return url.slice(0, at) + (kept.length > 0 ? `?${kept.join("&")}` : "");
}
