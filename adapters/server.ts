/** Where a server listens. */
export interface ServeOptions {
  /** @default 8787; 0 takes a free one */
  readonly port?: number;
  /** @default "127.0.0.1" */
  readonly hostname?: string;
}

/** A server that is running. */
export interface Server {
  /** Its origin, such as `http://127.0.0.1:8787`. */
  readonly url: string;
  /**
   * Lets answers in flight finish, takes no new ones, and resolves when all is closed. Called again, it cuts by the
   * earlier deadline. Deno cuts by the signals of requests, and an answer into which nobody looks, with no log and no
   * lines, heeds none: there it resolves half a second after the deadline, and such an answer runs on until it ends or
   * the program does.
   *
   * @param deadline ms after which what is still in flight is cut. @default 10000
   */
  stop(deadline?: number): Promise<void>;
}

/** Where a server listens as a URL, such as `http://127.0.0.1:8787`; an address of IPv6 stands in brackets there. */
export function originOf(hostname: string, port: number): string {
  return `http://${/^[^[].*:/.test(hostname) ? `[${hostname}]` : hostname}:${port}`;
}
