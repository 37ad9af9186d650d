import { type Signal, signal } from "@preact/signals";
import { get } from "../api/http";
import type { Id, ObserverInvitations } from "../api/shapes";

const known = new Map<Id, Signal<ObserverInvitations | null>>();

/** Whom the teacher of this cycle has invited and who has not come yet, as last fetched. */
export function invitationsOf(cycle: Id): Signal<ObserverInvitations | null> {
  let found = known.get(cycle);
  if (!found) known.set(cycle, (found = signal(null)));
  return found;
}

export async function fetchInvitations(cycle: Id): Promise<void> {
  try {
    invitationsOf(cycle).value = await get<ObserverInvitations>(`/api/cycles/${cycle}/observers`);
  } catch {
    // What is on screen stays; the next change asks again.
  }
}
