import type { CycleState, StreamEvent } from "../api/shapes";
import { conversationSteps } from "./steps/conversation";
import { debriefSteps } from "./steps/debrief";
import { erasingSteps } from "./steps/erasing";
import { meetingSteps } from "./steps/meetings";
import { observerSteps } from "./steps/observers";
import { planSteps } from "./steps/plan";
import { stageSteps } from "./steps/stages";
import { step, type Steps } from "./steps/step";

const STEPS: Steps<CycleState> = {
  ...stageSteps,
  ...planSteps,
  ...meetingSteps,
  ...debriefSteps,
  ...conversationSteps,
  ...observerSteps,
  ...erasingSteps,
  "lesson.listed": ({ lessons }, { at, data: { lesson, title } }) => ({
    lessons: [...lessons, { lesson, title, listed_at: at, done: {} }],
  }),
  "annotating.finished": ({ lessons }, { at, by, data }) => ({
    lessons: lessons.map((one) => (one.lesson === data.lesson ? { ...one, done: { ...one.done, [by]: at } } : one)),
  }),
};

export const reduceCycle = (state: CycleState, event: StreamEvent): CycleState => step(STEPS, state, event);
