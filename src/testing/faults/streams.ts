import { whole } from "../healthy.ts";
import type { FaultRow, Piece, Scene } from "../parts.ts";
import { bytesAt, half } from "../pieces.ts";
import { stream } from "./row.ts";

const forever: Piece = { pause: Infinity };

/** The beginning: all start-up events and the first `after` tokens, 1 unless told otherwise. */
const begun = ({ healthy, number }: Scene): readonly Piece[] => [
  ...healthy.start,
  ...healthy.tokens.slice(0, number("after", 1)),
];
const rest = ({ healthy, number }: Scene): readonly Piece[] => [
  ...healthy.tokens.slice(number("after", 1)),
  ...healthy.end,
];
const errorOf = ({ healthy, kind }: Scene): Piece => healthy.error(kind);

/** The first half of a piece. */
const halfOf = (piece: Piece = ""): Piece => (index) => half(bytesAt(piece, index));

const comments = ({ healthy, number }: Scene): readonly Piece[] =>
  Array.from({ length: number("count", 3) }, () => [healthy.comment, { pause: number("ms", 10) }]).flat();

/** Every byte by itself, with a pause after each. */
const drip = (piece: Piece, index: number, pause: number): readonly Piece[] =>
  [...bytesAt(piece, index)].flatMap((byte) => [Uint8Array.of(byte), { pause }]);

/** Bodies that begin, and then go wrong. */
export const streams: readonly FaultRow[] = [
  stream("slow-first-token", "Sends the start-up events, then waits before the first token.", ["ms=100"], (
    { healthy, number },
  ) => ({ body: [...healthy.start, { pause: number("ms", 100) }, ...healthy.tokens, ...healthy.end] })),
  stream("pause", "Pauses in mid-stream, then goes on.", ["after=1", "ms=100"], (scene) => ({
    body: [...begun(scene), { pause: scene.number("ms", 100) }, ...rest(scene)],
  })),
  stream("stall", "Falls silent in mid-stream and stays connected.", ["after=1"], (scene) => ({
    body: [...begun(scene), forever],
  })),
  stream("cut", "Ends cleanly in mid-stream: no finish reason, no end mark; plain JSON is truncated.", [
    "after=1",
  ], (scene) => ({ body: begun(scene) })),
  stream("cut-in-event", "Ends cleanly in the middle of an event.", ["after=1"], (scene) => ({
    body: [...begun(scene), halfOf(rest(scene)[0])],
  })),
  stream("break", "Breaks the transfer off in mid-stream.", ["after=1", "ms=10"], (scene) => ({
    body: [...begun(scene), { pause: scene.number("ms", 10) }, { broken: true }],
  })),
  stream("malformed", "Sends an event that is no JSON, then goes on.", ["after=1"], (scene) => ({
    body: [...begun(scene), scene.healthy.malformed, ...rest(scene)],
  })),
  stream("missing-terminal", "Sends everything but the last event, which says that it is whole.", [], (
    { healthy },
  ) => ({ body: whole(healthy).slice(0, -1) })),
  stream(
    "error-event",
    "Sends an error as the very first event of a 200.",
    ["kind=overloaded"],
    (scene) => ({ body: [errorOf(scene)] }),
  ),
  stream("error-after-start", "Sends the start-up events, then an error.", ["kind=overloaded"], (scene) => ({
    body: [...scene.healthy.start, errorOf(scene)],
  })),
  stream("error-after-token", "Sends an error after the first tokens.", ["kind=overloaded", "after=1"], (
    scene,
  ) => ({ body: [...begun(scene), errorOf(scene)] })),
  stream("empty", "Answers 200 with no body at all.", [], () => ({ body: [] })),
  stream("start-only", "Sends the start-up events and ends.", [], ({ healthy }) => ({ body: healthy.start })),
  stream("pings", "Sends pings or comments, then stays silent.", ["count=3", "ms=10"], (scene) => ({
    body: [...comments(scene), forever],
  })),
  stream("pings-only", "Sends pings or comments and ends.", ["count=3", "ms=10"], (scene) => ({
    body: comments(scene),
  })),
  stream("pings-first", "Sends pings or comments, then answers well.", ["count=3", "ms=10"], (scene) => ({
    body: [...comments(scene), ...whole(scene.healthy)],
  })),
  stream("drip", "Answers well, a byte at a time.", ["ms=1"], ({ healthy, number }) => ({
    body: whole(healthy).flatMap((beat, index) => drip(beat, index, number("ms", 1))),
  })),
];
