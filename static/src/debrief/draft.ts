import { type Signal, useSignal } from "@preact/signals";
import type { FollowUp, Id } from "../api/shapes";

export type Answer = FollowUp["answer"];
/** A look back as far as it is written. `again`: a day, or empty. */
export interface Said { answer: Answer | null; evidence: string; still_need: string; coach_could: string; again: string }

const EMPTY: Said = { answer: null, evidence: "", still_need: "", coach_could: "", again: "" };
const key = (person: Id, commitment: Id): string => `farfield.follow-up.${person}.${commitment}`;

/** What was begun on this device, also before a reload. */
export function useDraft(person: Id, commitment: Id): Signal<Said> {
  return useSignal<Said>({ ...EMPTY, ...read(key(person, commitment)) });
}

export function keepDraft(person: Id, commitment: Id, said: Said | null): void {
  try {
    if (said) localStorage.setItem(key(person, commitment), JSON.stringify(said));
    else localStorage.removeItem(key(person, commitment));
  } catch {
    // A full or forbidden store: the words are still in their fields.
  }
}

function read(name: string): Partial<Said> {
  try {
    return JSON.parse(localStorage.getItem(name) ?? "{}") as Partial<Said>;
  } catch {
    return {};
  }
}
