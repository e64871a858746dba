import { upstream } from "../support/upstream.ts";

/** A provider whose only answer has begun. */
export interface Begun {
  /** A file of settings in which it is `up`. */
  readonly settings: string;
  /** Lets its answer end. */
  readonly goOn: () => void;
  stop(): Promise<void>;
}

/** Starts a provider that answers `begun`, and ` and ended` when somebody says so. */
export async function beginAnswer(): Promise<Begun> {
  const { promise, resolve: goOn } = Promise.withResolvers<void>();
  const up = await upstream(async (_, response) => {
    response.writeHead(200, { "content-type": "text/plain" }).write("begun");
    await promise;
    response.end(" and ended");
  });
  up.server.unref();
  const settings = JSON.stringify({ providers: { up: { base: up.url } } });
  return { settings, goOn, stop: () => up.stop() };
}
