import { useSignal } from "@preact/signals";
import { useEffect, useId, useRef } from "preact/hooks";
import { post } from "../api/http";
import { asProblem } from "../api/problem";
import type { Id, Unnumbered, Written } from "../api/shapes";
import { newId } from "../ids/uuid";
import { words } from "../words";

interface Props {
  label: string;
  hint?: string;
  /** Where unsaved words are kept on this device: unique for the person, the cycle and the text. */
  shelf: string;
  written: Pick<Written, "text" | "revision"> | undefined;
  path: string;
  command(text: string, revision: number): Unnumbered;
  rows?: number;
  longest?: number;
  disabled?: boolean;
}

interface Kept { text: string; revision: number; id: Id }
/** What somebody else wrote while this person did. */
interface Theirs { text: string; revision: number }

const QUIET_MS = 1200;

/**
 * A text that both people write, saved by itself when the writer pauses. What is not saved yet stays on this device; where
 * somebody was quicker both texts are shown, and the writer decides.
 */
export function WrittenField({ label, hint, shelf, written, path, command, rows = 3, longest = 5000, disabled = false }: Props) {
  const id = useId();
  const kept = useRef<Kept | null>(read(shelf));
  const text = useSignal(kept.current?.text ?? written?.text ?? "");
  const says = useSignal<string | null>(null);
  const theirs = useSignal<Theirs | null>(null);
  const timer = useRef(0);
  const busy = useRef(false);
  const saved = useRef({ text: "", revision: 0 });
  const now = useRef(written);
  now.current = written;

  useEffect(() => {
    if (!kept.current) text.value = written?.text ?? "";
  }, [written?.revision]);
  useEffect(() => {
    if (kept.current) later(0);
    const online = (): void => later(0);
    addEventListener("online", online);
    return () => {
      removeEventListener("online", online);
      clearTimeout(timer.current);
      if (kept.current) void save();
    };
  }, []);

  /** The text as it stands, as far as this page knows. */
  function standing(): Pick<Written, "text" | "revision"> {
    const shown = now.current;
    return shown && shown.revision >= saved.current.revision ? shown : saved.current;
  }

  function type(to: string): void {
    text.value = to;
    // The event that shows what was just saved may still be on its way.
    keep({ text: to, revision: kept.current?.revision ?? standing().revision, id: newId() });
    says.value = words.written.typing;
    later(QUIET_MS);
  }

  function keep(to: Kept | null): void {
    kept.current = to;
    write(shelf, to);
  }

  function later(ms: number): void {
    clearTimeout(timer.current);
    timer.current = window.setTimeout(() => void save(), ms);
  }

  async function save(): Promise<void> {
    const mine = kept.current;
    if (!mine || busy.current || theirs.peek()) return;
    busy.current = true;
    try {
      const text = mine.text.trim();
      const there = standing();
      let revision = mine.revision;
      // What says nothing new is no new revision.
      if (text !== there.text || revision !== there.revision) {
        await post(path, { id: mine.id, ...command(text, revision) });
        saved.current = { text, revision: ++revision };
      }
      // What was typed meanwhile goes over the text just saved.
      if (kept.current === mine) {
        keep(null);
        says.value = words.written.saved;
      } else if (kept.current) {
        keep({ ...kept.current, revision });
        later(0);
      }
    } catch (error) {
      const problem = asProblem(error);
      if (problem.slug === "edited_meanwhile") theirs.value = problem.body as unknown as Theirs;
      says.value = problem.passing ? words.written.kept : problem.detail;
      if (problem.passing) later(problem.retryAfterMs ?? 5000);
    } finally {
      busy.current = false;
    }
  }

  function settle(chosen: "mine" | "theirs"): void {
    const other = theirs.peek();
    if (!other) return;
    theirs.value = null;
    if (chosen === "theirs") {
      keep(null);
      text.value = other.text;
      says.value = null;
      return;
    }
    keep({ text: text.peek(), revision: other.revision, id: newId() });
    later(0);
  }

  return (
    <div class="field written">
      <label for={id}>{label}</label>
      <textarea
        id={id} rows={rows} maxLength={longest} value={text.value} disabled={disabled} dir="auto" aria-describedby={`${id}-says`}
        onInput={(event) => type(event.currentTarget.value)} onBlur={() => later(0)}
      />
      <small id={`${id}-says`} class="quiet" role="status">{says.value ?? hint}</small>
      {theirs.value && (
        <div class="card quietly" role="alert">
          <p>{words.written.theirs}</p>
          <blockquote dir="auto">{theirs.value.text}</blockquote>
          <p class="actions">
            <button type="button" onClick={() => settle("mine")}>{words.written.keepMine}</button>
            <button type="button" onClick={() => settle("theirs")}>{words.written.takeTheirs}</button>
          </p>
        </div>
      )}
    </div>
  );
}

function read(shelf: string): Kept | null {
  try {
    return JSON.parse(localStorage.getItem(`farfield.text.${shelf}`) ?? "null") as Kept | null;
  } catch {
    return null;
  }
}

function write(shelf: string, kept: Kept | null): void {
  try {
    if (kept) localStorage.setItem(`farfield.text.${shelf}`, JSON.stringify(kept));
    else localStorage.removeItem(`farfield.text.${shelf}`);
  } catch {
    // A full or forbidden store: the text is still in the field.
  }
}
