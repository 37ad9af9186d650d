import type { Draft, Id, NotebookState, StreamEvent } from "../api/shapes";
import { begun } from "./steps/annotations";
import { erasingSteps } from "./steps/erasing";
import { changed, step, type Steps, without } from "./steps/step";

export type Drafts = Record<Id, Draft>;
/** What is held of a notebook: all of it, or beside a lesson its drafts alone. What is not held is not folded. */
export type NotebookPage = Pick<NotebookState, "version" | "drafts"> & Partial<NotebookState>;

const STEPS: Steps<NotebookPage, NotebookState> = {
  ...erasingSteps,
  "draft.added": ({ drafts }, { at, by, data }) => ({
    drafts: { ...drafts, [data.id]: { ...begun(data), lesson: data.lesson, by, at, removed_at: null, done: null, replies: [] } },
  }),
  "draft.edited": ({ drafts }, { at, data }) => {
    const { draft, revision, start_ms, end_ms, body, kind, move = null, question = null, tags = [] } = data;
    const now = { revision, start_ms, end_ms, body, kind, move, question, tags, edited_at: at };
    return { drafts: changed(drafts, draft, () => now) };
  },
  "draft.removed": ({ drafts }, { data: { draft } }) => ({ drafts: without(drafts, draft) }),
  "drafts.published": ({ drafts }, { data: { ids } }) => ({ drafts: without(drafts, ...ids) }),
  "note.written": ({ notes }, { at, data: { note: id, text, revision, prompt = "" } }) =>
    notes ? { notes: { ...notes, [id]: { id, text, prompt, revision, at } } } : {},
  "note.removed": ({ notes }, { data: { note } }) => (notes ? { notes: without(notes, note) } : {}),
  "earlier_text.kept": ({ earlier }, { at, data: { of, revision, body } }) =>
    earlier ? { earlier: { ...earlier, [of]: [...(earlier[of] ?? []), { revision, body, until: at }] } } : {},
  "earlier_texts.dropped": ({ earlier }, { data: { of } }) => (earlier ? { earlier: without(earlier, of) } : {}),
  "stream.seen": ({ seen }, { data: { stream, version } }) => (seen ? { seen: { ...seen, [stream]: version } } : {}),
};

export function reduceNotebook<Page extends NotebookPage>(page: Page, event: StreamEvent): Page {
  return { ...page, ...step(STEPS, page as NotebookPage, event) };
}
