import { useEffect, useId, useLayoutEffect, useMemo, useRef } from "preact/hooks";
import type { Unnumbered, Written } from "../api/shapes";
import { words } from "../words";
import { writing } from "./writing";

interface Props {
  label: string;
  hint?: string | undefined;
  /** Names the text on this device: unique for the cycle and the text in it. The person is added here. */
  shelf: string;
  written: Pick<Written, "text" | "revision"> | undefined;
  path: string;
  command(text: string, revision: number): Unnumbered;
  rows?: number;
  longest?: number;
  /** For one line: return saves it, and pasted line breaks become spaces. */
  oneLine?: boolean;
  /** Empty says nothing here, and is not saved. */
  required?: boolean;
  /** It was asked for just now: the cursor goes there. */
  focus?: boolean;
  /** Only to be read. */
  disabled?: boolean;
}

/**
 * A text that both people write, saved by itself when the writer pauses or goes elsewhere (`writing.ts` says how). Where
 * somebody was quicker both texts are shown, and the writer decides.
 */
export function WrittenField(props: Props) {
  const { label, hint, shelf, written, path, command, longest = 5000, oneLine = false, required = false, disabled = false } = props;
  const { rows = oneLine ? 1 : 3 } = props;
  const id = useId();
  const field = useRef<HTMLTextAreaElement>(null);
  const own = useMemo(() => writing(shelf), [shelf]);
  own.follow({ path, command, longest, required });

  useLayoutEffect(() => own.stands({ text: written?.text ?? "", revision: written?.revision ?? 0 }), [own, written?.revision, written?.text]);
  useEffect(() => {
    if (props.focus) field.current?.focus();
  }, []);
  useEffect(() => {
    if (!disabled) own.soon();
  }, [own, disabled]);
  useEffect(() => () => own.leave(), [own]);
  const text = own.text.value;
  useLayoutEffect(() => {
    // As tall as its words, so that nobody reads a plan through a slot.
    const area = field.current;
    if (!area) return;
    area.style.height = "auto";
    area.style.height = `${area.scrollHeight + area.offsetHeight - area.clientHeight}px`;
  }, [text, disabled]);

  if (disabled) return <Read label={label} text={written?.text ?? ""} unsaved={own.unsaved ? text : null} drop={() => own.drop()} />;
  const theirs = own.theirs.value;
  return (
    <div class="field written">
      <label for={id}>{label}</label>
      {hint && <small id={`${id}-hint`} class="quiet">{hint}</small>}
      <textarea
        id={id} ref={field} rows={rows} value={text} dir="auto" aria-describedby={hint ? `${id}-hint ${id}-says` : `${id}-says`}
        onInput={({ currentTarget }) => own.type(oneLine ? currentTarget.value.replace(/\s*\n\s*/g, " ") : currentTarget.value)}
        onKeyDown={(event) => {
          if (!oneLine || event.key !== "Enter" || event.isComposing) return;
          event.preventDefault();
          own.soon();
        }}
        onBlur={() => own.soon()}
      />
      <small id={`${id}-says`} class="quiet" role="status">{own.says.value}</small>
      {theirs && (
        <div class="card quietly" role="alert">
          <p>{theirs.text ? words.written.theirs : words.written.theirsEmpty}</p>
          {theirs.text && <blockquote dir="auto">{theirs.text}</blockquote>}
          <p class="actions">
            <button type="button" onClick={() => own.settle("mine")}>{words.written.keepMine}</button>
            <button type="button" onClick={() => own.settle("theirs")}>{words.written.takeTheirs}</button>
            {theirs.text && !oneLine && <button type="button" onClick={() => own.settle("both")}>{words.written.keepBoth}</button>}
          </p>
        </div>
      )}
    </div>
  );
}

/** The same text where nobody writes any more, or only others do; nothing where there is none. What could not be saved in time is still shown to its writer. */
function Read({ label, text, unsaved, drop }: { label: string; text: string; unsaved: string | null; drop: () => void }) {
  if (!text && !unsaved) return null;
  return (
    <div class="field written">
      <span>{label}</span>
      {text ? <p class="words" dir="auto">{text}</p> : <p class="quiet">{words.written.nothing}</p>}
      {unsaved && (
        <div class="card quietly">
          <p>{words.written.notSaved}</p>
          <blockquote dir="auto">{unsaved}</blockquote>
          <p class="actions"><button type="button" onClick={drop}>{words.written.drop}</button></p>
        </div>
      )}
    </div>
  );
}
