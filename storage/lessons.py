"""The summary row of each lesson. Its words are in its stream; `annotations` is a count."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import Select, bindparam, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from storage import dialect, tables
from storage.at_once import Here
from storage.engine import Write
from storage.rows import asked, listed, many, of_values, one, rows_of


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
    least_attempt: int | None = None
    """Nobody but the teacher gets what was made before it, since parts were cut out."""


_l = tables.lessons.c
_one = update(tables.lessons).where(_l.id == bindparam("lesson"))
INSERT = insert(tables.lessons)
INSERT_NEW = dialect.insert_new(tables.lessons, key=("id",))
REBUILD = _one.values(
    cycle_id=bindparam("of_cycle"),
    teacher_id=bindparam("of_teacher"),
    title=bindparam("named"),
    created_at=bindparam("added", type_=tables.Instant),
)
FOLLOW = _one.values(
    state=bindparam("to_state"),
    released_at=bindparam("released"),
    annotations=bindparam("count"),
    attempt=bindparam("of_attempt"),
    duration_ms=bindparam("duration"),
    least_attempt=bindparam("least"),
)
SET_TITLE = _one.values(title=bindparam("to_title"))
SET_ORIGINAL = _one.values(original_key=bindparam("key"), original_bytes=bindparam("size"))

_LESSONS = rows_of(tables.lessons, Lesson)
_BY_ID = _LESSONS.where(_l.id == bindparam("lesson"))
_BY_IDS = _LESSONS.where(_l.id.in_(bindparam("ids", expanding=True))).order_by(_l.created_at, _l.id)
_WITH_IDS = of_values(lambda ids: _LESSONS.where(_l.id.in_(ids)))
_OF_CYCLES = _LESSONS.where(_l.cycle_id.in_(bindparam("cycles", expanding=True))).order_by(_l.created_at, _l.id)


def add(lesson: Lesson) -> Write:
    """Insert the summary row."""
    return INSERT, msgspec.structs.asdict(lesson)


def rebuild(lesson: Lesson) -> list[Write]:
    """What the row began with, also where it was missing; `follow` does the rest.

    The object of the original stays as it is: no stream tells it.
    """
    begun = {
        "lesson": lesson.id,
        "of_cycle": lesson.cycle_id,
        "of_teacher": lesson.teacher_id,
        "named": lesson.title,
        "added": lesson.created_at,
    }
    return [(INSERT_NEW, msgspec.structs.asdict(lesson)), (REBUILD, begun)]


def follow(
    lesson_id: str,
    *,
    state: str,
    released_at: datetime | None,
    annotations: int,
    attempt: int | None,
    duration_ms: int | None,
    least_attempt: int | None = None,
) -> Write:
    """Bring the row to where the lesson's stream stands: every column that the stream decides, and no word."""
    return FOLLOW, {
        "lesson": lesson_id,
        "to_state": state,
        "released": released_at,
        "count": annotations,
        "of_attempt": attempt,
        "duration": duration_ms,
        "least": least_attempt,
    }


def set_title(lesson_id: str, title: str) -> Write:
    """The title as the lesson's stream has it."""
    return SET_TITLE, {"lesson": lesson_id, "to_title": title}


def set_original(lesson_id: str, key: str | None, size: int | None) -> Write:
    """The object of the original file and its bytes; None once there is none any more."""
    return SET_ORIGINAL, {"lesson": lesson_id, "key": key, "size": size}


def hold(lesson_id: str) -> Select[Any]:
    """Keep everybody else from this lesson's row until the commit."""
    return select(_l.id).where(_l.id == lesson_id).with_for_update()


async def by_id(tx: AsyncConnection, lesson_id: str) -> Lesson | None:
    """The lesson."""
    return await one(tx, Lesson, _BY_ID, lesson=lesson_id)


async def by_ids(tx: AsyncConnection, ids: Iterable[str]) -> list[Lesson]:
    """Those of the ids that exist, oldest first."""
    return await many(tx, Lesson, _BY_IDS, ids=listed(ids))


def with_ids(here: Here, ids: Sequence[str]) -> dict[str, Lesson]:
    """Those of the ids that exist."""
    return {lesson.id: lesson for lesson in [Lesson(*row) for row in asked(here, _WITH_IDS, ids)]}


async def of_cycles(tx: AsyncConnection, cycle_ids: Iterable[str]) -> list[Lesson]:
    """The lessons of these cycles, oldest first; which of them a person may read is for grants to say."""
    return await many(tx, Lesson, _OF_CYCLES, cycles=listed(cycle_ids))
