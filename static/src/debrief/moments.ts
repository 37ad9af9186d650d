import type { AgendaItem, Annotation, Id } from "../api/shapes";

/** A moment to talk about: a flagged annotation of a lesson that both see. */
export interface Moment { lesson: Id; title: string; annotation: Annotation }

/** First what somebody has put in order, then what was marked since, lesson by lesson in the order of time. */
export function inOrder(order: readonly AgendaItem[], flagged: readonly Moment[]): Moment[] {
  const placed = order.flatMap(({ lesson, annotation }) => flagged.filter((one) => one.lesson === lesson && one.annotation.id === annotation));
  return [...placed, ...flagged.filter((one) => !placed.includes(one))];
}

export function moved<T>(items: readonly T[], from: number, to: number): T[] {
  const rest = items.filter((_, n) => n !== from);
  return [...rest.slice(0, to), items[from]!, ...rest.slice(to)];
}

export const itemOf = ({ lesson, annotation }: Moment): AgendaItem => ({ lesson, annotation: annotation.id });
export const sameOrder = (a: readonly AgendaItem[], b: readonly AgendaItem[]): boolean =>
  a.length === b.length && a.every(({ lesson, annotation }, n) => lesson === b[n]!.lesson && annotation === b[n]!.annotation);
