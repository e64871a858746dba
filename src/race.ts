import { GatewayError } from "./errors.ts";
import { discard } from "./outcome.ts";
import type { Context, Outcome, Stage, Step } from "./types.ts";

/** Steps that are under way beside each other. */
export interface Race {
  /** How many are. */
  running(): number;
  start(step: Step, stepsLeft: number): void;
  /** Whichever outcome comes next; undefined when none does within `patience` ms. */
  next(patience: number | undefined): Promise<Outcome | undefined>;
  /** Ends every step that has no outcome yet. */
  abandon(): void;
}

interface Runner {
  readonly controller: AbortController;
  readonly finish: Promise<{ readonly runner: Runner; readonly outcome: Outcome }>;
}

/** Sets up a race in which nobody runs yet. */
export function createRace(send: Stage<Step>, context: Context): Race {
  const runners = new Set<Runner>();
  return {
    running: () => runners.size,
    start(step, stepsLeft) {
      const controller = new AbortController();
      const signal = AbortSignal.any([context.signal, controller.signal]);
      const work = send(step, { ...context, signal, stepsLeft });
      const runner: Runner = { controller, finish: work.then((outcome) => ({ runner, outcome })) };
      runners.add(runner);
    },
    async next(patience) {
      const finished = await first([...runners].map(({ finish }) => finish), patience);
      if (finished) runners.delete(finished.runner);
      return finished?.outcome;
    },
    abandon() {
      for (const { controller, finish } of runners) {
        controller.abort(new GatewayError("abandoned"));
        finish.then(({ outcome }) => discard(outcome), () => {});
      }
    },
  };
}

/** The first of some promises to settle; undefined when none does within `patience` ms. */
function first<Value>(promises: Promise<Value>[], patience: number | undefined): Promise<Value | undefined> {
  const winner = Promise.race(promises);
  if (patience === undefined) return winner;
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => resolve(undefined), patience);
    winner.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}
