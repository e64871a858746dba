import {
  createGateway,
  type GatewaySettings,
  type LogRecord,
  memoryStore,
  type Price,
} from "../../src/index.ts";
import { concat } from "../../src/peek.ts";
import { arrayLogs } from "./array-logs.ts";
import { ask } from "./script.ts";

/** What a provider answers. */
export interface Played {
  /** Path of the request behind the gateway id, such as `/openai/chat/completions`. */
  readonly path: string;
  readonly contentType: string;
  /** @default 200 */
  readonly status?: number | undefined;
  /** The answer's body, as it arrives. */
  readonly chunks: readonly Uint8Array[];
  /** JSON of the request's body. @default one that names the model `m` */
  readonly query?: object;
}

/** What came of it. */
export interface Heard {
  /** What the client got. */
  readonly bytes: Uint8Array;
  /** Whether it got all of it, and no broken transfer. */
  readonly whole: boolean;
  readonly record: LogRecord;
  /** The answer's body in the log. */
  readonly kept: Uint8Array | undefined;
  /** What was counted against a limit of tokens. */
  readonly tokens: number;
}

/** Most that a limit may be: nothing here is refused. */
const ENDLESS = 2 ** 50;
/** A day, in seconds. */
const interval = 86_400;

/**
 * Plays answers through a gateway that reads all it can: it meters, prices, logs, and keeps bodies.
 *
 * @param more settings of the gateway. @default none
 */
export function metered(price: Price, more: GatewaySettings = {}): (played: Played) => Promise<Heard> {
  let answer: Response;
  let tokens = 0;
  let told: (record: LogRecord) => void;
  const store = memoryStore();
  const add: typeof store.add = (key, amount, window) => {
    if (key.startsWith("tokens:")) tokens += amount;
    return store.add(key, amount, window);
  };
  const logs = arrayLogs();
  const gateway = createGateway({
    fetch: () => Promise.resolve(answer),
    store: { ...store, add },
    price,
    logs,
    onEnd: (record) => told(record),
    gateways: {
      g: {
        collectLogPayload: true,
        rateLimit: { limit: ENDLESS, interval, unit: "tokens" },
        budgets: [{ limit: 1e6, interval }],
        ...more,
      },
    },
  });

  return async ({ path, contentType, status = 200, chunks, query = { model: "m" } }) => {
    answer = new Response(bodyOf(chunks), { status, headers: { "content-type": contentType } });
    tokens = 0;
    const over = new Promise<LogRecord>((resolve) => told = resolve);
    const after: Promise<unknown>[] = [];
    const headers = { "content-type": "application/json" };
    const request = ask(path, { body: JSON.stringify(query), headers });
    const response = await gateway.handle(request, { waitUntil: (promise) => void after.push(promise) });
    const { bytes, whole } = await readBytes(response);
    const record = await over;
    await gateway.flush();
    await Promise.all(after);
    const [entry] = logs.entries.splice(0);
    return { bytes, whole, record, kept: entry?.response, tokens };
  };
}

function bodyOf(chunks: readonly Uint8Array[]): ReadableStream<Uint8Array> {
  let next = 0;
  return new ReadableStream({
    pull(controller) {
      const chunk = chunks[next++];
      if (chunk) controller.enqueue(chunk);
      else controller.close();
    },
  }, { highWaterMark: 0 });
}

async function readBytes(response: Response): Promise<{ bytes: Uint8Array; whole: boolean }> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  let whole = true;
  try {
    for await (const chunk of response.body ?? []) {
      chunks.push(chunk);
      length += chunk.byteLength;
    }
  } catch {
    whole = false;
  }
  return { bytes: concat(chunks, length), whole };
}
