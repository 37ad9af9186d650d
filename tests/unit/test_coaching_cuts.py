"""Cut before release: which parts may be set, what becomes of them, and from which attempt on others may play."""

from typing import Any

import pytest

from service.coaching import cuts, cycle_state, lessons
from service.coaching.cuts import SetCuts, kept_from, normalised, prepared_again
from service.coaching.lessons import Cut, LessonReady, LessonReleased, LessonState, LessonWatchable
from service.coaching.refusals import NotPossible, NotYours, OutsideLesson, Refusal
from tests.fixtures.reduce import fold
from tests.fixtures.scenarios.streams import ADDED, COACH, LESSON_STREAM, TEACHER, WATCHABLE, By

READY: list[By] = [*WATCHABLE, ("farfield", LessonReady(1, 60_000))]


def lesson(*more: Any) -> LessonState:
    state: LessonState = fold(LESSON_STREAM, [*READY, *((TEACHER, data) for data in more)])
    state.released_at = None
    return state


def decide(state: LessonState, *parts: Cut, by: str = TEACHER) -> dict[str, Any]:
    return cuts.set_cuts(state, cycle_state.initial("c"), SetCuts("0" * 36, parts), by=by)


@pytest.mark.parametrize(
    ("asked", "kept"),
    [
        ([], []),
        ([(5_000, 9_000)], [(5_000, 9_000)]),
        ([(30_000, 31_000), (5_000, 9_000)], [(5_000, 9_000), (30_000, 31_000)]),
        ([(5_000, 9_000), (8_000, 12_000), (12_000, 13_000)], [(5_000, 13_000)]),
        ([(5_000, 20_000), (6_000, 7_000)], [(5_000, 20_000)]),
        ([(0, 4_000), (50_000, 60_000)], [(0, 4_000), (50_000, None)]),
        ([(50_000, 70_000)], [(50_000, None)]),
        ([(50_000, None)], [(50_000, None)]),
        ([(50_000, 59_900)], [(50_000, None)]),
        ([(50_000, 59_800)], [(50_000, 59_800)]),
        ([(0, 59_000)], [(0, 59_000)]),
        ([(0, 200)], [(0, 200)]),
    ],
)
def test_parts_are_put_in_order(asked: list[tuple[int, int | None]], kept: list[tuple[int, int | None]]) -> None:
    found = normalised([Cut(*one) for one in asked], 60_000)
    assert [(one.start_ms, one.end_ms) for one in found] == kept
    assert normalised(found, 60_000) == found


@pytest.mark.parametrize(
    ("asked", "refusal"),
    [
        ([(5_000, 5_199)], NotPossible),
        ([(5_000, 4_000)], NotPossible),
        ([(-1, 4_000)], OutsideLesson),
        ([(60_000, None)], OutsideLesson),
        ([(59_900, None)], NotPossible),
        ([(0, None)], NotPossible),
        ([(500, 59_500)], NotPossible),
        ([(n * 1000, n * 1000 + 300) for n in range(51)], NotPossible),
    ],
)
def test_parts_that_make_no_sense_are_refused(asked: list[tuple[int, int | None]], refusal: type[Refusal]) -> None:
    with pytest.raises(refusal):
        normalised([Cut(*one) for one in asked], 60_000)


def test_fifty_parts_may_be_cut_out() -> None:
    assert len(normalised([Cut(n * 1000, n * 1000 + 300) for n in range(50)], 60_000)) == 50


def test_a_lesson_shorter_than_a_second_is_left_alone_by_no_cuts() -> None:
    assert normalised([], 400) == ()


def test_the_teacher_sets_and_takes_back_before_the_release() -> None:
    state = lesson()
    told = decide(state, Cut(0, 5_000))
    assert told == {LESSON_STREAM: [cuts.LessonCutsSet((Cut(0, 5_000),))]}
    cut = lesson(told[LESSON_STREAM][0])
    assert decide(cut, Cut(0, 5_000)) == {}, "the same parts again change nothing"
    assert decide(cut) == {LESSON_STREAM: [cuts.LessonCutsSet(())]}
    assert decide(state) == {}, "nothing was cut out"


def test_nobody_else_cuts_and_nobody_after_the_release() -> None:
    with pytest.raises(NotYours):
        decide(lesson(), Cut(0, 5_000), by=COACH)
    released: LessonState = fold(LESSON_STREAM, [*READY, (TEACHER, LessonReleased())])
    with pytest.raises(NotPossible, match="let in"):
        decide(released, Cut(0, 5_000))


@pytest.mark.parametrize("events", [ADDED[:1], ADDED])
def test_not_before_it_is_known_how_long_the_lesson_is(events: list[By]) -> None:
    with pytest.raises(NotPossible, match="not known"):
        decide(fold(LESSON_STREAM, events), Cut(0, 5_000))


def test_others_wait_for_the_first_attempt_after_the_cut_whatever_number_it_has() -> None:
    set_once = cuts.LessonCutsSet((Cut(0, 5_000),))
    state = lesson(set_once)
    assert (state.cuts, state.least_attempt, state.attempt) == ((Cut(0, 5_000),), 2, 1)
    assert prepared_again(state)
    twice = lesson(set_once, cuts.LessonCutsSet(()))
    assert twice.least_attempt == 3, "another number each time, so that a job at work sees it"

    # Attempt 2 was begun before the cut and came to nothing: what it left must not be within reach.
    shown = lesson(set_once, LessonWatchable(3, 60_000, 640, 360))
    assert (shown.least_attempt, shown.attempt, prepared_again(shown)) == (3, 3, False)
    later = lesson(set_once, LessonWatchable(3, 60_000, 640, 360), LessonReady(3, 60_000), LessonReady(5, 60_000))
    assert (later.least_attempt, later.attempt) == (3, 5), "an attempt that follows shuts nobody out"


def test_without_cuts_there_is_no_least_attempt() -> None:
    assert lesson().least_attempt is None
    assert lessons.least_with(lesson(), 7) is None
    assert not prepared_again(lesson())


def test_the_first_moment_that_is_left() -> None:
    parts = (Cut(0, 5_000), Cut(7_000, 8_000), Cut(50_000, None))
    wanted = {0: 5_000, 4_999: 5_000, 5_000: 5_000, 6_999: 6_999, 7_000: 8_000, 8_000: 8_000, 50_000: None}
    assert {at_ms: kept_from(parts, at_ms) for at_ms in wanted} == wanted
