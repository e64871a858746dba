import type { Socket } from "node:net";
import type { Reply, SocketPiece } from "../../src/testing/parts.ts";
import { chunk } from "../../src/testing/pieces.ts";
import { pause, play } from "../../src/testing/play.ts";
import type { Ending } from "../../src/testing/types.ts";

/** What a reply needs of its connection. */
export interface Line {
  readonly socket: Socket;
  /** Aborts when the client leaves. */
  readonly gone: AbortSignal;
  /** Is told how the call ended. */
  readonly end: (ending: Ending) => void;
}

/** Sends a reply; what is left of the connection can carry the next request. @throws when the client leaves */
export async function send(reply: Reply, line: Line): Promise<void> {
  if (reply.socket) await sendRaw(reply.socket, line);
  else await sendAnswer(reply, line);
  line.end("whole");
}

async function sendAnswer(
  { before = 0, status = 200, headers = {}, body = [] }: Reply,
  line: Line,
): Promise<void> {
  await pause(before, line.gone);
  const fields = Object.entries({ ...headers, "transfer-encoding": "chunked" });
  const lines = fields.map(([name, value]) => `${name}: ${value}\r\n`);
  await write(line, `HTTP/1.1 ${status} ${status < 400 ? "OK" : "Error"}\r\n${lines.join("")}\r\n`);
  try {
    for await (const bytes of play(body, line.gone)) await write(line, chunk(bytes));
    await write(line, "0\r\n\r\n");
  } catch {
    line.end("broken");
    line.socket.destroy();
  }
}

async function sendRaw(pieces: readonly SocketPiece[], line: Line): Promise<void> {
  for (const piece of pieces) {
    if (typeof piece === "string" || piece instanceof Uint8Array) await write(line, piece);
    else if ("pause" in piece) await pause(piece.pause, line.gone);
    else closings[piece.close](line);
  }
}

const closings: Readonly<Record<"end" | "fin" | "reset", (line: Line) => void>> = {
  end({ socket, end }) {
    end("whole");
    socket.end();
  },
  fin({ socket, end }) {
    end("broken");
    socket.end();
  },
  reset({ socket, end }) {
    end("broken");
    socket.resetAndDestroy();
  },
};

/** Writes, and waits until the system has taken it. */
function write({ socket, gone }: Line, data: string | Uint8Array): Promise<void> {
  gone.throwIfAborted();
  return new Promise((resolve) => {
    const done = () => {
      gone.removeEventListener("abort", done);
      resolve();
    };
    gone.addEventListener("abort", done, { once: true });
    socket.write(data, done);
  });
}
