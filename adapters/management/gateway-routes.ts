import * as v from "valibot";
import type { LogStore } from "../../src/index.ts";
import { changedGateway, type GatewayFields, newGateway, shownGateway } from "./gateway-schema.ts";
import type { Gateways } from "./gateways.ts";
import { unmaskTargets } from "./otel-schema.ts";
import { paginate, type Paging, pagingEntries } from "./paging.ts";
import { Refusal } from "./refusal.ts";
import { type Route, route } from "./route.ts";
import type { Swap } from "./swap.ts";

/** What these routes need. */
export interface GatewayRoutesOptions {
  readonly swap: Swap;
  readonly gateways: Gateways;
  readonly logs: LogStore | undefined;
  /** Whether prices are known. */
  readonly priced: boolean;
  /** Whether there is anything that opens a gateway with authentication. */
  readonly guarded: boolean;
  /** Whether somebody tells collectors. */
  readonly exporting: boolean;
}

const listQuery = v.strictObject({ ...pagingEntries, search: v.optional(v.string(), "") });

/** Makes, shows, changes and deletes gateways. */
export function gatewayRoutes(
  { swap, gateways, logs, priced, guarded, exporting }: GatewayRoutesOptions,
): readonly Route[] {
  const { closed, show } = gateways;

  function checkMeans(body: GatewayFields): void {
    const { spend_limits: spending, authentication, otel } = body;
    const wanting = (field: string, what: string) => {
      throw new Refusal("invalid", [{ message: `${field}: ${what}`, path: ["body", field] }]);
    };
    if (spending?.enabled && !priced) wanting("spend_limits", "Expected none: no prices are known here");
    if (authentication && !guarded && !closed.authentication) {
      wanting("authentication", "Expected false: no tokens are set here");
    }
    if (otel?.length && !exporting) wanting("otel", "Expected none: otelExporters are not set up here");
    for (const field of Object.keys(closed) as (keyof typeof closed)[]) {
      if (body[field] === false) wanting(field, "Expected true, which the program says for all gateways");
    }
  }

  return [
    route({
      method: "GET",
      path: "/gateways",
      summary: "Lists gateways",
      query: listQuery as v.GenericSchema<unknown, Paging & { readonly search: string }>,
      result: v.array(shownGateway),
      async answer({ query }) {
        const found = gateways.all(await swap.stored()).filter(({ id }) =>
          id.toLowerCase().includes(query.search.toLowerCase())
        );
        return paginate(found.map(show), query);
      },
    }),
    route({
      method: "POST",
      path: "/gateways",
      summary: "Makes a gateway",
      body: newGateway,
      result: shownGateway,
      async answer({ body }) {
        checkMeans(body);
        const now = new Date().toISOString();
        const made = { ...body, ...secretsOf(body), created_at: now, modified_at: now };
        await swap.change((stored) => {
          if (gateways.all(stored).some(({ id }) => id === body.id)) {
            throw new Refusal("invalid", [{
              message: "id: A gateway of this id exists",
              path: ["body", "id"],
            }]);
          }
          return { gateways: [...stored.gateways, made] };
        });
        return { result: show(made) };
      },
    }),
    route({
      method: "GET",
      path: "/gateways/{gateway}",
      summary: "Shows a gateway",
      result: shownGateway,
      async answer({ parts }) {
        return { result: show(gateways.find(parts["gateway"]!, await swap.stored())) };
      },
    }),
    route({
      method: "PUT",
      path: "/gateways/{gateway}",
      summary: "Changes a gateway; an optional field that is left out stays as it is",
      body: changedGateway,
      result: shownGateway,
      async answer({ parts, body }) {
        checkMeans(body);
        let result: unknown;
        await swap.change((stored) => {
          const before = gateways.findChangeable(parts["gateway"]!, stored);
          const after = {
            ...before,
            ...body,
            ...secretsOf(body, before),
            modified_at: new Date().toISOString(),
          };
          result = show(after);
          return { gateways: stored.gateways.map((one) => one === before ? after : one) };
        });
        return { result };
      },
    }),
    route({
      method: "DELETE",
      path: "/gateways/{gateway}",
      summary: "Deletes a gateway, its keys and its logs",
      result: shownGateway,
      async answer({ parts }) {
        const id = parts["gateway"]!;
        const before = await swap.gateway();
        let result: unknown;
        await swap.change((stored) => {
          const gone = gateways.findChangeable(id, stored);
          result = show(gone);
          return {
            gateways: stored.gateways.filter((one) => one !== gone),
            keys: stored.keys.filter(({ gateway_id }) => gateway_id !== id),
          };
        });
        await before.flush(); // Else a later gateway of this id would have what waits.
        await logs?.delete({ filters: [{ key: "gateway", operator: "eq", value: [id] }] });
        return { result };
      },
    }),
  ];
}

/** What a body means by secrets of which it only has what was shown. */
function secretsOf({ otel }: GatewayFields, before?: GatewayFields): Pick<GatewayFields, "otel"> {
  return otel ? { otel: unmaskTargets(otel, before?.otel ?? []) } : {};
}
