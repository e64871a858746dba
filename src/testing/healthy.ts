import type { Dialect, Event, Healthy, Piece, Speech } from "./parts.ts";

/** All pieces of a healthy answer. */
export const whole = ({ start, tokens, end }: Healthy): readonly Piece[] => [...start, ...tokens, ...end];

/** A healthy stream, event by event. */
export function streamed(dialect: Dialect, speech: Speech): Healthy {
  const { framing, ping } = dialect;
  const frame = (event: Event): Piece => (index) => framing.frame(event, index);
  const { start, tokens, end } = dialect.events(speech);
  return {
    type: framing.type,
    start: start.map(frame),
    tokens: tokens.map(frame),
    end: [...end.map(frame), ...(framing.close ? [framing.close] : [])],
    comment: ping ? frame(ping) : framing.comment,
    malformed: frame({ ...tokens[0], data: '{"broken":' }),
    error: (kind) => frame(dialect.error(kind).event),
  };
}

/** A healthy plain answer, cut into as many pieces as it has words. */
export function plain(dialect: Dialect, speech: Speech): Healthy {
  const text = JSON.stringify(dialect.plain(speech));
  const size = Math.ceil(text.length / (speech.words.length + 2));
  const pieces = text.match(new RegExp(`.{1,${size}}`, "gs")) ?? [];
  return {
    type: "application/json",
    start: pieces.slice(0, 1),
    tokens: pieces.slice(1, -1),
    end: pieces.slice(-1),
    comment: "\n",
    malformed: '"broken":',
    error: (kind) => JSON.stringify(dialect.error(kind).body),
  };
}
