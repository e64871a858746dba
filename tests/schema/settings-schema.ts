import { toJsonSchema } from "@valibot/to-json-schema";
import { settingsSchema } from "../../src/settings/settings.ts";
import { type Interfaces, readInterfaces } from "./documents.ts";
import { simplify } from "./simplify.ts";

/** A JSON Schema, as far as it is looked at here. */
interface Json {
  description?: string;
  default?: unknown;
  properties?: Record<string, Json>;
  additionalProperties?: Json | boolean;
  items?: Json;
  anyOf?: Json[];
}

/** The JSON Schema of a settings file: its shape out of the schema that checks it, its words out of our comments. */
export function settingsJsonSchema(): object {
  const json = toJsonSchema(simplify(settingsSchema), { target: "draft-07", errorMode: "ignore" }) as Json;
  const interfaces = readInterfaces();
  addCloudflareNames(json, interfaces);
  describe(json, "Settings", interfaces);
  json.properties = {
    $schema: { description: "Where this schema is, for editors." },
    ...json.properties,
  };
  return { ...json, title: "Settings of waygate" };
}

/** Names of Cloudflare's that stand for one of ours take the same, or null. */
function addCloudflareNames(json: Json, interfaces: Interfaces): void {
  const gateway = json.properties!["gateways"]!.additionalProperties as Json;
  for (const [name, { description }] of Object.entries(interfaces.get("CloudflareSettings") ?? {})) {
    const [, ours = ""] = /^Stands for `(\w+)`/.exec(description) ?? [];
    const same = gateway.properties![ours];
    if (same && !(name in gateway.properties!)) {
      gateway.properties![name] = { anyOf: [structuredClone(same), { type: "null" } as Json] };
    }
  }
}

function describe(json: Json, name: string | undefined, interfaces: Interfaces): void {
  if (typeof json.default === "object") delete json.default;
  const members = interfaces.get(name ?? "") ?? {};
  for (const [key, property] of Object.entries(json.properties ?? {})) {
    const member = members[key];
    if (member?.description) property.description = member.description;
    const within = [...member?.type.matchAll(/\w+/g) ?? []].map(([word]) => word).find((word) =>
      interfaces.has(word)
    );
    describe(property, within, interfaces);
  }
  const { additionalProperties: others, items, anyOf = [] } = json;
  for (const inner of [others, items, ...anyOf]) {
    if (typeof inner === "object") describe(inner, name, interfaces);
  }
}
