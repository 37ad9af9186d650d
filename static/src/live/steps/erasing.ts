import type { WordsErased } from "../../api/shapes";

/** Somebody's words are gone for good: the server names where they stood. What this page does not hold is passed over. */
export const erasingSteps = {
  "words.erased": <State>(state: State, { data: { emptied = [] } }: { data: WordsErased }): State =>
    emptied.reduce((now, pointer) => emptiedAt(now, pointer.slice(1).split("/").map(plain)) as State, state),
};

const plain = (step: string): string => step.replaceAll("~1", "/").replaceAll("~0", "~");

function emptiedAt(node: unknown, path: readonly string[]): unknown {
  const [head, ...rest] = path;
  if (head === undefined) return "";
  if (typeof node !== "object" || node === null || !Object.hasOwn(node, head)) return node;
  const inner = emptiedAt((node as Record<string, unknown>)[head], rest);
  if (Array.isArray(node)) return node.map((one: unknown, n) => (n === Number(head) ? inner : one));
  return { ...node, [head]: inner };
}
