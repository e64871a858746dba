import { wrong } from "./errors.ts";

/** Where a request points: `/v1/{account}/{gateway}/{provider}/{endpoint}`; no provider is the universal endpoint. */
export interface Address {
  readonly account: string;
  readonly gateway: string;
  readonly provider: string;
  /** Path below the provider and query string, percent-encoded as they came, without a leading slash. */
  readonly endpoint: string;
}

/** Reads the address out of a request's URL, by hand: every request passes here. */
export function readAddress(url: string, basePath: string): Address | undefined {
  const origin = url.indexOf("://");
  const start = origin < 0 ? 0 : url.indexOf("/", origin + 3);
  const prefix = `${basePath}/v1/`;
  if (start < 0 || !url.startsWith(prefix, start)) return undefined;
  const fragment = url.indexOf("#", start);
  const last = fragment < 0 ? url.length : fragment;
  const search = url.indexOf("?", start);
  const end = search < 0 || search > last ? last : search;

  const account = start + prefix.length;
  const gateway = url.indexOf("/", account) + 1;
  if (gateway === 0 || gateway > end) return undefined;
  const provider = url.indexOf("/", gateway) + 1;
  if (provider === 0 || provider >= end) return universal(url, account, gateway, end);
  const slash = url.indexOf("/", provider);
  const named = slash < 0 || slash > end ? end : slash;
  if (named === provider) return undefined;
  return {
    account: url.slice(account, gateway - 1),
    gateway: url.slice(gateway, provider - 1),
    provider: url.slice(provider, named),
    endpoint: withoutSlash(withoutSlash(url.slice(named, last))),
  };
}

/** The universal endpoint, with or without a slash behind it. */
function universal(url: string, account: number, gateway: number, end: number): Address | undefined {
  const id = url.slice(gateway, url[end - 1] === "/" ? end - 1 : end);
  if (gateway - 1 === account || !id) return undefined;
  return { account: url.slice(account, gateway - 1), gateway: id, provider: "", endpoint: "" };
}

/** One leading slash of an endpoint is a habit, not a meaning. */
export function withoutSlash(endpoint: string): string {
  return endpoint.startsWith("/") ? endpoint.slice(1) : endpoint;
}

/** Schemes that some URL parser acts on without `//` behind them. */
const SCHEME = /^(?:[a-z][a-z0-9+.-]*:\/\/|(?:https?|wss?|ftp|file|data|blob|about|javascript|mailto):)/i;
// deno-lint-ignore no-control-regex -- control characters are what is looked for
const CONTROL = /[\u0000-\u001f\u007f]/;

/**
 * Refuses an endpoint that could lead anywhere but below its provider's base.
 *
 * @param name the field to name in the error
 * @throws {GatewayError} `invalid`
 */
export function checkEndpoint(endpoint: string, name: string): void {
  const search = endpoint.indexOf("?");
  const path = search < 0 ? endpoint : endpoint.slice(0, search);
  const refuse = (what: string) => {
    throw wrong(name, `a path below the provider but found ${what}`);
  };
  if (path.startsWith("/")) refuse("a leading //");
  if (SCHEME.test(path)) refuse("a URL");
  if (endpoint.includes("#")) refuse("a fragment");
  if (path.includes("\\")) refuse("a backslash");
  if (CONTROL.test(endpoint)) refuse("a control character");
  for (let form = path, left = 2;; form = decode(form), left--) {
    if (CONTROL.test(form)) refuse("an encoded control character");
    // An encoded backslash counts as a separator.
    if (/(?:^|[/\\])\.\.?(?:[/\\]|$)/.test(form)) refuse("a . or .. segment");
    if (left === 0 || !form.includes("%")) return;
  }
}

/** Percent-decodes what can be decoded and leaves the rest. */
export function decode(path: string): string {
  if (!path.includes("%")) return path;
  return path.replace(/(?:%[0-9a-f]{2})+/gi, (run) => {
    try {
      return decodeURIComponent(run);
    } catch {
      return run.replace(/%([0-7][0-9a-f])/gi, (_, hex) => String.fromCharCode(parseInt(hex, 16)));
    }
  });
}
