import { useSignal } from "@preact/signals";
import type { ComponentChildren } from "preact";
import { useRef } from "preact/hooks";
import type { Play, Present } from "../api/shapes";
import { Face } from "../people/Face";
import { clock } from "../time/format";
import { words } from "../words";
import type { Entry } from "./entries";
import { KindIcon } from "./KindMark";
import { Glimpse } from "./Glimpse";
import type { Playback } from "./playback";
import { gapAt } from "./gaps";
import { TalkStrip } from "./TalkStrip";
import { fraction, marks, msAt } from "./timeline";
import type { People } from "./people";

interface Props {
  playback: Playback;
  durationMs: number;
  entries: Entry[];
  people: People;
  present: Present[];
  play: Play | null;
  /** More on the line itself, as chapters. */
  children?: ComponentChildren;
}

/** Pixels: a mark with its margin, and how wide the line can be on a desk. */
const MARK = 22;
const WIDEST = 800;
const percent = (part: number): string => `${(part * 100).toFixed(3)}%`;

/** The lesson as one line: where the playhead is, what is ready, every annotation, and where the others are. */
export function Timeline({ present, play, children, ...rest }: Props) {
  return (
    <div class="timeline">
      <Line playback={rest.playback} durationMs={rest.durationMs} people={rest.people} present={present} play={play}>{children}</Line>
      {play?.peaks && <TalkStrip peaks={play.peaks} peakMs={play.peak_ms ?? 100} durationMs={rest.durationMs} />}
      <Marks {...rest} />
    </div>
  );
}

function Line({ playback, durationMs, people, present, play, children }: Omit<Props, "entries">) {
  const line = useRef<HTMLDivElement>(null);
  const pointed = useSignal<number | null>(null);
  const at = playback.at.value;
  const ready = durationMs > 0 ? fraction(playback.readyTo.value, durationMs) : 1;

  function seekTo(event: PointerEvent): void {
    const box = line.current!.getBoundingClientRect();
    playback.seek(msAt(event.clientX, box.left, box.width, durationMs));
  }

  function press(event: KeyboardEvent): void {
    const steps: Record<string, number> = { ArrowLeft: -5000, ArrowDown: -5000, ArrowRight: 5000, ArrowUp: 5000, PageDown: -60000, PageUp: 60000 };
    const step = steps[event.key];
    if (step !== undefined) playback.step(step);
    else if (event.key === "Home") playback.seek(0);
    else if (event.key === "End") playback.seek(durationMs);
    else return;
    event.preventDefault();
  }

  return (
    <div
      class="line" ref={line} role="slider" tabIndex={0} aria-label={words.room.timeline} aria-valuemin={0}
      aria-valuemax={Math.round(durationMs / 1000)} aria-valuenow={Math.floor(at / 1000)}
      aria-valuetext={gapAt(playback.gaps.value, at) ? `${words.room.timelineValue(clock(at), clock(durationMs))}, ${words.cuts.gapOnLine}` : words.room.timelineValue(clock(at), clock(durationMs))} onKeyDown={press}
      onPointerDown={(event) => {
        event.currentTarget.setPointerCapture(event.pointerId);
        seekTo(event);
      }}
      onPointerLeave={() => (pointed.value = null)}
      onPointerUp={({ pointerType }) => {
        if (pointerType !== "mouse") pointed.value = null;
      }}
      onPointerMove={(event) => {
        const box = event.currentTarget.getBoundingClientRect();
        pointed.value = msAt(event.clientX, box.left, box.width, durationMs);
        if (event.currentTarget.hasPointerCapture(event.pointerId)) seekTo(event);
      }}
    >
      <span class="track" />
      {ready < 0.999 && <span class="not-ready" title={words.room.notReadyYet} style={{ left: percent(ready) }} />}
      {playback.gaps.value.map(({ start_ms, end_ms }) => (
        <span
          key={start_ms} class="cut" title={words.cuts.gapOnLine}
          style={{ left: percent(fraction(start_ms, durationMs)), width: percent(fraction(end_ms ?? durationMs, durationMs) - fraction(start_ms, durationMs)) }}
        />
      ))}
      <span class="past" style={{ width: percent(fraction(at, durationMs)) }} />
      {children}
      <span class="head" style={{ left: percent(fraction(at, durationMs)) }} />
      {pointed.value !== null && <Glimpse ms={pointed.value} durationMs={durationMs} list={play?.storyboard ?? null} />}
      {present.map(({ person, at_ms }) => {
        const who = people(person);
        return (
          <span key={person} class="there" style={{ left: percent(fraction(at_ms, durationMs)) }} title={words.room.personAt(who.name, clock(at_ms))}>
            <Face role={who.role} name={who.name} />
          </span>
        );
      })}
    </div>
  );
}

function Marks({ playback, durationMs, entries, people }: Omit<Props, "present" | "play" | "children">) {
  const width = Math.min(innerWidth, WIDEST);
  const places = marks(entries, durationMs, MARK / width, width < WIDEST ? 2 : 3);
  const rows = Math.max(0, ...places.map(({ row }) => row + 1));
  return (
    <div class="marks" style={{ height: `${rows * MARK + 2}px` }}>
      {places.map(({ id, from, to, row }) => {
        const entry = entries.find((one) => one.id === id)!;
        const who = people(entry.by);
        const name = words.room.mark(words.room.kinds[entry.kind], who.name, clock(entry.start_ms));
        return (
          <span key={id} class={`place ${who.role} ${entry.unsent ? "unsent" : ""}`} style={{ left: percent(from), width: percent(to - from), top: `${row * MARK + 1}px` }}>
            {/* The list says the same to the keyboard; stopping at every mark here would be a long way round. */}
            <button type="button" tabIndex={-1} class="mark" aria-label={name} title={name} onClick={() => playback.seek(entry.start_ms)}>
              <KindIcon kind={entry.kind} />
            </button>
          </span>
        );
      })}
    </div>
  );
}
