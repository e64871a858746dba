import { createServer } from "node:net";

/** A port that nobody listens on, below those that connections take, so that it stays free until it is used. */
export async function freePort(): Promise<number> {
  const port = 10_000 + Math.floor(Math.random() * 12_000);
  const probe = createServer();
  const free = new Promise<boolean>((resolve) => {
    probe.once("error", () => resolve(false)).listen(
      port,
      "127.0.0.1",
      () => probe.close(() => resolve(true)),
    );
  });
  return await free ? port : freePort();
}
