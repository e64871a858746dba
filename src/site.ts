import { createDirectory, type Directory } from "./providers/directory.ts";
import type { CheckedBreaker } from "./settings/breaker.ts";
import { type CheckedGateway, knobsOf, silent } from "./settings/gateway.ts";
import type { CheckedSettings } from "./settings/settings.ts";
import { type GatewayError, wrong } from "./errors.ts";
import { createGuard, type Guard } from "./guard.ts";
import { leaveToClients, mergeOptions, type Options } from "./options.ts";
import { createReceptionist, type Receptionist } from "./cors.ts";
import type { Manners, Refused } from "./refused.ts";
import type { Context, Plan, Stage } from "./types.ts";

/** One gateway id: what its doors need to know, and where they lead. */
export interface Site {
  readonly directory: Directory;
  /** The gateway's own turn of the knobs. */
  readonly defaults: Options;
  /** Largest body that is read into memory, in bytes. */
  readonly bodyLimit: number;
  /** Where not everybody may come in. */
  readonly guard: Guard | undefined;
  readonly cors: Receptionist | undefined;
  /** Whether somebody looks at every answer, whatever its request asks for. */
  readonly watched: boolean;
  /** Whether layers of the settings may ask for other options than a request does. */
  readonly layered: boolean;
  /** Whether somebody has to know the tokens that a call takes. */
  readonly metered: boolean;
  /** Whether tokens are asked for that are told on request only. */
  readonly asksUsage: boolean;
  /** Whether requests are logged. */
  readonly logged: boolean;
  /** Most entries of metadata that count. */
  readonly maxMetadata: number;
  /** Carries a plan; layers that have no work here are left out. */
  readonly run: Stage<Plan>;
  /** Is told of requests that were refused before there was an outcome, where anybody wants to know. */
  readonly refused: ((refused: Refused, context: Context) => void) | undefined;
}

/** The gateway ids that are open. */
export interface Sites {
  /** The site of a gateway id, if there is one. */
  find(id: string): Site | undefined;
  /** The id that code in the same process means when it names none: the only one, or `default`. */
  readonly usual: string;
}

/** The slug itself may be a key in the wrong place. */
function unknownSlug(keys: object, slug: string): GatewayError {
  const place = Object.keys(keys).indexOf(slug);
  return wrong(`settings.gateways: keys[${place}]`, "the slug of a known provider");
}

/** Whether a gateway id counts tokens or money, or tells a collector of them. */
function isMetered({ rateLimit, budgets, otel }: CheckedGateway): boolean {
  return budgets.length > 0 || otel.length > 0 || rateLimit.some(({ unit }) => unit === "tokens");
}

/** @param createChain makes what carries the plans of a gateway id */
export function createSites(
  { gateways, providers, bodyLimit, defaults, breaker: usual, layers, logs, onEnd }: CheckedSettings,
  createChain: (
    own: CheckedGateway & { readonly breaker: CheckedBreaker },
    manners: Manners,
  ) => Pick<Site, "run" | "refused">,
): Sites {
  const directory = createDirectory(providers);
  const open = (own: CheckedGateway): Site => {
    for (const slug of Object.keys(own.keys)) if (!directory.has(slug)) throw unknownSlug(own.keys, slug);
    const breaker = own.breaker ?? usual;
    const metered = isMetered(own) || logs !== undefined || onEnd !== undefined;
    const guard = createGuard(own);
    const options = leaveToClients(mergeOptions(defaults, knobsOf(own)));
    return {
      directory,
      defaults: options,
      bodyLimit,
      guard,
      cors: own.cors && createReceptionist(own.cors),
      watched: breaker !== false || metered,
      layered: (layers ?? own.layers) !== undefined,
      metered,
      asksUsage: metered && own.askUsage === true,
      logged: logs !== undefined,
      maxMetadata: own.maxMetadata,
      // What is said for all gateway ids binds requests, too.
      ...createChain({ ...own, breaker, ...(options.byokOnly && { byokOnly: true }) }, {
        guarded: guard !== undefined,
        collectLog: options.collectLog ?? true,
      }),
    };
  };
  if (!gateways) {
    const site = open(silent);
    return { find: (id) => id.length > 0 && id.length <= 64 ? site : undefined, usual: "default" };
  }
  const sites = new Map(Object.entries(gateways).map(([id, own]) => [id, open(own)]));
  const [first = "default"] = sites.keys();
  return { find: (id) => sites.get(id), usual: sites.size === 1 ? first : "default" };
}
