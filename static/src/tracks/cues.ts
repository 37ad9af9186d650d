import type { Cue, Id, TrackCard } from "../api/shapes";
import type { Unsent } from "../outbox/command";

/** A cue as it is shown: as the server has it, or with what is on its way there. */
export interface ShownCue extends Cue {
  unsent: Unsent | null;
  /** The server took one's change; the words as they stand there are still on their way. */
  settling?: boolean;
}

const byStart = (a: Cue, b: Cue): number => a.start_ms - b.start_ms || a.end_ms - b.end_ms;

/** With what is on its way to this track. What was refused stays in sight, until its writer has decided. */
export function overlaid(cues: readonly ShownCue[], unsent: readonly Unsent[], track: Id): ShownCue[] {
  let shown = [...cues];
  for (const item of unsent) {
    const { body } = item;
    if (!("cue" in body) || body.track !== track) continue;
    const there = shown.find(({ id }) => id === body.cue);
    if (body.type === "remove_cue") {
      shown = item.refused === null
        ? shown.filter(({ id }) => id !== body.cue)
        : shown.map((cue) => (cue === there ? { ...cue, unsent: item } : cue));
    } else if (body.type === "add_cue" || there || item.refused !== null) {
      const { cue: id, start_ms, end_ms, text } = body;
      shown = [...shown.filter((cue) => cue !== there), { id, start_ms, end_ms, text, unsent: item }];
    }
  }
  return shown.sort(byStart);
}

/** With one that is being changed here, also where somebody has removed it meanwhile. */
export const withOne = (cues: readonly ShownCue[], one: ShownCue | null): readonly ShownCue[] =>
  one === null || cues.some(({ id }) => id === one.id) ? cues : [...cues, one].sort(byStart);

/** The first track of a kind that is begun here and that the server does not have yet, and what is on its way there. */
export function begunHere(unsent: readonly Unsent[], path: string, kind: TrackCard["kind"]): { track: Id; items: Unsent[] } | null {
  const here = unsent.filter((item) => item.path === path);
  for (const { body } of here) {
    if (body.type !== "add_track" || body.kind !== kind) continue;
    const { track } = body;
    return { track, items: here.filter((item) => "track" in item.body && item.body.track === track) };
  }
  return null;
}

/** What a command that the server took has made of the cues, before they are fetched anew. */
export function taken(cues: readonly ShownCue[], items: readonly Unsent[], track: Id): ShownCue[] {
  return overlaid(cues, items, track).map((cue) => {
    if (!cue.unsent) return cue;
    // The words may have been quicker than the answer.
    const there = cues.find(({ id }) => id === cue.id);
    return there && (cue.unsent.body.type === "add_cue" || alike(there, cue)) ? there : { ...cue, unsent: null, settling: true };
  });
}

/** The same but for blanks, which the server makes tidy. */
function alike(a: Cue, b: Cue): boolean {
  const plain = (text: string): string => text.replace(/\s+/g, " ").trim();
  return a.start_ms === b.start_ms && a.end_ms === b.end_ms && plain(a.text) === plain(b.text);
}

/** Those that are said at this moment. */
export function said<C extends Cue>(cues: readonly C[], at_ms: number): C[] {
  const now: C[] = [];
  for (const cue of cues) {
    if (cue.start_ms > at_ms) break;
    if (at_ms < cue.end_ms) now.push(cue);
  }
  return now;
}

/** The text in pieces; every second one is what was looked for, as it stands there. */
export function pieces(text: string, wanted: string): string[] {
  const found: string[] = [];
  const within = folded(text);
  const word = folded(wanted);
  // Where folding changes the length, places no longer agree; then nothing is marked, though it is found.
  if (word === "" || within.length !== text.length) return [text];
  let from = 0;
  for (let at = within.indexOf(word); at >= 0; at = within.indexOf(word, from)) {
    found.push(text.slice(from, at), text.slice(at, at + word.length));
    from = at + word.length;
  }
  return [...found, text.slice(from)];
}

export const holds = (text: string, wanted: string): boolean => folded(text).includes(folded(wanted));

const folded = (text: string): string => text.toLowerCase();

/** As the server has it: bytes of UTF-8. */
const MOST_BYTES = 1_000_000;

/** The text of a file with captions or chapters; null: it is larger than any of them. In UTF-16 it may have twice the bytes. */
export async function readFile(file: Pick<Blob, "size" | "arrayBuffer">): Promise<string | null> {
  if (file.size > 2 * MOST_BYTES) return null;
  const text = textOf(await file.arrayBuffer());
  return new Blob([text]).size > MOST_BYTES ? null : text;
}

/** The text of a file: UTF-8, what its first bytes say, or what Windows wrote before. */
export function textOf(bytes: ArrayBuffer): string {
  const [a, b] = new Uint8Array(bytes, 0, Math.min(2, bytes.byteLength));
  if (a === 0xff && b === 0xfe) return new TextDecoder("utf-16le").decode(bytes);
  if (a === 0xfe && b === 0xff) return new TextDecoder("utf-16be").decode(bytes);
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    return new TextDecoder("windows-1252").decode(bytes);
  }
}

/** A new cue from this moment: as long as asked for, but not into the next one, nor beyond the lesson. */
export function roomFrom(cues: readonly Cue[], start_ms: number, wanted_ms: number, durationMs: number): { start_ms: number; end_ms: number } {
  const last = durationMs > 0 ? durationMs : Infinity;
  const start = Math.max(0, Math.min(start_ms, last - 1));
  const next = cues.find((cue) => cue.start_ms > start)?.start_ms ?? Infinity;
  return { start_ms: start, end_ms: Math.max(start + 1, Math.min(start + wanted_ms, next, last)) };
}
