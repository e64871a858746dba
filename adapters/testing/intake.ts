import type { Socket } from "node:net";

/** The receiving half of a connection. */
export interface Intake {
  /** Takes everything up to and including a mark. @throws when the connection ends before it */
  until(mark: string): Promise<string>;
  /** Takes so many bytes, one character each. @throws when the connection ends before them */
  take(length: number): Promise<string>;
  /** Aborts when the other side closes or resets the connection. */
  readonly gone: AbortSignal;
}

/** Collects what comes over a socket. */
export function createIntake(socket: Socket): Intake {
  const gone = new AbortController();
  let received = "";
  let wake = () => {};
  const end = () => {
    if (!gone.signal.aborted) gone.abort(new Error("The client has left"));
    wake();
  };
  socket.setEncoding("latin1");
  socket.on("data", (text) => {
    received += text;
    wake();
  });
  socket.on("error", end).on("end", end).on("close", end);

  const cut = async (find: () => number): Promise<string> => {
    let length: number;
    while ((length = find()) < 0) {
      gone.signal.throwIfAborted();
      await new Promise<void>((resolve) => wake = resolve);
    }
    const taken = received.slice(0, length);
    received = received.slice(length);
    return taken;
  };
  return {
    gone: gone.signal,
    until: (mark) =>
      cut(() => {
        const at = received.indexOf(mark);
        return at < 0 ? -1 : at + mark.length;
      }),
    take: (length) => cut(() => received.length < length ? -1 : length),
  };
}
