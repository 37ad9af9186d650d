import type { Commitment } from "../api/shapes";

/** Nobody has said yet that it was kept or adapted. */
export function isOpen({ follow_ups }: Commitment): boolean {
  const last = follow_ups[follow_ups.length - 1];
  return !last || last.answer === "not_yet";
}

export const byDay = (a: Commitment, b: Commitment): number => a.due.localeCompare(b.due) || a.at.localeCompare(b.at) || a.id.localeCompare(b.id);

/** What the teacher is asked about today: open, and its day has come; longest due first. */
export function waiting(all: Record<string, Commitment>, today: string): Commitment[] {
  return Object.values(all).filter((one) => isOpen(one) && one.due <= today).sort(byDay);
}
