"""An account of what was taken back: who, when, in which events. Ids, versions and counts, never words."""

from datetime import datetime

import msgspec
from sqlalchemy import bindparam, insert
from sqlalchemy.ext.asyncio import AsyncConnection

from storage import tables
from storage.engine import Write
from storage.rows import many, rows_of


class Account(msgspec.Struct, frozen=True):
    """`act`: edit, remove or erase. `about`: JSON of the ids and the versions it concerns."""

    id: str
    at: datetime
    by: str
    act: str
    stream: str
    about: str


INSERT = insert(tables.audit)
_a = tables.audit.c
_OF_STREAM = rows_of(tables.audit, Account).where(_a.stream == bindparam("of_stream")).order_by(_a.at, _a.id)


def add(account: Account) -> Write:
    return INSERT, msgspec.structs.asdict(account)


async def of_stream(tx: AsyncConnection, stream: str) -> list[Account]:
    """What was taken back in a stream, in order."""
    return await many(tx, Account, _OF_STREAM, of_stream=stream)
