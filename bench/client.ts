/** A client over raw sockets, for what `wrk` cannot see: the time of each event, and bodies too large to hold. */
import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { type Call, head } from "./calls.ts";
import { LARGE, SLEEP, SLEEPS_AT } from "./live.ts";

/** Milliseconds of silence after which something is broken. */
const SILENCE = 10_000;

/** One stream: milliseconds from the question to the first event, and from each event's sending to its arrival. */
export interface Stream {
  readonly first: number;
  readonly delays: readonly number[];
}

/** Asks one question after the other, each on a connection of its own, and times the streams that answer. */
export async function stream(url: string, call: Call, times: number): Promise<Stream[]> {
  const question = head(call) + call.body;
  const streams: Stream[] = [];
  for (let asked = 0; asked < times; asked++) {
    const socket = await open(url);
    streams.push(await listen(socket, question));
    socket.destroy();
  }
  return streams;
}

function listen(socket: Socket, question: string): Promise<Stream> {
  return new Promise((resolve, reject) => {
    const delays: number[] = [];
    let first = 0;
    let rest = "";
    const hear = (chunk: string) => {
      const now = performance.now();
      const text = rest + chunk;
      const sent = [...text.matchAll(/"at":([\d.]+)}/g)];
      if (delays.length === 0 && sent.length > 0) first = now - asked;
      for (const [, at] of sent) delays.push(now - Number(at));
      const last = sent.at(-1);
      rest = last ? text.slice(last.index + last[0].length) : text;
      if (!text.includes("data: [DONE]\n\n") || !text.endsWith("\r\n0\r\n\r\n")) return;
      socket.off("data", hear).off("error", fail).off("close", fail);
      resolve({ first, delays });
    };
    const fail = (error: unknown) =>
      reject(new Error(`broken after ${delays.length} events, ${error}: ${rest}`));
    socket.on("data", hear).once("error", fail).once("close", fail);
    const asked = performance.now();
    socket.write(question);
  });
}

/** Uploads or downloads a large body whose reader sleeps once on the way; gives the seconds that it took. */
export async function transfer(url: string, call: Call): Promise<number> {
  const socket = await open(url);
  const began = performance.now();
  if (call.method === "GET") await download(socket, call);
  else await upload(socket, call);
  socket.destroy();
  return (performance.now() - began - SLEEP) / 1000;
}

async function upload(socket: Socket, call: Call): Promise<void> {
  const piece = new Uint8Array(64 * 1024);
  const answered = once(socket, "data");
  socket.write(head(call, LARGE));
  for (let sent = 0; sent < LARGE; sent += piece.length) {
    if (!socket.write(piece)) await once(socket, "drain");
  }
  const [answer] = await answered;
  if (!/^HTTP\/1.1 200/.test(answer)) throw new Error(`an upload was refused: ${answer}`);
}

async function download(socket: Socket, call: Call): Promise<void> {
  let read = 0;
  socket.setEncoding("latin1");
  socket.write(head(call));
  for await (const chunk of socket) {
    if (read === 0 && !/^HTTP\/1.1 200/.test(chunk)) throw new Error(`a download was refused: ${chunk}`);
    if (read < SLEEPS_AT && read + chunk.length >= SLEEPS_AT) await sleep(SLEEP);
    read += chunk.length;
    if (read > LARGE) break;
  }
  if (read < LARGE) throw new Error(`a download ended after ${read} bytes`);
}

async function open(url: string): Promise<Socket> {
  const { hostname, port } = new URL(url);
  const socket = connect({ host: hostname, port: Number(port), noDelay: true });
  await once(socket, "connect");
  socket.setTimeout(SILENCE, () => socket.destroy(new Error(`silent for ${SILENCE} ms`)));
  return socket.setEncoding("latin1");
}
