import type { CycleState } from "../../api/shapes";
import { changed, type Steps, without, written } from "./step";

export const debriefSteps: Steps<CycleState> = {
  "agenda.ordered": (_, { data: { items, revision } }) => ({ agenda: items, agenda_revision: revision }),
  "debrief.noted": ({ debrief_notes }, event) => ({ debrief_notes: { ...debrief_notes, [event.by]: written(event) } }),
  "commitment.made": ({ commitments }, { at, by, data }) => {
    const { commitment: id, text, due, measure, carried_from = null } = data;
    return { commitments: { ...commitments, [id]: { id, text, due, measure, revision: 1, by, at, carried_from, follow_ups: [] } } };
  },
  "commitment.changed": ({ commitments }, { by, data: { commitment, text, due, measure, revision } }) => ({
    commitments: changed(commitments, commitment, () => ({ text, due, measure, revision, by })),
  }),
  "commitment.dropped": ({ commitments }, { data: { commitment } }) => ({ commitments: without(commitments, commitment) }),
  "commitment.followed_up": ({ commitments }, { at, by, data }) => {
    const { commitment, answer, evidence, still_need, coach_could, again = null } = data;
    const said = { answer, evidence, still_need, coach_could, by, at };
    return {
      commitments: changed(commitments, commitment, ({ due, follow_ups }) => ({ follow_ups: [...follow_ups, said], due: again ?? due })),
    };
  },
};
