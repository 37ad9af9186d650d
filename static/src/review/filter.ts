import type { Fresh } from "../live/fresh";
import type { Entry } from "./entries";

/** What of the list is shown: a word, or a word and an id. */
export type Filter = "all" | "fresh" | "flagged" | "open" | "mine" | `by:${string}` | `kind:${string}` | `question:${string}`;

export function isFresh(entry: Entry, fresh: Fresh): boolean {
  return (fresh.has(entry.id) && !entry.gone) || entry.replies.some(({ id, gone }) => fresh.has(id) && !gone);
}

export function passes(entry: Entry, filter: Filter, fresh: Fresh): boolean {
  const [what, which] = filter.split(":", 2);
  switch (what) {
    case "fresh": return isFresh(entry, fresh);
    case "flagged": return entry.flagged;
    case "open": return entry.done === null && !entry.gone;
    case "mine": return entry.own;
    case "by": return entry.by === which;
    case "kind": return entry.kind === which && !entry.gone;
    case "question": return entry.question?.id === which;
    default: return true;
  }
}
