import { type Signal, useSignal } from "@preact/signals";
import { asProblem, type Problem } from "../api/problem";

export interface Trying {
  busy: Signal<boolean>;
  problem: Signal<Problem | null>;
  /** What `work` answers, or null where it was refused; then `problem` says why. */
  run<T>(work: () => Promise<T>): Promise<{ done: T } | null>;
}

/** A call behind a button, for which one waits on the page. */
export function useTrying(): Trying {
  const busy = useSignal(false);
  const problem = useSignal<Problem | null>(null);
  async function run<T>(work: () => Promise<T>): Promise<{ done: T } | null> {
    if (busy.peek()) return null;
    busy.value = true;
    problem.value = null;
    try {
      return { done: await work() };
    } catch (error) {
      problem.value = asProblem(error);
      return null;
    } finally {
      busy.value = false;
    }
  }
  return { busy, problem, run };
}
