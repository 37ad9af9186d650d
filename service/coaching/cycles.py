"""A coaching cycle: who, which number, and what the program had set when it was opened."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import msgspec

from service.coaching.cycle_state import CoachTerm, CycleState, ListedLesson, ReleaseMode, StageEntered
from service.coaching.entries import Entry
from service.coaching.ids import Id
from service.coaching.refusals import IdTaken, NotYours
from service.coaching.streams import cycle_stream


class OpenCycle(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag="open_cycle"):
    """A lead's act: a round of coaching for two people of the program."""

    id: Id
    cycle: Id
    teacher: Id
    coach: Id


class CycleOpened(msgspec.Struct, frozen=True):
    """`previous`: the cycle that this one goes on from. `stage_days`: target days by stage."""

    program: Id
    teacher: Id
    coach: Id
    number: int
    release_mode: ReleaseMode
    previous: Id | None = None
    stage_days: dict[str, int] = {}


class LessonListed(msgspec.Struct, frozen=True):
    """A lesson that both people may see: written when it is released, never before."""

    lesson: Id
    title: str


EVENTS: Mapping[str, type[msgspec.Struct]] = {
    "cycle.opened": CycleOpened,
    "lesson.listed": LessonListed,
}


def open_cycle(cycle: CycleState, opened: CycleOpened) -> dict[str, Sequence[Any]]:
    """The first event of the stream."""
    if cycle.version:
        raise IdTaken
    if opened.teacher == opened.coach:
        raise NotYours("Nobody coaches themselves: choose two people.")
    return {cycle_stream(cycle.id): [opened]}


def _opened(state: CycleState, data: CycleOpened, entry: Entry) -> None:
    state.program, state.teacher, state.coach = data.program, data.teacher, data.coach
    state.number, state.release_mode = data.number, data.release_mode
    state.previous, state.stage_days = data.previous, dict(data.stage_days)
    state.stage_since = entry.at
    state.history.append(StageEntered("planning", entry.at, entry.by))
    state.coaches.append(CoachTerm(data.coach, entry.at))


def _listed(state: CycleState, data: LessonListed, entry: Entry) -> None:
    state.lessons.append(ListedLesson(data.lesson, data.title, entry.at))


EVOLVE: Mapping[type, Callable[[CycleState, Any, Entry], None]] = {
    CycleOpened: _opened,
    LessonListed: _listed,
}
