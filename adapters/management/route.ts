import type { Schema } from "./check.ts";
import type { Reply } from "./envelope.ts";

/** A request as a route sees it. */
export interface Visit<Query, Body> {
  /** What stands for `{account}` in its path. */
  readonly account: string;
  /** What stands for the other `{name}` parts of its path. */
  readonly parts: Readonly<Record<string, string>>;
  readonly query: Query;
  readonly body: Body;
}

/** One thing that the API does. */
export interface Route<Query = unknown, Body = unknown> {
  readonly method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  /** Path below `ai-gateway`, where `{name}` stands for one segment. */
  readonly path: string;
  /** What it does, for people. */
  readonly summary: string;
  /** @default none is taken */
  readonly query?: Schema<Query>;
  /** @default none is read */
  readonly body?: Schema<Body>;
  /** What the answer's `result` is; none where the answer has no envelope. */
  readonly result?: Schema<unknown>;
  /** @throws {Refusal} */
  answer(visit: Visit<Query, Body>): Promise<Reply | Response>;
}

/** A route among others. */
export function route<Query, Body>(one: Route<Query, Body>): Route {
  return one as Route;
}
