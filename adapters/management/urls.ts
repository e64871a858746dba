import * as v from "valibot";
import type { Gateways } from "./gateways.ts";
import { Refusal } from "./refusal.ts";
import { type Route, route } from "./route.ts";
import type { Swap } from "./swap.ts";

/** Tells where clients reach gateways. */
export function urlRoutes(swap: Swap, gateways: Gateways): readonly Route[] {
  return [
    route({
      method: "GET",
      path: "/gateways/{gateway}/url/{provider}",
      summary: "Tells the base URL of a provider behind a gateway, or of the universal endpoint",
      result: v.string(),
      async answer({ account, parts }) {
        const { id } = gateways.find(parts["gateway"]!, await swap.stored());
        const provider = parts["provider"]!;
        if (!/^[a-z0-9][a-z0-9._-]*$/.test(provider)) throw new Refusal("missing", "Provider not found");
        const binding = (await swap.gateway()).gateway(id, account);
        return { result: await binding.getUrl(provider === "universal" ? undefined : provider) };
      },
    }),
  ];
}
