import type { CycleRole, Id, LessonSnapshot, Session } from "../api/shapes";

export interface Somebody { id: Id; name: string; role: CycleRole; me: boolean }
/** Who an id is, in this lesson. */
export type People = (id: Id) => Somebody;

export function peopleOf(snapshot: LessonSnapshot, who: Session): People {
  return (id) => {
    const found = snapshot.people[id];
    const me = id === who.person.id;
    if (found) return { id, name: found.name, role: found.role, me };
    return { id, name: me ? who.person.name : "…", role: me ? snapshot.role : "observer", me };
  };
}
