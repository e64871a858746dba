import { assemble } from "./gateway.ts";
import { createChain } from "./chain.ts";
import type { House } from "./house.ts";
import { describeStep, type ExplainedStep } from "./explain-step.ts";
import type { Settings } from "./public.ts";
import { type CheckedSettings, checkSettings } from "./settings/settings.ts";
import { GatewayError } from "./errors.ts";
import type { CheckedGateway } from "./settings/gateway.ts";
import type { Context, Plan, Stage } from "./types.ts";

/** What a gateway would do with a request. No value of a header field is in it but those of knobs that are no secrets. */
export interface Explanation {
  readonly account?: string;
  /** The gateway id. */
  readonly gateway?: string;
  /** Who asks, where the gateway asks for a token: a name, or the kind of proof. */
  readonly caller?: string;
  /** What the gateway would answer by itself, without asking anybody. */
  readonly answer?: { readonly status: number; readonly internalCode?: number; readonly message?: string };
  /** What it would try, in order. */
  readonly steps: readonly ExplainedStep[];
}

/** How a gateway carries the plans of one id. */
type Carry = typeof createChain;

/**
 * Tells what a gateway of these settings would do with a request, and sends nothing: the request takes its usual way
 * through a gateway whose calls and counts are written down and end there. Functions that keep stored keys are not
 * asked, nor are layers of the settings; a `verify` and an `authorize` of the settings are.
 *
 * @throws {GatewayError} `invalid`, when a setting is unknown or ill-typed; it names the field
 */
export async function explainRequest(settings: Settings, request: Request): Promise<Explanation> {
  let found: Explanation | undefined;
  const carry: Carry = (own, manners, house) => ({
    async run(plan, context) {
      const carry = (changed: Partial<House>) => createChain(own, manners, { ...house, ...changed }).run;
      found = await look(plan, context, own, carry);
      return { kind: "failure", step: plan[0], error: new GatewayError("abandoned") };
    },
    refused: undefined,
  });
  const gateway = assemble(quiet(checkSettings(settings)), carry);
  const response = await gateway.handle(request, { fetch: refuse, encoding: "kept" });
  return found ?? { steps: [], answer: await read(response) };
}

/** The same settings without what reaches out of the program, so far as that changes nothing of what is sent. */
function quiet(checked: CheckedSettings): CheckedSettings {
  const {
    store: _,
    cacheStore: _answers,
    fetch: _fetch,
    onRequest: _request,
    onAttempt: _attempt,
    ...others
  } = checked;
  const { layers: _layers, ...rest } = others;
  const gateways = rest.gateways &&
    Object.fromEntries(Object.entries(rest.gateways).map(([id, own]) => [id, withoutVault(own)]));
  return {
    ...rest,
    ...(gateways && { gateways }),
    ...(rest.onEnd && { onEnd: () => {} }),
  };
}

/** Keys whose value nobody needs to know stand in for those that somebody else keeps. */
function withoutVault(own: CheckedGateway): CheckedGateway {
  const keys = Object.entries(own.keys).map(([slug, stored]) =>
    [slug, stored.map((one) => typeof one.key === "function" ? { ...one, key: "unknown" } : one)] as const
  );
  const { layers: _, ...rest } = own;
  return { ...rest, keys: Object.fromEntries(keys) };
}

async function look(
  plan: Plan,
  context: Context,
  own: Parameters<Carry>[0],
  carry: (changed: Partial<House>) => Stage<Plan>,
): Promise<Explanation> {
  const { account, gateway, ledger: { caller } } = context;
  const steps: ExplainedStep[] = [];
  for (const step of plan) {
    steps.push(await describeStep({ step, left: plan.length - 1 - step.index, context, own, carry }));
  }
  return { account, gateway, ...(caller !== undefined && { caller: nameOf(caller) }), steps };
}

/** Who has no name is known by a hash, which is nobody's business. */
function nameOf(caller: string): string {
  return caller.replace(/ [0-9a-f]{64}$/, " without a name");
}

async function read(response: Response): Promise<NonNullable<Explanation["answer"]>> {
  const { status } = response;
  const told = await response.json().catch(() => ({}));
  const { internalCode, message } = told as { readonly internalCode?: number; readonly message?: string };
  return {
    status,
    ...(internalCode !== undefined && { internalCode }),
    ...(message !== undefined && { message }),
  };
}

const refuse = () => Promise.reject(new GatewayError("abandoned"));
