"""Captions and chapters: of each track what the lesson's stream says, and its words, which are nowhere else."""

from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import bindparam, delete, func, insert, select, union, update
from sqlalchemy.ext.asyncio import AsyncConnection

from storage import tables
from storage.engine import Write
from storage.rows import many, one, rows_of


class Track(msgspec.Struct, frozen=True):
    """`by_id`: who gave it its name. `revision` is that of the lesson's stream."""

    id: str
    lesson_id: str
    kind: str
    language: str
    label: str
    revision: int
    by_id: str
    created_at: datetime


class Cue(msgspec.Struct, frozen=True):
    """`revision`: of its track, when these words came; `by_id`: whose they are."""

    id: str
    start_ms: int
    end_ms: int
    text: str
    revision: int
    by_id: str


_t, _c = tables.tracks.c, tables.cues.c
_one = update(tables.tracks).where(_t.id == bindparam("track"))
_the_cue = (_c.track_id == bindparam("track"), _c.id == bindparam("cue"))
INSERT = insert(tables.tracks)
FOLLOW = _one.values(revision=bindparam("to_revision"))
NAME = _one.values(
    kind=bindparam("of_kind"), language=bindparam("of_language"), label=bindparam("named"), by_id=bindparam("by")
)
DELETE = delete(tables.tracks).where(_t.id == bindparam("track"))
INSERT_CUE = insert(tables.cues)
DELETE_CUE = delete(tables.cues).where(*_the_cue)
DELETE_CUES = delete(tables.cues).where(_c.track_id == bindparam("track"))
DELETE_CUES_OF = delete(tables.cues).where(_c.track_id == bindparam("track"), _c.by_id == bindparam("by"))
FORGET_NAME = update(tables.tracks).where(_t.id == bindparam("track"), _t.by_id == bindparam("by")).values(label="")

_TRACKS, _CUES = rows_of(tables.tracks, Track), rows_of(tables.cues, Cue)
_BY_ID = _TRACKS.where(_t.id == bindparam("track"))
_OF_LESSON = _TRACKS.where(_t.lesson_id == bindparam("lesson")).order_by(_t.created_at, _t.id)
_CUES_OF = _CUES.where(_c.track_id == bindparam("track")).order_by(_c.start_ms, _c.end_ms, _c.id)
_CUE = _CUES.where(*_the_cue)
_COUNT = select(func.count()).where(_c.track_id == bindparam("track"))
_of_lesson = _t.lesson_id == bindparam("lesson")
_WITH_WORDS_OF = union(
    select(_t.id).where(_of_lesson, _t.by_id == bindparam("by"), _t.label != ""),
    select(_t.id).join(tables.cues, _c.track_id == _t.id).where(_of_lesson, _c.by_id == bindparam("by")),
)


def add(track: Track) -> Write:
    """Insert a track without cues."""
    return INSERT, msgspec.structs.asdict(track)


def follow(track_id: str, revision: int) -> Write:
    """Bring the row to where the lesson's stream stands."""
    return FOLLOW, {"track": track_id, "to_revision": revision}


def name(track_id: str, *, kind: str, language: str, label: str, by: str) -> Write:
    """What it is, and what it is called."""
    return NAME, {"track": track_id, "of_kind": kind, "of_language": language, "named": label, "by": by}


def remove(track_id: str) -> list[Write]:
    """The track with every word of it."""
    return [empty(track_id), (DELETE, {"track": track_id})]


def empty(track_id: str) -> Write:
    """Every cue of a track goes."""
    return DELETE_CUES, {"track": track_id}


def add_cue(track_id: str, cue: Cue) -> Write:
    """Insert a cue."""
    return INSERT_CUE, {"track_id": track_id, **msgspec.structs.asdict(cue)}


def remove_cue(track_id: str, cue_id: str) -> Write:
    """Nothing of it is kept."""
    return DELETE_CUE, {"track": track_id, "cue": cue_id}


def forget_words(track_id: str, person_id: str) -> list[Write]:
    """The cues that this person wrote go, and the name, if they gave it."""
    about = {"track": track_id, "by": person_id}
    return [(DELETE_CUES_OF, about), (FORGET_NAME, about)]


async def by_id(tx: AsyncConnection, track_id: str) -> Track | None:
    """The track."""
    return await one(tx, Track, _BY_ID, track=track_id)


async def of_lesson(tx: AsyncConnection, lesson_id: str) -> list[Track]:
    """The tracks of a lesson, oldest first."""
    return await many(tx, Track, _OF_LESSON, lesson=lesson_id)


async def cues(tx: AsyncConnection, track_id: str) -> list[Cue]:
    """Every cue of a track, by its start."""
    return await many(tx, Cue, _CUES_OF, track=track_id)


async def cue(tx: AsyncConnection, track_id: str, cue_id: str) -> Cue | None:
    """One cue of a track."""
    return await one(tx, Cue, _CUE, track=track_id, cue=cue_id)


async def count(tx: AsyncConnection, track_id: str) -> int:
    """How many cues a track has."""
    found: Any = (await tx.execute(_COUNT, {"track": track_id})).scalar_one()
    return int(found)


async def with_words_of(tx: AsyncConnection, lesson_id: str, person_id: str) -> frozenset[str]:
    """The tracks of a lesson that hold a cue, or a name, by this person."""
    return frozenset((await tx.execute(_WITH_WORDS_OF, {"lesson": lesson_id, "by": person_id})).scalars())
