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
   * Lets answers in flight finish, takes no new ones, and resolves when all is closed.
   *
   * @param deadline ms after which what is still in flight is cut. @default 10000
   */
  stop(deadline?: number): Promise<void>;
}
