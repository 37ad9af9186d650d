import { useLayoutEffect, useRef } from "preact/hooks";
import { clock } from "../time/format";
import { words } from "../words";
import { Kinds, More } from "./Details";
import type { Playback } from "./playback";
import type { Room } from "./room";
import type { Writing } from "./writing";

/** On a phone a button first, then the sheet under the picture; on a desk the sheet stands open where the eye already is. */
export function Composer({ writing, playback, room }: { writing: Writing; playback: Playback; room: Room }) {
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

  function send(draft = false): void {
    if (writing.send(draft)) text.current?.blur();
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
            ref={text} rows={2} maxLength={10_000} dir="auto" placeholder={words.room.placeholder} value={writing.body.value}
            onInput={(event) => writing.type(event.currentTarget.value)}
          />
        </label>
        {start !== null && <Span writing={writing} playback={playback} start={start} back={() => text.current?.focus({ preventScroll: true })} />}
        <div class="actions">
          <Kinds kind={writing.kind.value} choose={(kind) => writing.choose(kind)} />
          <button type="submit" class="main">{room.shared ? words.room.send : words.corrections.save}</button>
          {room.shared && start !== null && <button type="button" onClick={() => send(true)}>{words.corrections.toMyself}</button>}
          {start !== null && <button type="button" class="plain" onClick={() => writing.drop()}>{words.room.cancel}</button>}
          {!room.shared && <small class="quiet">{room.role === "observer" ? words.observers.onlyYou : words.corrections.onlyYou[room.released ? "together" : "teacher_first"]}</small>}
        </div>
        {start !== null && <More details={writing} choices={room.choices} changed={() => writing.keep()} />}
      </form>
    </section>
  );
}

function underPicture(sheet: HTMLElement): void {
  const theatre = sheet.closest(".room")?.querySelector(".theatre");
  if (!theatre || getComputedStyle(theatre).position !== "sticky") return;
  scrollBy(0, sheet.getBoundingClientRect().top - theatre.getBoundingClientRect().height);
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
