"""The stage line: given events, when a command, then events or a refusal."""

from datetime import date

import pytest

from service.coaching import stages
from service.coaching.cycle_state import STAGES, Stage
from service.coaching.cycles import CycleOpened, open_cycle
from service.coaching.debriefs import CommitmentFollowedUp, CommitmentMade
from service.coaching.plans import QuestionWritten
from service.coaching.refusals import (
    CycleClosed,
    CyclePaused,
    IdTaken,
    NotPossible,
    NotYours,
    StageNotDone,
    StageNotNext,
)
from service.coaching.releases import AnnotatingFinished
from service.coaching.stages import MoveStage, StageMoved
from service.coaching.successions import CoachChanged
from tests.fixtures.given import (
    AT,
    CANCELLED,
    COACH,
    CYCLE,
    DAY,
    LISTED,
    OPENED,
    OUTSIDER,
    TEACHER,
    Row,
    given,
    over,
    row,
    table,
    when,
    world,
)

DAYS = CycleOpened("p", TEACHER, COACH, 1, "teacher_first", None, dict.fromkeys(STAGES[:-1], 5))
ASKED = QuestionWritten("q", "Whose idea is it?", 1)
MADE = CommitmentMade("m", "Wait five seconds", date(2026, 3, 30), "")
ANSWERED = CommitmentFollowedUp("m", "not_yet", "", "", "")
COACH_DONE = (COACH, AnnotatingFinished("l"))
TEACHER_DONE = (TEACHER, AnnotatingFinished("l"))
WAIVED = stages.VideoWaived("")


def to(stage: Stage) -> MoveStage:
    return MoveStage("x", stage)


def up_to(stage: Stage) -> list[StageMoved]:
    """The moves that bring a cycle there, whatever it holds."""
    return [StageMoved(one) for one in STAGES[1 : STAGES.index(stage) + 1]]


LINE = [
    *when(
        world(cycle=[OPENED]),
        row("planning needs a focus question", to("teaching"), StageNotDone),
        row("nothing is before planning", to("planning"), StageNotNext),
        row("no stage is jumped over", to("review"), StageNotNext),
        row("nor all of them", to("closed"), StageNotNext),
    ),
    *when(
        world(cycle=[OPENED, ASKED]),
        row("planning is left by the teacher", to("teaching"), [StageMoved("teaching")]),
        row("or by the coach", to("teaching"), [StageMoved("teaching")], by=COACH),
        row("not by an outsider", to("teaching"), NotYours, by=OUTSIDER),
    ),
    *when(
        world(cycle=[OPENED, *up_to("teaching")]),
        row("teaching needs a lesson or word that there is none", to("review"), StageNotDone),
        row("one goes back without any need", to("planning"), [StageMoved("planning")], by=COACH),
    ),
    *when(
        world(cycle=[OPENED, *up_to("teaching"), LISTED]),
        row("teaching is left by the teacher", to("review"), [StageMoved("review")]),
        row("who alone knows what is filmed", to("review"), NotYours, by=COACH),
    ),
    *when(
        world(cycle=[OPENED, *up_to("teaching"), WAIVED]),
        row("teaching is left without a video", to("review"), [StageMoved("review")]),
    ),
    *when(
        world(cycle=[DAYS, *up_to("review"), LISTED]),
        row("review waits for the coach", to("debrief"), StageNotDone),
        row("for the days that it has", to("debrief"), StageNotDone, at=AT + 5 * DAY - DAY / 24),
        row("and not for longer", to("debrief"), [StageMoved("debrief")], at=AT + 5 * DAY),
    ),
    *when(
        world(cycle=[DAYS, *up_to("review")]),
        row("review needs a lesson that the coach may see", to("debrief"), StageNotDone, at=AT + 50 * DAY),
    ),
    *when(
        world(cycle=[DAYS, *up_to("review"), LISTED, TEACHER_DONE]),
        row("that the teacher is done does not end the review", to("debrief"), StageNotDone),
    ),
    *when(
        world(cycle=[DAYS, *up_to("review"), LISTED, COACH_DONE]),
        row("a coach who is done ends it", to("debrief"), [StageMoved("debrief")], by=COACH),
    ),
    *when(
        world(cycle=[OPENED, *up_to("review"), WAIVED]),
        row("without a video there is nothing to review", to("debrief"), [StageMoved("debrief")]),
    ),
    *when(
        world(cycle=[OPENED, *up_to("debrief")]),
        row("the debrief needs a commitment", to("follow_up"), StageNotDone),
        row("or goes back to the review", to("review"), [StageMoved("review")]),
    ),
    *when(
        world(cycle=[OPENED, *up_to("debrief"), MADE]),
        row("with one it is over", to("follow_up"), [StageMoved("follow_up")], by=COACH),
    ),
    *when(
        world(cycle=[OPENED, MADE, *up_to("follow_up")]),
        row("the follow-up needs a look back", to("closed"), StageNotDone),
        row("either would close it as it is", stages.AskToClose("x"), [stages.ClosingAsked()]),
        row("an outsider would not", stages.AskToClose("x"), NotYours, by=OUTSIDER),
    ),
    *when(
        world(cycle=[OPENED, MADE, *up_to("follow_up"), ANSWERED]),
        row("after the look back it closes", to("closed"), [StageMoved("closed")]),
    ),
    *when(
        world(cycle=[OPENED, MADE, *up_to("follow_up"), (COACH, stages.ClosingAsked())]),
        row("nobody agrees with themselves", to("closed"), StageNotDone, by=COACH),
        row("the other one agrees", to("closed"), [StageMoved("closed")]),
        row("asking twice is asking once", stages.AskToClose("x"), [], by=COACH),
    ),
    *when(
        world(cycle=[OPENED, MADE, *up_to("follow_up"), (COACH, stages.ClosingAsked()), CoachChanged("cleo")]),
        row("a coach who is gone wants nothing any more", to("closed"), StageNotDone),
        row("and the new one may ask", stages.AskToClose("x"), [stages.ClosingAsked()], by="cleo"),
        row("the one who is gone may not", stages.AskToClose("x"), NotYours, by=COACH),
    ),
    *when(
        world(cycle=[OPENED, MADE, *up_to("follow_up"), (COACH, stages.ClosingAsked()), *up_to("closed")[-1:]]),
        row("closed is closed", to("follow_up"), CycleClosed),
    ),
    *when(
        world(cycle=[OPENED, MADE, *up_to("follow_up"), (COACH, stages.ClosingAsked()), StageMoved("debrief")]),
        row("closing is asked in the follow-up", stages.AskToClose("x"), StageNotNext),
    ),
    *when(
        world(cycle=[OPENED, ASKED, stages.CyclePausedFor("illness")]),
        row("a paused cycle stays where it is", to("teaching"), CyclePaused),
        row("until one of the two takes it up again", stages.ResumeCycle("x"), [stages.CycleResumed()], by=COACH),
        row("an outsider cannot", stages.ResumeCycle("x"), NotYours, by=OUTSIDER),
        row("a pause is not paused", stages.PauseCycle("x", "leave"), []),
    ),
    *when(
        world(cycle=[OPENED, ASKED]),
        row("a pause has a reason", stages.PauseCycle("x", "leave"), [stages.CyclePausedFor("leave")], by=COACH),
        row("what is not paused goes on anyway", stages.ResumeCycle("x"), []),
        row("a cycle ends by agreement", stages.CancelCycle("x", "by_agreement"), [CANCELLED]),
        row("an outsider ends nothing", stages.CancelCycle("x", "other"), NotYours, by=OUTSIDER),
        row("another coach is the program's offer", stages.CancelCycle("x", "coach_changed"), NotPossible),
        row("no video is said in teaching", stages.WaiveVideo("x"), StageNotNext),
    ),
    *when(
        world(cycle=[OPENED, *up_to("teaching")]),
        row("the teacher says there is no video", stages.WaiveVideo("x", "No power"), [stages.VideoWaived("No power")]),
        row("the coach cannot know", stages.WaiveVideo("x", "No power"), NotYours, by=COACH),
    ),
    *when(
        world(cycle=[OPENED, *up_to("teaching"), WAIVED]),
        row("it is said once", stages.WaiveVideo("x", "Still none"), []),
    ),
    *over(
        to("planning"),
        to("teaching"),
        stages.WaiveVideo("x"),
        stages.PauseCycle("x", "other"),
        stages.ResumeCycle("x"),
        stages.CancelCycle("x", "other"),
        stages.AskToClose("x"),
    ),
]


@table(LINE)
def test_the_stage_line(row: Row) -> None:
    row.holds()


def test_a_target_day_comes_later_by_the_pauses_of_its_stage_alone() -> None:
    cycle = given(CYCLE, DAYS)
    assert stages.due(cycle) == AT + 5 * DAY
    cycle.paused_ms = 36 * 3600 * 1000
    assert stages.due(cycle) == AT + 5 * DAY + DAY * 1.5
    assert stages.due(given(CYCLE, OPENED)) is None
    assert stages.due(given(CYCLE, DAYS, *up_to("closed"))) is None
    assert stages.due(given(CYCLE, DAYS, CANCELLED)) is None


def test_a_cycle_is_opened_once_for_two_people() -> None:
    assert open_cycle(given(CYCLE), OPENED) == {CYCLE: [OPENED]}
    with pytest.raises(IdTaken):
        open_cycle(given(CYCLE, OPENED), OPENED)
    with pytest.raises(NotYours):
        open_cycle(given(CYCLE), CycleOpened("p", TEACHER, TEACHER, 1, "open"))
