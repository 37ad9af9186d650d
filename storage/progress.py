"""How far the preparing of a lesson has come: one row while somebody works on it, worth nothing once it is over."""

from datetime import datetime

import msgspec
from sqlalchemy import bindparam, delete, select
from sqlalchemy.ext.asyncio import AsyncConnection

from storage import dialect, tables
from storage.engine import Write
from storage.rows import one, rows_of


class Progress(msgspec.Struct, frozen=True):
    """`stage`: fetching, examining, encoding or finishing. `percent` of it and `left_ms` of the whole, if known."""

    lesson_id: str
    job_id: str
    stage: str
    percent: int | None
    left_ms: int | None
    at: datetime


_p = tables.progress.c
PUT = dialect.upsert(tables.progress, key=("lesson_id",))
_j = tables.jobs.c
_running = select(_j.id).where(_j.id == _p.job_id, _j.state == "running")
CLEAR = delete(tables.progress).where(_p.job_id == bindparam("job"), ~_running.exists())
_OF_LESSON = rows_of(tables.progress, Progress).where(_p.lesson_id == bindparam("lesson"), _running.exists())


TOPIC = "progress/"


def topic(lesson_id: str) -> str:
    """What the bus says when it changed."""
    return TOPIC + lesson_id


def put(progress: Progress) -> Write:
    """In a transaction that requires the job to be still ours."""
    return PUT, msgspec.structs.asdict(progress)


def clear(job_id: str) -> Write:
    """Where nobody works on it any more: another one may have claimed it meanwhile."""
    return CLEAR, {"job": job_id}


async def of_lesson(tx: AsyncConnection, lesson_id: str) -> Progress | None:
    """Where the lesson's preparing is; None where nobody works on it, as after a worker that was killed."""
    return await one(tx, Progress, _OF_LESSON, lesson=lesson_id)
