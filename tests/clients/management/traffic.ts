import { CALLER, price } from "./gateway.ts";
import type { Told } from "./provider.ts";

/** A request of the traffic, and what its log has to say. */
export interface Visit {
  readonly slug: string;
  readonly path: string;
  readonly model: string | null;
  readonly told: Told;
  readonly headers: Readonly<Record<string, string>>;
  readonly expected: Partial<Known>;
}

/** What is known of a request without any look at its log. */
export interface Known {
  id: string;
  provider: string;
  model: string | null;
  path: string;
  status_code: number;
  success: boolean;
  cached: boolean;
  step: number;
  tokens_in: number | null;
  tokens_out: number | null;
  cost: number | null;
  custom_cost: boolean;
  metadata: Readonly<Record<string, string | number | boolean>> | null;
  event_id: string;
  user_agent: string;
  request_content_type: string | null;
  response_content_type: string | null;
  /** Whether the gateway asked for a token. */
  authentication: boolean;
  feedback: number | null;
  score: number | null;
  /** When it was sent, and when it was over, in ms since the epoch. */
  span: readonly [number, number];
  /** Least duration, in ms. */
  least: number;
  /** Bodies, where they are kept. */
  request?: string;
  response?: string;
}

const json = "application/json";

/** What is sent, in this order, before there is authentication. */
export const visits: readonly Visit[] = [
  visit("openai", "gpt-5", { usage: { input: 3, output: 2 } }, { metadata: { user: "ann", tier: 1 } }),
  visit("openai", "gpt-5-mini", { usage: { input: 30, output: 20 } }, {
    metadata: { user: "Ben", paid: true, "team name": 'say "ö"' },
    event_id: "trace-7",
  }),
  visit("openai", "gpt-5", { usage: { input: 7, output: 0 }, delay: 30 }, { user_agent: "curl/8.5" }),
  visit("groq", "llama-3", { status: 500 }, { metadata: { user: "ann" } }),
  visit("groq", "llama-3", { status: 429 }, { event_id: "Trace-8" }),
  visit("groq", "free", { usage: { input: 4, output: 4 } }, {}),
  visit("openai", "gpt-5", { usage: { input: 1, output: 9 }, stream: true }, { payload: true }),
  visit("openai", "gpt-5", { usage: { input: 2, output: 2 } }, { total: 0.25, payload: true }),
  visit("groq", "llama-3", { text: "plain ü" }, { payload: true, metadata: { n: 10.5, s: "10.5" } }),
  visit("openai", "o3", { usage: { input: 5, output: 5 } }, { cache: "MISS" }),
  visit("openai", "o3", { usage: { input: 5, output: 5 } }, { cache: "HIT", metadata: { user: "ann" } }),
  visit("anthropic", "claude-5", { usage: { input: 11, output: 12 } }, { path: "v1/messages" }),
  visit("openai", null, {}, { path: "models" }),
  visit("gone", "none", {}, {}),
];

/** What is sent when the gateway asks for a token. */
export const guarded: readonly Visit[] = [
  visit("openai", "gpt-5", { usage: { input: 6, output: 6 } }, { token: true }),
  visit("groq", "llama-3", { status: 404 }, { token: true, metadata: { user: "cleo" } }),
];

interface More {
  readonly path?: string;
  readonly metadata?: Known["metadata"];
  readonly event_id?: string;
  readonly user_agent?: string;
  readonly payload?: boolean;
  /** A custom cost, in USD. */
  readonly total?: number;
  readonly cache?: "HIT" | "MISS";
  readonly token?: boolean;
}

function visit(slug: string, model: string | null, told: Told, more: More): Visit {
  const { path = "chat/completions", metadata = null, event_id, user_agent = "Tester/1 (a%b_c)" } = more;
  const { usage, status = slug === "gone" ? 502 : 200, text, stream } = told;
  const counted = more.cache === "HIT" ? undefined : usage;
  const listed = counted ? price(slug, model ?? "", counted) as number | undefined : undefined;
  return {
    slug,
    path,
    model,
    told,
    headers: {
      "user-agent": user_agent,
      ...(model !== null && { "content-type": json }),
      ...(metadata && { "cf-aig-metadata": escaped(JSON.stringify(metadata)) }),
      ...(event_id !== undefined && { "cf-aig-event-id": event_id }),
      ...(more.payload && { "cf-aig-collect-log-payload": "true" }),
      ...(more.total !== undefined && { "cf-aig-custom-cost": JSON.stringify({ total_cost: more.total }) }),
      ...(more.cache && { "cf-aig-cache-ttl": "600" }),
      ...(more.token && { "cf-aig-authorization": `Bearer ${CALLER}` }),
    },
    expected: {
      provider: slug,
      model,
      path,
      status_code: status,
      success: status === 200,
      cached: more.cache === "HIT",
      step: 0,
      tokens_in: counted?.input ?? null,
      tokens_out: counted?.output ?? null,
      cost: more.total ?? (more.cache === "HIT" ? 0 : listed ?? null),
      custom_cost: more.total !== undefined,
      metadata,
      ...(event_id !== undefined && { event_id }),
      user_agent,
      request_content_type: model === null ? null : json,
      response_content_type: slug === "gone"
        ? null
        : stream
        ? "text/event-stream"
        : text === undefined
        ? json
        : "text/plain; charset=utf-8",
      authentication: more.token ?? false,
      feedback: null,
      score: null,
      least: told.delay ?? 0,
    },
  };
}

/** JSON as a header field can hold it wherever it is read. */
function escaped(json: string): string {
  return json.replace(/[^ -~]/g, (one) => `\\u${one.charCodeAt(0).toString(16).padStart(4, "0")}`);
}

/** Sends a request to a gateway id, reads its answer to the end, and tells what its log has to say. */
export async function send(
  url: string,
  { slug, path, model, told, headers, expected }: Visit,
): Promise<Known> {
  const body = model === null ? undefined : JSON.stringify({ model, told });
  const began = Date.now();
  const response = await fetch(`${url}/${slug}/${path}`, {
    method: body === undefined ? "GET" : "POST",
    headers,
    ...(body !== undefined && { body }),
  });
  const answer = await response.text();
  const id = response.headers.get("cf-aig-log-id")!;
  const isKept = headers["cf-aig-collect-log-payload"] !== undefined;
  return {
    event_id: id,
    ...expected as Omit<Known, "id" | "event_id" | "span">,
    id,
    span: [began, Date.now()],
    ...(isKept && { request: body!, response: answer }),
  };
}
