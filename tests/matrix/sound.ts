import type { CommitPolicy } from "../../src/options.ts";
import type { Cell } from "./cells.ts";

/** Why what a fault sends may reach the client as it stands, though it is not what was hoped for. */
interface Reason {
  readonly faults: readonly string[];
  readonly because: string;
  /** @default every one */
  readonly policies?: readonly CommitPolicy[];
  /** @default every one */
  readonly tongues?: readonly string[];
}

const early: readonly CommitPolicy[] = ["headers", "event"];

export const reasons: readonly Reason[] = [
  { faults: ["filtered"], because: "a healthy answer, which a filter stopped" },
  {
    faults: ["missing-terminal"],
    because: "a finish reason says that it is whole; only the end mark is missing",
    tongues: ["openai", "anthropic", "bedrock"],
  },
  { faults: ["html;status=200"], because: "a good status with a type that no dialect speaks" },
  { faults: ["not-gzip", "gzip-bomb;mib=1"], because: "what comes compressed is not looked into" },
  {
    faults: ["malformed"],
    because: "after the commit an event that nobody can read is the client's to read",
    policies: early,
  },
  { faults: ["malformed"], because: "any text is an event there", tongues: ["replicate"] },
  {
    faults: ["error-json", "cut;stream=0", "malformed;stream=0"],
    because: "an answer that is no stream is committed by its status",
    policies: early,
  },
  {
    faults: ["error-json"],
    because: "an error without a form of its own cannot be told from an answer",
    policies: ["complete"],
    tongues: ["cohere", "replicate", "bedrock"],
  },
];

/** Whether there is such a reason. */
export function isSound({ tongue, row, policy }: Omit<Cell, "way">): boolean {
  return reasons.some(({ faults, policies = [policy], tongues = [tongue.name] }) =>
    faults.includes(row.fault) && policies.includes(policy) && tongues.includes(tongue.name)
  );
}
