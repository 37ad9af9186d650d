"""The summary row of each cycle: stage, dates, the focus category. No words of people; those are in its stream."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import bindparam, case, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from storage import dialect, tables
from storage.engine import Write
from storage.rows import columns_of, listed, many, one, rows_of


class Cycle(msgspec.Struct, frozen=True):
    """One round of coaching, as a lead may see it."""

    id: str
    program_id: str
    teacher_id: str
    coach_id: str
    number: int
    stage: str
    stage_since_at: datetime
    release_mode: str
    focus_category: str | None
    created_at: datetime
    closed_at: datetime | None = None
    due_at: datetime | None = None
    paused_since_at: datetime | None = None
    cancelled_at: datetime | None = None
    waiting_on: str | None = None
    next_at: datetime | None = None
    meetings_planned: int = 0
    meetings_held: int = 0
    commitments: int = 0
    commitments_open: int = 0
    turnaround_ms: int | None = None
    paused_ms: int = 0
    """How long the present stage was paused, in pauses that are over."""
    meeting_at: datetime | None = None
    commitment_at: datetime | None = None
    """Midnight, UTC, of the day on which the next look back is due."""
    closing_asked_by: str | None = None
    proposed_coach_id: str | None = None
    previous_id: str | None = None
    next_id: str | None = None


class CycleOverview(msgspec.Struct, frozen=True):
    """A row of the lead's overview. `released` counts the lessons the coach may open, `annotations` what is in them."""

    id: str
    teacher_id: str
    teacher_name: str
    coach_id: str
    coach_name: str
    number: int
    stage: str
    stage_since_at: datetime
    focus_category: str | None
    due_at: datetime | None
    paused_since_at: datetime | None
    cancelled_at: datetime | None
    waiting_on: str | None
    next_at: datetime | None
    meetings_planned: int
    meetings_held: int
    commitments: int
    commitments_open: int
    turnaround_ms: int | None
    paused_ms: int
    proposed_coach_id: str | None
    proposed_coach_name: str | None
    released: int
    annotations: int


_c, _l = tables.cycles.c, tables.lessons.c
INSERT = insert(tables.cycles)
_FOLLOWED = (
    "coach_id",
    "stage",
    "stage_since_at",
    "focus_category",
    "closed_at",
    "due_at",
    "paused_since_at",
    "cancelled_at",
    "waiting_on",
    "next_at",
    "meetings_planned",
    "meetings_held",
    "commitments",
    "commitments_open",
    "turnaround_ms",
    "paused_ms",
    "meeting_at",
    "commitment_at",
    "closing_asked_by",
    "proposed_coach_id",
    "next_id",
)
"""What the cycle's stream decides. The rest of the row is as it was opened."""
FOLLOW = (
    update(tables.cycles)
    .where(_c.id == bindparam("cycle"))
    .values({name: bindparam(f"to_{name}", type_=_c[name].type) for name in _FOLLOWED})
)

REBUILD = dialect.upsert(tables.cycles, key=("id",))

_CYCLES = rows_of(tables.cycles, Cycle)
_BY_ID = _CYCLES.where(_c.id == bindparam("cycle"))
_BY_IDS = _CYCLES.where(_c.id.in_(bindparam("ids", expanding=True))).order_by(_c.created_at.desc(), _c.id)
_teacher, _coach, _proposed = (tables.people.alias(name) for name in ("teacher", "coach", "proposed"))
_OVERVIEW = (
    select(
        _c.id,
        _c.teacher_id,
        _teacher.c.name,
        _c.coach_id,
        _coach.c.name,
        _c.number,
        _c.stage,
        _c.stage_since_at,
        _c.focus_category,
        _c.due_at,
        _c.paused_since_at,
        _c.cancelled_at,
        _c.waiting_on,
        _c.next_at,
        _c.meetings_planned,
        _c.meetings_held,
        _c.commitments,
        _c.commitments_open,
        _c.turnaround_ms,
        _c.paused_ms,
        _c.proposed_coach_id,
        _proposed.c.name,
        func.count(_l.released_at),
        func.coalesce(func.sum(case((_l.released_at.is_not(None), _l.annotations), else_=0)), 0),
    )
    .select_from(
        tables.cycles.join(_teacher, _teacher.c.id == _c.teacher_id)
        .join(_coach, _coach.c.id == _c.coach_id)
        .outerjoin(_proposed, _proposed.c.id == _c.proposed_coach_id)
        .outerjoin(tables.lessons, _l.cycle_id == _c.id)
    )
    .where(_c.program_id == bindparam("program"))
    .group_by(*columns_of(tables.cycles, Cycle), _teacher.c.name, _coach.c.name, _proposed.c.name)
    .order_by(_c.stage_since_at, _c.id)
)


_LAST = select(func.coalesce(func.max(_c.number), 0)).where(
    _c.program_id == bindparam("program"), _c.teacher_id == bindparam("teacher")
)


def add(cycle: Cycle) -> Write:
    """Insert the summary row."""
    return INSERT, msgspec.structs.asdict(cycle)


def rebuild(cycle: Cycle) -> Write:
    """The whole row anew, also where it was missing."""
    return REBUILD, msgspec.structs.asdict(cycle)


def follow(cycle_id: str, row: Mapping[str, Any]) -> Write:
    """Bring the row to where the cycle's stream stands. `row` has every column that the stream decides, and no word."""
    return FOLLOW, {"cycle": cycle_id} | {f"to_{name}": row[name] for name in _FOLLOWED}


async def by_id(tx: AsyncConnection, cycle_id: str) -> Cycle | None:
    """The cycle."""
    return await one(tx, Cycle, _BY_ID, cycle=cycle_id)


async def by_ids(tx: AsyncConnection, ids: Iterable[str]) -> list[Cycle]:
    """Those of the ids that exist, newest first."""
    return await many(tx, Cycle, _BY_IDS, ids=listed(ids))


async def last_number(tx: AsyncConnection, program_id: str, teacher_id: str) -> int:
    """The number of the teacher's latest cycle in the program; 0 before the first."""
    return int((await tx.scalar(_LAST, {"program": program_id, "teacher": teacher_id})) or 0)


async def overview(tx: AsyncConnection, program_id: str) -> list[CycleOverview]:
    """Every cycle of the program with names and counts, the longest in its stage first."""
    return await many(tx, CycleOverview, _OVERVIEW, program=program_id)
