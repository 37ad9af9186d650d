import type { AddAnnotation, Annotation, EditAnnotation, EditDraft, Id, LessonState, Reply } from "../api/shapes";
import { byTime } from "../live/order";
import { subject, type Unsent } from "../outbox/command";

/** An annotation as it is shown: confirmed, or drawn from the outbox under the id it will keep. */
export interface Entry extends Annotation {
  /** The command that makes, changes or removes it, while the stream does not show it yet. */
  unsent: Unsent | null;
  /** Only its author sees it. */
  own: boolean;
  /** Its words are gone: its author took them back, or they were erased. */
  gone: boolean;
  replies: ReplyEntry[];
}
export interface ReplyEntry extends Reply { unsent: Unsent | null; gone: boolean }

export function entries(annotations: readonly Annotation[], lesson: LessonState, unsent: readonly Unsent[], me: Id): Entry[] {
  const mine = unsent.filter(({ path, body }) => path === commandsOf(lesson.id) || body.type === "remove_draft");
  const shown = new Set(annotations.map(({ id }) => id));
  const drawn = mine.flatMap((item) =>
    item.body.type === "add_annotation" && !shown.has(subject(item)) ? [fromOutbox(item, item.body, me, lesson.shared_at === null || item.body.draft === true)] : []);
  const confirmed = annotations.map((annotation) => overlaid({
    ...annotation, unsent: null, own: !(annotation.id in lesson.annotations), gone: annotation.body === "",
    replies: replies(annotation, mine, me),
  }, mine));
  // One that is drawn may be changed, flagged or removed before the link is back.
  return [...confirmed, ...drawn.map((entry) => overlaid(entry, mine))].filter(worthShowing).sort(byTime);
}

export const commandsOf = (lesson: Id): string => `/api/lessons/${lesson}/commands`;
export const notebookOf = (cycle: Id): string => `/api/cycles/${cycle}/notebook/commands`;

/** What was removed stays as a place where answers hang on it. */
const worthShowing = (entry: Entry): boolean => !entry.gone || entry.unsent?.refused != null || entry.replies.some(({ gone }) => !gone);

function overlaid(entry: Entry, mine: readonly Unsent[]): Entry {
  let shown = entry;
  for (const item of mine) {
    const { body } = item;
    if (body.type === "flag_annotation" && body.annotation === entry.id && !item.refused) shown = { ...shown, flagged: body.flagged };
    if (body.type === "settle_annotation" && body.annotation === entry.id && !item.refused) {
      shown = { ...shown, done: body.done ? shown.done ?? { by: "", at: sentAt(item) } : null };
    }
    if (subject(item) !== entry.id || body.type === "add_annotation") continue;
    if (body.type === "edit_annotation" || body.type === "edit_draft") shown = { ...shown, ...changedTo(body), unsent: item };
    // Its own words stay in sight until the server has taken them away.
    if (body.type === "remove_annotation" || body.type === "remove_draft") shown = { ...shown, unsent: item, gone: !item.refused };
  }
  return shown;
}

function changedTo({ start_ms, end_ms, body, kind, move = null }: EditAnnotation | EditDraft): Partial<Entry> {
  return { start_ms, end_ms, body, kind, move };
}

function fromOutbox(item: Unsent, written: AddAnnotation, me: Id, own: boolean): Entry {
  const { annotation, start_ms, end_ms = null, body, kind, made_at = null, move = null } = written;
  // The question's text and the tags' labels are copied in where the server takes it.
  return {
    id: annotation, by: me, at: made_at ?? sentAt(item), made_at, start_ms, end_ms, body, kind, move, question: null, tags: [],
    revision: 1, edited_at: null, removed_at: null, flagged: false, done: null, replies: [], unsent: item, own, gone: false,
  };
}

const sentAt = (item: Unsent): string => new Date(item.order).toISOString();

function replies(annotation: Annotation, mine: readonly Unsent[], me: Id): ReplyEntry[] {
  const shown = new Set(annotation.replies.map(({ id }) => id));
  const drawn = mine.flatMap((item): ReplyEntry[] =>
    item.body.type === "add_reply" && item.body.annotation === annotation.id && !shown.has(item.body.reply)
      ? [{ id: item.body.reply, by: me, at: sentAt(item), body: item.body.body, revision: 1, edited_at: null, removed_at: null, unsent: item, gone: false }] : []);
  const confirmed = annotation.replies.map((reply) => overlaidReply({ ...reply, unsent: null, gone: reply.body === "" }, mine));
  return [...confirmed, ...drawn].filter(({ gone, unsent }) => !gone || unsent?.refused != null);
}

function overlaidReply(reply: ReplyEntry, mine: readonly Unsent[]): ReplyEntry {
  let shown = reply;
  for (const item of mine) {
    if (subject(item) !== reply.id) continue;
    if (item.body.type === "edit_reply") shown = { ...shown, body: item.body.body, unsent: item };
    if (item.body.type === "remove_reply") shown = { ...shown, unsent: item, gone: !item.refused };
  }
  return shown;
}
