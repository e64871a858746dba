import { type Address, checkEndpoint } from "../address.ts";
import { requestBody } from "../body.ts";
import { GatewayError } from "../errors.ts";
import type { Parted } from "../headers.ts";
import { mergeOptions, readOptions, watches } from "../options.ts";
import type { Site } from "../site.ts";
import type { Plan } from "../types.ts";

/** A provider's own endpoint: the request goes on as it came, in one step. */
export function proxy(request: Request, address: Address, parted: Parted, site: Site): Plan {
  const { account, provider, endpoint } = address;
  const destination = site.directory.get(provider);
  if (!destination) {
    throw new GatewayError("unknown_provider", `Invalid provider: ${provider.slice(0, 64)}`);
  }
  checkEndpoint(endpoint, "path");
  const headers = parted.forward;
  const options = mergeOptions(site.defaults, readOptions(parted.knobs));
  const watched = site.watched || destination.watched || watches(options) ? "always" : "never";
  const route = destination.route(endpoint, { account, headers });
  return [{
    index: 0,
    provider,
    endpoint,
    headers,
    ...route,
    method: request.method,
    body: requestBody(request, site.bodyLimit),
    options,
    watched,
    metered: site.metered,
    ...(site.asksUsage && { asksUsage: destination.tellsUsageOnRequest(route.url) }),
    captured: site.logged && options.collectLogPayload === true,
    dialect: watched === "always" || site.layered ? destination.dialectOf(route.url) : undefined,
  }];
}
