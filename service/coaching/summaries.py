"""What a lead may know of a cycle, told from its stream alone: stage, dates, counts, whose turn it is. Never a word.

`next` and `due` are dates; whether they are past is for whoever reads them to say.
"""

from datetime import UTC, datetime, time, timedelta
from typing import Literal

import msgspec

from service.coaching.cycle_state import CycleState, Stage
from service.coaching.stages import closing_asked, due

Turn = Literal["teacher", "coach", "both"]


class Summary(msgspec.Struct, frozen=True):
    """`meetings_planned` counts those held and missed too, not those called off."""

    stage: Stage
    stage_since: datetime
    due: datetime | None
    paused_since: datetime | None
    cancelled_at: datetime | None
    closed_at: datetime | None
    coach: str
    focus_category: str | None
    waiting_on: Turn | None
    next: datetime | None
    meetings_planned: int
    meetings_held: int
    commitments: int
    commitments_open: int
    turnaround_ms: int | None
    """From letting the coach into the lesson to their saying that they are done with it: of the latest such lesson."""


def summary(cycle: CycleState) -> Summary:
    assert cycle.stage_since is not None, "a cycle that was opened"
    meetings = [one for one in cycle.meetings.values() if one.status != "cancelled"]
    commitments = cycle.commitments.values()
    return Summary(
        stage=cycle.stage,
        stage_since=cycle.stage_since,
        due=due(cycle),
        paused_since=cycle.paused.at if cycle.paused else None,
        cancelled_at=cycle.cancelled.at if cycle.cancelled else None,
        closed_at=cycle.stage_since if cycle.stage == "closed" else None,
        coach=cycle.coach,
        focus_category=cycle.focus_category,
        waiting_on=waiting_on(cycle),
        next=_next(cycle),
        meetings_planned=len(meetings),
        meetings_held=sum(one.status == "held" for one in meetings),
        commitments=len(commitments),
        commitments_open=sum(one.open for one in commitments),
        turnaround_ms=_turnaround_ms(cycle),
    )


def waiting_on(cycle: CycleState) -> Turn | None:
    """Whose turn it is, as far as the cycle's own stream tells."""
    if cycle.closed or cycle.paused is not None:
        return None
    if cycle.proposed_coach is not None:
        return "teacher"
    if cycle.stage == "follow_up" and closing_asked(cycle) == cycle.teacher:
        return "coach"
    match cycle.stage:
        case "planning" | "debrief":
            return "both"
        case "review":
            return _reviewing(cycle)
        case _:
            return "teacher"


def _reviewing(cycle: CycleState) -> Turn:
    if not cycle.lessons:
        return "both" if cycle.waiver is not None else "teacher"
    coach = any(cycle.coach not in one.done for one in cycle.lessons)
    if cycle.release_mode == "teacher_first":  # releasing was the teacher's word that they are done
        return "coach" if coach else "both"
    teacher = any(cycle.teacher not in one.done for one in cycle.lessons)
    if teacher and not coach:
        return "teacher"
    return "coach" if coach and not teacher else "both"


def _turnaround_ms(cycle: CycleState) -> int | None:
    finished = [(end, one.listed_at) for one in cycle.lessons for by, end in one.done.items() if by == cycle.coach]
    if not finished:
        return None
    end, start = max(finished)
    return (end - start) // timedelta(milliseconds=1)


def _next(cycle: CycleState) -> datetime | None:
    """The earliest meeting or day that still waits, also where it is past."""
    if cycle.closed:
        return None
    dates = [one.start for one in cycle.meetings.values() if one.status == "planned"]
    dates += [datetime.combine(one.due, time(), UTC) for one in cycle.commitments.values() if one.open]
    return min(dates, default=None)
