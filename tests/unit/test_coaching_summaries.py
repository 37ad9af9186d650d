"""What a lead may know of a cycle: given events, then its summary. Whether a date is past is for the reader."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import msgspec
import pytest

from service.actions.commands import row_of
from service.coaching import observing, stages
from service.coaching.cycle_state import STAGES, Stage
from service.coaching.cycles import CycleOpened, LessonListed
from service.coaching.debriefs import CommitmentDropped, CommitmentFollowedUp, CommitmentMade
from service.coaching.meetings import MeetingCancelled, MeetingHeld, MeetingMissed, MeetingMoved, MeetingPlanned
from service.coaching.plans import FocusChosen, PlanWritten
from service.coaching.releases import AnnotatingFinished
from service.coaching.stages import StageMoved
from service.coaching.successions import CoachChanged, CoachProposed
from service.coaching.summaries import summary
from storage.acts import Entry
from tests.fixtures.given import AT, CANCELLED, COACH, CYCLE, DAY, FOLDING, LISTED, OPENED, TEACHER, TOGETHER, given

DAYS = CycleOpened("p", TEACHER, COACH, 1, "teacher_first", None, {"planning": 7, "teaching": 14})
OTHER_LISTED = LessonListed("n", "Another")
COACH_DONE = (COACH, AnnotatingFinished("l"))
TEACHER_DONE = (TEACHER, AnnotatingFinished("l"))
DUE = date(2026, 3, 30)


def up_to(stage: Stage) -> list[StageMoved]:
    return [StageMoved(one) for one in STAGES[1 : STAGES.index(stage) + 1]]


def meeting(name: str, start: datetime) -> MeetingPlanned:
    return MeetingPlanned(name, "check_in", start, 30, "")


def made(name: str, due: date = DUE) -> CommitmentMade:
    return CommitmentMade(name, "Wait", due, "")


def answered(name: str, answer: Any = "kept", again: date | None = None) -> CommitmentFollowedUp:
    return CommitmentFollowedUp(name, answer, "", "", "", again)


REVIEW = up_to("review")
TURNS: dict[str, tuple[list[Any], str | None]] = {
    "planning": ([OPENED], "both"),
    "teaching": ([OPENED, *up_to("teaching")], "teacher"),
    "review, nothing released": ([OPENED, *REVIEW], "teacher"),
    "review, released": ([OPENED, *REVIEW, LISTED], "coach"),
    "review, the coach done": ([OPENED, *REVIEW, LISTED, COACH_DONE], "both"),
    "review, the coach done with one of two": ([OPENED, *REVIEW, LISTED, OTHER_LISTED, COACH_DONE], "coach"),
    "review, no video": ([OPENED, *REVIEW, stages.VideoWaived("")], "both"),
    "together": ([TOGETHER, *REVIEW, LISTED], "both"),
    "together, the coach done": ([TOGETHER, *REVIEW, LISTED, COACH_DONE], "teacher"),
    "together, the teacher done": ([TOGETHER, *REVIEW, LISTED, TEACHER_DONE], "coach"),
    "together, both done": ([TOGETHER, *REVIEW, LISTED, TEACHER_DONE, COACH_DONE], "both"),
    "debrief": ([OPENED, *up_to("debrief")], "both"),
    "follow-up": ([OPENED, *up_to("follow_up")], "teacher"),
    "follow-up, the teacher would close": ([OPENED, *up_to("follow_up"), stages.ClosingAsked()], "coach"),
    "follow-up, the coach would close": ([OPENED, *up_to("follow_up"), (COACH, stages.ClosingAsked())], "teacher"),
    "closed": ([OPENED, *up_to("closed")], None),
    "cancelled": ([OPENED, CANCELLED], None),
    "paused": ([OPENED, stages.CyclePausedFor("leave")], None),
    "another coach is proposed": ([OPENED, *REVIEW, LISTED, ("lena", CoachProposed("cleo"))], "teacher"),
    "another coach began": ([OPENED, *REVIEW, LISTED, COACH_DONE, CoachChanged("cleo")], "coach"),
}


@pytest.mark.parametrize("name", TURNS)
def test_whose_turn_it_is(name: str) -> None:
    events, turn = TURNS[name]

    assert summary(given(CYCLE, *events)).waiting_on == turn


NEXTS: dict[str, tuple[list[Any], datetime | None]] = {
    "nothing": ([], None),
    "a meeting": ([meeting("m", AT + 3 * DAY)], AT + 3 * DAY),
    "the first of two": ([meeting("m", AT + 3 * DAY), meeting("n", AT + DAY)], AT + DAY),
    "also past": ([meeting("m", AT - 3 * DAY)], AT - 3 * DAY),
    "moved": ([meeting("m", AT + DAY), MeetingMoved("m", AT + 9 * DAY, 30, "")], AT + 9 * DAY),
    "not one that was held": ([meeting("m", AT), MeetingHeld("m", 30)], None),
    "nor missed": ([meeting("m", AT), MeetingMissed("m")], None),
    "nor called off": ([meeting("m", AT), MeetingCancelled("m")], None),
    "a commitment": ([made("c")], datetime(2026, 3, 30, tzinfo=UTC)),
    "before a meeting": ([meeting("m", AT + 60 * DAY), made("c")], datetime(2026, 3, 30, tzinfo=UTC)),
    "answered": ([made("c"), answered("c")], None),
    "not yet": ([made("c"), answered("c", "not_yet")], datetime(2026, 3, 30, tzinfo=UTC)),
    "another day": ([made("c"), answered("c", "not_yet", date(2026, 4, 13))], datetime(2026, 4, 13, tzinfo=UTC)),
    "over": ([made("c"), meeting("m", AT + DAY), CANCELLED], None),
}


@pytest.mark.parametrize("name", NEXTS)
def test_what_comes_next(name: str) -> None:
    events, comes = NEXTS[name]

    assert summary(given(CYCLE, OPENED, *events)).next == comes


COUNTS: dict[str, tuple[list[Any], tuple[int, int, int, int]]] = {
    "nothing": ([], (0, 0, 0, 0)),
    "meetings but those called off": (
        [meeting("a", AT), meeting("b", AT), meeting("c", AT), MeetingHeld("a", 5), MeetingCancelled("c")],
        (2, 1, 0, 0),
    ),
    "a missed meeting was planned": ([meeting("a", AT), MeetingMissed("a")], (1, 0, 0, 0)),
    "commitments": ([made("a"), made("b"), answered("a")], (0, 0, 2, 1)),
    "not yet is open": ([made("a"), answered("a", "not_yet")], (0, 0, 1, 1)),
    "adapted is not": ([made("a"), answered("a", "adapted")], (0, 0, 1, 0)),
    "dropped is none": ([made("a"), CommitmentDropped("a")], (0, 0, 0, 0)),
}


@pytest.mark.parametrize("name", COUNTS)
def test_what_is_counted(name: str) -> None:
    events, counts = COUNTS[name]
    told = summary(given(CYCLE, OPENED, *events))

    assert (told.meetings_planned, told.meetings_held, told.commitments, told.commitments_open) == counts


def at(*moments: tuple[timedelta, str, Any]) -> Any:
    state = FOLDING.initial(CYCLE)
    for after, by, data in moments:
        state = FOLDING.evolve(state, Entry(state.version + 1, AT + after, by, data))
    return state


NOW, HOUR = timedelta(), timedelta(hours=1)


def test_days_and_pauses_and_the_end() -> None:
    opened = (NOW, TEACHER, DAYS)
    paused = (2 * DAY, COACH, stages.CyclePausedFor("leave"))
    resumed = (3 * DAY, COACH, stages.CycleResumed())
    moved = (5 * DAY, TEACHER, StageMoved("teaching"))
    reviewing = (6 * DAY, TEACHER, StageMoved("review"))

    told = summary(at(opened))
    assert (told.stage, told.stage_since, told.due, told.paused_since) == ("planning", AT, AT + 7 * DAY, None)
    assert summary(at(opened, paused)).paused_since == AT + 2 * DAY
    assert summary(at(opened, paused, resumed)).due == AT + 8 * DAY
    assert summary(at(opened, paused, resumed, moved)).due == AT + (5 + 14) * DAY
    assert summary(at(opened, paused, resumed, moved, reviewing)).due is None
    cancelled = summary(at(opened, paused, (9 * DAY, COACH, CANCELLED)))
    assert (cancelled.cancelled_at, cancelled.closed_at, cancelled.paused_since) == (AT + 9 * DAY, None, None)
    closed = summary(at(opened, (9 * DAY, COACH, StageMoved("closed"))))
    assert (closed.closed_at, closed.cancelled_at, closed.due) == (AT + 9 * DAY, None, None)


def test_the_turnaround_is_the_coachs_of_the_lesson_they_finished_last() -> None:
    opened, first = (NOW, TEACHER, OPENED), (1 * HOUR, TEACHER, LISTED)
    second = (2 * HOUR, TEACHER, OTHER_LISTED)
    teacher = (3 * HOUR, TEACHER, AnnotatingFinished("n"))
    ended = (30 * HOUR, COACH, AnnotatingFinished("n"))
    then = (40 * HOUR, COACH, AnnotatingFinished("l"))

    def told(*moments: Any) -> int | None:
        return summary(at(opened, first, second, *moments)).turnaround_ms

    assert told() is None
    assert told(teacher) is None
    assert told(teacher, ended) == 28 * 3_600_000
    assert told(teacher, ended, then) == 39 * 3_600_000
    assert told(ended, (41 * HOUR, TEACHER, CoachChanged("cleo"))) is None


def test_the_columns_of_a_row_are_the_summarys() -> None:
    cycle = given(
        CYCLE, DAYS, FocusChosen("Discussion"), LISTED, COACH_DONE, meeting("a", AT), meeting("b", AT),
        MeetingHeld("a", 5), made("c"), made("d"), answered("c"), stages.CyclePausedFor("leave"),
    )  # fmt: skip
    told, row = msgspec.structs.asdict(summary(cycle)), row_of(cycle)

    suffixed = {f"{name}{suffix}": value for name, value in told.items() for suffix in ("", "_at", "_id")}
    assert len(row) == len(told)
    assert {name: suffixed[name] for name in row} == row


def test_a_summary_holds_the_category_and_not_a_word() -> None:
    word = "Zebrafinch"
    told = summary(
        given(
            CYCLE,
            OPENED,
            FocusChosen("Discussion"),
            PlanWritten("goal", word, 1),
            LessonListed("l", word),
            CommitmentMade("m", word, DUE, word),
            MeetingPlanned("k", "planning", AT, 45, word),
            stages.VideoWaived(word),
            (COACH, observing.ObserverProposed("o", word, word, None)),
        )
    )

    assert told.focus_category == "Discussion"
    assert word not in repr(told)
