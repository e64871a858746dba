/**
 * The API by which Cloudflare AI Gateway is administered, over gateways of waygate's.
 *
 * @module
 */
import {
  type Binding,
  type Gateway,
  type GatewaySettings,
  knownProviders,
  type LogStore,
  type Settings,
} from "../src/index.ts";
import { type AdminToken, createAccess } from "./management/access.ts";
import { type Api, createApi } from "./management/api.ts";
import { customProviderRoutes } from "./management/custom-providers.ts";
import { gatewayRoutes } from "./management/gateway-routes.ts";
import { createGateways } from "./management/gateways.ts";
import { createInner, type Inner } from "./management/inner.ts";
import { logRoutes } from "./management/log-routes.ts";
import { describe } from "./management/openapi.ts";
import { providerConfigRoutes } from "./management/provider-configs.ts";
import { type Route, route } from "./management/route.ts";
import { statsRoutes } from "./management/stats.ts";
import { memorySettings, type SettingsStore } from "./management/stored.ts";
import { createSwap, type Swap } from "./management/swap.ts";
import { urlRoutes } from "./management/urls.ts";

export type { AdminToken } from "./management/access.ts";
export { memorySettings } from "./management/stored.ts";
export type {
  CustomProvider,
  ManagedGateway,
  ProviderConfig,
  SettingsStore,
  StoredSettings,
} from "./management/stored.ts";

/** How gateways are managed. */
export interface ManageOptions {
  /** What administrators carry as `Authorization: Bearer …`. @default nobody may use the API */
  readonly token?: AdminToken;
  /** Where requests are logged, to be read and deleted by the API. @default the `logs` of the settings */
  readonly logs?: LogStore;
  /** Where that is kept which is set by the API. @default in memory, until the program ends */
  readonly gateways?: SettingsStore;
  /** What each gateway that the API makes has besides, such as `tokens`, without which none may have authentication. */
  readonly common?: GatewaySettings;
  /** How old settings may be that another process may have changed, in ms. @default 10000 */
  readonly refresh?: number;
}

/**
 * Makes a gateway that also answers `/client/v4/accounts/{account}/ai-gateway/…`. What is set there counts from the next
 * request on; requests under way end by the settings with which they began.
 *
 * @param settings of code: gateways that are given here can be seen by the API, but not changed
 * @throws {GatewayError} `invalid`, when a setting is unknown or ill-typed; it names the field
 */
export function manage(settings: Settings, options: ManageOptions = {}): Gateway {
  const { basePath = "", warn = console.warn } = settings;
  const { token, gateways = memorySettings(), common = {}, refresh = 10_000 } = options;
  const inner = createInner({ ...(options.logs && { logs: options.logs }), ...settings }, common);
  const swap = createSwap(inner, gateways, { refresh, warn });
  const base = `${basePath.replace(/\/$/, "")}/client/v4/accounts`;
  const routes = withDocument(createRoutes({ swap, inner }, settings, options), base);
  const api = createApi({ routes, base, mayEnter: createAccess(token), warn });

  return {
    handle: (request, host) => handle(request, base, api) ?? forward(swap, request, host),
    flush: async () => (await swap.gateway()).flush(),
    gateway: (id, account) => bind(async () => (await swap.gateway()).gateway(id, account)),
    ...bind(() => swap.gateway()),
  };
}

function createRoutes(
  { swap, inner: { forget } }: { readonly swap: Swap; readonly inner: Inner },
  { gateways: fixed = {}, providers = {}, price, otel, ...settings }: Settings,
  { logs = settings.logs, common = {} }: ManageOptions,
): readonly Route[] {
  const gateways = createGateways({ ...settings, gateways: fixed }, common);
  const known = new Set([...knownProviders, ...Object.keys(providers)]);
  const guarded = common.tokens !== undefined || common.verify !== undefined;
  const mostMetadata = (id: string) => (Object.hasOwn(fixed, id) ? fixed[id]! : common).maxMetadata ?? 5;
  return [
    ...gatewayRoutes({
      swap,
      gateways,
      logs,
      priced: price !== undefined,
      guarded,
      exporting: otel !== undefined,
    }),
    ...logRoutes({ swap, gateways, logs, mostMetadata }),
    ...providerConfigRoutes(swap, gateways, known),
    ...customProviderRoutes({ swap, forget, taken: known }),
    ...urlRoutes(swap, gateways),
    ...statsRoutes(logs),
  ];
}

/** Routes, and one that describes all of them. */
function withDocument(routes: readonly Route[], base: string): readonly Route[] {
  const all: Route[] = [...routes];
  const path = "/waygate/openapi.json";
  const answer = async () => Response.json(await describe(all, base));
  all.push(route({ method: "GET", path, summary: "Describes this API", answer }));
  return all;
}

/** The API's answer, if the request is for it; every other one passes here, too. */
function handle(request: Request, base: string, api: Api): Promise<Response> | undefined {
  const { url } = request;
  if (!url.includes("/ai-gateway")) return undefined;
  const at = url.startsWith("/") ? 0 : url.indexOf("/", url.indexOf("://") + 3);
  const path = url.slice(at).replace(/[?#].*$/s, "");
  const [account, product] = path.startsWith(`${base}/`) ? path.slice(base.length + 1).split("/") : [];
  return account && product === "ai-gateway" ? api(request) : undefined;
}

async function forward(swap: Swap, ...call: Parameters<Gateway["handle"]>): Promise<Response> {
  return (await swap.gateway()).handle(...call);
}

/** A binding to whatever gateway is there when it is used. */
function bind(find: () => Promise<Binding>): Binding {
  return {
    run: async (steps, options) => (await find()).run(steps, options),
    purgeCache: async () => (await find()).purgeCache(),
    getLog: async (id) => (await find()).getLog(id),
    patchLog: async (id, change) => (await find()).patchLog(id, change),
    getUrl: async (provider) => (await find()).getUrl(provider),
  };
}
