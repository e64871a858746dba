import { type Address, checkEndpoint } from "../address.ts";
import { requestBody } from "../body.ts";
import type { Parted } from "../headers.ts";
import { mergeOptions, readOptions } from "../options.ts";
import type { Site } from "../site.ts";
import type { Plan } from "../types.ts";
import { destinationOf, stepOf } from "./step.ts";

/** A provider's own endpoint: the request goes on as it came, in one step. */
export function proxy(request: Request, address: Address, parted: Parted, site: Site): Plan {
  const { account, provider, endpoint } = address;
  const destination = destinationOf(provider, site);
  checkEndpoint(endpoint, "path");
  const call = {
    index: 0,
    provider,
    endpoint,
    method: request.method,
    headers: parted.forward,
    body: requestBody(request, site.bodyLimit),
    options: mergeOptions(site.defaults, readOptions(parted.knobs)),
    watched: "never",
  } as const;
  return [stepOf(call, destination, account, site)];
}
