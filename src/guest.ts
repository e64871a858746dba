import { GatewayError, wrong } from "./errors.ts";
import { type Kind, plans, renew, steps, whatIsMissing } from "./fitting.ts";
import { explainIn } from "./outcome.ts";
import type { Layers } from "./public.ts";
import type { Context, Layer, Outcome, Plan, Stage, Step } from "./types.ts";

/** Layers of the settings, ready to stand among those of the house. */
export interface Guests {
  readonly plans: readonly Layer<Plan>[];
  readonly steps: readonly Layer<Step>[];
  readonly attempts: readonly Layer<Step>[];
}

/** One layer of the settings. */
interface Guest<Input> {
  readonly layer: Layer<Input>;
  /** Where it stands in the settings. */
  readonly place: string;
  readonly kind: Kind<Input>;
  readonly warn: (message: string) => void;
}

/** Lets layers of the settings in, those of all gateway ids around those of one. */
export function invite(
  common: Layers | undefined,
  own: Layers | undefined,
  warn: (message: string) => void,
): Guests {
  const among = <Input>(
    name: keyof Layers,
    kind: Kind<Input>,
    outer: readonly Layer<Input>[] = [],
    inner: readonly Layer<Input>[] = [],
  ) => [
    ...outer.map((layer, index) => host({ layer, kind, warn, place: `layers.${name}[${index}]` })),
    ...inner.map((layer, index) =>
      host({ layer, kind, warn, place: `the gateway's layers.${name}[${index}]` })
    ),
  ];
  return {
    plans: among("plans", plans, common?.plans, own?.plans),
    steps: among("steps", steps, common?.steps, own?.steps),
    attempts: among("attempts", steps, common?.attempts, own?.attempts),
  };
}

/** A stranger's layer: it may take what it is given apart and put it together otherwise, and it may fail. */
const host = <Input>({ layer, place, kind, warn }: Guest<Input>): Layer<Input> => (next) => {
  /** Responses of the house, of which more is known than can be seen. */
  const ours = new WeakSet<Response>();

  const onward: Stage<Input> = async (input, context) => {
    const fitted = fit(input, context);
    try {
      const outcome = await next(fitted, context);
      if (outcome.kind === "answer") ours.add(outcome.response);
      return outcome;
    } catch (error) {
      return { kind: "failure", step: kind.stepOf(fitted), error: explainIn(context.signal, error) };
    }
  };

  function fit(input: Input, context: Context): Input {
    try {
      if (!context?.ledger) throw new GatewayError("internal", "Expected next(input, context)");
      return kind.fit(input);
    } catch (error) {
      throw complain(
        error instanceof GatewayError ? error.message : "Expected an input such as it was given",
      );
    }
  }

  async function take(outcome: Outcome): Promise<Outcome> {
    const expected = whatIsMissing(outcome);
    if (expected) throw complain(expected);
    return outcome.kind === "failure" || ours.has(outcome.response) ? outcome : await renew(outcome);
  }

  function complain(expected: string, cause?: unknown): GatewayError {
    warn(`waygate: ${place}: ${expected}`);
    return new GatewayError("internal", `${place}: ${expected}`, { cause });
  }

  const stage: unknown = layer(onward);
  if (typeof stage !== "function") {
    throw wrong(place, "a function that gives a stage");
  }
  return async (input, context) => {
    try {
      return kind.own(await take(await stage(input, context)), input);
    } catch (error) {
      const known = error instanceof GatewayError || context.signal.aborted;
      const thrown = known ? error : complain("Expected a layer that does not throw", error);
      return { kind: "failure", step: kind.stepOf(input), error: explainIn(context.signal, thrown) };
    }
  };
};
