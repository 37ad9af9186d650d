"""Uploads: what was promised and how far it is. The blocks themselves are objects, and their listing is the truth."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import Select, and_, bindparam, func, insert, literal, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from storage import tables
from storage.engine import Write
from storage.rows import listed, many, one, rows_of


class Upload(msgspec.Struct, frozen=True):
    """Of a lesson, or of a cycle: then it is a file beside the plan. `cover` is the JSON of the named blocks.

    `state`: open, completed, assembled, cancelled, refused, or removed once it was there.
    `granted_bytes` counts every block that was let through, also those that were cut or sent again.
    """

    id: str
    lesson_id: str | None
    person_id: str
    role: str
    state: str
    size: int | None
    name: str
    content_type: str
    fingerprint: str | None
    cover: str | None
    sha256: str | None
    created_at: datetime
    seen_at: datetime
    ended_at: datetime | None = None
    granted_bytes: int = 0
    cycle_id: str | None = None
    warned_at: datetime | None = None


_u = tables.uploads.c
_one = update(tables.uploads).where(_u.id == bindparam("upload"))
INSERT = insert(tables.uploads)
GRANT = (
    update(tables.uploads)
    .where(
        _u.id == bindparam("upload"),
        _u.state == "open",
        _u.granted_bytes + bindparam("bytes", type_=_u.granted_bytes.type) <= bindparam("most"),
    )
    .values(
        granted_bytes=_u.granted_bytes + bindparam("bytes", type_=_u.granted_bytes.type),
        seen_at=bindparam("at", type_=tables.Instant),
    )
)
RECOUNT = (
    update(tables.uploads)
    .where(_u.id == bindparam("upload"), _u.state == "open")
    .values(granted_bytes=bindparam("granted"), seen_at=bindparam("at", type_=tables.Instant))
)
COMPLETE = _one.values(state="completed", size=bindparam("bytes"), cover=bindparam("blocks"), seen_at=bindparam("at"))
ASSEMBLED = _one.values(state="assembled", sha256=bindparam("digest"), ended_at=bindparam("at"))
FORGET_NAMES = update(tables.uploads).where(_u.person_id == bindparam("person")).values(name="")
KEPT = _one.values(
    state="assembled",
    sha256=bindparam("digest"),
    name=bindparam("as_name"),
    content_type=bindparam("as_type"),
    ended_at=bindparam("at"),
)
WARN = (
    update(tables.uploads)
    .where(
        _u.id == bindparam("upload"),
        _u.state == "open",
        _u.seen_at == bindparam("seen", type_=tables.Instant),
        or_(_u.warned_at.is_(None), _u.warned_at < _u.seen_at),
    )
    .values(warned_at=bindparam("at", type_=tables.Instant))
)
TOUCH = (
    update(tables.uploads)
    .where(_u.id == bindparam("upload"), _u.state == "open")
    .values(seen_at=bindparam("at", type_=tables.Instant))
)
END = _one.values(state=bindparam("to_state"), ended_at=bindparam("at"))

_UPLOADS = rows_of(tables.uploads, Upload)
_BY_ID = _UPLOADS.where(_u.id == bindparam("upload"))
_OF_LESSONS = _UPLOADS.where(_u.lesson_id.in_(bindparam("lessons", expanding=True))).order_by(_u.created_at, _u.id)
_SAME_FILE = (
    _UPLOADS.where(_u.lesson_id == bindparam("lesson"), _u.fingerprint == bindparam("print"), _u.state == "open")
    .order_by(_u.created_at.desc())
    .limit(1)
)
_OPEN_OF_CYCLE = _UPLOADS.where(_u.cycle_id == bindparam("cycle"), _u.state.in_(("open", "completed"))).order_by(
    _u.created_at.desc(), _u.id
)
_CYCLES_WITH = select(_u.cycle_id).where(_u.person_id == bindparam("person"), _u.cycle_id.is_not(None)).distinct()
_OPEN_OF = _UPLOADS.where(_u.person_id == bindparam("person"), _u.state == "open").order_by(_u.created_at, _u.id)
_held = func.coalesce(_u.size, _u.granted_bytes)
_BYTES_OF_PERSON = select(func.coalesce(func.sum(_held), 0)).where(
    _u.person_id == bindparam("person"), _u.state == "open"
)
_l, _c = tables.lessons.c, tables.cycles.c
_ORIGINALS_OF_PROGRAM = (
    select(func.coalesce(func.sum(_l.original_bytes), 0))
    .join_from(tables.lessons, tables.cycles, _c.id == _l.cycle_id)
    .where(_c.program_id == bindparam("program"))
)
_SENT_TO_PROGRAM = (
    select(func.coalesce(func.sum(_held), 0))
    .select_from(tables.uploads)
    .outerjoin(tables.lessons, _l.id == _u.lesson_id)
    .join(tables.cycles, _c.id == func.coalesce(_u.cycle_id, _l.cycle_id))
    .where(
        _c.program_id == bindparam("program"),
        or_(_u.state.in_(("open", "completed")), and_(_u.role == "resource", _u.state == "assembled")),
    )
)
_ENDED = select(_u.id, _u.state, _u.ended_at).where(_u.id.in_(bindparam("ids", expanding=True)))
_ABANDONED = _UPLOADS.where(_u.state == "open", _u.seen_at < bindparam("before", type_=tables.Instant)).order_by(
    _u.seen_at
)


def forget_names(person_id: str) -> Write:
    """Of the files that this person sent, only the names that they had on their device."""
    return FORGET_NAMES, {"person": person_id}


def add(upload: Upload) -> Write:
    """Insert the upload."""
    return INSERT, msgspec.structs.asdict(upload)


def complete(upload_id: str, *, size: int, blocks: Any, at: datetime) -> Write:
    """Keep the gapless cover the client named; `blocks` is anything msgspec turns into JSON."""
    return COMPLETE, {"upload": upload_id, "bytes": size, "blocks": msgspec.json.encode(blocks).decode(), "at": at}


def assembled(upload_id: str, *, sha256: str, at: datetime) -> Write:
    """The original was put together, read back and hashed."""
    return ASSEMBLED, {"upload": upload_id, "digest": sha256, "at": at}


def kept(upload_id: str, *, sha256: str, name: str, content_type: str, at: datetime) -> Write:
    """A file beside the plan is whole, was read back and hashed, and looked at: type and name are ours."""
    return KEPT, {"upload": upload_id, "digest": sha256, "as_name": name, "as_type": content_type, "at": at}


def end(upload_id: str, state: str, at: datetime) -> Write:
    """`cancelled`, `refused` or `removed`."""
    return END, {"upload": upload_id, "to_state": state, "at": at}


def warn(upload: Upload, at: datetime) -> Write:
    """Its sender is told that it will go, unless it was touched meanwhile, or another process tells them already."""
    return WARN, {"upload": upload.id, "seen": upload.seen_at, "at": at}


def touch(upload_id: str, at: datetime) -> Write:
    """Somebody goes on with it; hits nothing where it has ended."""
    return TOUCH, {"upload": upload_id, "at": at}


def untouched(upload: Upload) -> Select[Any]:
    """Gives a row while the upload is open and nobody has gone on with it: for Act.require."""
    return select(_u.id).where(_u.id == upload.id, _u.state == "open", _u.seen_at == upload.seen_at).with_for_update()


def fewer_open(person_id: str, most: int, *, held: int) -> Select[Any]:
    """Gives a row while the person has fewer open uploads of lessons than that, and all open ones hold no more than
    `held`: for Act.require."""
    mine = (_u.person_id == person_id, _u.state == "open")
    count = select(func.count()).where(*mine, _u.lesson_id.is_not(None)).scalar_subquery()
    return select(literal(1)).where(
        count < most, select(func.coalesce(func.sum(_held), 0)).where(*mine).scalar_subquery() <= held
    )


def under_way_still(cycle_id: str, since: datetime, most: int) -> Select[Any]:
    """Gives a row while no more files than that are under way beside the plan, touched since then: for Act.require."""
    lately = (_u.cycle_id == cycle_id, _u.state.in_(("open", "completed")), _u.seen_at > since)
    return select(literal(1)).where(select(func.count()).where(*lately).scalar_subquery() <= most)


def still_open(upload_id: str) -> Select[Any]:
    """Gives a row while the upload is open, and keeps it so until the commit: for Act.require, or in a transaction."""
    return select(_u.id).where(_u.id == upload_id, _u.state == "open").with_for_update()


async def by_id(tx: AsyncConnection, upload_id: str) -> Upload | None:
    """The upload."""
    return await one(tx, Upload, _BY_ID, upload=upload_id)


async def grant(tx: AsyncConnection, upload_id: str, *, size: int, most: int, at: datetime) -> bool:
    """Let a block of so many bytes through; False where the upload has ended, or it were more than `most` in all."""
    found = await tx.execute(GRANT, {"upload": upload_id, "bytes": size, "most": most, "at": at})
    return found.rowcount == 1


async def recount(tx: AsyncConnection, upload_id: str, *, granted: int, at: datetime) -> bool:
    """Begin again to count from what the store has; False where the upload has ended."""
    found = await tx.execute(RECOUNT, {"upload": upload_id, "granted": granted, "at": at})
    return found.rowcount == 1


async def of_lessons(tx: AsyncConnection, lesson_ids: Iterable[str]) -> list[Upload]:
    """Every upload of these lessons, oldest first."""
    return await many(tx, Upload, _OF_LESSONS, lessons=listed(lesson_ids))


async def open_with_fingerprint(tx: AsyncConnection, lesson_id: str, fingerprint: str) -> Upload | None:
    """The newest open upload of the same file to the lesson."""
    return await one(tx, Upload, _SAME_FILE, lesson=lesson_id, print=fingerprint)


async def under_way_in(tx: AsyncConnection, cycle_id: str) -> list[Upload]:
    """Files beside the plan that are not there yet, newest first."""
    return await many(tx, Upload, _OPEN_OF_CYCLE, cycle=cycle_id)


async def cycles_with(tx: AsyncConnection, person_id: str) -> list[str]:
    """The cycles into which this person sent a file beside the plan."""
    return list((await tx.execute(_CYCLES_WITH, {"person": person_id})).scalars())


async def abandoned(tx: AsyncConnection, before: datetime) -> list[Upload]:
    """Open uploads nobody has touched since then."""
    return await many(tx, Upload, _ABANDONED, before=before)


async def open_of(tx: AsyncConnection, person_id: str) -> list[Upload]:
    """The person's open uploads, oldest first."""
    return await many(tx, Upload, _OPEN_OF, person=person_id)


async def bytes_of_person(tx: AsyncConnection, person_id: str) -> int:
    """What the person's open uploads hold or will hold; of those of an unknown size, what was let through."""
    return int(await tx.scalar(_BYTES_OF_PERSON, {"person": person_id}) or 0)


async def bytes_of_program(tx: AsyncConnection, program_id: str) -> int:
    """What the originals and files of a program hold, and what is on its way there."""
    asked = {"program": program_id}
    return int(await tx.scalar(_ORIGINALS_OF_PROGRAM, asked) or 0) + int(await tx.scalar(_SENT_TO_PROGRAM, asked) or 0)


async def ends(tx: AsyncConnection, ids: Iterable[str]) -> dict[str, tuple[str, datetime | None]]:
    """Of those of the ids that exist: their state, and since when they have ended."""
    return {row.id: (row.state, row.ended_at) for row in await tx.execute(_ENDED, {"ids": listed(ids)})}
