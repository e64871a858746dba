import { wrong } from "./errors.ts";
import type { Fields } from "./types.ts";

/** Anything that lists header fields by lower-case name: a `Headers`, or a `Map`. */
export interface FieldSource {
  get(name: string): string | null | undefined;
  forEach(visit: (value: string, name: string) => void): void;
}

/** Of one connection, not of the message. @see RFC 9110, section 7.6.1 */
export const HOP_BY_HOP: readonly string[] = [
  "connection",
  "keep-alive",
  "proxy-authenticate",
  "proxy-authorization",
  "proxy-connection",
  "te",
  "trailer",
  "transfer-encoding",
  "upgrade",
];

/** What a provider must not see: where the client is, what its browser keeps, what the body no longer is. */
const NEVER_SENT: ReadonlySet<string> = new Set([
  ...HOP_BY_HOP,
  "host",
  "expect",
  "cdn-loop",
  "content-length",
  "cookie",
  "forwarded",
  "origin",
  "referer",
  "true-client-ip",
  "via",
  "x-real-ip",
]);

/** What a client must not see. */
const NEVER_RETURNED: ReadonlySet<string> = new Set([...HOP_BY_HOP, "set-cookie", "alt-svc"]);

/** What a provider lets pages of other origins read; behind a gateway, that is the gateway's to say. */
const FOR_BROWSERS = "access-control-";

/** Statuses that never carry a body. */
export const BODILESS: ReadonlySet<number> = new Set([204, 205, 304]);

/** Fields in which clients bring credentials to providers. */
export const CREDENTIALS: ReadonlySet<string> = new Set([
  "authorization",
  "api-key",
  "ocp-apim-subscription-key",
  "sec-websocket-protocol",
  "token",
  "x-amz-content-sha256",
  "x-amz-date",
  "x-amz-security-token",
  "x-api-key",
  "x-auth-email",
  "x-auth-key",
  "x-auth-user-service-key",
  "x-goog-api-key",
  "x-goog-iam-authorization-token",
  "xi-api-key",
]);

/** Parameters of a query in which clients bring them, in lower case; `key` is one where a provider's row says so. */
const PARAMETERS: ReadonlySet<string> = new Set([
  "access_token",
  "api-key",
  "api_key",
  "authorization",
  "oauth_token",
  "subscription-key",
  "xi-api-key",
]);

/** Whether a parameter of a query is, or signs, a credential. */
export function isCredential(parameter: string): boolean {
  const name = parameter.toLowerCase();
  return PARAMETERS.has(name) || name.startsWith("x-amz-");
}

/** Where a WebSocket lists its protocols, and how one begins that is the gateway's token. */
const SUBPROTOCOLS = "sec-websocket-protocol", TOKEN_PROTOCOL = "cf-aig-authorization.";

/** Fields whose names start so speak to the gateway. */
const isKnob = (name: string): boolean =>
  name.startsWith("cf-aig-") || name.startsWith("waygate-") || OLD_KNOBS.includes(name);

/** As Cloudflare called them first. */
const OLD_KNOBS: readonly string[] = ["cf-cache-ttl", "cf-skip-cache"];

/** A request's header fields, parted in one pass. */
export interface Parted {
  /** What the provider shall see. */
  readonly forward: Fields;
  /** What speaks to the gateway, if anything does: `cf-aig-*` and `waygate-*`. */
  readonly knobs: Fields | undefined;
}

/**
 * Parts what a provider shall see from what speaks to the gateway, and drops what neither needs.
 *
 * @param acceptEncoding the client's own, where the runtime has replaced it
 */
export function part(headers: FieldSource, acceptEncoding?: string): Parted {
  const named = listed(headers.get("connection"));
  const forward: Record<string, string> = {};
  let knobs: Record<string, string> | undefined;
  headers.forEach((value, name) => {
    if (isKnob(name)) (knobs ??= {})[name] = value;
    else if (name === SUBPROTOCOLS) {
      const { token, others } = splitProtocols(value);
      if (token !== undefined) (knobs ??= {})["cf-aig-authorization"] ??= token;
      if (others) forward[name] = others;
    } else if (!NEVER_SENT.has(name) && !isInfrastructure(name) && !named?.includes(name)) {
      forward[name] = value;
    }
  });
  if (acceptEncoding !== undefined) forward["accept-encoding"] = acceptEncoding;
  return { forward, knobs };
}

/** Parts the gateway's token, which browsers can bring to a WebSocket in no other way, from the provider's protocols. */
function splitProtocols(value: string): { readonly token: string | undefined; readonly others: string } {
  const protocols = value.split(",").map((protocol) => protocol.trim());
  const isToken = (protocol: string) => protocol.startsWith(TOKEN_PROTOCOL);
  return {
    token: protocols.find(isToken)?.slice(TOKEN_PROTOCOL.length),
    others: protocols.filter((protocol) => !isToken(protocol)).join(", "),
  };
}

/** Credentials by the names of their fields, as they are written. */
export function credentialsIn(headers: Fields): [name: string, value: string][] {
  return Object.entries(headers).filter(([name]) => CREDENTIALS.has(name));
}

/** The same fields but one. */
export function without(headers: Fields, name: string): Fields {
  const { [name]: _, ...others } = headers;
  return others;
}

/** The same fields without credentials. */
export function withoutCredentials(headers: Fields): Fields {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !CREDENTIALS.has(name)));
}

/** A provider's text without the credentials that it was sent, which are not always the client's own. */
export function conceal(text: string, headers: Fields): string {
  const secrets = credentialsIn(headers).map(([, value]) => value.slice(value.lastIndexOf(" ") + 1));
  return secrets.filter(Boolean).reduce((text, secret) => text.replaceAll(secret, "…"), text);
}

/** Names of a provider's header fields that a client must not see. */
export function unreturnable(headers: Headers): string[] {
  const isHidden = hides(headers);
  const names: string[] = [];
  headers.forEach((_, name) => {
    if (isHidden(name)) names.push(name);
  });
  return names;
}

/** A provider's header fields as a client may see them. */
export function returnable(headers: Headers): Record<string, string> {
  const isHidden = hides(headers);
  const fields: Record<string, string> = {};
  headers.forEach((value, name) => {
    if (!isHidden(name)) fields[name] = value;
  });
  return fields;
}

function hides(headers: Headers): (name: string) => boolean {
  const named = listed(headers.get("connection"));
  return (name) =>
    NEVER_RETURNED.has(name) || isKnob(name) || name.startsWith(FOR_BROWSERS) ||
    named?.includes(name) === true;
}

/**
 * A text as the value of a header field.
 *
 * @param name what to name in the error
 * @throws {GatewayError} `invalid`; the text itself is not told, it may be a key
 */
export function checkValue(text: string, name: string): string {
  // deno-lint-ignore no-control-regex -- control characters are what is looked for
  if (!/[\u0000-\u0008\u000a-\u001f\u007f]|[^\u0000-\u00ff]/.test(text)) return text.trim();
  throw wrong(name, "Latin-1 characters without line breaks");
}

/**
 * A text as the value of a field that is made from JSON or by a program. What speaks to the gateway goes no further, and
 * may be any text; but an event id comes back with the answer.
 *
 * @param name in lower case
 * @param place what to name in the error
 * @throws {GatewayError} `invalid`
 */
export function checkField(name: string, text: string, place: string): string {
  return isKnob(name) && name !== "cf-aig-event-id" ? text.trim() : checkValue(text, place);
}

/** Set by the network between client and gateway, Cloudflare's own included. */
function isInfrastructure(name: string): boolean {
  return name.startsWith("cf-") || name.startsWith("x-forwarded-");
}

function listed(connection: string | null | undefined): string[] | undefined {
  if (!connection || connection === "keep-alive" || connection === "close") return undefined;
  return connection.split(",").map((name) => name.trim().toLowerCase());
}
