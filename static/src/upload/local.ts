import { signal } from "@preact/signals";
import type { Id } from "../api/shapes";

/** The teacher's own copies of their lessons' videos, for as long as this page lives: watched and written about while they are sent. */
export const localCopies = signal<ReadonlyMap<Id, File>>(new Map());

export function keepLocal(lesson: Id, file: File): void {
  localCopies.value = new Map(localCopies.value).set(lesson, file);
}

/** This one was given up: what the lesson gets next may be another film. */
export function dropLocal(lesson: Id): void {
  localCopies.value = new Map([...localCopies.value].filter(([one]) => one !== lesson));
}

/** Somebody else is at this page now. */
export function dropLocals(): void {
  localCopies.value = new Map();
}
