import type { CycleState } from "../../api/shapes";
import { type Steps, without, written } from "./step";

export const planSteps: Steps<CycleState> = {
  "plan.written": ({ plan }, event) => ({ plan: { ...plan, [event.data.field]: written(event) } }),
  "lesson_date.set": (_, { data: { date } }) => ({ lesson_date: date }),
  "focus.chosen": (_, { data: { category } }) => ({ focus_category: category }),
  "question.written": ({ questions }, event) => {
    const id = event.data.question;
    return { questions: { ...questions, [id]: { id, ...written(event) } } };
  },
  "question.removed": ({ questions }, { data: { question } }) => ({ questions: without(questions, question) }),
  "resource.added": ({ resources }, { at, data: { resource: id, name, content_type, size, added_by } }) => ({
    resources: { ...resources, [id]: { id, name, content_type, size, by: added_by, at } },
  }),
  "resource.removed": ({ resources }, { data: { resource } }) => ({ resources: without(resources, resource) }),
};
