"""The summary row of each lesson. Its words are in its stream; `annotations` is a count."""

from collections.abc import Iterable
from datetime import datetime

import msgspec
from sqlalchemy import bindparam, insert, update
from sqlalchemy.ext.asyncio import AsyncConnection

from storage import tables
from storage.engine import Write
from storage.rows import listed, many, one, rows_of


class Lesson(msgspec.Struct, frozen=True):
    """A filmed class. `state`: waiting, arriving, preparing, watchable, ready or refused."""

    id: str
    cycle_id: str
    teacher_id: str
    title: str
    created_at: datetime
    released_at: datetime | None = None
    state: str = "waiting"
    annotations: int = 0
    duration_ms: int | None = None
    attempt: int | None = None
    original_key: str | None = None
    original_bytes: int | None = None


_l = tables.lessons.c
_one = update(tables.lessons).where(_l.id == bindparam("lesson"))
INSERT = insert(tables.lessons)
SET_STATE = _one.values(state=bindparam("to_state"))
SET_RELEASED = _one.values(released_at=bindparam("at"))
SET_ANNOTATIONS = _one.values(annotations=bindparam("count"))
SET_PLAYABLE = _one.values(
    state=bindparam("to_state"), attempt=bindparam("of_attempt"), duration_ms=bindparam("duration")
)
SET_ORIGINAL = _one.values(original_key=bindparam("key"), original_bytes=bindparam("size"))

_LESSONS = rows_of(tables.lessons, Lesson)
_BY_ID = _LESSONS.where(_l.id == bindparam("lesson"))
_BY_IDS = _LESSONS.where(_l.id.in_(bindparam("ids", expanding=True))).order_by(_l.created_at, _l.id)
_OF_CYCLES = _LESSONS.where(_l.cycle_id.in_(bindparam("cycles", expanding=True))).order_by(_l.created_at, _l.id)


def add(lesson: Lesson) -> Write:
    """Insert the summary row."""
    return INSERT, msgspec.structs.asdict(lesson)


def set_state(lesson_id: str, state: str) -> Write:
    """Move the lesson to a state."""
    return SET_STATE, {"lesson": lesson_id, "to_state": state}


def set_released(lesson_id: str, at: datetime) -> Write:
    """The teacher let the coach in."""
    return SET_RELEASED, {"lesson": lesson_id, "at": at}


def set_annotations(lesson_id: str, count: int) -> Write:
    """Keep how many annotations the lesson's stream holds."""
    return SET_ANNOTATIONS, {"lesson": lesson_id, "count": count}


def set_playable(lesson_id: str, state: str, *, attempt: int, duration_ms: int | None) -> Write:
    """`watchable` or `ready`, from this attempt's renditions."""
    return SET_PLAYABLE, {"lesson": lesson_id, "to_state": state, "of_attempt": attempt, "duration": duration_ms}


def set_original(lesson_id: str, key: str, size: int) -> Write:
    """The object of the original file and its bytes."""
    return SET_ORIGINAL, {"lesson": lesson_id, "key": key, "size": size}


async def by_id(tx: AsyncConnection, lesson_id: str) -> Lesson | None:
    """The lesson."""
    return await one(tx, Lesson, _BY_ID, lesson=lesson_id)


async def by_ids(tx: AsyncConnection, ids: Iterable[str]) -> list[Lesson]:
    """Those of the ids that exist, oldest first."""
    return await many(tx, Lesson, _BY_IDS, ids=listed(ids))


async def of_cycles(tx: AsyncConnection, cycle_ids: Iterable[str]) -> list[Lesson]:
    """The lessons of these cycles, oldest first; which of them a person may read is for grants to say."""
    return await many(tx, Lesson, _OF_CYCLES, cycles=listed(cycle_ids))
