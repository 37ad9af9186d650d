import type { Command, Id } from "../api/shapes";

/** An upload that was given up. It goes as a DELETE, after which there is nothing more to want of it. */
export interface EndUpload { id: Id; type: "end_upload"; upload: Id }

/** A command on its way to the server, with the id it keeps however often it is sent. */
export interface Unsent {
  id: Id;
  order: number;
  path: string;
  body: Command | EndUpload;
  /** The server's reason, when it said no. */
  refused: string | null;
  /** Where somebody was quicker: how the text stands now. */
  theirs?: { text: string; revision: number } | null;
  /** The server took it; only the event that shows it is still on its way. */
  answered: boolean;
}

/** What the stream shows once it has the event of a command: this thing at this revision, or no longer. */
export interface Awaited { of: Id; revision: number; gone: boolean }

/** Null for a command that is not drawn before its event comes. */
export function awaited({ body }: Pick<Unsent, "body">): Awaited | null {
  switch (body.type) {
    case "add_annotation": return { of: body.annotation, revision: 1, gone: false };
    case "add_reply": return { of: body.reply, revision: 1, gone: false };
    case "send_message": return { of: body.message, revision: 1, gone: false };
    case "edit_annotation": return { of: body.annotation, revision: body.revision + 1, gone: false };
    case "edit_reply": return { of: body.reply, revision: body.revision + 1, gone: false };
    case "edit_draft": return { of: body.draft, revision: body.revision + 1, gone: false };
    case "remove_annotation": return { of: body.annotation, revision: 0, gone: true };
    case "remove_reply": return { of: body.reply, revision: 0, gone: true };
    case "remove_draft": return { of: body.draft, revision: 0, gone: true };
    default: return null;
  }
}

/** The annotation, the reply or the draft that a command is about; empty for the others. */
export const subject = (item: Unsent): Id => awaited(item)?.of ?? "";

/** How a thing stands on this page; undefined: it is not there. */
export type Shown = (id: Id) => { revision: number; removed: boolean } | undefined;

/** Whether what the page shows has what the command asked for. */
export function arrived(item: Unsent, shown: Shown): boolean {
  const wanted = awaited(item);
  if (!wanted) return false;
  const now = shown(wanted.of);
  // One's own id is nobody else's. But an edit may be another page's, and what is not there may be of another lesson:
  // there the server's answer says whether it was this command.
  if (!wanted.gone && wanted.revision === 1) return now !== undefined;
  if (!item.answered) return false;
  if (wanted.gone) return !now || now.removed;
  return now === undefined || now.removed || now.revision >= wanted.revision;
}
