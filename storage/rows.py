"""Reading rows into frozen structs whose fields are named like the columns."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, TypeVar

import msgspec
from sqlalchemy import Column, Select, Table, bindparam, select
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.at_once import Here

R = TypeVar("R", bound=msgspec.Struct)
Q = TypeVar("Q")
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


def of_values(make: Callable[[Sequence[Any]], Q]) -> Mapping[int, Q]:
    """A statement over several values, prepared for a few sizes of their list; `make` gets the parameters."""
    return {size: make([bindparam(f"v{n}") for n in range(size)]) for size in SIZES}


def asked(here: Here, query: Mapping[int, Select[Any]], values: Sequence[Any]) -> Iterator[Sequence[Any]]:
    """Every row of a query that `of_values` made."""
    for first in range(0, len(values), SIZES[-1]):
        wanted = padded(values[first : first + SIZES[-1]])
        yield from here.fetch(query[len(wanted)], {f"v{n}": value for n, value in enumerate(wanted)})


def listed(values: Iterable[str]) -> Sequence[str]:
    """The values for an IN, once each, in a stable order."""
    return sorted(set(values))


def padded(values: Sequence[T]) -> list[T]:
    """The values, not none and at most 256, with the last one again and again up to one of the SIZES."""
    size = next(size for size in SIZES if size >= len(values))
    return [*values, *[values[-1]] * (size - len(values))]
