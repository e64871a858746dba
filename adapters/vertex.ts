import type { Call, Provider } from "../src/index.ts";
import { type Account, readAccount } from "./vertex-account.ts";
import { exchange, type Token } from "./vertex-token.ts";
import { within } from "./within.ts";

/** What `vertex` may be told. */
export interface VertexOptions {
  /** Longest wait for a token, in ms. @default 10000 */
  readonly timeout?: number;
  /** The clock, in ms since the epoch. @default Date.now */
  readonly now?: () => number;
}

/** A token that was asked for; undefined when the call that did so has left. */
type Coming = Promise<Token | undefined>;

/**
 * Takes keys of Google's service accounts, as JSON or its base64, and access tokens as they are:
 * `providers: { "google-vertex-ai": vertex() }`. Calls share an account's token until one minute before its end.
 */
export function vertex({ timeout = 10_000, now = Date.now }: VertexOptions = {}): Partial<Provider> {
  const tokens = new Map<string, Token>();
  const coming = new Map<string, Coming>();

  async function tokenFor(key: string, call: Call): Promise<string> {
    const account = readAccount(key);
    if (!account) return key;
    for (;;) {
      const kept = tokens.get(key);
      if (kept && now() < kept.expires) return kept.text;
      const asked = coming.get(key) ?? ask(key, account, call);
      // Twice as long: who asked has to give up first.
      const token = await within(2 * timeout, call.signal, asked);
      if (token) return token.text;
      if (coming.get(key) === asked) coming.delete(key);
    }
  }

  /** Ends when its call does, because some runtimes end it then anyway; who waits with it asks again. */
  function ask(key: string, account: Account, call: Call): Coming {
    const asked = exchange(account, call, { now: now(), timeout }).then((token) => {
      keep(key, token);
      return token;
    }, (error) => {
      if (!call.signal.aborted) throw error;
      return undefined;
    }).finally(() => {
      if (coming.get(key) === asked) coming.delete(key);
    });
    coming.set(key, asked);
    return asked;
  }

  function keep(key: string, token: Token): void {
    for (const [old, { expires }] of tokens) {
      if (expires <= now()) tokens.delete(old);
    }
    tokens.set(key, token);
  }

  return { authorize: async (key, call) => ({ authorization: `Bearer ${await tokenFor(key, call)}` }) };
}
