import type { Fetch } from "../../src/types.ts";
import {
  checkOtlp,
  fail,
  type ReadAttribute,
  type ReadMetric,
  type ReadPoint,
  type ReadSpan,
} from "./otlp.ts";

/** What a receiver saw of one call. */
export interface Received {
  readonly url: string;
  readonly signal: "traces" | "metrics";
  readonly headers: Headers;
  readonly body: string;
}

/** An answer of a receiver. */
export type Verdict = (call: Received) => Response | Promise<Response>;

/** A collector that takes nothing that is not written strictly, and remembers what it took. */
export interface Receiver {
  readonly fetch: Fetch;
  /** What a `fetch` would, for a server. */
  receive(url: string, method: string, headers: Headers, body: string): Promise<Response>;
  readonly calls: readonly Received[];
  /** All spans so far, once every call was found good. */
  spans(): ReadSpan[];
  /** The metrics of the latest call, by name. */
  metrics(): Readonly<Record<string, ReadMetric>>;
  /** The attributes of the service, as the latest call told them. */
  resource(): readonly ReadAttribute[];
}

/** @param verdicts answers to the first calls; all others are good */
export function otlpReceiver(...verdicts: readonly Verdict[]): Receiver {
  const calls: Received[] = [];
  const taken: Received[] = [];
  const problems: string[] = [];
  let turn = 0;

  async function receive(url: string, method: string, headers: Headers, body: string): Promise<Response> {
    const signal = new URL(url).pathname.endsWith("/v1/metrics") ? "metrics" : "traces";
    const call: Received = { url, signal, headers, body };
    calls.push(call);
    try {
      if (method !== "POST") fail("method", "POST", method);
      if (headers.get("content-type") !== "application/json") fail("content-type", "JSON", [...headers]);
      checkOtlp(signal, body);
    } catch (error) {
      problems.push(String(error));
      return Response.json({ message: String(error) }, { status: 400 });
    }
    const verdict = verdicts[turn++];
    const response = verdict ? await verdict(call) : Response.json({});
    if (response.ok) taken.push(call);
    return response;
  }

  /** What is deepest in the bodies of one signal that were taken. */
  function read<Item>(signal: "traces" | "metrics", kind: "Spans" | "Metrics", name: string): Item[][] {
    if (problems.length > 0) throw new Error(problems.join("\n"));
    return taken.filter((call) => call.signal === signal).map(({ body }) =>
      JSON.parse(body)[`resource${kind}`].flatMap((whole: Record<string, Record<string, Item>[]>) =>
        whole[`scope${kind}`]!.flatMap((part) => part[name]!)
      )
    );
  }

  return {
    calls,
    receive,
    fetch: (url, init) => receive(url, init.method ?? "GET", new Headers(init.headers), String(init.body)),
    spans: () => read<ReadSpan>("traces", "Spans", "spans").flat(),
    metrics() {
      type Told = ReadMetric & Record<"sum" | "histogram", { dataPoints: ReadPoint[] } | undefined>;
      const told = read<Told>("metrics", "Metrics", "metrics").at(-1) ?? [];
      return Object.fromEntries(
        told.map(({ name, unit, sum, histogram }) => [
          name,
          { name, unit, points: (sum ?? histogram)!.dataPoints },
        ]),
      );
    },
    resource() {
      const [whole] = Object.values<{ resource: { attributes: ReadAttribute[] } }[]>(
        JSON.parse(calls.at(-1)!.body),
      );
      return whole![0]!.resource.attributes;
    },
  };
}

/** Attributes as plain values: 64-bit integers as numbers. */
export function plain(attributes: readonly ReadAttribute[]): Record<string, unknown> {
  return Object.fromEntries(attributes.map(({ key, value }) => [key, plainValue(value)]));
}

function plainValue(value: Readonly<Record<string, unknown>>): unknown {
  const [[kind, one] = []] = Object.entries(value);
  if (kind === "intValue") return Number(one);
  if (kind !== "arrayValue") return one;
  return (one as { values: Record<string, unknown>[] }).values.map(plainValue);
}
