import { useSignal, useSignalEffect } from "@preact/signals";
import { useEffect, useLayoutEffect, useMemo, useRef } from "preact/hooks";
import type { OpenCycle } from "../live/cycle";
import type { Two } from "../meetings/people";
import { KindMark } from "../review/KindMark";
import { clock } from "../time/format";
import { words } from "../words";
import { inOrder, itemOf, type Moment, moved } from "./moments";
import { useDragging } from "./dragging";
import { useFlagged } from "./flagged";
import { Ordering } from "./ordering";

/** The moments to talk about, in an order that both may change by dragging or with the keyboard. */
export function Agenda({ page, two, wanted }: { page: OpenCycle; two: Two; wanted: boolean }) {
  const cycle = page.cycle.value!;
  const seen = new Set(page.snapshot.value?.card.lessons.map(({ id }) => id));
  const lessons = cycle.lessons.map(({ lesson }) => lesson).filter((one) => seen.has(one));
  const flagged = useFlagged(lessons, wanted).value;
  const ordering = useMemo(() => new Ordering(`/api/cycles/${page.id}/commands`, page.cycle), [page]);
  useSignalEffect(() => {
    void page.cycle.value;
    ordering.stands();
  });
  useEffect(() => () => ordering.leave(), [ordering]);
  const said = useSignal("");
  if (!wanted || flagged === null) return <p class="quiet" role="status">{words.loading}</p>;
  if (lessons.length === 0) return <p>{words.debrief.agendaNoLessons}</p>;
  if (flagged.length === 0) return <p>{words.debrief.agendaNone}</p>;
  const shown = inOrder(ordering.order.value, flagged);
  const moves = {
    move: (from: number, to: number): void => {
      ordering.show(moved(shown, from, to).map(itemOf));
      said.value = words.debrief.moved(to + 1, shown.length);
    },
    done: (): void => ordering.save(),
  };
  return (
    <>
      {two.writes && shown.length > 1 && <p class="quiet">{words.debrief.agendaSays}</p>}
      <p role="alert" class="says">{ordering.says.value}</p>
      <Moments moments={shown} moves={two.writes && shown.length > 1 ? moves : null} two={two} />
      <p class="unseen" role="status">{said.value}</p>
    </>
  );
}

interface Moves { move(from: number, to: number): void; done(): void }

function Moments({ moments, moves, two }: { moments: Moment[]; moves: Moves | null; two: Two }) {
  const list = useRef<HTMLOListElement>(null);
  const pressed = useRef<{ annotation: string; up: boolean } | null>(null);
  const grip = useDragging({ move: (from, to) => moves?.move(from, to), done: () => moves?.done() });
  useLayoutEffect(() => {
    // The keyboard stays on the item that moved; at an end its button there is off, so the other one takes over.
    const { annotation, up } = pressed.current ?? {};
    pressed.current = null;
    if (!annotation) return;
    const buttons = list.current?.querySelectorAll<HTMLButtonElement>(`[data-moment="${annotation}"] .order button`) ?? [];
    const [first, second] = up ? [buttons[0], buttons[1]] : [buttons[1], buttons[0]];
    (first?.disabled ? second : first)?.focus();
  });
  const step = (n: number, up: boolean): void => {
    pressed.current = { annotation: moments[n]!.annotation.id, up };
    moves?.move(n, up ? n - 1 : n + 1);
    moves?.done();
  };
  return (
    <ol class="rows agenda" ref={list}>
      {moments.map((moment, n) => {
        const { annotation, title, lesson } = moment;
        const about = <span class="unseen"> {words.debrief.about(n + 1, clock(annotation.start_ms), title)}</span>;
        return (
          <li key={annotation.id} data-moment={annotation.id}>
            {moves && (
              <span class="order">
                <button type="button" class="plain" disabled={n === 0} onClick={() => step(n, true)}><span aria-hidden="true">↑</span><span class="unseen">{words.debrief.up}</span>{about}</button>
                <span class="grip" aria-hidden="true" title={words.debrief.drag} {...grip(n)}>⋮⋮</span>
                <button type="button" class="plain" disabled={n === moments.length - 1} onClick={() => step(n, false)}><span aria-hidden="true">↓</span><span class="unseen">{words.debrief.down}</span>{about}</button>
              </span>
            )}
            <div>
              <p class="line"><KindMark kind={annotation.kind} /> <span class="quiet">{two.name(annotation.by)}</span></p>
              <p class="said" dir="auto">{annotation.body}</p>
              <p><a class="far times" href={`/lessons/${lesson}#t=${annotation.start_ms / 1000}`}>{words.debrief.openAt(clock(annotation.start_ms), title)}</a></p>
            </div>
          </li>
        );
      })}
    </ol>
  );
}
