"""The streams: append-only, version 1, 2, 3 with no gaps. Reading is folding; resuming is "after 17"."""

from collections.abc import Iterable, Sequence
from datetime import datetime

import msgspec
from sqlalchemy import bindparam, func, insert, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from storage import dialect
from storage.failures import StaleVersion
from storage.rows import columns_of, listed
from storage.tables import events


class Event(msgspec.Struct, frozen=True):
    """What happened, as it is stored; its msgspec JSON is the wire form. `data` is a JSON object, encoded."""

    stream: str
    version: int
    type: str
    at: datetime
    by: str
    data: msgspec.Raw


INSERT = insert(events)
_e = events.c
_ROWS = select(*columns_of(events, Event))
_READ = (
    _ROWS.where(_e.stream == bindparam("of_stream"), _e.version > bindparam("after"))
    .order_by(_e.version)
    .limit(bindparam("most"))
)
_READ_ALL = _ROWS.where(_e.stream.in_(bindparam("streams", expanding=True))).order_by(_e.stream, _e.version)
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
    return [_event(*row) for row in found]


async def read_whole(tx: AsyncConnection, streams: Iterable[str]) -> list[Event]:
    """Every event of these streams, stream by stream, in order."""
    return [_event(*row) for row in await tx.execute(_READ_ALL, {"streams": listed(streams)})]


async def beginnings(tx: AsyncConnection, prefix: str, after: str = "", limit: int = 500) -> list[Event]:
    """The first event of each stream whose name starts with the prefix, as `cycle/`, by name, from after that name."""
    beyond = prefix[:-1] + chr(ord(prefix[-1]) + 1)
    found = await tx.execute(_BEGINNINGS, {"after": after or prefix, "beyond": beyond, "most": limit})
    return [_event(*row) for row in found]


async def heads(tx: AsyncConnection, streams: Iterable[str]) -> dict[str, int]:
    """The version each stream has reached; an empty stream is not in the answer."""
    return {row[0]: row[1] for row in await tx.execute(_HEADS, {"streams": listed(streams)})}


def _event(stream: str, version: int, type_: str, at: datetime, by: str, data: str) -> Event:
    return Event(stream, version, type_, at, by, msgspec.Raw(data.encode()))
