"""The summary row of each cycle: stage, dates, the focus category. No words of people; those are in its stream."""

from collections.abc import Iterable
from datetime import datetime

import msgspec
from sqlalchemy import bindparam, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from storage import tables
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


class CycleOverview(msgspec.Struct, frozen=True):
    """A row of the lead's overview. `released` counts the lessons the coach may open."""

    id: str
    teacher_id: str
    teacher_name: str
    coach_id: str
    coach_name: str
    number: int
    stage: str
    stage_since_at: datetime
    focus_category: str | None
    lessons: int
    released: int
    annotations: int


_c, _l = tables.cycles.c, tables.lessons.c
INSERT = insert(tables.cycles)
SET_STAGE = (
    update(tables.cycles)
    .where(_c.id == bindparam("cycle"))
    .values(stage=bindparam("to_stage"), stage_since_at=bindparam("since"), closed_at=bindparam("closed"))
)
SET_FOCUS = update(tables.cycles).where(_c.id == bindparam("cycle")).values(focus_category=bindparam("category"))

_CYCLES = rows_of(tables.cycles, Cycle)
_BY_ID = _CYCLES.where(_c.id == bindparam("cycle"))
_BY_IDS = _CYCLES.where(_c.id.in_(bindparam("ids", expanding=True))).order_by(_c.created_at.desc(), _c.id)
_teacher, _coach = tables.people.alias("teacher"), tables.people.alias("coach")
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
        func.count(_l.id),
        func.count(_l.released_at),
        func.coalesce(func.sum(_l.annotations), 0),
    )
    .select_from(
        tables.cycles.join(_teacher, _teacher.c.id == _c.teacher_id)
        .join(_coach, _coach.c.id == _c.coach_id)
        .outerjoin(tables.lessons, _l.cycle_id == _c.id)
    )
    .where(_c.program_id == bindparam("program"))
    .group_by(*columns_of(tables.cycles, Cycle), _teacher.c.name, _coach.c.name)
    .order_by(_c.stage_since_at, _c.id)
)


_LAST = select(func.coalesce(func.max(_c.number), 0)).where(
    _c.program_id == bindparam("program"), _c.teacher_id == bindparam("teacher")
)


def add(cycle: Cycle) -> Write:
    """Insert the summary row."""
    return INSERT, msgspec.structs.asdict(cycle)


def set_stage(cycle_id: str, stage: str, *, since: datetime, closed_at: datetime | None = None) -> Write:
    """Move the cycle to a stage; `closed_at` where the stage ends it, None where it is open (again)."""
    return SET_STAGE, {"cycle": cycle_id, "to_stage": stage, "since": since, "closed": closed_at}


def set_focus(cycle_id: str, category: str | None) -> Write:
    """Keep the chosen focus category."""
    return SET_FOCUS, {"cycle": cycle_id, "category": category}


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
