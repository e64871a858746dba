import type { After } from "./otel-channel.ts";
import { post, type Postbox } from "./otel-post.ts";

/** How often one body is sent at most. */
const ATTEMPTS = 5;
/** First wait between attempts, which doubles each time, and the longest, in ms. */
const FIRST = 1000, LONGEST = 30_000;
/** Longest that a collector may ask to wait, in ms. */
const LONGEST_ASKED = 300_000;

/** Sends JSON until it is taken, refused, or was sent often enough. */
export interface Delivery {
  readonly postbox: Postbox;
  readonly after: After;
  /** Says for how many ms at most nothing will be heard. */
  readonly extend: (ms: number) => void;
}

/** What became of it: how much of it the collector refused, or why all of it is lost. */
export type Delivered =
  | { readonly taken: true; readonly rejected: number }
  | { readonly taken: false; readonly why: string };

/** Delivers a body to a collector. It never rejects. */
export async function deliver(body: string, { postbox, after, extend }: Delivery): Promise<Delivered> {
  for (let attempt = 1;; attempt++) {
    extend(postbox.timeout);
    const reply = await post(postbox, body);
    if (reply.kind === "taken") return { taken: true, rejected: reply.rejected };
    if (reply.kind === "refused" || attempt === ATTEMPTS) return { taken: false, why: reply.why };
    const ms = reply.ms === undefined ? backoff(attempt) : Math.min(reply.ms, LONGEST_ASKED);
    extend(ms);
    await new Promise<void>((resolve) => after(ms, resolve));
  }
}

/** Not all of those who wait come back at once. */
function backoff(attempt: number): number {
  return Math.min(FIRST * 2 ** (attempt - 1), LONGEST) * (0.5 + Math.random() / 2);
}
