import type { AnnotationAdded, DraftAdded, LessonState, Reply } from "../../api/shapes";
import { changed, type Steps } from "./step";

/** Writing about a lesson, answering, and changing or removing one's own words. */
export const annotationSteps: Steps<LessonState> = {
  "annotation.added": ({ annotations }, { at, by, data }) => ({
    annotations: { ...annotations, [data.id]: { ...begun(data), by: data.author ?? by, at, removed_at: null, done: null, replies: [] } },
  }),
  "annotation.edited": ({ annotations }, { at, data }) => {
    const { annotation, revision, start_ms, end_ms, body, kind, move = null, question = null, tags = [] } = data;
    const now = { revision, start_ms, end_ms, body, kind, move, question, tags, edited_at: at };
    return { annotations: changed(annotations, annotation, () => now) };
  },
  "annotation.removed": ({ annotations, removed }, { at, data: { annotation } }) => ({
    annotations: changed(annotations, annotation, () => ({ body: "", removed_at: at, flagged: false, done: null })),
    removed: removed + 1,
  }),
  "annotation.flagged": ({ annotations }, { data: { annotation, flagged } }) => ({
    annotations: changed(annotations, annotation, () => ({ flagged })),
  }),
  "annotation.settled": ({ annotations }, { at, by, data: { annotation, done } }) => ({
    annotations: changed(annotations, annotation, () => ({ done: done ? { by, at } : null })),
  }),
  "reply.added": ({ annotations }, { at, by, data: { annotation, id, body } }) => ({
    annotations: changed(annotations, annotation, ({ replies }) => ({
      replies: [...replies, { id, by, at, body, revision: 1, edited_at: null, removed_at: null }],
    })),
  }),
  "reply.edited": ({ annotations }, { at, data: { annotation, reply, body, revision } }) => ({
    annotations: changed(annotations, annotation, ({ replies }) => ({ replies: answered(replies, reply, { body, revision, edited_at: at }) })),
  }),
  "reply.removed": ({ annotations }, { at, data: { annotation, reply } }) => ({
    annotations: changed(annotations, annotation, ({ replies }) => ({ replies: answered(replies, reply, { body: "", removed_at: at }) })),
  }),
};

/** What an annotation and a draft have in common at first. */
export function begun({ id, start_ms, end_ms, body, kind, made_at = null, move = null, question = null, tags = [] }: AnnotationAdded | DraftAdded) {
  return { id, made_at, start_ms, end_ms, body, kind, move, question, tags, revision: 1, edited_at: null, flagged: false };
}

function answered(replies: readonly Reply[], id: string, change: Partial<Reply>): Reply[] {
  return replies.map((reply) => (reply.id === id ? { ...reply, ...change } : reply));
}
