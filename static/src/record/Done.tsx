import { session } from "../session/session";
import { clock, size } from "../time/format";
import { Progress } from "../upload/Progress";
import { transferOf } from "../upload/store";
import { words } from "../words";
import { filming } from "../words/filming";
import { Look } from "./LeftOver";
import { refusals, sending, sendTake } from "./sending";
import { take as made, type Take } from "./take";

/** It is over: what is kept, why it ended where nobody pressed, and how far it has been sent. */
export function Done({ take }: { take: Take }) {
  const say = filming;
  const kept = take.kept.value;
  const transfer = transferOf(kept.lesson, "recording");
  const refused = refusals.value.get(kept.lesson);
  const why = kept.ending && say.endings[kept.ending];
  return (
    <section class="card narrow">
      <p class="crumb"><a href={`/cycles/${kept.cycle}`}>{words.back}</a></p>
      <h1>{say.doneTitle}</h1>
      {why && <p class="notice" role="status">{why}</p>}
      <p role="status">{say.done(clock(kept.duration_ms), size(take.written.value))}</p>
      {kept.away.map(([from, to]) => <p key={from} class="notice">{say.wasAway(clock(from), clock(to))}</p>)}
      {kept.sent ? <p role="status">{say.doneArrived}</p>
        : transfer ? <Progress transfer={transfer} />
        : sending.value.has(kept.lesson) && <p class="quiet">{say.noLink}</p>}
      {refused && <p role="alert">{say.notTaken(refused)}</p>}
      <div class="actions">
        {kept.created
          ? <a class={`button ${kept.send ? "main" : ""}`} href={`/lessons/${kept.lesson}/upload`} onClick={() => (made.value = null)}>{say.toLesson}</a>
          : !sending.value.has(kept.lesson) && <button type="button" class="main" onClick={() => void sendTake(take.kept, take.file)}>{say.send}</button>}
        <button type="button" onClick={() => (made.value = null)}>{say.again}</button>
      </div>
      {session.value?.person.id === kept.person && <Look kept={kept} />}
    </section>
  );
}
