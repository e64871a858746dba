import type { FaultRow, Reply, Scene } from "../parts.ts";

type Play = (scene: Scene) => Reply | Promise<Reply>;
type MakeRow = (name: string, description: string, settings: readonly string[], play: Play) => FaultRow;

const rowOf = (kind: FaultRow["kind"]): MakeRow => (name, description, settings, play) => ({
  name,
  kind,
  description,
  settings,
  play,
});

/** A fault of a whole answer. */
export const answer: MakeRow = rowOf("answer");
/** A fault of a body that has begun; where no stream was asked for, of the plain answer's text. */
export const stream: MakeRow = rowOf("stream");
/** A fault of the connection. */
export const socket: MakeRow = rowOf("socket");
/** A fault of an address, which cannot be asked for by name. */
export const address: MakeRow = rowOf("address");

/** What is answered where a fault cannot be played. */
export function explain(message: string): Reply {
  return {
    status: 501,
    headers: { "content-type": "application/json" },
    body: [JSON.stringify({ error: { message } })],
  };
}
