import { useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { post, remove } from "../api/http";
import type { CalendarFeedMade, CalendarFeedRow } from "../api/shapes";
import { useFetched } from "../app/fetched";
import { fragment } from "../app/router";
import { useTrying } from "../app/trying";
import { CopyOnce } from "../form/CopyOnce";
import { Sure } from "../form/Sure";
import { day } from "../time/format";
import { words } from "../words";

/** The private address under which a calendar program reads one's dates: made, shown once, replaced, ended. */
export function CalendarCard() {
  const feed = useFetched<CalendarFeedRow>("/api/calendar");
  const made = useSignal<string | null>(null);
  const { busy, problem, run } = useTrying();
  const heading = useRef<HTMLHeadingElement>(null);
  const since = feed.value.value?.created_at ?? null;
  const there = feed.value.value !== null;
  useEffect(() => {
    if (there && fragment.peek() === "calendar") heading.current?.scrollIntoView();
  }, [there]);

  async function make(): Promise<void> {
    const answer = await run(() => post<CalendarFeedMade>("/api/calendar", undefined));
    if (answer) made.value = location.origin + answer.done.path;
    feed.again();
  }

  async function end(): Promise<void> {
    if (await run(() => remove("/api/calendar"))) made.value = null;
    feed.again();
  }

  return (
    <section class="card" aria-labelledby="calendar">
      <h2 id="calendar" ref={heading}>{words.meetings.calendar.title}</h2>
      <p>{words.meetings.calendar.says}</p>
      {made.value && (
        <div>
          <CopyOnce label={words.meetings.calendar.label} text={made.value} />
          <p class="quiet">{words.meetings.calendar.how}</p>
        </div>
      )}
      {there && !made.value && <p class="quiet">{since ? words.meetings.calendar.since(day(since)) : words.meetings.calendar.none}</p>}
      <p role="alert" class="says">{problem.value?.detail ?? feed.problem.value?.detail}</p>
      {there && (
        <p class="actions">
          {since ? (
            <>
              <Sure label={words.meetings.calendar.renew} question={words.meetings.calendar.renewSure} busy={busy.value} run={() => void make()} />
              <Sure label={words.meetings.calendar.end} question={words.meetings.calendar.endSure} busy={busy.value} run={() => void end()} />
            </>
          ) : <button type="button" disabled={busy.value} onClick={() => void make()}>{words.meetings.calendar.make}</button>}
        </p>
      )}
    </section>
  );
}
