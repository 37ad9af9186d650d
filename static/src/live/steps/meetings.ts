import type { CycleState } from "../../api/shapes";
import { changed, type Steps, without, written } from "./step";

export const meetingSteps: Steps<CycleState> = {
  "meeting.planned": ({ meetings }, { at, by, data: { meeting: id, kind, start, minutes, place } }) => ({
    meetings: {
      ...meetings,
      [id]: { id, kind, start, minutes, place, by, at, sequence: 0, status: "planned", held_minutes: null, agenda: null, notes: {} },
    },
  }),
  "meeting.moved": ({ meetings }, { data: { meeting, start, minutes, place } }) => ({
    meetings: changed(meetings, meeting, ({ sequence }) => ({ start, minutes, place, sequence: sequence + 1, status: "planned" })),
  }),
  "meeting.held": ({ meetings }, { data: { meeting, minutes } }) => ({
    meetings: changed(meetings, meeting, () => ({ status: "held", held_minutes: minutes })),
  }),
  "meeting.missed": ({ meetings }, { data: { meeting } }) => ({
    meetings: changed(meetings, meeting, () => ({ status: "missed", held_minutes: null })),
  }),
  "meeting.cancelled": ({ meetings }, { data: { meeting } }) => ({
    meetings: changed(meetings, meeting, ({ sequence }) => ({ status: "cancelled", sequence: sequence + 1 })),
  }),
  "agenda.written": ({ meetings }, event) => ({
    meetings: changed(meetings, event.data.meeting, () => ({ agenda: written(event) })),
  }),
  "meeting.noted": ({ meetings }, event) => ({
    meetings: changed(meetings, event.data.meeting, ({ notes }) => ({ notes: { ...notes, [event.by]: written(event) } })),
  }),
  "check_ins.offered": ({ offers }, { at, by, data: { offer: id, start, minutes, weeks, time_zone, place } }) => ({
    offers: { ...offers, [id]: { id, start, minutes, weeks, time_zone, place, by, at } },
  }),
  "check_ins.settled": ({ offers }, { data: { offer } }) => ({ offers: without(offers, offer) }),
};
