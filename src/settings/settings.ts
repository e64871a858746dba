import * as v from "valibot";
import { optionEntries, type Options } from "../options.ts";
import type { Settings } from "../public.ts";
import { plainObject, validate } from "../validate.ts";
import { breakerSchema, type CheckedBreaker } from "./breaker.ts";
import { type CheckedGateway, gatewaySchema } from "./gateway.ts";
import { providerSchema } from "./provider.ts";
import { baseUrl, callable, layersSchema, slug, whole, withoutTrailingSlash } from "./schemas.ts";

/** An object that has some functions. */
const able = (...names: readonly string[]): v.GenericSchema<unknown, object> =>
  v.custom<object>(
    (value) => names.every((name) => v.is(callable, (value as Record<string, unknown> | null)?.[name])),
    `Expected an object with ${names.slice(0, -1).join(", ")} and ${names.at(-1)}`,
  );

const gatewayId = v.pipe(
  v.string(),
  v.regex(/^[\w.~-]{1,64}$/, "Expected an id of 1 to 64 letters, digits and ._~-"),
);
const path = v.pipe(v.string(), v.regex(/^(\/[\w.~-]+)*\/?$/, "Expected a path such as /ai"));

/** What `createGateway` takes. */
export const settingsSchema: v.GenericSchema<unknown, object> = v.pipe(
  plainObject,
  v.strictObject({
    gateways: v.optional(v.pipe(plainObject, v.record(gatewayId, gatewaySchema))),
    defaults: v.optional(v.pipe(plainObject, v.strictObject(optionEntries)), {}),
    providers: v.optional(v.pipe(plainObject, v.record(slug, providerSchema))),
    basePath: v.optional(v.pipe(path, v.transform(withoutTrailingSlash)), ""),
    origin: v.optional(baseUrl, "http://127.0.0.1:8787"),
    bodyLimit: v.optional(whole(0), 100 * 1024 * 1024),
    breaker: v.optional(breakerSchema, false),
    store: v.optional(able("get", "set", "delete", "add")),
    cacheStore: v.optional(able("get", "set", "delete")),
    price: v.optional(callable),
    warn: v.optional(callable),
    layers: v.optional(layersSchema),
    logs: v.optional(able("append", "list", "get", "patch")),
    redact: v.optional(callable),
    trace: v.optional(v.boolean()),
    onRequest: v.optional(callable),
    onAttempt: v.optional(callable),
    onEnd: v.optional(callable),
    otel: v.optional(able("onEnd", "flush")),
    fetch: v.optional(callable),
  }),
  v.forward(
    v.check(
      ({ price, gateways = {} }) =>
        price !== undefined ||
        Object.values(gateways as Record<string, CheckedGateway>).every(({ budgets }) =>
          budgets.length === 0
        ),
      "Expected a function that knows prices, because a gateway has budgets",
    ),
    ["price"],
  ),
  v.forward(
    v.check(
      ({ otel, gateways = {} }) =>
        otel !== undefined ||
        Object.values(gateways as Record<string, CheckedGateway>).every(({ otel }) => otel.length === 0),
      "Expected otelExporters() of waygate/otel, because a gateway has otel",
    ),
    ["otel"],
  ),
);

/** Settings that were checked and completed. */
export interface CheckedSettings extends Settings {
  readonly gateways?: Readonly<Record<string, CheckedGateway>>;
  readonly defaults: Options;
  readonly breaker: CheckedBreaker;
  readonly basePath: string;
  readonly origin: string;
  readonly bodyLimit: number;
}

/** @throws {GatewayError} `invalid`, naming the field and what was expected */
export function checkSettings(settings: Settings): CheckedSettings {
  return validate(settingsSchema, settings, "settings") as unknown as CheckedSettings;
}
