"""A coaching cycle: who, which number, and where it stands."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Literal

import msgspec

from service.coaching.entries import Entry, Instant
from service.coaching.ids import Id
from service.coaching.refusals import CycleClosed, IdTaken, NotYours, StageNotNext
from service.coaching.streams import cycle_stream

Stage = Literal["planning", "teaching", "review", "debrief", "follow_up", "closed"]
ReleaseMode = Literal["teacher_first", "open"]
STAGES: tuple[Stage, ...] = ("planning", "teaching", "review", "debrief", "follow_up", "closed")


class OpenCycle(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag="open_cycle"):
    """A lead's act: a round of coaching for two people of the program."""

    id: Id
    cycle: Id
    teacher: Id
    coach: Id


class MoveStage(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag="move_stage"):
    """One step along the stages, or one back."""

    id: Id
    stage: Stage


class CycleOpened(msgspec.Struct, frozen=True):
    program: Id
    teacher: Id
    coach: Id
    number: int
    release_mode: ReleaseMode


class StageMoved(msgspec.Struct, frozen=True):
    stage: Stage


class LessonListed(msgspec.Struct, frozen=True):
    """A lesson that both people may see: written when it is released, never before."""

    lesson: Id
    title: str


EVENTS: Mapping[str, type[msgspec.Struct]] = {
    "cycle.opened": CycleOpened,
    "stage.moved": StageMoved,
    "lesson.listed": LessonListed,
}


class ListedLesson(msgspec.Struct, frozen=True):
    lesson: Id
    title: str
    listed_at: Instant


class StageEntered(msgspec.Struct, frozen=True):
    stage: Stage
    at: Instant
    by: str


class CycleState(msgspec.Struct):
    version: int = 0
    id: Id = ""
    program: Id = ""
    teacher: Id = ""
    coach: Id = ""
    number: int = 0
    release_mode: ReleaseMode = "teacher_first"
    stage: Stage = "planning"
    stage_since: Instant | None = None
    history: list[StageEntered] = []
    lessons: list[ListedLesson] = []

    @property
    def closed(self) -> bool:
        return self.stage == "closed"


def initial(cycle: str) -> CycleState:
    return CycleState(id=cycle)


def fork(state: CycleState) -> CycleState:
    copy = msgspec.structs.replace(state)
    copy.history = list(state.history)
    copy.lessons = list(state.lessons)
    return copy


def refuse_if_closed(cycle: CycleState) -> None:
    if cycle.closed:
        raise CycleClosed


def open_cycle(cycle: CycleState, opened: CycleOpened) -> dict[str, Sequence[Any]]:
    """The first event of the stream."""
    if cycle.version:
        raise IdTaken
    if opened.teacher == opened.coach:
        raise NotYours("Nobody coaches themselves: choose two people.")
    return {cycle_stream(cycle.id): [opened]}


def move_stage(cycle: CycleState, command: MoveStage, *, by: str) -> dict[str, Sequence[Any]]:
    """One step along the line, or one back; either person of the cycle may do it. Closing is for good."""
    refuse_if_closed(cycle)
    if by not in (cycle.teacher, cycle.coach):
        raise NotYours("Only the teacher and the coach of this cycle move its stage.")
    here, there = STAGES.index(cycle.stage), STAGES.index(command.stage)
    if abs(there - here) != 1:
        raise StageNotNext(f"This cycle is in “{cycle.stage}”; it moves one stage at a time.")
    return {cycle_stream(cycle.id): [StageMoved(command.stage)]}


def _opened(state: CycleState, data: CycleOpened, entry: Entry) -> None:
    state.program, state.teacher, state.coach = data.program, data.teacher, data.coach
    state.number, state.release_mode = data.number, data.release_mode
    state.stage_since = entry.at
    state.history.append(StageEntered("planning", entry.at, entry.by))


def _moved(state: CycleState, data: StageMoved, entry: Entry) -> None:
    state.stage, state.stage_since = data.stage, entry.at
    state.history.append(StageEntered(data.stage, entry.at, entry.by))


def _listed(state: CycleState, data: LessonListed, entry: Entry) -> None:
    state.lessons.append(ListedLesson(data.lesson, data.title, entry.at))


EVOLVE: Mapping[type, Callable[[CycleState, Any, Entry], None]] = {
    CycleOpened: _opened,
    StageMoved: _moved,
    LessonListed: _listed,
}
