"""Renditions of lessons and their segments, by attempt. Playlists are built from these rows, and only from these."""

from typing import Any

import msgspec
from sqlalchemy import bindparam, delete, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from storage import tables
from storage.engine import Write
from storage.rows import many, rows_of


class Rendition(msgspec.Struct, frozen=True):
    """A playable copy. `kind`: video or audio. `object_key` is the one finished file, absent while it grows."""

    lesson_id: str
    attempt: int
    name: str
    kind: str
    codecs: str
    width: int | None
    height: int | None
    bandwidth: int
    init_key: str
    object_key: str | None = None
    object_bytes: int | None = None
    finished: bool = False


class Segment(msgspec.Struct, frozen=True):
    """A piece of a rendition. `start_byte` is its offset in the finished object, once there is one."""

    lesson_id: str
    attempt: int
    rendition: str
    number: int
    duration_us: int
    object_key: str
    bytes: int
    start_byte: int | None = None


_r, _s = tables.renditions.c, tables.segments.c
_rendition = (_r.lesson_id == bindparam("lesson"), _r.attempt == bindparam("of_attempt"), _r.name == bindparam("named"))
INSERT = insert(tables.renditions)
INSERT_SEGMENT = insert(tables.segments)
FINISH = (
    update(tables.renditions)
    .where(*_rendition)
    .values(finished=True, object_key=bindparam("key"), object_bytes=bindparam("size"), bandwidth=bindparam("bits"))
)
SET_CODECS = update(tables.renditions).where(*_rendition).values(codecs=bindparam("as_codecs"))
PLACE_SEGMENT = (
    update(tables.segments)
    .where(
        _s.lesson_id == bindparam("lesson"),
        _s.attempt == bindparam("of_attempt"),
        _s.rendition == bindparam("named"),
        _s.number == bindparam("nth"),
    )
    .values(start_byte=bindparam("start"), bytes=bindparam("size"))
)
DELETE_SEGMENTS = delete(tables.segments).where(
    _s.lesson_id == bindparam("lesson"), _s.attempt == bindparam("of_attempt")
)
DELETE_ATTEMPT = delete(tables.renditions).where(
    _r.lesson_id == bindparam("lesson"), _r.attempt == bindparam("of_attempt")
)

_OF_ATTEMPT = (
    rows_of(tables.renditions, Rendition)
    .where(_r.lesson_id == bindparam("lesson"), _r.attempt == bindparam("of_attempt"))
    .order_by(_r.kind.desc(), _r.bandwidth, _r.name)
)
_NEWEST = select(func.max(_r.attempt)).where(_r.lesson_id == bindparam("lesson"))
_ABOVE = (
    select(_r.attempt)
    .where(_r.lesson_id == bindparam("lesson"), _r.attempt > bindparam("attempt"), _r.name != bindparam("named"))
    .distinct()
    .order_by(_r.attempt)
)
_ANY_BUT = select(_r.name).where(_r.lesson_id == bindparam("lesson"), _r.name != bindparam("named")).limit(1)
_SEGMENTS = (
    rows_of(tables.segments, Segment)
    .where(
        _s.lesson_id == bindparam("lesson"), _s.attempt == bindparam("of_attempt"), _s.rendition == bindparam("named")
    )
    .order_by(_s.number)
)


def add(rendition: Rendition) -> Write:
    """Insert a rendition."""
    return INSERT, msgspec.structs.asdict(rendition)


def add_segment(segment: Segment) -> Write:
    """Insert a segment; send it inside a transaction that requires the job to be still ours."""
    return INSERT_SEGMENT, msgspec.structs.asdict(segment)


def finish(rendition: Rendition, *, object_key: str, object_bytes: int, bandwidth: int | None = None) -> Write:
    """The rendition is one object now; `bandwidth` in bits per second where it was measured anew."""
    return FINISH, {
        **_named(rendition),
        "key": object_key,
        "size": object_bytes,
        "bits": rendition.bandwidth if bandwidth is None else bandwidth,
    }


def set_codecs(rendition: Rendition, codecs: str) -> Write:
    """Keep the codecs string once the encoder has said it."""
    return SET_CODECS, {**_named(rendition), "as_codecs": codecs}


def place_segment(segment: Segment, *, start_byte: int, size: int) -> Write:
    """Where the segment lies in the finished object, and its bytes there."""
    return PLACE_SEGMENT, {
        "lesson": segment.lesson_id,
        "of_attempt": segment.attempt,
        "named": segment.rendition,
        "nth": segment.number,
        "start": start_byte,
        "size": size,
    }


def drop_attempt(lesson_id: str, attempt: int) -> list[Write]:
    """Forget an attempt: its segments, then its renditions."""
    parameters = {"lesson": lesson_id, "of_attempt": attempt}
    return [(DELETE_SEGMENTS, parameters), (DELETE_ATTEMPT, parameters)]


def _named(rendition: Rendition) -> dict[str, Any]:
    return {"lesson": rendition.lesson_id, "of_attempt": rendition.attempt, "named": rendition.name}


async def of_attempt(tx: AsyncConnection, lesson_id: str, attempt: int) -> list[Rendition]:
    """The attempt's renditions: video by bandwidth upwards, then audio."""
    return await many(tx, Rendition, _OF_ATTEMPT, lesson=lesson_id, of_attempt=attempt)


async def newest_attempt(tx: AsyncConnection, lesson_id: str) -> int:
    """The greatest attempt that has renditions, whether or not it became watchable; 0 where there is none."""
    found: int | None = await tx.scalar(_NEWEST, {"lesson": lesson_id})
    return found or 0


async def attempts_above(tx: AsyncConnection, lesson_id: str, attempt: int, but: str) -> list[int]:
    """The lesson's later attempts with a rendition of another name."""
    return list((await tx.execute(_ABOVE, {"lesson": lesson_id, "attempt": attempt, "named": but})).scalars())


async def any_but(tx: AsyncConnection, lesson_id: str, name: str) -> bool:
    """Whether the lesson has a rendition of another name, of any attempt."""
    return (await tx.execute(_ANY_BUT, {"lesson": lesson_id, "named": name})).first() is not None


async def segments(tx: AsyncConnection, lesson_id: str, attempt: int, rendition: str) -> list[Segment]:
    """The rendition's segments in order."""
    return await many(tx, Segment, _SEGMENTS, lesson=lesson_id, of_attempt=attempt, named=rendition)
