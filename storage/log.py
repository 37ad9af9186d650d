"""The streams: append-only, version 1, 2, 3 with no gaps. Reading is folding; resuming is "after 17".

Words that are taken back are the one exception: `rewrite` empties them in the event that holds them.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime

import msgspec
from sqlalchemy import bindparam, func, insert, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from storage import dialect
from storage.at_once import Here
from storage.engine import Write
from storage.failures import StaleVersion
from storage.rows import asked, columns_of, listed, of_values
from storage.tables import events


class Event(msgspec.Struct, frozen=True):
    """What happened, as it is stored; its msgspec JSON is the wire form. `data` is a JSON object, encoded."""

    stream: str
    version: int
    type: str
    at: datetime
    by: str
    data: msgspec.Raw


Range = tuple[str, int, int]
"""(stream, after, limit): the events after a version, at most so many: no later than after + limit, without gaps."""

INSERT = insert(events)
_e = events.c
_ROWS = select(*columns_of(events, Event))
_READ = (
    _ROWS.where(_e.stream == bindparam("of_stream"), _e.version > bindparam("after"))
    .order_by(_e.version)
    .limit(bindparam("most"))
)
_READ_ALL = of_values(lambda streams: _ROWS.where(_e.stream.in_(streams)).order_by(_e.stream, _e.version))
_asked = dialect.items("ranges", "stream", "after", "until")
_READ_RANGES = _ROWS.select_from(_asked.join(events, _e.stream == _asked.c.stream)).where(
    _e.version > _asked.c.after, _e.version <= _asked.c.until
)
_NAMING = _ROWS.where(_e.stream == bindparam("of_stream"), _e.data.contains(bindparam("subject"))).order_by(_e.version)
_OF_PERSON = select(_e.stream).where(_e.by == bindparam("person")).distinct()
_UNDER = (
    select(_e.stream)
    .where(
        dialect.bytewise(_e.stream) >= bindparam("first", type_=_e.stream.type),
        dialect.bytewise(_e.stream) < bindparam("beyond", type_=_e.stream.type),
    )
    .distinct()
)
REWRITE = (
    update(events)
    .where(_e.stream == bindparam("of_stream"), _e.version == bindparam("of_version"))
    .values(data=bindparam("without"))
)
_BEGINNINGS = (
    _ROWS.where(
        _e.version == 1,
        dialect.bytewise(_e.stream) > bindparam("after", type_=_e.stream.type),
        dialect.bytewise(_e.stream) < bindparam("beyond", type_=_e.stream.type),
    )
    .order_by(dialect.bytewise(_e.stream))
    .limit(bindparam("most"))
)
_HEADS = (
    select(_e.stream, func.max(_e.version))
    .where(_e.stream.in_(bindparam("streams", expanding=True)))
    .group_by(_e.stream)
)


async def append(tx: AsyncConnection, new: Sequence[Event]) -> None:
    """Insert events at the versions they carry. StaleVersion where one is taken: roll back."""
    if not new:
        return
    try:
        await tx.execute(INSERT, [{**msgspec.structs.asdict(e), "data": bytes(e.data).decode()} for e in new])
    except IntegrityError as refused:
        raise StaleVersion(new[0].stream) from refused


async def read(tx: AsyncConnection, stream: str, after: int = 0, limit: int = 500) -> list[Event]:
    """The stream's events after a version, in order, at most `limit`; empty for a stream nobody has written."""
    found = await tx.execute(_READ, {"of_stream": stream, "after": after, "most": limit})
    return [event_of(*row) for row in found]


def read_ranges(here: Here, ranges: Sequence[Range]) -> dict[Range, list[Event]]:
    """Of each range the events in order, as `read` gives them. SQLite only; PostgreSQL has its own."""
    asked = msgspec.json.encode([(stream, after, after + limit) for stream, after, limit in ranges]).decode()
    found = here.fetch(_READ_RANGES, {"ranges": asked})
    return by_range(ranges, [event_of(*row) for row in found])


def by_range(ranges: Sequence[Range], found: Iterable[Event]) -> dict[Range, list[Event]]:
    """The events of each range, where `found` has those of all of them, perhaps twice where ranges overlap."""
    of_stream: dict[str, dict[int, Event]] = {}
    for event in found:
        of_stream.setdefault(event.stream, {})[event.version] = event
    answers: dict[Range, list[Event]] = {}
    for stream, after, limit in ranges:
        here, answer, version = of_stream.get(stream, {}), [], after + 1
        while version <= after + limit and version in here:
            answer.append(here[version])
            version += 1
        answers[stream, after, limit] = answer
    return answers


async def naming(tx: AsyncConnection, stream: str, subject: str) -> list[Event]:
    """The stream's events in whose data an id stands, in order."""
    return [event_of(*row) for row in await tx.execute(_NAMING, {"of_stream": stream, "subject": subject})]


async def written_by(tx: AsyncConnection, person: str) -> list[str]:
    """Every stream that has an event of this person. Walks the whole table."""
    return sorted((await tx.execute(_OF_PERSON, {"person": person})).scalars())


async def under(tx: AsyncConnection, prefix: str) -> list[str]:
    """Every stream whose name starts with the prefix, as `notebook/…/`."""
    beyond = prefix[:-1] + chr(ord(prefix[-1]) + 1)
    return sorted((await tx.execute(_UNDER, {"first": prefix, "beyond": beyond})).scalars())


def rewrite(stream: str, version: int, data: bytes) -> Write:
    """Give an event other data, in its place: for words that are taken back, and nothing else.

    Whoever does it has seen that the stream did not move since the data was read, in the same transaction.
    """
    return REWRITE, {"of_stream": stream, "of_version": version, "without": data.decode()}


def read_whole(here: Here, streams: Iterable[str]) -> list[Event]:
    """Every event of these streams, stream by stream, in order."""
    return [event_of(*row) for row in asked(here, _READ_ALL, listed(streams))]


async def beginnings(tx: AsyncConnection, prefix: str, after: str = "", limit: int = 500) -> list[Event]:
    """The first event of each stream whose name starts with the prefix, as `cycle/`, by name, from after that name."""
    beyond = prefix[:-1] + chr(ord(prefix[-1]) + 1)
    found = await tx.execute(_BEGINNINGS, {"after": after or prefix, "beyond": beyond, "most": limit})
    return [event_of(*row) for row in found]


async def heads(tx: AsyncConnection, streams: Iterable[str]) -> dict[str, int]:
    """The version each stream has reached; an empty stream is not in the answer."""
    return {row[0]: row[1] for row in await tx.execute(_HEADS, {"streams": listed(streams)})}


def event_of(stream: str, version: int, type_: str, at: datetime, by: str, data: str) -> Event:
    """The event of a row."""
    return Event(stream, version, type_, at, by, msgspec.Raw(data.encode()))
