import { complaintOf } from "./complaint.ts";
import { dialects } from "./dialects/table.ts";
import { explain } from "./faults/row.ts";
import { rows } from "./faults/table.ts";
import { plain, streamed } from "./healthy.ts";
import { findOrder, type Order, type Query, readOrder, readQuery } from "./order.ts";
import type { ErrorKind, Piece, Reply, Scene } from "./parts.ts";
import { enter, type Entry } from "./record.ts";
import type { CallRecord, FaultySettings } from "./types.ts";

/** What the handler and the server share: the record of all calls, and the choice of what is played. */
export interface Engine {
  readonly calls: readonly CallRecord[];
  enter(...call: Parameters<typeof enter>): Entry;
  /** Chooses the reply, once the body is there. */
  choose(entry: Entry, body: string): Promise<Reply>;
}

/** Sets up a provider without a way to call it. @throws when the fault for all calls cannot be played */
export function createEngine(
  { text = "Hello from a faulty provider", pace = 0, fault = "healthy" }: FaultySettings = {},
): Engine {
  const usual = readOrder(fault);
  const complaint = complaintOf(usual);
  if (complaint) throw new TypeError(complaint);
  const calls: CallRecord[] = [];
  const isDue = createCounter();
  const words = text.split(/(?= )/);
  return {
    calls,
    enter(...call) {
      const entry = enter(...call);
      calls.push(entry.record);
      return entry;
    },
    async choose(entry, body) {
      const query = readQuery(body);
      const order = findOrder(entry.record.path.split("?", 1)[0]!, query.model) ?? usual;
      const complaint = complaintOf(order);
      if (complaint) {
        entry.note({ body, fault: order.fault });
        return explain(complaint);
      }
      const due = isDue(order);
      const name = due ? order.fault : "healthy";
      entry.note({ body, fault: name });
      const scene = setScene({ record: entry.record, order, query, words });
      const reply = await rows.get(name)!.play(scene);
      const headers = {
        "content-type": scene.healthy.type,
        ...reply.headers,
        ...(due ? hintsOf(order) : {}),
      };
      return { ...reply, headers, body: pacedBy(pace, reply.body) };
    },
  };
}

/** Counts the calls of each key, and tells which of them `every` and `times` leave to the fault. */
function createCounter(): (order: Order) => boolean {
  const counts = new Map<string, number>();
  return ({ settings, text }) => {
    const key = settings.get("key") ?? text;
    const count = (counts.get(key) ?? 0) + 1;
    counts.set(key, count);
    const every = numberIn(settings, "every", 1);
    return count % every === 0 && count / every <= numberIn(settings, "times", Infinity);
  };
}

/** What is known of a call when its scene is set. */
interface Known {
  readonly record: CallRecord;
  readonly order: Order;
  readonly query: Query;
  readonly words: readonly string[];
}

function setScene({ record: { path, headers }, order: { settings }, query, words }: Known): Scene {
  const named = dialects.find(({ name }) => name === settings.get("dialect"));
  const dialect = named ?? dialects.find((dialect) => dialect.path.test(path)) ?? dialects[0];
  const hints = { path, asked: query.stream, accepted: acceptsEvents(headers) };
  const told = settings.get("stream");
  const streams = told === undefined ? dialect.streams?.(hints) ?? query.stream : told !== "0";
  const tell = streams ? streamed : plain;
  const speech = { model: query.model ?? "faulty", words, usage: query.usage };
  return {
    dialect,
    healthy: tell(dialect, { ...speech, filtered: false }),
    filtered: tell(dialect, { ...speech, filtered: true }),
    kind: (settings.get("kind") ?? "overloaded") as ErrorKind,
    number: (setting, fallback) => numberIn(settings, setting, fallback),
  };
}

function acceptsEvents(headers: CallRecord["headers"]): boolean {
  return headers.some(([name, value]) => /^accept$/i.test(name) && value.includes("text/event-stream"));
}

function numberIn(settings: Order["settings"], name: string, fallback: number): number {
  return Number(settings.get(name) ?? fallback);
}

function hintsOf({ settings }: Order): Record<string, string> {
  const named = ["retry-after", "retry-after-ms", "x-should-retry"];
  const hints = Object.fromEntries([...settings].filter(([name]) => named.includes(name)));
  const ahead = numberIn(settings, "retry-after-date", NaN);
  if (Number.isNaN(ahead)) return hints;
  return { ...hints, "retry-after": new Date(Date.now() + ahead * 1000).toUTCString() };
}

function pacedBy(pace: number, pieces: readonly Piece[] = []): readonly Piece[] {
  return pace > 0 ? pieces.flatMap((piece) => [piece, { pause: pace }]) : pieces;
}
