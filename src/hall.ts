import { type Address, readAddress } from "./address.ts";
import { createContext } from "./context.ts";
import { proxy } from "./doors/proxy.ts";
import { planOf, universal } from "./doors/universal.ts";
import { GatewayError } from "./errors.ts";
import { part, type Parted } from "./headers.ts";
import type { Trace } from "./logs.ts";
import { obey } from "./obey.ts";
import { conclude } from "./outcome.ts";
import type { RunOptions } from "./public.ts";
import type { Asked } from "./refusal.ts";
import { refuse, respond } from "./respond.ts";
import { toFields } from "./run-options.ts";
import type { Site, Sites } from "./site.ts";
import type { Context, Fetch, Host, Outcome, Plan } from "./types.ts";

/** What stands around the hall. */
export interface Grounds {
  readonly sites: Pick<Sites, "find">;
  readonly basePath: string;
  /** In place of whatever the host lends. */
  readonly fetch?: Fetch | undefined;
  /** Gives a request its place in a trace, where anybody follows them. */
  readonly openTrace?: ((parted: Parted) => Trace) | undefined;
  /** Answers what leads to no gateway id; undefined for what nobody knows. */
  readonly elsewhere: (request: Request, host: Host) => Response | undefined | Promise<Response | undefined>;
}

/** Where requests come in and answers go out. It never throws and never rejects. */
export interface Hall {
  /** A request from outside. */
  handle(request: Request, host?: Host): Promise<Response>;
  /** A call from the same program. */
  run(place: Place, steps: unknown, options: RunOptions | undefined): Promise<Response>;
}

/** Which gateway id, for whom. */
export interface Place {
  readonly account: string;
  readonly gateway: string;
}

/** Turns a request that has come into a site into a plan. */
type Door = (parted: Parted, site: Site, context: Context) => Plan | Promise<Plan>;

const NOT_FOUND = "Not found: Expected /v1/{account}/{gateway}/{provider}/{path} or /v1/{account}/{gateway}";
const NO_GATEWAY = "No gateway of this id is configured; a path is /v1/{account}/{gateway}/{provider}/…";

/** A call from the same program has no address. */
const inside = (): Asked => ({ method: "POST", provider: undefined, path: "", contentType: undefined });

/** Every method that providers know; TRACE and CONNECT are not for gateways. */
const METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"];

/** The hall of a gateway. */
export function createHall({ sites, basePath, fetch: own, openTrace, elsewhere }: Grounds): Hall {
  const fetch = own && obey(own);

  async function handle(request: Request, host: Host = {}): Promise<Response> {
    try {
      const address = readAddress(request.url, basePath);
      if (address?.provider) return await enterProvider(request, address, host);
      if (address) return await enterUniversal(request, address, host);
      return await elsewhere(request, host) ?? refuse(new GatewayError("not_found", NOT_FOUND));
    } catch (error) {
      return refuse(error);
    }
  }

  function enterProvider(request: Request, address: Address, host: Host): Promise<Response> {
    return enter(address, request, host, (parted, site) => {
      if (!METHODS.includes(request.method)) throw wrongMethod(METHODS);
      return proxy(request, address, parted, site);
    });
  }

  function enterUniversal(request: Request, address: Address, host: Host): Promise<Response> {
    return enter(address, request, host, ({ knobs }, site, { sha256 }) => {
      if (request.method !== "POST") throw wrongMethod(["POST"]);
      return universal(request, { account: address.account, knobs, site, sha256 });
    });
  }

  async function enter(
    { account, gateway, provider, endpoint }: Address,
    request: Request,
    host: Host,
    door: Door,
  ): Promise<Response> {
    const site = sites.find(gateway);
    const greeting = site?.cors?.greet(request);
    if (greeting) return greeting;
    const parted = part(request.headers, host.acceptEncoding);
    const context = createContext({
      account,
      gateway,
      userAgent: parted.forward["user-agent"],
      signal: request.signal,
      knobs: parted.knobs,
      host,
      maxMetadata: site?.maxMetadata,
      fetch,
    });
    if (openTrace) context.ledger.trace = openTrace(parted);
    const guarded: Door = async (parted, site) => {
      const admitted = await site.guard!.admit(request, parted, context.sha256);
      context.ledger.caller = admitted.caller;
      return door(admitted, site, context);
    };
    const asked = (): Asked => ({
      method: request.method,
      provider: site?.directory.has(provider) ? provider : undefined,
      path: endpoint,
      contentType: parted.forward["content-type"],
    });
    const response = await serve(site?.guard ? guarded : door, parted, site, context, asked);
    return site?.cors?.mark(response, request) ?? response;
  }

  async function serve(
    door: Door,
    parted: Parted,
    site: Site | undefined,
    context: Context,
    asked: () => Asked,
  ): Promise<Response> {
    try {
      if (!site) throw new GatewayError("no_gateway", undefined, { description: NO_GATEWAY });
      let plan: Plan | undefined, outcome: Outcome;
      try {
        plan = await door(parted, site, context);
        outcome = await site.run(plan, context);
      } catch (thrown) {
        site.refused?.({ thrown, asked: asked(), knobs: parted.knobs, plan }, context);
        throw thrown;
      }
      conclude(outcome, context);
      return respond(outcome, context);
    } catch (error) {
      return refuse(error, context);
    }
  }

  async function run(
    { account, gateway }: Place,
    steps: unknown,
    options: RunOptions | undefined,
  ): Promise<Response> {
    try {
      const { signal = new AbortController().signal, waitUntil, ...rest } = options ?? {};
      const parted = part(toFields(rest));
      const site = sites.find(gateway);
      const context = createContext({
        account,
        gateway,
        signal,
        knobs: parted.knobs,
        host: waitUntil && { waitUntil },
        maxMetadata: site?.maxMetadata,
        fetch,
      });
      const door: Door = ({ knobs }, site, { sha256 }) => planOf(steps, { account, knobs, site, sha256 });
      return await serve(door, parted, site, context, inside);
    } catch (error) {
      return refuse(error);
    }
  }

  return { handle, run };
}

/** A request with a method that its path does not know. */
export function wrongMethod(allow: readonly string[]): GatewayError {
  return new GatewayError("wrong_method", `Method not allowed: Expected ${allow.join(", ")}`, { allow });
}
