import { type Address, readAddress } from "./address.ts";
import { type Arrival, createContext } from "./context.ts";
import { proxy } from "./doors/proxy.ts";
import { planOf, universal } from "./doors/universal.ts";
import { GatewayError } from "./errors.ts";
import type { Admitted } from "./guard.ts";
import { part, type Parted } from "./headers.ts";
import type { Trace } from "./logs.ts";
import { obey } from "./obey.ts";
import { conclude, explainIn } from "./outcome.ts";
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

/** Turns what may come into a site into a plan. */
type Door = (parted: Parted, site: Site, context: Context) => Plan | Promise<Plan>;

/** Somebody at the door of a site: a request from outside, or a call from the same program. */
interface Entry {
  readonly site: Site | undefined;
  readonly context: Context;
  readonly parted: Parted;
  /** Lets in who may come in, without what only the gateway shall see. Nobody asks a call from the same program. */
  readonly admit?: (() => Promise<Admitted>) | undefined;
  readonly door: Door;
  /** What is told of it where it is refused. */
  readonly asked: () => Asked;
}

const NOT_FOUND = "Not found: Expected /v1/{account}/{gateway}/{provider}/{path} or /v1/{account}/{gateway}";
const NO_GATEWAY = "No gateway of this id is configured; a path is /v1/{account}/{gateway}/{provider}/…";

/** A call from the same program has no address. */
const askedInside = (): Asked => ({
  inside: true,
  method: "POST",
  provider: undefined,
  path: "",
  contentType: undefined,
});

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
    return enter(request, address, host, (parted, site) => {
      if (!METHODS.includes(request.method)) throw wrongMethod(METHODS);
      return proxy(request, address, parted, site);
    });
  }

  function enterUniversal(request: Request, address: Address, host: Host): Promise<Response> {
    return enter(request, address, host, ({ knobs }, site, { account, sha256 }) => {
      if (request.method !== "POST") throw wrongMethod(["POST"]);
      return universal(request, { account, knobs, site, sha256 });
    });
  }

  async function enter(
    request: Request,
    { account, gateway, provider, endpoint }: Address,
    host: Host,
    door: Door,
  ): Promise<Response> {
    const site = sites.find(gateway);
    const greeting = site?.cors?.greet(request);
    if (greeting) return greeting;
    const parted = part(request.headers, host.acceptEncoding);
    const userAgent = parted.forward["user-agent"];
    const context = open({ account, gateway, userAgent, signal: request.signal, host }, parted, site);
    const response = await serve({
      site,
      context,
      parted,
      admit: site?.guard && (() => site.guard!.admit(request, parted, context.sha256)),
      door,
      asked: () => ({
        method: request.method,
        provider: site?.directory.has(provider) ? provider : undefined,
        path: endpoint,
        contentType: parted.forward["content-type"],
      }),
    });
    return site?.cors?.mark(response, request) ?? response;
  }

  async function run(
    { account, gateway }: Place,
    steps: unknown,
    options: RunOptions | undefined,
  ): Promise<Response> {
    try {
      const { signal = new AbortController().signal, waitUntil, ...rest } = options ?? {};
      const site = sites.find(gateway);
      const parted = part(toFields(rest));
      const context = open({ account, gateway, signal, host: waitUntil && { waitUntil } }, parted, site);
      const door: Door = ({ knobs }, site, { sha256 }) => planOf(steps, { account, knobs, site, sha256 });
      return await serve({ site, context, parted, door, asked: askedInside });
    } catch (error) {
      return refuse(error);
    }
  }

  function open(
    arrival: Omit<Arrival, "knobs" | "maxMetadata" | "fetch">,
    parted: Parted,
    site?: Site,
  ): Context {
    const { knobs } = parted;
    const context = createContext({ ...arrival, knobs, maxMetadata: site?.maxMetadata, fetch });
    if (openTrace) context.ledger.trace = openTrace(parted);
    return context;
  }

  return { handle, run };
}

/** From the door of a site to the answer. */
async function serve(entry: Entry): Promise<Response> {
  const { context } = entry;
  try {
    const outcome = await carry(entry);
    conclude(outcome, context);
    return respond(outcome, context);
  } catch (error) {
    return refuse(error, context);
  }
}

/** Admits, plans and runs; what is refused before there is an outcome is told. */
async function carry({ site, context, parted, admit, door, asked }: Entry): Promise<Outcome> {
  if (!site) throw new GatewayError("no_gateway", undefined, { description: NO_GATEWAY });
  let plan: Plan | undefined;
  try {
    const admitted = admit && await admit();
    if (admitted) context.ledger.caller = admitted.caller;
    plan = await door(admitted ?? parted, site, context);
    return await site.run(plan, context);
  } catch (thrown) {
    const error = explainIn(context.signal, thrown);
    site.refused?.({ error, asked: asked(), knobs: parted.knobs, plan }, context);
    throw error;
  }
}

/** A request with a method that its path does not know. */
export function wrongMethod(allow: readonly string[]): GatewayError {
  return new GatewayError("wrong_method", `Method not allowed: Expected ${allow.join(", ")}`, { allow });
}
