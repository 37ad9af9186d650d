import type { Annotation, LessonSnapshot, Reply } from "../api/shapes";
import { byTime } from "../live/order";
import { PersonName } from "../people/Face";
import { KindMark } from "../review/KindMark";
import { clock, dayAndTime } from "../time/format";
import { words } from "../words";
import { wholeCycle as said } from "../words/wholeCycle";

/** A lesson with everything that is written on it and shared, in the order of its moments. */
export function Lesson({ lesson: snapshot, first }: { lesson: LessonSnapshot; first: boolean }) {
  const { lesson } = snapshot;
  const annotations = Object.values(lesson.annotations).sort(byTime);
  const length = lesson.duration_ms === null ? null : clock(lesson.duration_ms);
  return (
    <section class="chapter lesson-printed">
      {first && <h2>{said.lessons}</h2>}
      <h3 class="title" dir="auto">{lesson.title}</h3>
      <p class="quiet">{said.lessonFacts(length, annotations.length)}</p>
      {lesson.released_at === null && <p class="quiet">{said.onlyYou}</p>}
      <ol class="plain-list">{annotations.map((one) => <Written key={one.id} one={one} snapshot={snapshot} />)}</ol>
    </section>
  );
}

function Written({ one, snapshot }: { one: Annotation; snapshot: LessonSnapshot }) {
  const span = one.end_ms === null ? clock(one.start_ms) : `${clock(one.start_ms)}–${clock(one.end_ms)}`;
  const marks = [one.flagged && said.flagged, one.done && said.done, one.edited_at && !one.removed_at && said.edited(dayAndTime(one.edited_at))].filter(Boolean);
  return (
    <li class="entry-printed">
      <p class="line"><span class="times">{span}</span> <KindMark kind={one.kind} /> <Author by={one.by} snapshot={snapshot} /> <span class="quiet">{marks.join(", ")}</span></p>
      {one.question && !one.removed_at && <p class="quiet" dir="auto">{said.question(one.question.text)}</p>}
      <Body one={one} />
      {one.tags.length > 0 && !one.removed_at && <p class="quiet" dir="auto">{one.tags.map((tag) => `${tag.code} ${tag.label}`).join(", ")}</p>}
      {one.replies.length > 0 && (
        <ul class="plain-list answers">
          {one.replies.map((reply) => (
            <li key={reply.id}>
              <p class="line"><Author by={reply.by} snapshot={snapshot} /> <span class="quiet">{dayAndTime(reply.at)}</span></p>
              <Body one={reply} />
            </li>
          ))}
        </ul>
      )}
    </li>
  );
}

function Body({ one }: { one: Annotation | Reply }) {
  return one.removed_at ? <p class="quiet"><em>{said.removed}</em></p> : <p class="body" dir="auto">{one.body}</p>;
}

function Author({ by, snapshot }: { by: string; snapshot: LessonSnapshot }) {
  const who = snapshot.people[by];
  return <PersonName role={who?.role ?? "observer"} name={who?.name ?? words.observers.role} />;
}
