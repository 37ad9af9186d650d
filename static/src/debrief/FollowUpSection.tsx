import type { Commitment, FollowUp } from "../api/shapes";
import type { OpenCycle } from "../live/cycle";
import { Read } from "../meetings/MeetingItem";
import { type Two, twoOf } from "../meetings/people";
import { day } from "../time/format";
import { saidDay, todayIn } from "../time/zones";
import { words } from "../words";
import { byDay, isOpen } from "./due";

/** The look back at each commitment: the teacher says, the coach reads. */
export function FollowUpSection({ page }: { page: OpenCycle }) {
  const cycle = page.cycle.value;
  if (!cycle) return null;
  const two = twoOf(page);
  const all = Object.values(cycle.commitments).sort(byDay);
  return (
    <section>
      <h3>{words.debrief.followUp}</h3>
      {all.length === 0 && <p>{words.debrief.followUpNone}</p>}
      <ul class="rows">
        {all.map((one) => <LookBack key={one.id} commitment={one} cycle={page.id} two={two} asks={two.writes && two.me === cycle.teacher} teacher={two.name(cycle.teacher)} />)}
      </ul>
    </section>
  );
}

interface Props { commitment: Commitment; cycle: string; two: Two; asks: boolean; teacher: string }

function LookBack({ commitment, cycle, two, asks, teacher }: Props) {
  const { id, text, due, follow_ups } = commitment;
  const now = due <= todayIn(two.zone);
  const open = isOpen(commitment);
  const about = <span class="unseen"> {text}</span>;
  return (
    <li data-follow-up={id}>
      <p class="said" dir="auto">{text}</p>
      {open && <p class="quiet">{now ? words.debrief.dueNow : words.debrief.asked(saidDay(due))} {!asks && follow_ups.length === 0 && words.debrief.waitsOn(teacher)}</p>}
      {follow_ups.map((said) => <Said key={said.at} said={said} />)}
      {asks && <p><a class={open && now ? "button main" : "far"} href={`/cycles/${cycle}/follow-up/${id}`}>{follow_ups.length > 0 && !open ? words.debrief.askAgain : words.debrief.ask}{about}</a></p>}
    </li>
  );
}

function Said({ said }: { said: FollowUp }) {
  return (
    <div>
      <p><strong>{words.debrief.answers[said.answer]}</strong> <span class="quiet">{day(said.at)}</span></p>
      {said.evidence && <Read label={words.debrief.evidence} text={said.evidence} />}
      {said.still_need && <Read label={words.debrief.stillNeed} text={said.still_need} />}
      {said.coach_could && <Read label={words.debrief.coachCould} text={said.coach_could} />}
    </div>
  );
}
