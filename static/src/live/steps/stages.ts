import type { CycleState } from "../../api/shapes";
import { millisecondsBetween } from "./instants";
import type { Steps } from "./step";

/** Opening, the stage line, pausing, the end; and what comes after it. */
export const stageSteps: Steps<CycleState> = {
  "cycle.opened": (state, { at, by, data }) => {
    const { program, teacher, coach, number, release_mode, previous = null, stage_days = {} } = data;
    return {
      program, teacher, coach, number, release_mode, previous, stage_days, stage_since: at,
      history: [...state.history, { stage: "planning", at, by }],
      coaches: [...state.coaches, { coach, since: at }],
    };
  },
  "stage.moved": (state, { at, by, data: { stage } }) => ({
    stage, stage_since: at, paused_ms: 0, closing_asked_by: null, history: [...state.history, { stage, at, by }],
  }),
  "video.waived": (_, { at, by, data: { note } }) => ({ waiver: { note, at, by } }),
  "cycle.paused": (_, { at, by, data: { reason } }) => ({ paused: { reason, at, by } }),
  "cycle.resumed": ({ paused, paused_ms }, { at }) => ({
    paused: null, paused_ms: paused_ms + (paused ? millisecondsBetween(paused.at, at) : 0),
  }),
  "cycle.cancelled": (_, { at, by, data: { reason } }) => ({ cancelled: { reason, at, by }, paused: null }),
  "closing.asked": (_, { by }) => ({ closing_asked_by: by }),
  "next.started": (_, { data: { cycle } }) => ({ next: cycle }),
  "coach.proposed": (_, { data: { coach } }) => ({ proposed_coach: coach }),
  "coach.changed": ({ coaches }, { at, data: { coach } }) => ({
    coach, proposed_coach: null, coaches: [...coaches, { coach, since: at }],
  }),
};
