import { errorWords } from "../dialects/errors.ts";
import { whole } from "../healthy.ts";
import type { ErrorKind, FaultRow, Scene } from "../parts.ts";
import { answer } from "./row.ts";

const json = { "content-type": "application/json" };
const html = (status: number) =>
  `<html><head><title>${status}</title></head><body>${status}</body></html>\r\n`;

const fail = ({ dialect }: Scene, kind: ErrorKind, status?: number) => {
  const error = dialect.error(kind);
  return {
    status: status ?? error.status,
    headers: { ...json, ...error.headers },
    body: [JSON.stringify(error.body)],
  };
};

/** Answers that are well, late, or none at all. */
export const answers: readonly FaultRow[] = [
  answer("healthy", "Answers well.", [], ({ healthy }) => ({ body: whole(healthy) })),
  answer(
    "filtered",
    "Answers 200, stopped by a content filter.",
    [],
    ({ filtered }) => ({ body: whole(filtered) }),
  ),
  answer("silence", "Says nothing at all and stays connected.", [], () => ({ before: Infinity })),
  answer("slow-headers", "Is silent for a while, then answers well.", ["ms=100"], ({ healthy, number }) => ({
    before: number("ms", 100),
    body: whole(healthy),
  })),
  answer("header-flood", "Answers well under very many headers.", ["count=500", "bytes=20"], (scene) => {
    const value = "x".repeat(scene.number("bytes", 20));
    const names = Array.from({ length: scene.number("count", 500) }, (_, index) => `x-flood-${index}`);
    return { headers: Object.fromEntries(names.map((name) => [name, value])), body: whole(scene.healthy) };
  }),
  answer("not-gzip", "Answers well, but under a false content-encoding: gzip.", [], ({ healthy }) => ({
    headers: { "content-encoding": "gzip" },
    body: whole(healthy),
  })),
  answer("html", "Answers with a web page instead of JSON.", ["status=502"], ({ number }) => {
    const status = number("status", 502);
    return { status, headers: { "content-type": "text/html" }, body: [html(status)] };
  }),
  answer("error-json", "Answers 200 with an error as plain JSON.", ["kind=overloaded"], (scene) => ({
    ...fail(scene, scene.kind),
    status: 200,
  })),
];

const statuses: Readonly<Record<number, ErrorKind>> = {
  400: "bad-request",
  401: "authentication",
  402: "insufficient-quota",
  403: "permission",
  404: "not-found",
  408: "timeout",
  409: "bad-request",
  413: "too-large",
  422: "bad-request",
  425: "bad-request",
  429: "rate-limit",
  500: "server",
  502: "server",
  503: "overloaded",
  504: "timeout",
  520: "server",
  521: "server",
  522: "timeout",
  523: "server",
  524: "timeout",
  529: "overloaded",
};

/** Errors by their status, in the words of the dialect. */
export const errorsByStatus: readonly FaultRow[] = Object.entries(statuses).map(([status, kind]) =>
  answer(
    status,
    `Answers ${status} with the dialect's error for "${kind}".`,
    [],
    (scene) => fail(scene, kind, Number(status)),
  )
);

const kinds = Object.keys(errorWords) as ErrorKind[];

/** Errors by their kind, under the status that the dialect gives them. */
export const errorsByKind: readonly FaultRow[] = kinds.map((kind) =>
  answer(
    kind,
    `Answers with the dialect's error for "${kind}", under the dialect's status.`,
    [],
    (scene) => fail(scene, kind),
  )
);
