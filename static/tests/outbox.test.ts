import { describe, expect, it } from "vitest";
import type { Command, Unnumbered } from "../src/api/shapes";
import { arrived, type Shown, type Unsent } from "../src/outbox/command";

const item = (body: Unnumbered, answered = false): Unsent => ({
  id: "cmd", order: 1, path: "/api/lessons/l/commands", body: { id: "cmd", ...body } as Command, refused: null, answered,
});
const page = (now: Record<string, { revision: number; removed: boolean }>): Shown => (id) => now[id];
const edit: Unnumbered = { type: "edit_annotation", annotation: "a", revision: 1, start_ms: 1, end_ms: null, body: "x", kind: "note" };
const add: Unnumbered = { type: "add_annotation", annotation: "a", start_ms: 1, body: "x", kind: "note" };

describe("when a command has arrived", () => {
  it.each([
    ["what is added, once it is there", item(add), { a: { revision: 1, removed: false } }, true],
    ["what is added, and was changed since", item(add), { a: { revision: 3, removed: false } }, true],
    ["what is added, and is not there", item(add, true), {}, false],
    ["an edit that is not taken yet, though another page's is", item(edit), { a: { revision: 2, removed: false } }, false],
    ["an edit that is taken, before its event", item(edit, true), { a: { revision: 1, removed: false } }, false],
    ["an edit that is taken and shown", item(edit, true), { a: { revision: 2, removed: false } }, true],
    ["an edit of what was removed meanwhile", item(edit, true), { a: { revision: 1, removed: true } }, true],
    ["a removal that waits, of another lesson", item({ type: "remove_annotation", annotation: "b" }), {}, false],
    ["a removal that is taken, before its event", item({ type: "remove_annotation", annotation: "a" }, true), { a: { revision: 1, removed: false } }, false],
    ["a removal that is taken and shown", item({ type: "remove_annotation", annotation: "a" }, true), { a: { revision: 1, removed: true } }, true],
    ["a draft that is gone", item({ type: "remove_draft", draft: "a" }, true), {}, true],
    ["a flag, which nothing waits for", item({ type: "flag_annotation", annotation: "a", flagged: true }, true), { a: { revision: 1, removed: false } }, false],
  ] as const)("%s", (_, one, now, yes) => expect(arrived(one, page(now))).toBe(yes));
});
