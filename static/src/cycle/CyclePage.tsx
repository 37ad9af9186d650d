import type { ComponentChildren } from "preact";
import { useEffect, useMemo } from "preact/hooks";
import { useTitle } from "../app/Shell";
import { Trouble } from "../app/Trouble";
import type { LessonStanding, Stage } from "../api/shapes";
import { AboutSection } from "../conversation/AboutSection";
import { ConversationSection } from "../conversation/ConversationSection";
import { DebriefSection } from "../debrief/DebriefSection";
import { FollowUpSection } from "../debrief/FollowUpSection";
import { type OpenCycle, openCycle } from "../live/cycle";
import { follow } from "../live/socket";
import { MeetingsSection } from "../meetings/MeetingsSection";
import { ObserversSection } from "../observers/ObserversSection";
import { PersonName } from "../people/Face";
import { PlanSection } from "../plan/PlanSection";
import { ReflectionSection } from "../reflection/ReflectionSection";
import { day } from "../time/format";
import { words } from "../words";
import { LessonsSection } from "./LessonsSection";
import { StageActions } from "./StageActions";
import { StageLine } from "./StageLine";
import { TakeAway } from "./TakeAway";

/** The cycle as a well-kept notebook: where it stands on top, the present stage open, the others folded. */
export function CyclePage({ id }: { id: string }) {
  const page = useMemo(() => openCycle(id), [id]);
  useEffect(() => () => page.close(), [page]);
  useLessons(page);
  const found = page.snapshot.value;
  useTitle(found ? words.home.cycle(found.card.number, found.card.teacher.name) : undefined);
  if (!found || !page.cycle.value) {
    const problem = page.problem.value;
    return problem ? <Trouble problem={problem} again={page.again} /> : <p class="quiet" role="status">{words.loading}</p>;
  }
  const { card } = found;
  return (
    <>
      <h1>{words.cycle.title(card.number)} <span class="quiet">{card.program.name}</span></h1>
      <p class="line"><PersonName role="teacher" name={card.teacher.name} /><PersonName role="coach" name={card.coach.name} /></p>
      <StageLine stage={page.cycle.value.stage} />
      {card.role === "observer" ? <ObserversSection page={page} /> : <StageActions page={page} />}
      <Part page={page} stage="planning"><AboutSection page={page} /><PlanSection page={page} /></Part>
      <Part page={page} stage="teaching"><LessonsSection page={page} /></Part>
      <Part page={page} stage="debrief"><DebriefSection page={page} /></Part>
      <Part page={page} stage="follow_up"><FollowUpSection page={page} /><ReflectionSection page={page} /></Part>
      <MeetingsSection page={page} />
      <ConversationSection page={page} />
      {card.role !== "observer" && <ObserversSection page={page} />}
      <TakeAway page={page} />
    </>
  );
}

/** What belongs to a stage: open while the cycle is in it, one line otherwise. */
function Part({ page, stage, children }: { page: OpenCycle; stage: Stage; children: ComponentChildren }) {
  const now = page.cycle.value?.stage;
  const here = now === stage || (stage === "teaching" && now === "review");
  return (
    <details class="card part" open={here}>
      <summary><h2>{words.stages[stage]}</h2> {here && <span class="quiet">{words.since(day(page.cycle.value?.stage_since ?? ""))}</span>}</summary>
      {children}
    </details>
  );
}

const UNFINISHED: LessonStanding[] = ["waiting", "arriving", "preparing", "watchable"];

/** What happens to a lesson that is still on its way brings its card up to date. */
function useLessons(page: OpenCycle): void {
  const unfinished = page.snapshot.value?.card.lessons.filter(({ state }) => UNFINISHED.includes(state)).map(({ id }) => id).join(" ") ?? "";
  useEffect(() => {
    // The card does not say how far its stream is; an unfinished lesson's is short, so it is read from the start.
    const stops = unfinished.split(" ").filter(Boolean)
      .map((lesson) => follow(`lesson/${lesson}`, 0, { events: page.again, refetch: page.again, closed: page.again }));
    return () => stops.forEach((stop) => stop());
  }, [page, unfinished]);
}
