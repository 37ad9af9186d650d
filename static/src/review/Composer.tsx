import { useLayoutEffect, useRef } from "preact/hooks";
import type { Kind } from "../api/shapes";
import { clock } from "../time/format";
import { words } from "../words";
import { KindIcon } from "./KindMark";
import type { Playback } from "./playback";
import type { Writing } from "./writing";

const KINDS: Kind[] = ["question", "suggestion", "strength", "note"];

/** On a phone a button first, then the sheet under the picture; on a desk the sheet stands open where the eye already is. */
export function Composer({ writing, playback, own, says }: { writing: Writing; playback: Playback; own: boolean; says: string }) {
  const sheet = useRef<HTMLElement>(null);
  const text = useRef<HTMLTextAreaElement>(null);
  const open = writing.open.value;
  const start = writing.start.value;
  useLayoutEffect(() => {
    writing.reveal = () => {
      // At once, not at the next drawing: a phone shows its keyboard only within the tap, and letters must not get lost.
      sheet.current?.classList.add("open");
      text.current?.focus({ preventScroll: true });
      // On a phone: right under the picture, which stays at the top, wherever the list has been scrolled to.
      if (sheet.current) underPicture(sheet.current);
    };
    // The keyboard of a phone comes a moment after the cursor, and takes half of the room.
    const resized = (): void => {
      if (sheet.current?.contains(document.activeElement)) underPicture(sheet.current);
    };
    addEventListener("resize", resized);
    return () => {
      removeEventListener("resize", resized);
      writing.reveal = () => undefined;
    };
  }, [writing]);
  const at = start ?? playback.second.value;
  const end = writing.end.value;
  const label = end === null ? words.room.writeLabel(clock(at)) : words.room.writeRange(clock(at), clock(end));

  function keys(event: KeyboardEvent): void {
    if (event.key === "Escape") {
      event.preventDefault();
      writing.putAway();
      text.current?.blur();
    } else if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      send();
    }
  }

  function send(): void {
    if (writing.send()) text.current?.blur();
    else text.current?.focus();
  }

  return (
    <section ref={sheet} class={`composer ${open ? "open" : ""}`}>
      <button type="button" class="main begin" onClick={() => writing.begin()}>{words.room.write(clock(playback.second.value))}</button>
      <form
        aria-label={label} onKeyDown={keys}
        onSubmit={(event) => {
          event.preventDefault();
          send();
        }}
      >
        <label class="field">
          <span class="times">{label}</span>
          <textarea
            ref={text} rows={2} maxLength={5000} placeholder={words.room.placeholder} value={writing.body.value}
            onInput={(event) => writing.type(event.currentTarget.value)}
          />
        </label>
        {start !== null && <Span writing={writing} playback={playback} start={start} back={() => text.current?.focus({ preventScroll: true })} />}
        <div class="actions">
          <Kinds writing={writing} />
          <button type="submit" class="main">{words.room.send}</button>
          {start !== null && <button type="button" class="plain" onClick={() => writing.drop()}>{words.room.cancel}</button>}
          {own && <small class="quiet">{says}</small>}
        </div>
      </form>
    </section>
  );
}

function underPicture(sheet: HTMLElement): void {
  const theatre = sheet.closest(".room")?.querySelector(".theatre");
  if (!theatre || getComputedStyle(theatre).position !== "sticky") return;
  scrollBy(0, sheet.getBoundingClientRect().top - theatre.getBoundingClientRect().height);
}

function Kinds({ writing }: { writing: Writing }) {
  return (
    <fieldset class="kinds">
      <legend class="unseen">{words.room.kind}</legend>
      {KINDS.map((kind) => (
        <label key={kind} class={`kind ${kind} ${writing.kind.value === kind ? "chosen" : ""}`}>
          <input type="radio" name="kind" value={kind} checked={writing.kind.value === kind} onChange={() => writing.choose(kind)} />
          <KindIcon kind={kind} />{words.room.kinds[kind]}
        </label>
      ))}
    </fieldset>
  );
}

/** Playing on or seeking while writing moves neither end, until one of these is pressed. */
function Span({ writing, playback, start, back }: { writing: Writing; playback: Playback; start: number; back(): void }) {
  const here = playback.at.value;
  const end = writing.end.value;
  const away = clock(here) !== clock(start);
  const ended = end !== null && clock(end) === clock(here);
  // The button that was pressed may be gone after it; the cursor goes back to the text.
  const press = (change: () => void) => () => {
    change();
    back();
  };
  return (
    <p class="actions small span">
      {here > start && away && !ended && <button type="button" onClick={press(() => writing.setEnd())}>{words.room.endHere(clock(here))}</button>}
      {away && <button type="button" class="plain" onClick={press(() => writing.moveStart())}>{words.room.startHere(clock(here))}</button>}
      {end !== null && <button type="button" class="plain" onClick={press(() => writing.clearEnd())}>{words.room.noEnd}</button>}
      {!away && end === null && <span class="quiet hint">{words.room.rangeHint}</span>}
    </p>
  );
}
