import type { CycleState } from "../../api/shapes";
import { type Steps, without } from "./step";

export const observerSteps: Steps<CycleState> = {
  "observer.let_in": ({ people, observers }, { at, by, data: { observer: id, person, lesson, until } }) => ({
    people: { ...people, [person]: people[person] ?? at },
    observers: { ...observers, [id]: { id, person, lesson, until, by, at } },
  }),
  "observing.ended": ({ observers }, { data: { observer } }) => ({ observers: without(observers, observer) }),
  "observer.proposed": ({ proposals }, { at, by, data: { proposal: id, who, why, lesson } }) => ({
    proposals: { ...proposals, [id]: { id, who, why, lesson, by, at } },
  }),
  "proposal.settled": ({ proposals }, { data: { proposal } }) => ({ proposals: without(proposals, proposal) }),
};
