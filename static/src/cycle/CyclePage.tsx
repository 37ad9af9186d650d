import { useEffect, useMemo } from "preact/hooks";
import { useTitle } from "../app/Shell";
import { Trouble } from "../app/Trouble";
import type { LessonStanding, Stage } from "../api/shapes";
import { AboutSection } from "../conversation/AboutSection";
import { ConversationSection } from "../conversation/ConversationSection";
import { useUnread } from "../conversation/unread";
import { DebriefSection } from "../debrief/DebriefSection";
import { FollowUpSection } from "../debrief/FollowUpSection";
import { type OpenCycle, openCycle } from "../live/cycle";
import { follow } from "../live/socket";
import { MeetingsSection } from "../meetings/MeetingsSection";
import { ObserversSection } from "../observers/ObserversSection";
import { PersonName } from "../people/Face";
import { PlanSection } from "../plan/PlanSection";
import { ReflectionSection } from "../reflection/ReflectionSection";
import { words } from "../words";
import { LessonsSection } from "./LessonsSection";
import { conversationLine, debriefLine, followUpLine, lessonsLine, meetingsLine, observersLine, planningLine, reflectionsLine } from "./lines";
import { isOver } from "./may";
import { Part } from "./Part";
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
    <div class="notebook">
      <h1>{words.cycle.title(card.number)} <span class="quiet">{card.program.name}</span></h1>
      <p class="line"><PersonName role="teacher" name={card.teacher.name} /><PersonName role="coach" name={card.coach.name} /></p>
      <StageLine page={page} />
      <StageActions page={page} />
      {card.role === "observer" && <p class="quiet">{words.notebook.onlyReads}</p>}
      <Pages page={page} />
      <TakeAway page={page} />
    </div>
  );
}

function Pages({ page }: { page: OpenCycle }) {
  const unread = useUnread(page);
  const cycle = page.cycle.value!;
  const { card } = page.snapshot.value!;
  // An observer is told until when; a teacher is asked.
  const asked = card.role === "teacher" && !isOver(cycle) && Object.keys(cycle.proposals).length > 0;
  const { parts } = words.notebook;
  const at = (...stages: Stage[]): boolean => !isOver(cycle) && stages.includes(cycle.stage);
  const common = { cycle: page.id };
  return (
    <>
      <Part {...common} name="planning" title={parts.planning} line={planningLine(page)} here={at("planning")}>
        <AboutSection page={page} />
        <PlanSection page={page} />
      </Part>
      <Part {...common} name="lessons" title={parts.lessons} line={lessonsLine(page)} here={at("teaching", "review")}>
        <LessonsSection page={page} />
      </Part>
      <Part {...common} name="debrief" title={parts.debrief} line={debriefLine(page)} here={at("debrief")}>
        <DebriefSection page={page} />
      </Part>
      <Part {...common} name="follow_up" title={parts.follow_up} line={followUpLine(page)} here={at("follow_up")}>
        <FollowUpSection page={page} />
      </Part>
      <Part {...common} name="reflections" title={parts.reflections} line={reflectionsLine(page)} here={at("follow_up")}>
        <ReflectionSection page={page} />
      </Part>
      <Part {...common} name="meetings" title={parts.meetings} line={meetingsLine(page)} here={false}>
        <MeetingsSection page={page} />
      </Part>
      <Part
        {...common} name="conversation" title={parts.conversation} line={conversationLine(page)} here={false}
        mark={unread.count > 0 ? words.notebook.unread(unread.count) : null} onOpen={unread.looking}
      >
        <ConversationSection page={page} />
      </Part>
      <Part {...common} name="observers" title={parts.observers} line={observersLine(page)} here={card.role === "observer" || asked}>
        <ObserversSection page={page} />
      </Part>
    </>
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
