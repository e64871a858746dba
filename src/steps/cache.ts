import { when } from "../compose.ts";
import type { Epochs } from "../epoch.ts";
import { createFlights } from "../flights.ts";
import { CREDENTIALS, returnable } from "../headers.ts";
import { interruptible } from "../interruptible.ts";
import { keeps } from "../options.ts";
import { heed } from "../obey.ts";
import { answer } from "../outcome.ts";
import { concat } from "../peek.ts";
import type { CacheSettings } from "../public.ts";
import { pack, type Recording, unpack } from "../recording.ts";
import type { Store } from "../store.ts";
import { tap } from "../tap.ts";
import type { Answer, Context, Layer, Outcome, Step } from "../types.ts";
import { flawOf } from "../witness.ts";

/** Most bytes of a request that is looked up, and of an answer that is kept. */
const MOST = 25 * 1024 * 1024;
/** Header fields that choose no answer. Whatever is not known to be one may choose, or be a credential, and counts. */
const MUTE = new RegExp(
  `^(${
    [
      // By what means somebody calls.
      "accept-(encoding|language)|cache-control|dnt|idempotency-key|pragma|priority|sec-.*|user-agent",
      "amz-sdk-request|x-amz-user-agent|x-goog-api-client|x-ms-useragent|x-stainless-.*",
      // When, and by way of whom.
      "date|fly-(client|forwarded|region).*|x-amz-cf-id|x-envoy-.*|x-(queue|request)-start",
      "x-vercel-(id|(deployment|forwarded|ip)-.*)",
      // In whose trace.
      "b3|baggage|correlation-context|elastic-apm-traceparent|grpc-trace-bin|newrelic|sentry-trace|sw8(-.*)?",
      "ot-tracer-.*|trace(parent|state)|uberctx-.*|x-cloud-trace-context|x-ot-span-context",
      "x-(b3|datadog|dynatrace|instana|newrelic)(-.*)?",
      "postman-token|(.*-)?(correlation|invocation|request|span|trace)-?id",
    ].join("|")
  })$`,
);
const isMute = (name: string): boolean => MUTE.test(name) && !CREDENTIALS.has(name);

/**
 * Answers what was asked before, by the same caller in the same words, with what was answered then, as long as it is
 * kept. Only a 200 that ended well is kept; one that cannot be kept goes on all the same.
 */
export const cache = (settings: CacheSettings, store: Store, epochs: Epochs): Layer<Step> =>
  when(
    ({ options, method }) => method === "POST" && keeps(options) > 0,
    interruptible((next) => {
      const flights = settings.coalesce ? createFlights() : undefined;

      async function lookUp(step: Step, context: Context): Promise<Outcome> {
        const key = await keyOf(step, context, settings, epochs);
        if (key === undefined) return next(step, context);
        const leader = flights?.follow(key, context);
        const known = leader
          ? await heed(context.signal, leader)
          : unpack(await store.get(key).catch(() => undefined));
        if (known) return replay(known, step, context);
        // Between this question and its answer nobody else may take off.
        const late = leader ? undefined : flights?.follow(key, context);
        if (!late) return await lead(key, step, context);
        const told = await heed(context.signal, late);
        return told ? replay(told, step, context) : await lead(key, step, context);
      }

      async function lead(key: string, step: Step, context: Context): Promise<Outcome> {
        const finish = flights?.lead(key, context) ?? (() => {});
        const outcome = await next(step, context).catch((error) => {
          finish();
          throw error;
        });
        if (outcome.kind === "failure" || outcome.response.status !== 200) {
          finish();
          return outcome;
        }
        const { answer, recorded } = record(outcome);
        answer.ended?.then((ending) => ending !== "complete" && finish());
        const kept = recorded.then(async (recording) => {
          if (recording) await store.set(key, pack(recording), keeps(step.options) * 1000);
        }).catch(() => {});
        recorded.then((recording) => finish(recording, kept), () => finish());
        context.waitUntil(kept);
        return answer;
      }

      return lookUp;
    }),
  );

/** The key of an answer; undefined where its request is too long to be looked up, or the store does not answer. */
async function keyOf(
  step: Step,
  context: Context,
  settings: CacheSettings,
  epochs: Epochs,
): Promise<string | undefined> {
  if ((step.body.untouched() ?? 0) > MOST) return undefined;
  const epoch = epochs.of(context.gateway, step.provider).catch(() => undefined);
  const [begins, name] = await Promise.all([epoch, nameOf(step, context, settings)]);
  return name && begins && `cache:${begins}:${name}`;
}

/** A hash of all that may change an answer; with a key of the client's, of that in place of path and body. */
async function nameOf(
  { provider, url, headers, body, options: { cacheKey, keyAlias } }: Step,
  { gateway, ledger, signal, sha256 }: Context,
  { shared }: CacheSettings,
): Promise<string | undefined> {
  const telling: string[] = [];
  for (const name in headers) {
    if (!isMute(name) && !(shared && CREDENTIALS.has(name))) telling.push(`${name}:${headers[name]}`);
  }
  const caller = shared ? null : ledger.caller ?? null;
  const common = [gateway, provider, caller, telling.sort(), keyAlias ?? null];
  const query = url.slice(url.indexOf("?") + 1 || url.length);
  if (cacheKey !== undefined) return await sha256(JSON.stringify([...common, "key", cacheKey, query]));
  if (!await heed(signal, body.keep())) return undefined;
  const bytes = body.open() ?? new Uint8Array();
  if (!(bytes instanceof Uint8Array) || bytes.byteLength > MOST) return undefined;
  const head = new TextEncoder().encode(JSON.stringify([...common, "url", url]));
  return await sha256(concat([head, bytes], head.byteLength + bytes.byteLength));
}

/** An answer that is kept when it has ended well; undefined where it is not worth it. */
function record(
  answer: Answer,
): { readonly answer: Answer; readonly recorded: Promise<Recording | undefined> } {
  const { response, ended, bytes } = answer;
  const { status, statusText, headers } = response;
  const fields = returnable(headers);
  delete fields["content-length"];
  const keep = (bytes: Uint8Array<ArrayBuffer>) =>
    flawOf(answer, bytes) ? undefined : { status, fields, body: bytes };
  if (bytes) return { answer: { ...answer, cache: "MISS" }, recorded: Promise.resolve(keep(bytes)) };
  const { body, whole } = tap(response.body ?? new Response("").body!, MOST);
  const recorded = whole.then(async (bytes) => bytes && await ended === "complete" ? keep(bytes) : undefined);
  return {
    answer: {
      ...answer,
      cache: "MISS",
      amendable: true,
      response: new Response(body, { status, statusText, headers }),
    },
    recorded,
  };
}

/** What was kept, as an answer that nobody had to be asked for. */
function replay({ status, fields, body }: Recording, step: Step, { respondWith }: Context): Answer {
  const headers = { ...fields, "content-length": String(body.byteLength) };
  return {
    ...answer(step, respondWith(body, { status, headers })),
    amendable: true,
    cache: "HIT",
    ended: Promise.resolve("complete"),
  };
}
