"""Observers by the rules alone: what each letting in opens, and until when."""

from datetime import UTC, datetime, timedelta

import pytest

from service.coaching import observing
from service.coaching.cycle_state import CycleState, ListedLesson, Observer
from service.coaching.observing import LetObserverIn, ObserverLetIn
from service.coaching.refusals import CycleClosed, IdTaken, NotPossible, NotYours

NOW = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
SOON, LATER = NOW + timedelta(days=2), NOW + timedelta(days=30)


def cycle(*observers: Observer, **more: object) -> CycleState:
    state = CycleState(id="c", teacher="tess", coach="cole", lessons=[ListedLesson("l1", "One", NOW)])
    state.observers = {one.id: one for one in observers}
    for name, value in more.items():
        setattr(state, name, value)
    return state


def observer(name: str, lesson: str | None = None, until: datetime = SOON, person: str = "pia") -> Observer:
    return Observer(name, person, lesson, until, "tess", NOW)


@pytest.mark.parametrize(
    ("observers", "opens"),
    [
        ([], {}),
        ([observer("a")], {"cycle/c": SOON, "lesson/l1": SOON, "notebook/c/pia": SOON}),
        ([observer("a", "l1")], {"lesson/l1": SOON, "notebook/c/pia": SOON}),
        ([observer("a", "l9")], {"lesson/l9": SOON, "notebook/c/pia": SOON}),
        (
            [observer("a", until=SOON), observer("b", "l1", LATER)],
            {"cycle/c": SOON, "lesson/l1": LATER, "notebook/c/pia": LATER},
        ),
        ([observer("a", person="another")], {}),
    ],
)
def test_an_observer_reads_what_they_were_let_into_until_the_latest_end(
    observers: list[Observer], opens: dict[str, datetime]
) -> None:
    assert observing.reach(cycle(), "pia", observers) == opens


def test_what_the_two_read_they_do_not_read_as_observers() -> None:
    for person in ("tess", "cole"):
        assert observing.reach(cycle(), person, [observer("a", person=person)]) == {}


def test_a_lesson_about_to_be_released_comes_along() -> None:
    opened = observing.reach(cycle(), "pia", [observer("a")], listed=["l2"])
    assert opened["lesson/l2"] == SOON
    assert "lesson/l2" not in observing.reach(cycle(), "pia", [observer("a", "l1")], listed=["l2"])


def let_in(state: CycleState, *, by: str = "tess", person: str = "pia", **more: object) -> object:
    asked = LetObserverIn("id", "new", "pia@demo.invalid", LATER)
    for name, value in more.items():
        object.__setattr__(asked, name, value)
    return observing.let_observer_in(state, asked, person=person, by=by, at=NOW)


def test_the_teacher_lets_in() -> None:
    assert let_in(cycle()) == [ObserverLetIn("new", "pia", None, LATER)]


@pytest.mark.parametrize(
    ("state", "asked", "refusal"),
    [
        (cycle(), {"by": "cole"}, NotYours),
        (cycle(), {"by": "pia"}, NotYours),
        (cycle(), {"person": "cole"}, NotPossible),
        (cycle(), {"person": "tess"}, NotPossible),
        (cycle(observer("new")), {}, IdTaken),
        (cycle(stage="closed"), {}, CycleClosed),
        (cycle(*(observer(str(n)) for n in range(observing.MOST_OBSERVERS))), {}, NotPossible),
    ],
)
def test_who_does_not_is_refused(state: CycleState, asked: dict[str, str], refusal: type[Exception]) -> None:
    with pytest.raises(refusal):
        let_in(state, **asked)


def test_those_whose_day_is_over_leave_room_for_others() -> None:
    gone = [observer(str(n), until=NOW - timedelta(days=1)) for n in range(observing.MOST_OBSERVERS)]
    assert let_in(cycle(*gone)) == [ObserverLetIn("new", "pia", None, LATER)]
