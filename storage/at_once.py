"""Statements without waiting in between, in one go.

On SQLite all of them are one trip to the driver's thread, and go to it as they were compiled once: either way, through
the thread for each and through SQLAlchemy, costs several times what most of our statements cost themselves. On
PostgreSQL they are plain SQLAlchemy.
"""

import asyncio
import sqlite3
from collections.abc import Callable, Iterable, Mapping, MutableMapping, Sequence
from typing import Any, Protocol, TypeVar

from sqlalchemy import Connection, Executable
from sqlalchemy.engine import Dialect
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.util import LRUCache

from storage import dialect

T = TypeVar("T")
Row = Mapping[str, Any]


class Here(Protocol):
    """Where the work is done: inside a transaction, by one task at a time, touching nothing that others use."""

    def fetch(self, query: Executable, parameters: Row) -> Iterable[Sequence[Any]]:
        """Every row. The query was made once at module level, and expands nothing."""
        ...

    def run(self, statement: Executable, rows: Sequence[Row]) -> None:
        """The statement, made once at module level, once for each of the rows, which have the same keys."""
        ...


class Plain:
    """See Here. Through SQLAlchemy."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection

    def fetch(self, query: Executable, parameters: Row) -> Iterable[Sequence[Any]]:
        return self.connection.execute(query, parameters)

    def run(self, statement: Executable, rows: Sequence[Row]) -> None:
        self.connection.execute(statement, rows if len(rows) > 1 else rows[0])


class _Prepared:
    """A statement as SQLite takes it, and what turns our values into its and back."""

    def __init__(self, statement: Any, dialect: Dialect, keys: Iterable[str]) -> None:
        compiled = statement.compile(dialect=dialect, column_keys=list(keys))
        assert isinstance(compiled, SQLCompiler)
        self.sql = compiled.string
        fixed = compiled.params  # of what the statement says itself; None for what its parameters say
        self._order = [(name, fixed.get(name), _processor(compiled, name)) for name in compiled.positiontup or ()]
        kinds = [column.type for column in getattr(statement, "selected_columns", ())]
        back = [kind.dialect_impl(dialect).result_processor(dialect, None) for kind in kinds]
        self._back = [(n, turn) for n, turn in enumerate(back) if turn is not None]

    def there(self, row: Row) -> list[Any]:
        values = [(row.get(name, fixed), turn) for name, fixed, turn in self._order]
        return [value if turn is None else turn(value) for value, turn in values]

    def back(self, found: Sequence[Any]) -> Sequence[Any]:
        row = list(found)
        for n, turn in self._back:
            row[n] = turn(row[n])
        return row


def _processor(compiled: SQLCompiler, name: str) -> Callable[[Any], Any] | None:
    """What turns a value into the driver's."""
    kind = compiled.binds[name].type
    return kind.dialect_impl(compiled.dialect).bind_processor(compiled.dialect)


class _Straight:
    """See Here. To SQLite itself, in its thread."""

    _prepared: MutableMapping[Any, _Prepared] = LRUCache(300)

    def __init__(self, driver: sqlite3.Connection, dialect: Dialect) -> None:
        self._driver = driver
        self._dialect = dialect

    def fetch(self, query: Executable, parameters: Row) -> Iterable[Sequence[Any]]:
        prepared = self._of(query, parameters)
        return [prepared.back(row) for row in self._driver.execute(prepared.sql, prepared.there(parameters))]

    def run(self, statement: Executable, rows: Sequence[Row]) -> None:
        prepared = self._of(statement, rows[0])
        if len(rows) == 1:
            self._driver.execute(prepared.sql, prepared.there(rows[0]))
        else:
            self._driver.executemany(prepared.sql, [prepared.there(row) for row in rows])

    def _of(self, statement: Executable, row: Row) -> _Prepared:
        key = (statement, tuple(row)) if len(row) < 20 else statement
        prepared = self._prepared.get(key)
        if prepared is None:
            prepared = self._prepared[key] = _Prepared(statement, self._dialect, row)
        return prepared


async def at_once(tx: AsyncConnection, work: Callable[..., T], *arguments: Any, snapshot: bool = False) -> T:
    """Run `work(here, *arguments)` in the transaction and return what it returns.

    With `snapshot`, on a connection that is in none: in a transaction of its own, which keeps nothing.
    """
    connection = tx.sync_connection
    assert connection is not None
    own = dialect.own_connection(connection)
    if own is None:
        return await tx.run_sync(lambda plain: work(Plain(plain), *arguments))
    if not snapshot and not connection.in_transaction():
        connection.begin()  # as SQLAlchemy does with the first statement of a `read()`, which this may be

    def there() -> T:
        driver = own.driver
        begin = "BEGIN" if snapshot else own.take_begin()
        try:
            if begin is not None:
                driver.execute(begin)
            return work(_Straight(driver, connection.dialect), *arguments)
        except sqlite3.Error as error:
            # As SQLAlchemy would raise it. The parameters may hold words of people.
            raise DBAPIError.instance(None, None, error, sqlite3.Error, hide_parameters=True) from error
        finally:
            if snapshot and driver.in_transaction:
                driver.rollback()

    try:
        return await own.trip(there)
    except asyncio.CancelledError:  # it is still at work there
        await tx.invalidate()
        raise
