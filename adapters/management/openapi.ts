import type { toJsonSchema } from "@valibot/to-json-schema";
import * as v from "valibot";
import type { Schema } from "./check.ts";
import { Refusal } from "./refusal.ts";
import type { Route } from "./route.ts";

/** JSON as a document has it. */
type Json = Readonly<Record<string, unknown>>;

/** What every list says beside its part. */
const info = v.looseObject({
  page: v.number(),
  per_page: v.number(),
  count: v.number(),
  total_count: v.number(),
});
const errors = v.array(
  v.strictObject({ code: v.number(), message: v.string(), path: v.optional(v.array(v.string())) }),
);
const failure = v.strictObject({
  success: v.literal(false),
  result: v.null(),
  errors,
  messages: v.array(v.unknown()),
});

const NO_CONVERTER =
  "Expected the package @valibot/to-json-schema, which is optional; to install it: npm install @valibot/to-json-schema";

/**
 * Describes routes as OpenAPI 3.1.
 *
 * @param base path under which they are
 * @throws {Refusal} `unavailable`, where a package is missing that is optional
 * @see https://spec.openapis.org/oas/v3.1.1
 */
export async function describe(routes: readonly Route[], base: string): Promise<Json> {
  const { toJsonSchema } = await import("@valibot/to-json-schema").catch(() => {
    throw new Refusal("unavailable", NO_CONVERTER);
  });
  const convert = converter(toJsonSchema);
  const paths: Record<string, Record<string, Json>> = {};
  for (const route of routes) {
    (paths[route.path] ??= {})[route.method.toLowerCase()] = operation(route, convert);
  }
  return {
    openapi: "3.1.1",
    info: { title: "waygate management", version: "1" },
    servers: [{ url: `${base}/{account}/ai-gateway`, variables: { account: { default: "default" } } }],
    security: [{ token: [] }],
    paths,
    components: {
      securitySchemes: { token: { type: "http", scheme: "bearer" } },
      schemas: { Failure: convert(failure, "output") },
    },
  };
}

type Convert = (schema: Schema<unknown>, mode: "input" | "output") => Json;

/** What JSON Schema cannot say, such as how two fields go together, is left out. */
function converter(toSchema: typeof toJsonSchema): Convert {
  return (schema, typeMode) => {
    const { $schema: _, ...json } = toSchema(schema, {
      typeMode,
      target: "draft-2020-12",
      errorMode: "ignore",
    });
    return json;
  };
}

function operation({ path, summary, query, body, result }: Route, convert: Convert): Json {
  const named = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => ({
    name,
    in: "path",
    required: true,
    schema: { type: "string" },
  }));
  return {
    summary,
    parameters: [...named, ...query ? parameters(convert(query, "output")) : []],
    ...(body && {
      requestBody: { required: true, content: { "application/json": { schema: convert(body, "input") } } },
    }),
    responses: {
      200: {
        description: "Done",
        content: result
          ? { "application/json": { schema: convert(envelope(result), "output") } }
          : { "*/*": {} },
      },
      default: {
        description: "Refused",
        content: { "application/json": { schema: { $ref: "#/components/schemas/Failure" } } },
      },
    },
  };
}

/** An object in a query is written as JSON; the client of Cloudflare's writes it otherwise, which is read, too. */
function parameters(query: Json): readonly Json[] {
  return Object.entries(query["properties"] as Readonly<Record<string, Json>>).map(([name, schema]) => ({
    name,
    in: "query",
    ...(name === "filters" ? { content: { "application/json": { schema } } } : { schema }),
  }));
}

function envelope(result: Schema<unknown>): Schema<unknown> {
  return v.object({
    success: v.literal(true),
    result,
    result_info: v.optional(info),
    errors: v.array(v.unknown()),
    messages: v.array(v.unknown()),
  });
}
