import { createEngine, type Engine } from "./engine.ts";
import { explain } from "./faults/row.ts";
import type { Reply } from "./parts.ts";
import { pause, play } from "./play.ts";
import type { Entry } from "./record.ts";
import type { FaultyProvider, FaultySettings } from "./types.ts";

/**
 * Creates a provider that misbehaves as each request tells it: a function from Request to Response.
 *
 * @throws when the fault for all calls cannot be played
 */
export function createFaultyProvider(settings: FaultySettings = {}): FaultyProvider {
  const engine = createEngine(settings);
  return {
    calls: engine.calls,
    handle: (request) => handle(engine, request),
    fetch: async (input, init) => await handle(engine, new Request(input, init)),
  };
}

async function handle(engine: Engine, request: Request): Promise<Response> {
  const { signal } = request;
  const { pathname, search } = new URL(request.url);
  const entry = engine.enter(request.method, pathname + search, [...request.headers]);
  const abort = () => entry.end("aborted");
  if (signal.aborted) abort();
  signal.addEventListener("abort", abort, { once: true });
  const body = await request.text().catch((error) => {
    abort();
    throw error;
  });
  const reply = await engine.choose(entry, body);
  await pause(reply.before ?? 0, signal);
  return toResponse(reply.socket ? needsSocket(entry) : reply, entry, signal);
}

function needsSocket({ record }: Entry): Reply {
  return explain(`The fault "${record.fault}" needs a socket; waygate/testing/server plays it.`);
}

function toResponse(
  { status = 200, headers = {}, body = [] }: Reply,
  entry: Entry,
  signal: AbortSignal,
): Response {
  const gone = new AbortController();
  const chunks = play(body, AbortSignal.any([signal, gone.signal]));
  const stream = new ReadableStream<Uint8Array>({
    async pull(controller) {
      signal.throwIfAborted();
      const { done, value } = await chunks.next().catch((error) => {
        entry.end("broken");
        throw error;
      });
      if (!done) return controller.enqueue(value);
      entry.end("whole");
      controller.close();
    },
    cancel() {
      entry.end("aborted");
      gone.abort();
    },
  }, { highWaterMark: 0 });
  return new Response(stream, { status, headers });
}
