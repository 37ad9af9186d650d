"""Cut before release: parts of a lesson that its teacher keeps to themselves.

The times of everything else stay: a part that was cut out is a gap, black and silent. Whoever carries this out has the
lesson prepared again, and gives nobody but the teacher what was made before.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Final

import msgspec

from service.coaching.cycle_state import CycleState
from service.coaching.entries import Entry
from service.coaching.ids import Id
from service.coaching.lessons import Cut, LessonState, TrackKind
from service.coaching.refusals import NotPossible, NotYours, OutsideLesson
from service.coaching.streams import lesson_stream
from service.coaching.writing import refuse_if_closed

MOST_CUTS: Final = 50
SHORTEST_CUT_MS: Final = 200
SHORTEST_KEPT_MS: Final = 1000


class SetCuts(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag="set_cuts"):
    """Cut these parts out of what others see, and no others. None: nothing is cut out any more."""

    id: Id
    cuts: tuple[Cut, ...]


class LessonCutsSet(msgspec.Struct, frozen=True):
    """In order, none touches the next."""

    cuts: tuple[Cut, ...]


EVENTS: Mapping[str, type[msgspec.Struct]] = {"lesson.cuts_set": LessonCutsSet}


def set_cuts(lesson: LessonState, cycle: CycleState, command: SetCuts, *, by: str) -> dict[str, Sequence[Any]]:
    """Before release, by the teacher. The same parts again change nothing."""
    refuse_if_closed(cycle)
    if by != lesson.teacher:
        raise NotYours("Only the teacher cuts parts out of a lesson.")
    if lesson.released_at is not None:
        raise NotPossible("The coach has been let in already. Parts can be cut out only before that.")
    cuts: tuple[Cut, ...] = ()
    if command.cuts:
        if lesson.duration_ms is None or lesson.state in ("waiting", "refused"):
            raise NotPossible("How long the lesson is is not known yet. Cut parts out once it plays.")
        cuts = normalised(command.cuts, lesson.duration_ms)
    return {} if cuts == lesson.cuts else {lesson_stream(lesson.id): [LessonCutsSet(cuts)]}


def normalised(cuts: Sequence[Cut], duration_ms: int) -> tuple[Cut, ...]:
    """In order, merged where they touch. What ends with the lesson goes to the end, wherever that turns out to be.

    Raises NotPossible, OutsideLesson.
    """
    if len(cuts) > MOST_CUTS:
        raise NotPossible(f"More than {MOST_CUTS} parts cannot be cut out of one lesson.")
    merged: list[tuple[int, int]] = []
    for start, end in sorted(_within(cut, duration_ms) for cut in cuts):
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    edges = [0, *(edge for cut in merged for edge in cut), duration_ms]
    if max(end - start for start, end in zip(edges[::2], edges[1::2], strict=True)) < SHORTEST_KEPT_MS and merged:
        raise NotPossible("Something of the lesson has to stay: at least a second in one piece.")
    return tuple(Cut(start, None if end == duration_ms else end) for start, end in merged)


def _within(cut: Cut, duration_ms: int) -> tuple[int, int]:
    end_ms = duration_ms if cut.end_ms is None else min(cut.end_ms, duration_ms)
    if not 0 <= cut.start_ms < duration_ms:
        raise OutsideLesson("A part begins where the lesson has no such moment.")
    if end_ms - cut.start_ms < SHORTEST_CUT_MS:
        raise NotPossible(f"A part that is cut out ends after it begins, by {SHORTEST_CUT_MS} ms or more.")
    # Nobody would miss so little, and it would be a flash at the very end.
    return cut.start_ms, duration_ms if duration_ms - end_ms < SHORTEST_CUT_MS else end_ms


def kept_from(cuts: Iterable[Cut], at_ms: int) -> int | None:
    """The first moment from `at_ms` on that was not cut out; None where everything was."""
    for cut in cuts:
        if cut.start_ms <= at_ms and (cut.end_ms is None or at_ms < cut.end_ms):
            if cut.end_ms is None:
                return None
            at_ms = cut.end_ms
    return at_ms


def hides(cuts: Iterable[Cut], kind: TrackKind, start_ms: int, end_ms: int) -> bool:
    """Whether others do without this cue: something of its time was cut out. A chapter is a mark where it begins."""
    last_ms = start_ms + 1 if kind == "chapters" else end_ms
    return any(cut.start_ms < last_ms and (cut.end_ms is None or start_ms < cut.end_ms) for cut in cuts)


def prepared_again(lesson: LessonState) -> bool:
    """Whether others wait until the lesson has been prepared with the parts as they were cut last."""
    return lesson.least_attempt is not None and (lesson.attempt or 0) < lesson.least_attempt


def next_least(lesson: LessonState) -> int:
    """`least_attempt` once other parts are cut out. Greater each time, so that whoever prepares the lesson sees so."""
    return max(lesson.attempt or 0, lesson.least_attempt or 0) + 1


def _set(state: LessonState, data: LessonCutsSet, _: Entry) -> None:
    state.cuts = data.cuts
    state.least_attempt = next_least(state)


EVOLVE: Mapping[type, Callable[[LessonState, Any, Entry], None]] = {LessonCutsSet: _set}
