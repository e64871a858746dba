import { whole } from "../healthy.ts";
import type { FaultRow, Scene, SocketPiece } from "../parts.ts";
import { bytesOf, chunk, half, join } from "../pieces.ts";
import { address, explain, socket } from "./row.ts";

const stay: SocketPiece = { pause: Infinity };
const end: SocketPiece = { close: "end" };
const fin: SocketPiece = { close: "fin" };
const reset: SocketPiece = { close: "reset" };

const head = ({ healthy }: Scene, ...fields: readonly string[]) =>
  ["HTTP/1.1 200 OK", `content-type: ${healthy.type}`, ...fields, "", ""].join("\r\n");
const bodyOf = ({ healthy }: Scene) => bytesOf(whole(healthy));
const wait = ({ number }: Scene) => ({ pause: number("ms", 10) });

/** Half of the answer under a length that promises all of it. */
const short = (scene: Scene): readonly SocketPiece[] => {
  const body = bodyOf(scene);
  return [head(scene, `content-length: ${body.length}`), half(body)];
};

/** Half of the answer as one chunk. */
const chunked = (scene: Scene): readonly SocketPiece[] => [
  head(scene, "transfer-encoding: chunked"),
  chunk(half(bodyOf(scene))),
];

/** Faults below HTTP, which need a socket. */
export const sockets: readonly FaultRow[] = [
  address(
    "refused",
    "Refuses the connection: send the request to the server's `refused` instead of its `url`.",
    [],
    () => explain("Connections are refused at the address `refused` of waygate/testing/server."),
  ),
  socket("reset", "Resets the connection instead of answering.", [], () => ({ socket: [reset] })),
  socket("hang-up", "Closes the connection instead of answering.", [], () => ({ socket: [fin] })),
  socket("half-head", "Sends half a head, then stays silent.", [], () => ({
    socket: ["HTTP/1.1 200 OK\r\ncontent-ty", stay],
  })),
  socket("bad-head", "Answers with something that is not HTTP.", [], () => ({
    socket: ["This is no HTTP\r\n\r\n", fin],
  })),
  socket("reset-chunked", "Resets the connection between two chunks.", ["ms=10"], (scene) => ({
    socket: [...chunked(scene), wait(scene), reset],
  })),
  socket("reset-length", "Resets the connection before content-length bytes were sent.", ["ms=10"], (
    scene,
  ) => ({ socket: [...short(scene), wait(scene), reset] })),
  socket("fin-chunked", "Closes the connection in the middle of a chunk.", ["ms=10"], (scene) => ({
    socket: [...chunked(scene), "ffff\r\n{", wait(scene), fin],
  })),
  socket("fin-length", "Closes the connection before content-length bytes were sent.", ["ms=10"], (
    scene,
  ) => ({ socket: [...short(scene), wait(scene), fin] })),
  socket("length-too-large", "Promises more bytes than it sends, and stays connected.", [], (scene) => ({
    socket: [...short(scene), stay],
  })),
  socket(
    "length-too-small",
    "Sends more bytes than it promises: the rest lies in the next answer's way.",
    [],
    (
      scene,
    ) => {
      const body = bodyOf(scene);
      return { socket: [join(head(scene, `content-length: ${half(body).length}`), body)] };
    },
  ),
  socket("drip-head", "Sends head and body a byte at a time.", ["ms=1"], (scene) => {
    const body = bodyOf(scene);
    const answer = join(head(scene, `content-length: ${body.length}`, "connection: close"), body);
    const pause = scene.number("ms", 1);
    return { socket: [...[...answer].flatMap((byte) => [Uint8Array.of(byte), { pause }]), end] };
  }),
  socket("gzip-bomb", "Sends a small gzip body that unpacks to very much.", ["mib=64"], async (scene) => {
    const bomb = await pack(scene.number("mib", 64));
    return { socket: [head(scene, "content-encoding: gzip", `content-length: ${bomb.length}`), bomb] };
  }),
];

/** Packs `mib` MiB of spaces. */
async function pack(mib: number): Promise<Uint8Array> {
  const spaces = new Uint8Array(1024 * 1024).fill(32);
  let left = mib;
  const source = new ReadableStream<Uint8Array<ArrayBuffer>>({
    pull: (controller) => left-- > 0 ? controller.enqueue(spaces) : controller.close(),
  });
  const packed = source.pipeThrough(new CompressionStream("gzip"));
  return new Uint8Array(await new Response(packed).arrayBuffer());
}
