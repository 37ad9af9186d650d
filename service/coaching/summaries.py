"""What a lead may know of a cycle, told from its stream alone: stage, dates, counts, whose turn it is. Never a word.

`next` and `due` are dates; whether they are past is for whoever reads them to say.
"""

from datetime import UTC, date, datetime, time, timedelta
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
    paused_ms: int
    meeting: datetime | None
    """When the next planned meeting is, also where it is past and nobody has said how it went."""
    commitment: datetime | None
    """Midnight, UTC, of the day of the next look back that nobody has answered."""
    closing_asked_by: str | None
    proposed_coach: str | None
    next_cycle: str | None
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
        paused_ms=cycle.paused_ms,
        meeting=min(_meetings(cycle), default=None),
        commitment=_unanswered(cycle),
        closing_asked_by=None if cycle.closed else closing_asked(cycle),
        proposed_coach=None if cycle.closed else cycle.proposed_coach,
        next_cycle=cycle.next,
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
    days = [_midnight(one.due) for one in cycle.commitments.values() if one.open]
    return min([*_meetings(cycle), *days], default=None)


def _meetings(cycle: CycleState) -> list[datetime]:
    return [] if cycle.closed else [one.start for one in cycle.meetings.values() if one.status == "planned"]


def _unanswered(cycle: CycleState) -> datetime | None:
    """A commitment that was kept "not yet" is asked about again once it has a later day."""
    if cycle.closed:
        return None
    asked = (
        _midnight(one.due)
        for one in cycle.commitments.values()
        if one.open and not (one.follow_ups and one.follow_ups[-1].at >= _midnight(one.due))
    )
    return min(asked, default=None)


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)
