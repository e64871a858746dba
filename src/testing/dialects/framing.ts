import type { Event, Framing } from "../parts.ts";

const print = (data: unknown) => typeof data === "string" ? data : JSON.stringify(data);
const lines = (data: unknown) => print(data).split("\n").map((line) => `data: ${line}\n`).join("");

/** Server-sent events. */
export const sse: Framing = {
  type: "text/event-stream",
  frame: ({ name, data }: Event) => `${name ? `event: ${name}\n` : ""}${lines(data)}\n`,
  close: "",
  comment: ": keep-alive\n\n",
};

/** One JSON array that is written element by element, as Gemini does without `alt=sse`. */
export const array: Framing = {
  type: "application/json",
  frame: ({ data }, index) => (index === 0 ? "[" : ",\r\n") + print(data),
  close: "\n]\n",
  comment: "\n",
};
