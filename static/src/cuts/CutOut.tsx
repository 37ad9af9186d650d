import { type Signal, useSignal } from "@preact/signals";
import { useRef } from "preact/hooks";
import { useCommand } from "../app/command";
import type { Cut } from "../api/shapes";
import type { OpenLesson } from "../live/lesson";
import { gapAt } from "../review/gaps";
import type { Playback } from "../review/playback";
import { clock } from "../time/format";
import { words } from "../words";
import "./cuts.css";
import { leavesSomething, MOST, nameOf, same, SHORTEST_MS, withPart } from "./parts";

/** How much is heard and seen before a gap when one plays across it. */
const BEFORE_MS = 3000;

interface Props {
  open: OpenLesson;
  playback: Playback;
  durationMs: number;
  /** What is marked and not saved yet; null: all is as it was saved. */
  marks: Signal<readonly Cut[] | null>;
}

/** The teacher marks what leaves the copy that others see. Until it is saved, the playback here jumps over what is marked. */
export function CutOut({ open, playback, durationMs, marks }: Props) {
  const lesson = open.lesson.value!;
  const parts = marks.value ?? lesson.cuts;
  const start = useSignal<number | null>(null);
  const told = useSignal("");
  const box = useRef<HTMLDivElement>(null);
  const command = useCommand(`/api/lessons/${lesson.id}/commands`);
  const at = playback.second.value;
  const trouble = parts.length > MOST ? words.cuts.many(MOST) : leavesSomething(parts, durationMs) ? null : words.cuts.all;
  const notes = open.annotations.value.filter(({ start_ms }) => gapAt(parts, start_ms)).length;

  /** What was pressed is often gone after it; the keyboard goes on from here. */
  function goTo(what: string): void {
    requestAnimationFrame(() => box.current?.querySelector<HTMLElement>(what)?.focus());
  }

  function mark(to: readonly Cut[]): void {
    marks.value = same(to, lesson.cuts) ? null : to;
  }

  function cut(from: number, to: number | null): void {
    const now = withPart(parts, from, to, durationMs);
    mark(now);
    told.value = words.cuts.wasCut(nameOf(gapAt(now, from)!));
  }

  function begin(): void {
    playback.pause();
    start.value = playback.moment();
    command.says.value = null;
    goTo("button");
  }

  function finish(): void {
    const end = playback.moment();
    if (end - start.value! < SHORTEST_MS) {
      command.says.value = words.cuts.toNothing;
      return;
    }
    cut(start.value!, end);
    leave();
  }

  function leave(): void {
    start.value = null;
    command.says.value = null;
    goTo("button");
  }

  function keep(part: Cut): void {
    const left = parts.filter((one) => one !== part);
    mark(left);
    told.value = words.cuts.wasKept(nameOf(part));
    const next = Math.min(parts.indexOf(part), left.length - 1);
    goTo(next < 0 ? "button" : `li:nth-child(${next + 1}) button:last-child`);
  }

  async function save(): Promise<void> {
    const done = await command.run({ type: "set_cuts", cuts: [...parts] });
    // The server may have set them to the lesson's own end.
    if (done && open.lesson.value!.cuts !== lesson.cuts) marks.value = null;
    goTo(done ? "button" : ".main");
  }

  function undo(): void {
    marks.value = null;
    goTo("button");
  }

  return (
    <div class="cut-out" ref={box}>
      <p>{words.cuts.what}</p>
      {start.value === null ? (
        <p class="actions">
          <button type="button" onClick={begin}>{words.cuts.from(clock(at))}</button>
          <button type="button" class="plain" disabled={at < 1000} onClick={() => cut(0, playback.moment())}>{words.cuts.before(clock(at))}</button>
          <button type="button" class="plain" disabled={durationMs - at < 1000} onClick={() => cut(playback.moment(), null)}>{words.cuts.after(clock(at))}</button>
        </p>
      ) : (
        <>
          <p role="status">{words.cuts.going(clock(start.value))}</p>
          <p class="actions">
            <button type="button" onClick={finish}>{words.cuts.to(clock(at))}</button>
            <button type="button" class="plain" onClick={leave}>{words.cuts.leave}</button>
          </p>
        </>
      )}
      {parts.length === 0 ? <p class="quiet">{words.cuts.none}</p> : (
        <ul aria-label={words.cuts.parts}>
          {parts.map((part) => {
            const name = nameOf(part);
            return (
              <li key={part.start_ms}>
                <span class="times">{name}</span>
                <button type="button" class="plain" aria-label={words.cuts.across(name)} onClick={() => { playback.seek(part.start_ms - BEFORE_MS); playback.start(); }}>{words.cuts.acrossShort}</button>
                <button type="button" class="plain" aria-label={words.cuts.keep(name)} onClick={() => keep(part)}>{words.cuts.keepShort}</button>
              </li>
            );
          })}
        </ul>
      )}
      {notes > 0 && <p class="quiet">{words.cuts.notes(notes)}</p>}
      {marks.value && (
        <p class="actions">
          <button type="button" class="main" disabled={command.busy.value || trouble !== null} onClick={() => void save()}>
            {command.busy.value ? words.cuts.saving : words.cuts.save}
          </button>
          <button type="button" class="plain" onClick={undo}>{words.cuts.undo}</button>
        </p>
      )}
      <p role="status" class="quiet">
        {!marks.value && lesson.least_attempt !== null ? (lesson.least_attempt > (lesson.attempt ?? 0) ? words.cuts.underWay : lesson.cuts.length > 0 && words.cuts.done) : ""}
      </p>
      <p role="alert" class="says">{trouble ?? command.says.value}</p>
      <p class="unseen" role="status">{told.value}</p>
    </div>
  );
}
