import { GatewayError } from "../errors.ts";
import { watches } from "../options.ts";
import type { Destination } from "../providers/directory.ts";
import type { Site } from "../site.ts";
import type { Step, Watched } from "../types.ts";

/** One call, as a door has read it. */
interface Read
  extends
    Pick<Step, "index" | "provider" | "endpoint" | "method" | "headers" | "body" | "options">,
    Partial<Pick<Step, "metadata" | "eventId">> {
  /** Which answers somebody looks at where nothing asks for that. */
  readonly watched: Watched;
}

/**
 * Where the calls to a provider go.
 *
 * @param place what to name in the error, before anything else
 * @throws {GatewayError} `unknown_provider`
 */
export function destinationOf(provider: string, { directory }: Site, place: string = ""): Destination {
  const destination = directory.get(provider);
  if (destination) return destination;
  throw new GatewayError("unknown_provider", `${place}Invalid provider: ${provider.slice(0, 64)}`);
}

/** The same call as a step: where it goes, and who looks at its answer. */
export function stepOf(read: Read, destination: Destination, account: string, site: Site): Step {
  const { endpoint, headers, options } = read;
  const route = destination.route(endpoint, { account, headers });
  const watched = site.watched || destination.watched || watches(options) ? "always" : read.watched;
  return {
    ...read,
    ...route,
    watched,
    metered: site.metered,
    ...(site.asksUsage && { asksUsage: destination.tellsUsageOnRequest(route.url) }),
    captured: site.logged && options.collectLogPayload === true,
    dialect: watched === "never" && !site.layered ? undefined : destination.dialectOf(route.url),
  };
}
