import type { LessonState } from "../../api/shapes";
import { type Steps, without } from "./step";

/** Captions and chapters: the stream says that they changed; their words are fetched. */
export const trackSteps: Steps<LessonState> = {
  "track.changed": ({ tracks }, { by, data: { track, kind, language, revision } }) => ({
    tracks: { ...tracks, [track]: { id: track, kind, language, revision, by } },
  }),
  "track.removed": ({ tracks }, { data: { track } }) => ({ tracks: without(tracks, track) }),
};
