import { type Signal, useSignal } from "@preact/signals";
import { instantOf, saidIn, wallOf, zoneName } from "../time/zones";
import { words } from "../words";
import type { Two } from "./people";

/** When, how long and where, as it is typed: on the reader's own clock. */
export interface When { day: Signal<string>; time: Signal<string>; minutes: Signal<string>; place: Signal<string> }
export interface Chosen { start: string; minutes: number; place: string }

export function useWhen(zone: string, from?: Chosen, minutes = 45): When {
  const wall = from ? wallOf(from.start, zone) : { day: "", time: "" };
  return {
    day: useSignal(wall.day),
    time: useSignal(wall.time),
    minutes: useSignal(String(from?.minutes ?? minutes)),
    place: useSignal(from?.place ?? ""),
  };
}

/** What was chosen, or the sentence that says which field lacks what. */
export function chosen(when: When, zone: string, shortest = 5): Chosen | string {
  if (when.day.value === "") return words.meetings.needDay;
  if (when.time.value === "") return words.meetings.needTime;
  const start = instantOf({ day: when.day.value, time: when.time.value }, zone);
  if (start === null) return words.meetings.needDay;
  const minutes = Number(when.minutes.value);
  if (!Number.isInteger(minutes) || minutes < 5 || minutes > 480) return words.meetings.needMinutes;
  if (minutes < shortest) return words.meetings.needLong;
  return { start, minutes, place: when.place.value.trim() };
}

export function WhenFields({ when, two }: { when: When; two: Two }) {
  const start = instantOf({ day: when.day.value, time: when.time.value }, two.zone);
  return (
    <>
      <div class="side-by-side">
        <Typed label={words.meetings.day} type="date" value={when.day} />
        <Typed label={words.meetings.time} type="time" value={when.time} />
        <Typed label={words.meetings.minutes} type="number" value={when.minutes} />
      </div>
      <p class="quiet" role="status">
        {words.meetings.inZone(zoneName(two.zone))} {start && two.other && <OthersTime start={start} two={two} />}
      </p>
      <label class="field">
        <span>{words.meetings.place}</span>
        <input type="text" value={when.place.value} maxLength={200} autoComplete="off" dir="auto" onInput={(event) => (when.place.value = event.currentTarget.value)} />
        <small class="quiet">{words.meetings.placeHint}</small>
      </label>
    </>
  );
}

/** The same moment on the other one's clock; said also where it is the same, so that nobody has to wonder. */
export function OthersTime({ start, two }: { start: string; two: Two }) {
  if (!two.other) return null;
  const { name, time_zone } = two.other;
  const theirs = saidIn(start, time_zone);
  return <span>{theirs === saidIn(start, two.zone) ? words.meetings.sameClock(name) : words.meetings.forOther(name, theirs, zoneName(time_zone))}</span>;
}

function Typed({ label, type, value }: { label: string; type: "date" | "time" | "number"; value: Signal<string> }) {
  const bounds = type === "number" ? { min: 5, max: 480, inputMode: "numeric" as const } : {};
  return (
    <label class="field">
      <span>{label}</span>
      <input type={type} value={value.value} {...bounds} onInput={(event) => (value.value = event.currentTarget.value)} />
    </label>
  );
}
