import type { Provider } from "../public.ts";

/** How a provider takes a key. */
type Authorize = NonNullable<Provider["authorize"]>;

/** A key behind the name of its scheme. @see RFC 9110, section 11.4 */
export const scheme = (name: string): Authorize => (key) => ({ authorization: `${name} ${key}` });

/** A key as `authorization: Bearer …`. @see RFC 6750, section 2.1 */
export const bearer: Authorize = scheme("Bearer");

/** A key alone in a field of its own. */
export const field = (name: string): Authorize => (key) => ({ [name]: key });
