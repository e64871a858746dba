import { ask } from "./stage.ts";

/** What a gateway made of what its providers did. Of a broken answer some runtimes do not even send the head. */
export type Verdict = "broken" | {
  readonly status: number | undefined;
  /** Index of the step that the answer is from. */
  readonly step: unknown;
  /** What came of each attempt. */
  readonly trail: readonly string[];
  /** The code of the envelope, where the gateway itself answers. */
  readonly code: string | undefined;
};

/** Asks the universal endpoint; what only tells how long it took, or what a provider is called, is left out. */
export async function judge(origin: string, steps: readonly unknown[]): Promise<Verdict> {
  const headers = { "content-type": "application/json" };
  const whole = await ask(`${origin}/v1/a/g`, { headers, body: JSON.stringify(steps) }).catch(() =>
    undefined
  );
  if (!whole) return "broken";
  const attempts = String(whole.headers["waygate-trail"]).split(", ");
  return {
    status: whole.status,
    step: whole.headers["cf-aig-step"],
    trail: attempts.map((attempt) => attempt.replace(/^[^;]*;/, "").replace(/;ms=\d+$/, "")),
    code: /"internalCode":(\d+)/.exec(whole.body.toString())?.[1],
  };
}
