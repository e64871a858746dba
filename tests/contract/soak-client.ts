import type { ClientRequest, IncomingMessage } from "node:http";
import { head, open, pause } from "./stage.ts";
import type { Visit } from "./soak-visits.ts";

/** Longest that a client waits before it takes its request for hung, in ms. */
const PATIENCE = 20_000;
/** Longest that a client which is about to leave waits for a first chunk, in ms. */
const LAST_CHANCE = 100;

/** What a client saw: a status, or how else it came to an end. */
export type Sight = number | "broken" | "left" | "hung" | "unanswered" | "another's";

/** Makes a visit, as its manner says. */
export async function pay({ path, headers, body, manner: { pause: slow, leaves }, mark }: Visit, {
  origin,
  abrupt,
}: { readonly origin: string; readonly abrupt: boolean }): Promise<Sight> {
  const outgoing = open(origin + path, { headers: { "content-type": "application/json", ...headers }, body });
  let sight: Sight | undefined;
  const stop = (why: Sight) => () => {
    sight ??= why;
    leave(outgoing, abrupt);
  };
  const hung = setTimeout(stop("hung"), PATIENCE);
  const gone = leaves === undefined
    ? undefined
    : setTimeout(stop("left"), leaves === "at the first chunk" ? LAST_CHANCE : leaves);
  const onChunk = leaves === "at the first chunk" ? stop("left") : () => pause(slow);
  const seen = await read(outgoing, mark, onChunk);
  clearTimeout(hung);
  clearTimeout(gone);
  return sight ?? seen;
}

/** A Worker hears of a client that closes quietly only at its next write. */
function leave(outgoing: ClientRequest, abrupt: boolean): void {
  if (abrupt) outgoing.socket?.resetAndDestroy();
  outgoing.destroy();
}

async function read(outgoing: ClientRequest, mark: string, onChunk: () => unknown): Promise<Sight> {
  let answer: IncomingMessage | undefined;
  let text = "";
  try {
    answer = await head(outgoing);
    for await (const chunk of answer) {
      if (text.length < 100_000) text += chunk;
      await onChunk();
    }
  } catch {
    return answer || outgoing.socket?.bytesRead ? "broken" : "unanswered";
  }
  const others = text.match(/soak-\d+/g)?.filter((one) => one !== mark) ?? [];
  return others.length > 0 ? "another's" : answer.statusCode!;
}
