import { type Signal, useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { get } from "../api/http";
import { asProblem, type Problem } from "../api/problem";

export interface Fetched<T> { value: Signal<T | null>; problem: Signal<Problem | null>; again(): void }

/** What `path` answers, fetched when the component appears and whenever `again` is called. Old answers never replace newer ones. */
export function useFetched<T>(path: string): Fetched<T> {
  const value = useSignal<T | null>(null);
  const problem = useSignal<Problem | null>(null);
  const turn = useSignal(0);
  const again = (): void => {
    const mine = ++turn.value;
    get<T>(path).then(
      (found) => {
        if (mine !== turn.peek()) return;
        value.value = found;
        problem.value = null;
      },
      (error: unknown) => {
        // What is on screen stays there while the connection is away.
        if (mine === turn.peek() && (value.peek() === null || !asProblem(error).passing)) problem.value = asProblem(error);
      },
    );
  };
  useEffect(() => {
    again();
    const online = (): void => again();
    addEventListener("online", online);
    return () => {
      turn.value++;
      removeEventListener("online", online);
    };
  }, [path]);
  return { value, problem, again };
}
