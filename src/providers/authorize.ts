import { GatewayError } from "../errors.ts";
import { withoutCredentials } from "../headers.ts";
import type { Provider } from "../public.ts";
import type { Authorize, Body, Fields } from "../types.ts";

/** How a provider takes a key that needs no more than itself. */
type Carry = (key: string) => Fields;

/** A key behind the name of its scheme. @see RFC 9110, section 11.4 */
export const scheme = (name: string): Carry => (key) => ({ authorization: `${name} ${key}` });

/** A key as `authorization: Bearer …`. @see RFC 6750, section 2.1 */
export const bearer: Carry = scheme("Bearer");

/** A key alone in a field of its own. */
export const field = (name: string): Carry => (key) => ({ [name]: key });

/** Puts keys into the steps of a provider's row, and takes out whatever credentials the client brings. */
export function authorizer({ authorize = bearer, keyParameter }: Provider): Authorize {
  return async (step, key, { fetch, signal }) => {
    const { method, body } = step;
    const url = withoutParameter(step.url, keyParameter);
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

/** The same URL without a parameter of its query string; every other byte stays. */
function withoutParameter(url: string, name: string | undefined): string {
  const at = url.indexOf("?");
  if (at < 0 || name === undefined) return url;
  const kept = url.slice(at + 1).split("&").filter((pair) => !new URLSearchParams(pair).has(name));
  return url.slice(0, at) + (kept.length > 0 ? `?${kept.join("&")}` : "");
}
