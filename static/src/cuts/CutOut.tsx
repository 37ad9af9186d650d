import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { useCommand } from "../app/command";
import type { Cut } from "../api/shapes";
import type { OpenLesson } from "../live/lesson";
import { gapAt } from "../review/gaps";
import type { Playback } from "../review/playback";
import { clock } from "../time/format";
import { words } from "../words";
import "./cuts.css";
import { leavesSomething, MOST, same, SHORTEST_MS, withPart } from "./parts";

/** How much is heard and seen before a gap when one plays across it. */
const BEFORE_MS = 3000;

/** The teacher marks what leaves the copy that others see. Until it is saved, the playback here jumps over what is marked. */
export function CutOut({ open, playback, durationMs }: { open: OpenLesson; playback: Playback; durationMs: number }) {
  const lesson = open.lesson.value!;
  const parts = useSignal<readonly Cut[]>(lesson.cuts);
  const start = useSignal<number | null>(null);
  const command = useCommand(`/api/lessons/${lesson.id}/commands`);
  const saved = same(parts.value, lesson.cuts);
  useEffect(() => void (parts.value = lesson.cuts), [lesson.cuts]);
  useEffect(() => {
    playback.gaps.value = parts.value;
    return () => void (playback.gaps.value = lesson.cuts);
  }, [playback, parts.value, lesson.cuts]);

  const at = playback.second.value;
  const inGap = gapAt(parts.value, playback.at.value) !== null;
  const cut = (from: number, to: number | null): void => {
    parts.value = withPart(parts.value, from, to, durationMs);
    start.value = null;
  };
  const trouble = parts.value.length > MOST ? words.cuts.many(MOST) : leavesSomething(parts.value, durationMs) ? null : words.cuts.all;
  const notes = open.annotations.value.filter(({ start_ms }) => gapAt(parts.value, start_ms)).length;

  function finish(): void {
    const end = playback.moment();
    if (end - start.value! >= SHORTEST_MS) cut(start.value!, end);
    else command.says.value = words.cuts.toNothing;
  }

  return (
    <div class="cut-out">
      <p>{words.cuts.what}</p>
      {start.value === null ? (
        <p class="actions">
          <button type="button" onClick={() => { playback.pause(); start.value = playback.moment(); command.says.value = null; }}>{words.cuts.from(clock(at))}</button>
          <button type="button" class="plain" disabled={at < 1000} onClick={() => cut(0, playback.moment())}>{words.cuts.before(clock(at))}</button>
          <button type="button" class="plain" disabled={durationMs - at < 1000} onClick={() => cut(playback.moment(), null)}>{words.cuts.after(clock(at))}</button>
        </p>
      ) : (
        <>
          <p role="status">{words.cuts.going(clock(start.value))}</p>
          <p class="actions">
            <button type="button" onClick={finish}>{words.cuts.to(clock(at))}</button>
            <button type="button" class="plain" onClick={() => (start.value = null)}>{words.cuts.leave}</button>
          </p>
        </>
      )}
      {parts.value.length === 0 ? <p class="quiet">{words.cuts.none}</p> : (
        <ul aria-label={words.cuts.parts}>
          {parts.value.map((part) => {
            const name = words.cuts.part(clock(part.start_ms), part.end_ms === null ? words.cuts.theEnd : clock(part.end_ms));
            return (
              <li key={part.start_ms}>
                <span class="times">{name}</span>
                <button type="button" class="plain" aria-label={words.cuts.across(name)} onClick={() => { playback.seek(part.start_ms - BEFORE_MS); playback.start(); }}>{words.cuts.acrossShort}</button>
                <button type="button" class="plain" aria-label={words.cuts.keep(name)} onClick={() => (parts.value = parts.value.filter((one) => one !== part))}>{words.cuts.keepShort}</button>
              </li>
            );
          })}
        </ul>
      )}
      {notes > 0 && <p class="quiet">{words.cuts.notes(notes)}</p>}
      {!saved && (
        <p class="actions">
          <button type="button" class="main" disabled={command.busy.value || trouble !== null} onClick={() => void command.run({ type: "set_cuts", cuts: [...parts.value] })}>
            {command.busy.value ? words.cuts.saving : words.cuts.save}
          </button>
          <button type="button" class="plain" onClick={() => (parts.value = lesson.cuts)}>{words.cuts.undo}</button>
        </p>
      )}
      <p role="status" class="quiet">{saved && lesson.least_attempt !== null ? (lesson.least_attempt > (lesson.attempt ?? 0) ? words.cuts.underWay : words.cuts.done) : ""}</p>
      <p role="alert" class="says">{trouble ?? command.says.value}</p>
      <p class="unseen" role="status">{inGap ? words.cuts.gap : ""}</p>
    </div>
  );
}
