import type {
  ExplainedChoice,
  ExplainedField,
  ExplainedLimit,
  ExplainedStep,
  Explanation,
} from "../../src/index.ts";
import { plain } from "./plain.ts";

/** Options that lines of their own tell. */
const TOLD = [
  "maxAttempts",
  "retryDelay",
  "backoff",
  "connectTimeout",
  "requestTimeout",
  "idleTimeout",
  "totalTimeout",
  "commit",
  "fallbackOn",
  "hedgeAfter",
  "cacheTtl",
  "cacheKey",
];

/** An explanation as text for people. */
export function tellExplanation({ account, gateway, caller, answer, steps }: Explanation): string {
  if (answer) {
    const { status, internalCode, message } = answer;
    const code = internalCode === undefined ? "" : ` / ${internalCode}`;
    return plain(
      `The gateway answers by itself: ${status}${code}${message === undefined ? "" : `, ${message}`}`,
    );
  }
  const who = caller === undefined ? "" : `, as ${caller}`;
  const told = steps.map((step, index) => tellStep(step, index, steps.length - 1 - index));
  return [plain(`gateway ${gateway}, account ${account}${who}`), ...told].join("\n");
}

function tellStep(step: ExplainedStep, index: number, left: number): string {
  const { options } = step;
  const others = Object.entries(options).filter(([name]) => !TOLD.includes(name));
  const rows: readonly (readonly [string, string])[] = [
    ["url", `${step.method} ${step.url}`],
    ...(step.choices ?? []).map((choice, at) => ["way", tellChoice(choice, at)] as const),
    ...step.asks.map((origin) => ["asks first", origin] as const),
    ...(step.refusal
      ? [
        [
          "refused",
          `${step.refusal.status} / ${step.refusal.internalCode}, ${step.refusal.message}`,
        ] as const,
      ]
      : []),
    ["headers", tellHeaders(step.headers)],
    ["model", step.model ?? "none is named"],
    ["attempts", tellAttempts(step)],
    ["timeouts", tellTimeouts(step)],
    ["commit", options.commit ?? "event while another attempt or step is left, otherwise headers"],
    ["moves on", tellFallback(step, left)],
    [
      "cache",
      step.cache ? `${step.cache.ttl} s, key ${step.cache.key ?? "none: it is not looked up"}` : "no",
    ],
    ...step.limits.map((limit) => [limit.name === undefined ? "limit" : "budget", tellLimit(limit)] as const),
    ["breaker", tellBreaker(step)],
    ...others.map(([name, value]) => [name, JSON.stringify(value)] as const),
  ];
  const lines = rows.map(([name, text]) => `  ${name.padEnd(10)}  ${text}`);
  return [`step ${index}: ${step.provider}`, ...lines].map(plain).join("\n");
}

function tellChoice({ url, weight, headers }: ExplainedChoice, index: number): string {
  return `${index}: ${url}, weight ${weight}; headers ${tellHeaders(headers)}`;
}

function tellHeaders(headers: readonly ExplainedField[]): string {
  const by = (from: string) =>
    headers.filter((field) => field.from === from).map(({ name }) => name).join(", ");
  const gateway = by("gateway");
  return (by("client") || "none of the client's") + (gateway && `; by the gateway: ${gateway}`);
}

function tellAttempts({ options }: ExplainedStep): string {
  const { maxAttempts = 1, retryDelay = 500, backoff = "exponential" } = options;
  return maxAttempts === 1 ? "1" : `${maxAttempts}, with pauses from ${retryDelay} ms, ${backoff}`;
}

function tellTimeouts({ options }: ExplainedStep): string {
  const { connectTimeout = 10_000, requestTimeout, idleTimeout = 300_000, totalTimeout } = options;
  const tell = (ms: number | undefined) => ms ? `${ms} ms` : "none";
  return `connection ${tell(connectTimeout)} (on Node), first byte ${tell(requestTimeout)}, ` +
    `silence ${tell(idleTimeout)}, all together ${tell(totalTimeout)}`;
}

function tellFallback({ options: { fallbackOn, hedgeAfter } }: ExplainedStep, left: number): string {
  if (left === 0) return "no step follows";
  const causes = fallbackOn ? fallbackOn.join(", ") || "never" : "after everything but a 2xx";
  return hedgeAfter === undefined ? causes : `${causes}; beside it after ${hedgeAfter} ms`;
}

function tellLimit({ limit, unit, interval, technique, per, name, takes }: ExplainedLimit): string {
  const each = per.length > 0 ? ` for each ${per.join(", ")}` : "";
  const told = `${limit} ${unit} in ${interval} s${each}, ${technique}`;
  const taken = takes === null ? "counts nothing of this call" : `sets aside ${takes} ${unit}`;
  return `${name === undefined ? "" : `${name}: `}${told}; ${taken}`;
}

function tellBreaker({ breaker }: ExplainedStep): string {
  if (!breaker) return "no";
  const { failureRatio, minimum, window, cooldown } = breaker;
  return `opens for ${cooldown} ms at ${failureRatio * 100} % of at least ${minimum} calls in ${window} ms`;
}
