import type { CycleOfLesson, CycleRole, EarlierText, FocusQuestion, Framework, Id, LessonSnapshot, LessonState, Session } from "../api/shapes";
import type { OpenLesson } from "../live/lesson";
import { type People, peopleOf } from "./people";

/** What an annotation can be about in this cycle, and who may say what. */
export interface Choices { questions: FocusQuestion[]; frameworks: readonly Framework[]; moves: boolean }

/** What everything in the room needs to know. */
export interface Room {
  lesson: Id;
  cycle: CycleOfLesson;
  me: Id;
  role: CycleRole;
  people: People;
  choices: Choices;
  /** Both read what is written from now on; before that it stays in notebooks. */
  shared: boolean;
  released: boolean;
  earlier: Record<Id, EarlierText[]>;
}

export function roomOf(open: OpenLesson, snapshot: LessonSnapshot, lesson: LessonState, who: Session): Room {
  const { cycle, role } = snapshot;
  return {
    lesson: lesson.id, cycle, me: who.person.id, role, people: peopleOf(snapshot, who),
    // A question whose words were erased is no longer one to choose.
    choices: { questions: Object.values(cycle.questions).filter(({ text }) => text !== ""), frameworks: snapshot.frameworks, moves: role === "coach" },
    shared: lesson.shared_at !== null, released: lesson.released_at !== null,
    earlier: open.notebook.value.earlier ?? {},
  };
}

/** The other one of the two, for somebody who is one of them. */
export function otherOf(room: Room): string {
  return room.people(room.role === "teacher" ? room.cycle.coach : room.cycle.teacher).name;
}
