import type { Annotation, Id, Kind, LessonState } from "../api/shapes";
import { byTime } from "../live/order";
import { subject, type Unsent } from "../outbox/command";

/** An annotation as it is shown: confirmed, or drawn from the outbox under the id it will keep. */
export interface Entry extends Annotation {
  unsent: Unsent | null;
  /** Only its author sees it. */
  own: boolean;
  replies: ReplyEntry[];
}
export interface ReplyEntry { id: Id; by: Id; at: string; body: string; unsent?: Unsent | null }

export function entries(annotations: readonly Annotation[], lesson: LessonState, unsent: readonly Unsent[], me: Id): Entry[] {
  const mine = unsent.filter(({ path }) => path === commandsOf(lesson.id));
  const shown = new Set(annotations.map(({ id }) => id));
  const drawn = mine
    .filter((item) => item.body["type"] === "add_annotation" && !shown.has(subject(item)))
    .map((item) => fromOutbox(item, me, lesson.released_at === null));
  const confirmed = annotations.map((annotation) => ({
    ...annotation, unsent: null, own: !(annotation.id in lesson.annotations), replies: replies(annotation, mine, me),
  }));
  return [...confirmed, ...drawn].sort(byTime);
}

export const commandsOf = (lesson: Id): string => `/api/lessons/${lesson}/commands`;

function fromOutbox(item: Unsent, me: Id, own: boolean): Entry {
  const body = item.body as unknown as { start_ms: number; end_ms: number | null; body: string; kind: Kind; made_at: string };
  return {
    id: subject(item), by: me, at: body.made_at, made_at: body.made_at, start_ms: body.start_ms, end_ms: body.end_ms,
    body: body.body, kind: body.kind, revision: 1, replies: [], unsent: item, own,
  };
}

function replies(annotation: Annotation, mine: readonly Unsent[], me: Id): ReplyEntry[] {
  const shown = new Set(annotation.replies.map(({ id }) => id));
  const drawn = mine
    .filter((item) => item.body["type"] === "add_reply" && item.body["annotation"] === annotation.id && !shown.has(subject(item)))
    .map((item) => ({ id: subject(item), by: me, at: new Date(item.order).toISOString(), body: String(item.body["body"]), unsent: item }));
  return [...annotation.replies, ...drawn];
}
