"""The lead's overview of a program: from the rows alone. What depends on the day is computed as it is read."""

from datetime import datetime, timedelta
from typing import Final, cast

import msgspec

from service.coaching.cycle_state import Stage
from service.coaching.entries import Instant
from service.coaching.ids import Id
from service.coaching.summaries import Turn
from service.web.cards import Named
from service.wiring import Deps
from storage import cycles
from storage.cycles import CycleOverview

STALLED_PAST_DUE: Final = timedelta(days=14)
STALLED_WITHOUT_DUE: Final = timedelta(days=28)
_DAY: Final = timedelta(days=1)


class OverviewRow(msgspec.Struct, frozen=True):
    """A cycle as a lead sees it: stage, dates and counts. Never a title or a word from it.

    days_in_stage: whole days, without those of pauses.
    overdue: open, not paused, and past the day by which its stage should be over.
    stalled: see `is_stalled`.
    next: the earliest meeting or look back that is agreed and not over; it may be past.
    meetings_planned: all that were agreed, without those called off.
    released: lessons that the coach has been let into. Of others, which only their teacher knows, not even the number
    is told: a lead may be the coach. annotations: what is in those lessons.
    """

    id: Id
    teacher: Named
    coach: Named
    proposed_coach: Named | None
    number: int
    stage: Stage
    stage_since: Instant
    days_in_stage: int
    due: Instant | None
    overdue: bool
    stalled: bool
    paused: bool
    cancelled: bool
    waiting_on: Turn | None
    next: Instant | None
    focus_category: str | None
    meetings_held: int
    meetings_planned: int
    commitments: int
    commitments_open: int
    turnaround_ms: int | None
    released: int
    annotations: int


async def overview_rows(deps: Deps, program_id: str) -> list[OverviewRow]:
    """A lead's rows of one program, the longest in its stage first."""
    async with deps.db.read() as tx:
        rows = await cycles.overview(tx, program_id)
    now = deps.clock()
    return [_row(row, now) for row in rows]


def _row(row: CycleOverview, now: datetime) -> OverviewRow:
    proposed = row.proposed_coach_id
    return OverviewRow(
        id=row.id,
        teacher=Named(row.teacher_id, row.teacher_name),
        coach=Named(row.coach_id, row.coach_name),
        proposed_coach=Named(proposed, row.proposed_coach_name or "") if proposed is not None else None,
        number=row.number,
        stage=cast("Stage", row.stage),
        stage_since=row.stage_since_at,
        days_in_stage=max(_in_stage(row, now) // _DAY, 0),
        due=row.due_at,
        overdue=is_open(row) and row.due_at is not None and row.due_at < now,
        stalled=is_stalled(row, now),
        paused=row.paused_since_at is not None,
        cancelled=row.cancelled_at is not None,
        waiting_on=cast("Turn | None", row.waiting_on),
        next=row.next_at,
        focus_category=row.focus_category,
        meetings_held=row.meetings_held,
        meetings_planned=row.meetings_planned,
        commitments=row.commitments,
        commitments_open=row.commitments_open,
        turnaround_ms=row.turnaround_ms,
        released=row.released,
        annotations=row.annotations,
    )


def is_open(row: CycleOverview) -> bool:
    """Something is to be done in it now: it is neither closed nor cancelled nor paused."""
    return row.stage != "closed" and row.cancelled_at is None and row.paused_since_at is None


def is_stalled(row: CycleOverview, now: datetime) -> bool:
    """Nothing shows that it goes on: it is open, nothing that is agreed lies ahead, and its stage should have been over
    14 days ago, or has lasted 28 days where the program had set none."""
    if not is_open(row) or (row.next_at is not None and row.next_at >= now):
        return False
    if row.due_at is not None:
        return now >= row.due_at + STALLED_PAST_DUE
    return _in_stage(row, now) >= STALLED_WITHOUT_DUE


def _in_stage(row: CycleOverview, now: datetime) -> timedelta:
    end = row.cancelled_at or row.paused_since_at or now
    return end - row.stage_since_at - timedelta(milliseconds=row.paused_ms)
