/** What is asked of every target, and how it is measured. */
import { at, type Call, chat, native, universal } from "./calls.ts";
import { LARGE } from "./live.ts";
import { cold, type Figures, large, type Measurement, strain, streaming } from "./measures.ts";
import type { Target } from "./targets.ts";

/**
 * Targets are started anew for each. `fixed`: nginx plays the provider. `live`: this process does. `large`: likewise,
 * for memory that nothing else has grown. `cold`: no target runs beforehand.
 */
export type Phase = "fixed" | "live" | "large" | "cold";

/** One thing that is asked. */
export interface Scenario {
  /** A letter, and a form of it. */
  readonly id: string;
  readonly title: string;
  readonly phase: Phase;
  /** Which scenario of the bare proxies it is compared with. */
  readonly base: string;
  /** The request that a target gets; undefined where it does not know such a thing. */
  readonly call: (target: Target, up: string) => Call | undefined;
  readonly measure: (measurement: Measurement) => Promise<Figures>;
}

const KILO = 1024;
const file: Call = { method: "GET", path: "/v1/files/f/content", headers: {}, body: "" };
/** nginx answers before it has read a body, which is more than some proxies can take. */
const upload: Call = { ...chat(KILO * KILO), path: "/v1/embeddings" };
const blob = { "content-type": "application/octet-stream" };

const everywhere = (call: Call): Scenario["call"] => (target, up) =>
  target.kind === "logging" ? undefined : target.native(call, up);
const onlyHere = (call: Call, ...providers: string[]): Scenario["call"] => ({ kind }) =>
  kind === "gateway" ? universal(call, providers) : undefined;

const guarded = (call: Partial<Call> = {}, by: Target["kind"] = "gateway"): Scenario["call"] => ({ kind }) =>
  kind === by ? { ...at("guarded", native(chat(KILO))), ...call } : undefined;
const miss = { unique: "cf-aig-cache-key" };

/** Every scenario, in the order of the table. */
export const scenarios: readonly Scenario[] = [
  {
    id: "a",
    title: "native endpoint, 1 KB",
    phase: "fixed",
    base: "a",
    call: everywhere(chat(KILO)),
    measure: strain,
  },
  {
    id: "b",
    title: "universal, one step, 1 KB",
    phase: "fixed",
    base: "a",
    call: onlyHere(chat(KILO), "openai"),
    measure: strain,
  },
  {
    id: "c",
    title: "universal, the first step fails",
    phase: "fixed",
    base: "a",
    call: onlyHere(chat(KILO), "down", "openai"),
    measure: strain,
  },
  {
    id: "f",
    title: "native, with token, limit and cache miss",
    phase: "fixed",
    base: "a",
    call: guarded(miss),
    measure: strain,
  },
  {
    id: "f-logs",
    title: "the same, and logged into SQLite",
    phase: "fixed",
    base: "a",
    call: guarded(miss, "logging"),
    measure: strain,
  },
  {
    id: "g",
    title: "native, with token and cache hit",
    phase: "fixed",
    base: "a",
    call: guarded(),
    measure: strain,
  },
  {
    id: "d",
    title: "stream of 100 events",
    phase: "live",
    base: "d",
    call: everywhere(chat(KILO, true)),
    measure: streaming,
  },
  {
    id: "d-universal",
    title: "the same, universal and watched",
    phase: "live",
    base: "d",
    call: onlyHere(chat(KILO, true), "openai"),
    measure: streaming,
  },
  {
    id: "e",
    title: "request of 1 MB",
    phase: "live",
    base: "e",
    call: everywhere(upload),
    measure: strain,
  },
  {
    id: "e-universal",
    title: "the same, universal",
    phase: "live",
    base: "e",
    call: onlyHere(upload, "openai"),
    measure: strain,
  },
  {
    id: "h-up",
    title: `upload of ${LARGE / KILO / KILO} MB`,
    phase: "large",
    base: "h-up",
    call: everywhere({ ...file, path: "/v1/files", method: "POST", headers: blob }),
    measure: large,
  },
  {
    id: "h-down",
    title: `download of ${LARGE / KILO / KILO} MB`,
    phase: "large",
    base: "h-down",
    call: everywhere(file),
    measure: large,
  },
  {
    id: "i",
    title: "start to first answer",
    phase: "cold",
    base: "i",
    call: everywhere(chat(KILO)),
    measure: cold,
  },
];
