"""Who may read which stream, and as what. Every change bumps the `grants` counter, so that `live` notices."""

from collections.abc import Iterable, Sequence
from datetime import datetime

import msgspec
from sqlalchemy import and_, bindparam, delete, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from storage import dialect, tables
from storage.at_once import Here
from storage.engine import Write
from storage.rows import listed, many, rows_of

WAKE = "grants"
"""The name under which the bus says that grants, or sessions, have changed."""


class Grant(msgspec.Struct, frozen=True):
    """The person reads the stream as teacher, coach or observer, until then or until it is revoked."""

    person_id: str
    stream: str
    role: str
    created_at: datetime
    until_at: datetime | None = None


_g = tables.grants.c
GRANT = dialect.upsert(tables.grants, key=("person_id", "stream"))
REVOKE = delete(tables.grants).where(_g.person_id == bindparam("person"), _g.stream == bindparam("of_stream"))
BUMP = (
    update(tables.counters)
    .where(tables.counters.c.name == bindparam("counter"))
    .values(value=tables.counters.c.value + 1)
)
BUMPED: Write = (BUMP, {"counter": "grants"})

_live = or_(_g.until_at.is_(None), _g.until_at > bindparam("now", type_=tables.Instant))
_ROLE = select(_g.role).where(_g.person_id == bindparam("person"), _g.stream == bindparam("of_stream"), _live)
_ROLES = select(_g.stream, _g.role).where(
    _g.person_id == bindparam("person"), _g.stream.in_(bindparam("streams", expanding=True)), _live
)
_asked = dialect.items("pairs", "person", "stream")
_OF_PAIRS = rows_of(tables.grants, Grant).select_from(
    _asked.join(tables.grants, and_(_g.person_id == _asked.c.person, _g.stream == _asked.c.stream))
)
_OF_PERSON = rows_of(tables.grants, Grant).where(
    _g.person_id == bindparam("person"),
    dialect.bytewise(_g.stream) >= bindparam("first", type_=_g.stream.type),
    dialect.bytewise(_g.stream) < bindparam("beyond", type_=_g.stream.type),
    _live,
)
_READERS = rows_of(tables.grants, Grant).where(_g.stream == bindparam("of_stream"), _live).order_by(_g.person_id)
_COUNTER = select(tables.counters.c.value).where(tables.counters.c.name == "grants")


def grant(person_id: str, stream: str, role: str, *, at: datetime, until: datetime | None = None) -> list[Write]:
    """Let the person read the stream; a grant they already have gets the new role and end."""
    given = Grant(person_id, stream, role, at, until)
    return [(GRANT, msgspec.structs.asdict(given)), BUMPED]


def revoke(person_id: str, stream: str) -> list[Write]:
    """Take the grant away; harmless where there is none."""
    return [(REVOKE, {"person": person_id, "of_stream": stream}), BUMPED]


async def role(tx: AsyncConnection, person_id: str, stream: str, now: datetime) -> str | None:
    """What the person may read the stream as, or None: then it does not exist for them."""
    found: str | None = await tx.scalar(_ROLE, {"person": person_id, "of_stream": stream, "now": now})
    return found


def of_pairs(here: Here, pairs: Sequence[tuple[str, str]]) -> dict[tuple[str, str], Grant]:
    """The grants of these (person, stream), by pair; whether one has run out is for the caller's clock."""
    found = [Grant(*row) for row in here.fetch(_OF_PAIRS, {"pairs": msgspec.json.encode(pairs).decode()})]
    return {(grant.person_id, grant.stream): grant for grant in found}


async def roles(tx: AsyncConnection, person_id: str, streams: Iterable[str], now: datetime) -> dict[str, str]:
    """The person's role by stream, without those they may not read."""
    found = await tx.execute(_ROLES, {"person": person_id, "streams": listed(streams), "now": now})
    return {row.stream: row.role for row in found}


async def streams_of(tx: AsyncConnection, person_id: str, now: datetime, prefix: str) -> dict[str, str]:
    """The person's role by stream, for the streams whose name starts with the prefix, as `lesson/`."""
    return {grant.stream: grant.role for grant in await of_person(tx, person_id, now, prefix)}


async def of_person(tx: AsyncConnection, person_id: str, now: datetime, prefix: str) -> list[Grant]:
    """The same with each grant's end."""
    beyond = prefix[:-1] + chr(ord(prefix[-1]) + 1)
    return await many(tx, Grant, _OF_PERSON, person=person_id, now=now, first=prefix, beyond=beyond)


async def readers(tx: AsyncConnection, stream: str, now: datetime) -> list[Grant]:
    """Everyone who may read the stream."""
    return await many(tx, Grant, _READERS, of_stream=stream, now=now)


async def counter(tx: AsyncConnection) -> int:
    """How many changes of grants there have ever been."""
    return int((await tx.scalar(_COUNTER)) or 0)
