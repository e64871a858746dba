import { Router } from "itty-router";
import { type Address, readAddress } from "./address.ts";
import { createChain, furnish } from "./chain.ts";
import { createContext } from "./context.ts";
import { allow, isPreflight, preflight } from "./cors.ts";
import { createEpochs } from "./epoch.ts";
import { proxy } from "./doors/proxy.ts";
import { planOf, universal } from "./doors/universal.ts";
import { GatewayError } from "./errors.ts";
import { obey } from "./obey.ts";
import { conclude } from "./outcome.ts";
import { part, type Parted } from "./headers.ts";
import type { Asked } from "./refusal.ts";
import { refuse, respond } from "./respond.ts";
import { toFields } from "./run-options.ts";
import { type CheckedSettings, checkSettings } from "./settings/settings.ts";
import { openTrace } from "./trace.ts";
import { findLog } from "./unwritten.ts";
import { createSites, type Site } from "./site.ts";
import type { Binding, Gateway, Settings } from "./public.ts";
import type { Context, Host, Outcome, Plan } from "./types.ts";

/** Turns a request that has come into a site into a plan. */
type Door = (parted: Parted, site: Site, context: Context) => Plan | Promise<Plan>;

/** What the router sees of a request. */
interface Visitor {
  readonly method: string;
  readonly url: string;
  readonly host: Host;
}

const NOT_FOUND = "Not found: Expected /v1/{account}/{gateway}/{provider}/{path} or /v1/{account}/{gateway}";
const NO_GATEWAY = "No gateway of this id is configured; a path is /v1/{account}/{gateway}/{provider}/…";

/** A call from the same program has no address. */
const inside = (): Asked => ({ method: "POST", provider: undefined, path: "", contentType: undefined });

/** Every method that providers know; TRACE and CONNECT are not for gateways. */
const METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"];

/**
 * Makes a gateway.
 *
 * @throws {GatewayError} `invalid`, when a setting is unknown or ill-typed; it names the field
 */
export function createGateway(settings: Settings = {}): Gateway {
  return assemble(checkSettings(settings), createChain);
}

/** @param carry makes what carries the plans of a gateway id */
export function assemble(checked: CheckedSettings, carry: typeof createChain): Gateway {
  const { basePath, origin, logs } = checked;
  const fetch = checked.fetch && obey(checked.fetch);
  const house = furnish(checked);
  const sites = createSites(checked, (own, manners) => carry(own, manners, house));

  const router = Router<Visitor>({ base: basePath })
    .all("/healthz", health);

  async function handle(request: Request, host: Host = {}): Promise<Response> {
    try {
      const address = readAddress(request.url, basePath);
      if (address?.provider) return await enterProvider(request, address, host);
      if (address) return await enterUniversal(request, address, host);
      const { method, url } = request;
      const visitor = { method, url: absolute(url), host };
      return await router.fetch(visitor) ?? refuse(new GatewayError("not_found", NOT_FOUND));
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
    if (site?.cors && isPreflight(request)) return preflight(request, site.cors);
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
    if (checked.trace) context.ledger.trace = openTrace(parted);
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
    return site?.cors ? allow(response, request, site.cors) : response;
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

  function bind(id: string, account = "default"): Binding {
    return {
      async run(steps, options) {
        try {
          const { signal = new AbortController().signal, waitUntil, ...rest } = options ?? {};
          const parted = part(toFields(rest));
          const site = sites.find(id);
          const context = createContext({
            account,
            gateway: id,
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
      },
      async getLog(log) {
        const record = logs && await findLog(logs, log);
        return record?.gateway === id ? record : undefined;
      },
      async patchLog(log, change) {
        const record = logs && await findLog(logs, log);
        if (record?.gateway === id && await logs!.patch(log, change)) return;
        throw new GatewayError("not_found", "Log not found");
      },
      purgeCache: () => createEpochs(house.store).turn(id),
      getUrl: (provider = "") => Promise.resolve(`${origin}${basePath}/v1/${account}/${id}/${provider}`),
    };
  }

  return { handle, gateway: bind, flush: house.flush, ...bind(sites.usual) };
}

function wrongMethod(allow: readonly string[]): GatewayError {
  return new GatewayError("wrong_method", `Method not allowed: Expected ${allow.join(", ")}`, { allow });
}

/** A URL that a parser takes; HTTP/1.0 without `host` brings a path alone. */
function absolute(url: string): string {
  return url.startsWith("/") ? `http://localhost${url}` : url;
}

function health({ method, host: { closing } }: Visitor): Response {
  if (method !== "GET" && method !== "HEAD") return refuse(wrongMethod(["GET", "HEAD"]));
  return Response.json({ status: closing ? "closing" : "ok" }, { status: closing ? 503 : 200 });
}
