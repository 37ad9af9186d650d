"""What there is beside an attempt's renditions: sheets of small pictures, and how loud its sound is."""

import msgspec
from sqlalchemy import bindparam, delete, insert
from sqlalchemy.ext.asyncio import AsyncConnection

from storage import tables
from storage.engine import Write
from storage.rows import one, rows_of


class Preview(msgspec.Struct, frozen=True):
    """`sheets` of tiles, each `tile_width` by `tile_height` pixels (both null without a picture); `peaks`: how many
    bytes of loudness there are, 0 without sound."""

    lesson_id: str
    attempt: int
    sheets: int
    tile_width: int | None
    tile_height: int | None
    peaks: int


_p = tables.previews.c
_attempt = (_p.lesson_id == bindparam("lesson"), _p.attempt == bindparam("of_attempt"))
INSERT = insert(tables.previews)
DELETE_ATTEMPT = delete(tables.previews).where(*_attempt)
_OF_ATTEMPT = rows_of(tables.previews, Preview).where(*_attempt)


def add(preview: Preview) -> Write:
    """Insert what was made; once for an attempt."""
    return INSERT, msgspec.structs.asdict(preview)


def drop_attempt(lesson_id: str, attempt: int) -> Write:
    """Forget an attempt's previews."""
    return DELETE_ATTEMPT, {"lesson": lesson_id, "of_attempt": attempt}


async def of_attempt(tx: AsyncConnection, lesson_id: str, attempt: int) -> Preview | None:
    """The attempt's previews; None before they are all there, and for lessons that were made without."""
    return await one(tx, Preview, _OF_ATTEMPT, lesson=lesson_id, of_attempt=attempt)
