"""A coach who was let in as an observer before: they read as a coach from then on, and nothing ends that by mistake."""

from datetime import UTC, datetime, timedelta
from typing import Any

from service.coaching.cycle_state import CycleState, initial
from service.coaching.cycles import CycleOpened
from service.coaching.folding import CoachingFolding
from service.coaching.observing import ObserverLetIn, ObservingEnded
from service.coaching.successions import CoachChanged, CoachProposed, TakeNewCoach, take_new_coach
from storage.acts import Entry

AT = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
UNTIL = AT + timedelta(days=30)


def cycle_of(*events: Any) -> CycleState:
    folding, state = CoachingFolding(), initial("c")
    for version, data in enumerate(events, start=1):
        state = folding.evolve(state, Entry(version, AT, "tess", data))
    return state


def test_a_new_coach_who_observed_ends_observing_as_they_begin() -> None:
    opened = CycleOpened("p", "tess", "cole", 1, "teacher_first")
    let_in = (ObserverLetIn("o", "nia", None, UNTIL), ObserverLetIn("other", "pia", None, UNTIL))
    cycle = cycle_of(opened, *let_in, CoachProposed("nia"))
    command = TakeNewCoach(id="x", sees_earlier=True, cycle="d", coach="nia")

    events = take_new_coach(cycle, initial("d"), opened, command, by="tess")

    assert events == {"cycle/c": [ObservingEnded("o"), CoachChanged("nia")]}
    after = cycle_of(opened, *let_in, CoachProposed("nia"), *events["cycle/c"])
    assert (after.coach, list(after.observers)) == ("nia", ["other"])
