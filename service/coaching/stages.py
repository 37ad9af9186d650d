"""The stage line of a cycle: who moves it, what each stage needs before it is left, pausing, cancelling."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

import msgspec

from service.coaching.cycle_state import (
    STAGES,
    CancelReason,
    CycleState,
    Interruption,
    PauseReason,
    Stage,
    StageEntered,
    Waiver,
)
from service.coaching.entries import Entry
from service.coaching.ids import Id
from service.coaching.refusals import CyclePaused, NotPossible, NotYours, StageNotDone, StageNotNext
from service.coaching.words import Passage
from service.coaching.writing import refuse_unless_pair


class MoveStage(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag="move_stage"):
    """One step along the stages, or one back."""

    id: Id
    stage: Stage


class WaiveVideo(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag="waive_video"):
    """No video this time; the note says why, if anything."""

    id: Id
    note: Passage = ""


class PauseCycle(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag="pause_cycle"):
    id: Id
    reason: PauseReason


class ResumeCycle(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag="resume_cycle"):
    id: Id


class CancelCycle(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag="cancel_cycle"):
    """It ends here, for good. What was written stays."""

    id: Id
    reason: CancelReason


class AskToClose(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag="ask_to_close"):
    """Close although some commitments are unanswered; the other one then moves the stage, or not."""

    id: Id


class StageMoved(msgspec.Struct, frozen=True):
    stage: Stage


class VideoWaived(msgspec.Struct, frozen=True):
    note: str


class CyclePausedFor(msgspec.Struct, frozen=True):
    reason: PauseReason


class CycleResumed(msgspec.Struct, frozen=True):
    """It goes on where it was; the days of the pause do not count."""


class CycleCancelled(msgspec.Struct, frozen=True):
    reason: CancelReason


class ClosingAsked(msgspec.Struct, frozen=True):
    """One of the two would close it as it is."""


EVENTS: Mapping[str, type[msgspec.Struct]] = {
    "stage.moved": StageMoved,
    "video.waived": VideoWaived,
    "cycle.paused": CyclePausedFor,
    "cycle.resumed": CycleResumed,
    "cycle.cancelled": CycleCancelled,
    "closing.asked": ClosingAsked,
}


def due(cycle: CycleState) -> datetime | None:
    """When the present stage should be over; None where the program sets no days, or nothing is to be done."""
    days = cycle.stage_days.get(cycle.stage)
    if days is None or cycle.stage_since is None or cycle.closed:
        return None
    return cycle.stage_since + timedelta(days=days, milliseconds=cycle.paused_ms)


def missing(cycle: CycleState, *, lessons: int, at: datetime) -> str:
    """What the present stage still needs before the next one, as a sentence; empty where it is done.

    lessons: how many the cycle has, also those that only their teacher may see.
    """
    if cycle.stage == "planning" and not cycle.questions:
        return "Write at least one focus question first: what do you want to look at together?"
    if cycle.stage == "teaching" and not lessons and cycle.waiver is None:
        return "Add the lesson you filmed first, or say that there is no video this time."
    if cycle.stage == "review" and cycle.waiver is None:
        return _review_missing(cycle, at)
    if cycle.stage == "debrief" and not cycle.commitments:
        return "Agree on at least one commitment first: what will the teacher try, and by when?"
    if cycle.stage == "follow_up" and any(not one.follow_ups for one in cycle.commitments.values()):
        return "A commitment has no look back yet. Answer it first, or ask to close the cycle as it is."
    return ""


def _review_missing(cycle: CycleState, at: datetime) -> str:
    if not cycle.lessons:
        return "The coach has not been let into a lesson yet. Release one first."
    end = due(cycle)
    if any(cycle.coach in one.done for one in cycle.lessons) or (end is not None and at >= end):
        return ""
    return "The coach is still at it. Go on once they say they are done, or when the stage's days are over."


def closing_asked(cycle: CycleState) -> str | None:
    """Who of the two would close it as it is. What a coach asked who is gone since is not the new one's wish."""
    asked = cycle.closing_asked_by
    return asked if asked in (cycle.teacher, cycle.coach) else None


def move_stage(cycle: CycleState, command: MoveStage, *, lessons: int, by: str, at: datetime) -> Sequence[Any]:
    """One step along the line, once the stage has what it needs, or one back. Closing is for good.

    Only the teacher ends the teaching: nobody else knows what they have filmed.
    """
    refuse_unless_pair(cycle, by)
    if cycle.paused is not None:
        raise CyclePaused
    here, there = STAGES.index(cycle.stage), STAGES.index(command.stage)
    if abs(there - here) != 1:
        raise StageNotNext(f"This cycle is in “{_NAMES[cycle.stage]}”; it moves one stage at a time.")
    if there > here:
        if cycle.stage == "teaching" and by != cycle.teacher:
            raise NotYours("The teacher says when the lesson is filmed.")
        agreed = cycle.stage == "follow_up" and closing_asked(cycle) not in (None, by)
        if not agreed and (sentence := missing(cycle, lessons=lessons, at=at)):
            raise StageNotDone(sentence)
    return [StageMoved(command.stage)]


def waive_video(cycle: CycleState, command: WaiveVideo, *, by: str, at: datetime) -> Sequence[Any]:
    refuse_unless_pair(cycle, by)
    if by != cycle.teacher:
        raise NotYours("The teacher says whether there is a video this time.")
    if cycle.stage != "teaching":
        raise StageNotNext("This is said in the stage “teaching”.")
    return [] if cycle.waiver is not None else [VideoWaived(command.note)]


def pause_cycle(cycle: CycleState, command: PauseCycle, *, by: str, at: datetime) -> Sequence[Any]:
    refuse_unless_pair(cycle, by)
    return [] if cycle.paused is not None else [CyclePausedFor(command.reason)]


def resume_cycle(cycle: CycleState, command: ResumeCycle, *, by: str, at: datetime) -> Sequence[Any]:
    refuse_unless_pair(cycle, by)
    return [] if cycle.paused is None else [CycleResumed()]


def cancel_cycle(cycle: CycleState, command: CancelCycle, *, by: str, at: datetime) -> Sequence[Any]:
    refuse_unless_pair(cycle, by)
    if command.reason == "coach_changed":
        raise NotPossible("A change of coach is something the program offers. Choose another reason.")
    return [CycleCancelled(command.reason)]


def ask_to_close(cycle: CycleState, command: AskToClose, *, by: str, at: datetime) -> Sequence[Any]:
    refuse_unless_pair(cycle, by)
    if cycle.stage != "follow_up":
        raise StageNotNext("A cycle is closed after its follow-up.")
    return [] if closing_asked(cycle) else [ClosingAsked()]


_NAMES: Mapping[Stage, str] = {
    "planning": "planning",
    "teaching": "teaching",
    "review": "review",
    "debrief": "debrief",
    "follow_up": "follow-up",
    "closed": "closed",
}


def _moved(state: CycleState, data: StageMoved, entry: Entry) -> None:
    state.stage, state.stage_since = data.stage, entry.at
    state.paused_ms, state.closing_asked_by = 0, None
    state.history.append(StageEntered(data.stage, entry.at, entry.by))


def _waived(state: CycleState, data: VideoWaived, entry: Entry) -> None:
    state.waiver = Waiver(data.note, entry.at, entry.by)


def _paused(state: CycleState, data: CyclePausedFor, entry: Entry) -> None:
    state.paused = Interruption(data.reason, entry.at, entry.by)


def _resumed(state: CycleState, _data: CycleResumed, entry: Entry) -> None:
    if state.paused is not None:
        state.paused_ms += (entry.at - state.paused.at) // timedelta(milliseconds=1)
    state.paused = None


def _cancelled(state: CycleState, data: CycleCancelled, entry: Entry) -> None:
    state.cancelled, state.paused = Interruption(data.reason, entry.at, entry.by), None


def _closing_asked(state: CycleState, _data: ClosingAsked, entry: Entry) -> None:
    state.closing_asked_by = entry.by


DECIDE: Mapping[type, Callable[..., Sequence[Any]]] = {
    WaiveVideo: waive_video,
    PauseCycle: pause_cycle,
    ResumeCycle: resume_cycle,
    CancelCycle: cancel_cycle,
    AskToClose: ask_to_close,
}

EVOLVE: Mapping[type, Callable[[CycleState, Any, Entry], None]] = {
    StageMoved: _moved,
    VideoWaived: _waived,
    CyclePausedFor: _paused,
    CycleResumed: _resumed,
    CycleCancelled: _cancelled,
    ClosingAsked: _closing_asked,
}
