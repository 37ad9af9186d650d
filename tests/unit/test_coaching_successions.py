"""The next cycle, and another coach: given events, what comes after."""

from datetime import date
from typing import Any

import pytest

from service.coaching import successions
from service.coaching.cycles import CycleOpened
from service.coaching.debriefs import CommitmentFollowedUp, CommitmentMade
from service.coaching.plans import FocusChosen, PlanWritten
from service.coaching.refusals import CycleClosed, IdTaken, NoLongerHere, NotPossible, NotYours
from service.coaching.stages import CycleCancelled
from service.coaching.successions import CoachChanged, CoachProposed, NextStarted, TakeNewCoach
from tests.fixtures.given import CANCELLED, CLOSED, COACH, CYCLE, OPENED, OUTSIDER, TEACHER, given

NEW = "cleo"
AFTER = "cycle/d"
NEXT = CycleOpened("p", TEACHER, COACH, 2, "teacher_first", "c")
DUE = date(2026, 3, 30)
HELD = [
    PlanWritten("goal", "They explain", 3),
    PlanWritten("look_fors", "Hands", 1),
    FocusChosen("Discussion"),
    CommitmentMade("kept", "Wait", DUE, ""),
    CommitmentFollowedUp("kept", "kept", "", "", ""),
    CommitmentMade("open", "Ask", DUE, "I count"),
    CommitmentMade("not yet", "Listen", DUE, "", "b"),
    CommitmentFollowedUp("not yet", "not_yet", "", "", "", date(2026, 4, 13)),
]
PROPOSED = ("lena", CoachProposed(NEW))


def start(cycle: Any, *, by: str = TEACHER, after: Any = None) -> Any:
    return successions.start_next(cycle, after or given(AFTER), NEXT, by=by)


@pytest.mark.parametrize("by", [TEACHER, COACH])
def test_the_goal_the_focus_and_the_open_commitments_come_along(by: str) -> None:
    assert start(given(CYCLE, OPENED, *HELD, *CLOSED), by=by) == {
        CYCLE: [NextStarted("d")],
        AFTER: [
            NEXT,
            PlanWritten("goal", "They explain", 1),
            FocusChosen("Discussion"),
            CommitmentMade("open", "Ask", DUE, "I count", "c"),
            CommitmentMade("not yet", "Listen", date(2026, 4, 13), "", "c"),
        ],
    }


def test_a_cycle_that_held_nothing_gives_nothing() -> None:
    emptied = PlanWritten("goal", "", 2)

    assert start(given(CYCLE, OPENED, *HELD[:1], emptied, *CLOSED))[AFTER] == [NEXT]


@pytest.mark.parametrize(
    ("events", "by", "refusal"),
    [
        ([], TEACHER, NotPossible),
        (CLOSED[:4], TEACHER, NotPossible),
        ([CANCELLED], TEACHER, NotPossible),
        ([*CLOSED, NextStarted("e")], TEACHER, NotPossible),
        (CLOSED, OUTSIDER, NotYours),
    ],
    ids=["at once", "in follow-up", "cancelled", "twice", "by an outsider"],
)
def test_the_next_cycle_starts_once_after_the_end_of_this_one(events: list[Any], by: str, refusal: type) -> None:
    assert start(given(CYCLE, OPENED, *CLOSED))

    with pytest.raises(refusal):
        start(given(CYCLE, OPENED, *events), by=by)


def test_the_next_cycle_is_a_new_one() -> None:
    with pytest.raises(IdTaken):
        start(given(CYCLE, OPENED, *CLOSED), after=given(AFTER, OPENED))


def test_a_lead_proposes_another_coach_and_takes_it_back() -> None:
    assert successions.propose_coach(given(CYCLE, OPENED), NEW) == [CoachProposed(NEW)]
    assert successions.propose_coach(given(CYCLE, OPENED, PROPOSED), NEW) == []
    assert successions.propose_coach(given(CYCLE, OPENED, PROPOSED), None) == [CoachProposed(None)]
    assert successions.propose_coach(given(CYCLE, OPENED), None) == []
    for here in (COACH, TEACHER):
        with pytest.raises(NotPossible):
            successions.propose_coach(given(CYCLE, OPENED), here)
    with pytest.raises(CycleClosed):
        successions.propose_coach(given(CYCLE, OPENED, *CLOSED), NEW)


def take(cycle: Any, *, sees_earlier: bool = True, by: str = TEACHER, after: Any = None) -> Any:
    opened = CycleOpened("p", TEACHER, NEW, 2, "teacher_first", "c")
    command = TakeNewCoach("x", sees_earlier, "d", NEW)
    return successions.take_new_coach(cycle, after or given(AFTER), opened, command, by=by)


def test_the_teacher_lets_the_new_coach_read_on() -> None:
    assert take(given(CYCLE, OPENED, *HELD, PROPOSED)) == {CYCLE: [CoachChanged(NEW)]}
    cycle = given(CYCLE, OPENED, PROPOSED, CoachChanged(NEW))
    assert (cycle.coach, cycle.proposed_coach, [term.coach for term in cycle.coaches]) == (NEW, None, [COACH, NEW])


def test_or_keeps_every_word_from_them() -> None:
    assert take(given(CYCLE, OPENED, *HELD, PROPOSED), sees_earlier=False) == {
        CYCLE: [CycleCancelled("coach_changed"), NextStarted("d")],
        AFTER: [CycleOpened("p", TEACHER, NEW, 2, "teacher_first", "c")],
    }
    with pytest.raises(IdTaken):
        take(given(CYCLE, OPENED, PROPOSED), sees_earlier=False, after=given(AFTER, OPENED))


@pytest.mark.parametrize("sees_earlier", [True, False])
def test_only_the_teacher_takes_a_coach_who_is_proposed(sees_earlier: bool) -> None:
    assert take(given(CYCLE, OPENED, PROPOSED), sees_earlier=sees_earlier)

    for by in (COACH, NEW, OUTSIDER):
        with pytest.raises(NotYours):
            take(given(CYCLE, OPENED, PROPOSED), sees_earlier=sees_earlier, by=by)
    with pytest.raises(NoLongerHere):
        take(given(CYCLE, OPENED), sees_earlier=sees_earlier)
    with pytest.raises(CycleClosed):
        take(given(CYCLE, OPENED, PROPOSED, CANCELLED), sees_earlier=sees_earlier)
