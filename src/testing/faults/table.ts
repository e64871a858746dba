import { dialects } from "../dialects/table.ts";
import type { FaultRow } from "../parts.ts";
import type { Fault } from "../types.ts";
import { answers, errorsByKind, errorsByStatus } from "./answers.ts";
import { sockets } from "./sockets.ts";
import { streams } from "./streams.ts";

/** Every fault by its name. */
export const rows: ReadonlyMap<string, FaultRow> = new Map(
  [...answers, ...errorsByStatus, ...errorsByKind, ...streams, ...sockets].map((row) => [row.name, row]),
);

/** Every fault, with a description, for documentation and for programs that try them all. */
export const faults: readonly Fault[] = [...rows.values()].map(({ name, kind, description, settings }) => ({
  name,
  kind,
  description,
  settings,
}));

/** The settings that every fault takes, with what they do. */
export const commonSettings: Readonly<Record<string, string>> = {
  "times": "Plays the fault so many times, then answers well. Default: always.",
  "every": "Plays the fault in every so-manieth call only, answers the others well. Default: 1.",
  "key": "What `times` and `every` count by. Default: the fault as it was named, settings included.",
  "dialect": `${dialects.map(({ name }) => name).join(", ")}. Default: by the path.`,
  "stream": "1 streams, 0 does not. Default: as the request asks.",
  "retry-after": "Adds the header retry-after, in s.",
  "retry-after-date": "Adds the header retry-after as a date that lies so many s ahead.",
  "retry-after-ms": "Adds the header retry-after-ms, in ms.",
  "x-should-retry": "Adds the header x-should-retry, true or false.",
};
