import type { CyclePerson, Id } from "../api/shapes";
import type { OpenCycle } from "../live/cycle";
import { session } from "../session/session";

/** Who reads a cycle's page, and the other one of its two. */
export interface Two {
  me: Id;
  zone: string;
  other: CyclePerson | undefined;
  /** Whether the reader is one of the two and the cycle still takes something new. */
  writes: boolean;
  name(person: Id): string;
}

export function twoOf(page: OpenCycle): Two {
  const who = session.value!.person;
  const cycle = page.cycle.value!;
  const people = page.snapshot.value?.people ?? {};
  const pair = [cycle.teacher, cycle.coach];
  const open = cycle.stage !== "closed" && cycle.cancelled === null;
  return {
    me: who.id,
    zone: who.time_zone,
    other: people[pair.find((one) => one !== who.id) ?? ""],
    writes: open && pair.includes(who.id),
    name: (person) => people[person]?.name ?? "",
  };
}
