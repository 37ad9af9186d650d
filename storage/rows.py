"""Reading rows into frozen structs whose fields are named like the columns."""

from collections.abc import Iterable, Sequence
from typing import Any, TypeVar

import msgspec
from sqlalchemy import Column, Connection, Select, Table, select
from sqlalchemy.ext.asyncio import AsyncConnection

R = TypeVar("R", bound=msgspec.Struct)
T = TypeVar("T")

SIZES = (1, 8, 64, 256)
"""How many values a statement is prepared for; see `padded`."""


def columns_of(table: Table, row: type[msgspec.Struct]) -> list[Column[Any]]:
    """The table's columns in the order of the struct's fields."""
    return [table.c[name] for name in row.__struct_fields__]


def rows_of(table: Table, row: type[msgspec.Struct]) -> Select[Any]:
    """SELECT exactly the fields of the struct."""
    return select(*columns_of(table, row))


async def one(tx: AsyncConnection, row: type[R], query: Select[Any], **parameters: Any) -> R | None:
    """The first row, or None."""
    found = (await tx.execute(query, parameters)).first()
    return None if found is None else row(*found)


async def many(tx: AsyncConnection, row: type[R], query: Select[Any], **parameters: Any) -> list[R]:
    """Every row."""
    return [row(*found) for found in await tx.execute(query, parameters)]


def rows(connection: Connection, row: type[R], query: Select[Any], **parameters: Any) -> list[R]:
    """Every row, for whoever works `at_once`."""
    return [row(*found) for found in connection.execute(query, parameters)]


def listed(values: Iterable[str]) -> Sequence[str]:
    """The values for an IN, once each, in a stable order."""
    return sorted(set(values))


def padded(values: Sequence[T]) -> list[T]:
    """The values, not none, with the last one again and again, so that a few SIZES mean a few prepared statements."""
    size = next((size for size in SIZES if size >= len(values)), len(values))
    return [*values, *values[-1:] * (size - len(values))]
