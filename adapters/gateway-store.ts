import type { Count } from "../src/index.ts";
import {
  endOf,
  type Entry,
  type ObjectStorage,
  type Piece,
  piecesOf,
  replace,
  sweep,
} from "./object-entries.ts";

/** What a Durable Object is given. */
export interface ObjectState {
  readonly storage: ObjectStorage;
}

interface Tally extends Entry {
  readonly used: number;
}

interface Value extends Entry {
  readonly type: string;
  /** All of it, where it is not in pieces. */
  readonly bytes?: Piece;
}

/** Most bytes of a piece: without SQLite a Durable Object takes 128 KiB, with what tells their type. */
const PIECE = 120 * 1024;

/**
 * The Durable Object of `durableObjectStore`, for a Worker to export. It removes what is over by itself; one that holds
 * nothing any more leaves nothing behind.
 *
 * While an object waits for its storage and for nothing else, no other request gets its turn: what was read is still
 * true when it is written anew.
 *
 * @see https://blog.cloudflare.com/durable-objects-easy-fast-correct-choose-three/
 */
export class GatewayStore {
  readonly #storage: ObjectStorage;
  readonly #pause: number;

  /** @param pause longest that anything lies there when it is over, in ms: one alarm removes all that ended meanwhile */
  constructor({ storage }: ObjectState, _env?: unknown, pause: number = 10_000) {
    this.#storage = storage;
    this.#pause = pause;
  }

  /** Does what `durableObjectStore` asks for: the method tells what, the query to which key. */
  async fetch(request: Request): Promise<Response> {
    const asked = new URL(request.url).searchParams;
    const key = asked.get("key")!;
    const number = (name: string) => Number(asked.get(name));
    switch (request.method) {
      case "POST":
        return Response.json(await this.#add(`count/${key}`, number("amount"), number("window")));
      case "PUT": {
        const bytes = new Uint8Array(await request.arrayBuffer());
        await this.#set(`value/${key}`, bytes, request.headers.get("content-type")!, number("ttl"));
        return new Response(null, { status: 204 });
      }
      case "DELETE":
        await replace(this.#storage, this.#pause, `value/${key}`);
        return new Response(null, { status: 204 });
      default:
        return await this.#get(`value/${key}`);
    }
  }

  /** Removes what is over. */
  async alarm(): Promise<void> {
    await sweep(this.#storage, this.#pause);
  }

  async #add(name: string, amount: number, window: number): Promise<Count> {
    const held = await this.#storage.get(name) as Tally | undefined;
    const now = Date.now();
    if (held && now < held.ends) {
      const tally: Tally = { ...held, used: held.used + amount };
      await this.#storage.put({ [name]: tally });
      return { used: tally.used, resets: tally.ends - now };
    }
    const tally: Tally = { ends: endOf(window, now), pieces: 0, used: amount };
    await replace(this.#storage, this.#pause, name, tally);
    return { used: amount, resets: tally.ends - now };
  }

  async #get(name: string): Promise<Response> {
    const held = await this.#storage.get(name) as Value | undefined;
    if (!held || Date.now() >= held.ends) return new Response(null, { status: 204 });
    const body = held.bytes ?? new Blob([...await piecesOf(this.#storage, name, held)]);
    return new Response(body, { headers: { "content-type": held.type } });
  }

  async #set(name: string, bytes: Piece, type: string, ttl: number): Promise<void> {
    const ends = endOf(ttl);
    const value: Value = bytes.byteLength > PIECE
      ? { ends, type, pieces: Math.ceil(bytes.byteLength / PIECE) }
      : { ends, type, pieces: 0, bytes };
    // A part that shared the memory of the whole would be stored with all of it.
    const pieces = Array.from(
      { length: value.pieces },
      (_, index) => bytes.slice(index * PIECE, (index + 1) * PIECE),
    );
    await replace(this.#storage, this.#pause, name, value, pieces);
  }
}
