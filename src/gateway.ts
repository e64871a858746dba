import { Router } from "itty-router";
import { createChain } from "./chain.ts";
import { createEpochs } from "./epoch.ts";
import { GatewayError } from "./errors.ts";
import { createHall, wrongMethod } from "./hall.ts";
import { furnish } from "./house.ts";
import { USUAL_METADATA } from "./metadata.ts";
import type { Binding, Gateway, Settings } from "./public.ts";
import { refuse } from "./respond.ts";
import { type CheckedSettings, checkSettings } from "./settings/settings.ts";
import { createSites } from "./site.ts";
import { openTrace } from "./trace.ts";
import type { Host } from "./types.ts";
import { findLog } from "./unwritten.ts";
import { checkVerdict } from "./verdict.ts";

/** What the router sees of a request. */
interface Visitor {
  readonly method: string;
  readonly url: string;
  readonly host: Host;
}

/**
 * Makes a gateway.
 *
 * @throws {GatewayError} `invalid`, when a setting is unknown or ill-typed; it names the field
 */
export function createGateway(settings: Settings = {}): Gateway {
  return assemble(checkSettings(settings), createChain);
}

/** Makes a gateway whose gateway ids run their plans through what `carry` makes; `createGateway` gives the real chain. */
export function assemble(checked: CheckedSettings, carry: typeof createChain): Gateway {
  const { basePath, origin, logs, fetch, trace } = checked;
  const house = furnish(checked);
  const sites = createSites(checked, (own, manners) => carry(own, manners, house));
  const router = Router<Visitor>({ base: basePath })
    .all("/healthz", health);
  const hall = createHall({
    sites,
    basePath,
    fetch,
    openTrace: trace ? openTrace : undefined,
    elsewhere: ({ method, url }, host) => router.fetch({ method, url: absolute(url), host }),
  });

  function bind(gateway: string, account = "default"): Binding {
    return {
      run: (steps, options) => hall.run({ account, gateway }, steps, options),
      async getLog(log) {
        const record = logs && await findLog(logs, log);
        return record?.gateway === gateway ? record : undefined;
      },
      async patchLog(log, change) {
        checkVerdict(change, sites.find(gateway)?.maxMetadata ?? USUAL_METADATA);
        const record = logs && await findLog(logs, log);
        if (record?.gateway === gateway && await logs!.patch(log, change)) return;
        throw new GatewayError("not_found", "Log not found");
      },
      purgeCache: () => createEpochs(house.store).turn(gateway),
      getUrl: (provider = "") => Promise.resolve(`${origin}${basePath}/v1/${account}/${gateway}/${provider}`),
    };
  }

  return { handle: hall.handle, gateway: bind, flush: house.flush, ...bind(sites.usual) };
}

/** A URL that a parser takes; HTTP/1.0 without `host` brings a path alone. */
function absolute(url: string): string {
  return url.startsWith("/") ? `http://localhost${url}` : url;
}

function health({ method, host: { closing } }: Visitor): Response {
  if (method !== "GET" && method !== "HEAD") return refuse(wrongMethod(["GET", "HEAD"]));
  return Response.json({ status: closing ? "closing" : "ok" }, { status: closing ? 503 : 200 });
}
