"""Calendar feeds: the secret address under which a calendar program reads a person's dates. One a person, as a hash."""

from datetime import datetime

import msgspec
from sqlalchemy import bindparam, delete
from sqlalchemy.ext.asyncio import AsyncConnection

from storage import dialect, tables
from storage.engine import Write
from storage.rows import one, rows_of


class CalendarFeed(msgspec.Struct, frozen=True):
    """Whose dates the token of this hash shows."""

    person_id: str
    token_hash: str
    created_at: datetime


_f = tables.calendar_feeds.c
PUT = dialect.upsert(tables.calendar_feeds, key=("person_id",))
REMOVE = delete(tables.calendar_feeds).where(_f.person_id == bindparam("person"))
_FEEDS = rows_of(tables.calendar_feeds, CalendarFeed)
_FIND = _FEEDS.where(_f.token_hash == bindparam("hash"))
_OF_PERSON = _FEEDS.where(_f.person_id == bindparam("person"))


def put(feed: CalendarFeed) -> Write:
    """Make the person's feed; the one they had opens nothing more."""
    return PUT, msgspec.structs.asdict(feed)


def remove(person_id: str) -> Write:
    """End the person's feed; its rowcount says whether there was one."""
    return REMOVE, {"person": person_id}


async def find(tx: AsyncConnection, token_hash: str) -> CalendarFeed | None:
    """The feed whose address carries the token of this hash."""
    return await one(tx, CalendarFeed, _FIND, hash=token_hash)


async def of_person(tx: AsyncConnection, person_id: str) -> CalendarFeed | None:
    """The person's feed."""
    return await one(tx, CalendarFeed, _OF_PERSON, person=person_id)
