import type { AddAnnotation, Annotation, Id, LessonState, Reply } from "../api/shapes";
import { byTime } from "../live/order";
import { subject, type Unsent } from "../outbox/command";

/** An annotation as it is shown: confirmed, or drawn from the outbox under the id it will keep. */
export interface Entry extends Annotation {
  unsent: Unsent | null;
  /** Only its author sees it. */
  own: boolean;
  replies: ReplyEntry[];
}
export interface ReplyEntry extends Reply { unsent?: Unsent | null }

export function entries(annotations: readonly Annotation[], lesson: LessonState, unsent: readonly Unsent[], me: Id): Entry[] {
  const mine = unsent.filter(({ path }) => path === commandsOf(lesson.id));
  const shown = new Set(annotations.map(({ id }) => id));
  const drawn = mine.flatMap((item) =>
    item.body.type === "add_annotation" && !shown.has(subject(item)) ? [fromOutbox(item, item.body, me, lesson.shared_at === null || item.body.draft === true)] : []);
  const confirmed = annotations.map((annotation) => ({
    ...annotation, unsent: null, own: !(annotation.id in lesson.annotations), replies: replies(annotation, mine, me),
  }));
  return [...confirmed, ...drawn].sort(byTime);
}

export const commandsOf = (lesson: Id): string => `/api/lessons/${lesson}/commands`;

function fromOutbox(item: Unsent, written: AddAnnotation, me: Id, own: boolean): Entry {
  const { annotation, start_ms, end_ms = null, body, kind, made_at = null, move = null } = written;
  // The question's text and the tags' labels are copied in where the server takes it.
  return {
    id: annotation, by: me, at: made_at ?? sentAt(item), made_at, start_ms, end_ms, body, kind, move, question: null, tags: [],
    revision: 1, edited_at: null, removed_at: null, flagged: false, done: null, replies: [], unsent: item, own,
  };
}

const sentAt = (item: Unsent): string => new Date(item.order).toISOString();

function replies(annotation: Annotation, mine: readonly Unsent[], me: Id): ReplyEntry[] {
  const shown = new Set(annotation.replies.map(({ id }) => id));
  const drawn = mine.flatMap((item) =>
    item.body.type === "add_reply" && item.body.annotation === annotation.id && !shown.has(item.body.reply)
      ? [{ id: item.body.reply, by: me, at: sentAt(item), body: item.body.body, revision: 1, edited_at: null, removed_at: null, unsent: item }] : []);
  return [...annotation.replies, ...drawn];
}
