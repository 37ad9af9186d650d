import { type Signal, useSignal } from "@preact/signals";
import { useRef } from "preact/hooks";
import { post } from "../api/http";
import { asProblem } from "../api/problem";
import type { Unnumbered } from "../api/shapes";
import { newId } from "../ids/uuid";

export interface Command { busy: Signal<boolean>; says: Signal<string | null>; run(body: Unnumbered): Promise<boolean> }

/**
 * A command behind a button. A press after an unanswered one sends the same id again, so that nothing happens twice;
 * what it changed comes back as an event like everybody else's.
 */
export function useCommand(path: string): Command {
  const busy = useSignal(false);
  const says = useSignal<string | null>(null);
  const unanswered = useRef<{ id: string; body: string } | null>(null);
  async function run(body: Unnumbered): Promise<boolean> {
    const text = JSON.stringify(body);
    if (unanswered.current?.body !== text) unanswered.current = { id: newId(), body: text };
    busy.value = true;
    says.value = null;
    try {
      await post(path, { id: unanswered.current.id, ...body });
      unanswered.current = null;
      return true;
    } catch (error) {
      const problem = asProblem(error);
      if (!problem.passing) unanswered.current = null;
      says.value = problem.detail;
      return false;
    } finally {
      busy.value = false;
    }
  }
  return { busy, says, run };
}
