"""What is spelt differently on the two databases, and what is SQLite's alone. PostgreSQL's is in `postgresql`."""

import asyncio
import sqlite3
import threading
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from importlib import import_module
from typing import Any, TypeVar

from sqlalchemy import Insert, Subquery, Table, Text, bindparam, event, literal_column, select, text
from sqlalchemy.dialects import postgresql
from sqlalchemy.dialects.sqlite.aiosqlite import (
    AsyncAdapt_aiosqlite_connection,
    AsyncAdapt_aiosqlite_cursor,
    AsyncAdapt_aiosqlite_dbapi,
)
from sqlalchemy.engine import URL, Connection
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.pool import AsyncAdaptedQueuePool
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement
from sqlalchemy.util import await_only

T = TypeVar("T")


def is_sqlite(url: URL) -> bool:
    """Whether the address names a SQLite file."""
    return url.get_backend_name() == "sqlite"


def sqlite_engines(url: URL, *, readers: int, busy_timeout_ms: int) -> tuple[AsyncEngine, AsyncEngine]:
    """(readers, writer) over one file: WAL, synchronous=FULL, foreign keys on; readers cannot write."""
    if url.database in {None, "", ":memory:"}:
        raise ValueError("SQLite in memory has no second connection: give a file")
    driver = _Driver(import_module("aiosqlite"), sqlite3)
    shared = {"poolclass": AsyncAdaptedQueuePool, "max_overflow": 0, "hide_parameters": True, "module": driver}
    reading = create_async_engine(url, pool_size=readers + 1, **shared)  # one is kept for questions
    writing = create_async_engine(url, pool_size=1, **shared)
    settings = f"PRAGMA busy_timeout={busy_timeout_ms}", "PRAGMA synchronous=FULL", "PRAGMA foreign_keys=ON"
    _prepare(reading, (*settings, "PRAGMA query_only=ON"), begin="BEGIN")
    # Checkpoints cost a second fsync: every 4,000 pages (16 MB) keeps them rare and the WAL small.
    _prepare(
        writing,
        (
            *settings,
            "PRAGMA journal_mode=WAL",
            "PRAGMA wal_autocheckpoint=4000",
            "PRAGMA cache_size=-65536",
            # What is overwritten or deleted leaves no copy in the free parts of a page that is written anyway.
            "PRAGMA secure_delete=FAST",
        ),
        begin="BEGIN IMMEDIATE",
    )
    return reading, writing


class _Cursor(AsyncAdapt_aiosqlite_cursor):
    """A statement and its rows in one trip to the driver's thread, where SQLAlchemy's own makes four.

    A trip costs more than what most of our statements do there.
    """

    __slots__ = ("_said",)
    _awaitable_cursor_close = False

    def __init__(self, adapt_connection: Any) -> None:
        self._adapt_connection = adapt_connection
        self._connection = adapt_connection._connection  # noqa: SLF001 - here and below: what SQLAlchemy's own does
        self._cursor = None  # type: ignore[assignment]  # closed in the thread, once its rows are here
        self._rows = deque()
        self._said: tuple[Any, int, Any] = (None, -1, None)

    @property
    def description(self) -> Any:
        return self._said[0]

    @property
    def rowcount(self) -> int:
        return self._said[1]

    @property
    def lastrowid(self) -> Any:
        return self._said[2]

    def close(self) -> None:
        self._rows.clear()

    def execute(self, operation: Any, parameters: Any = None) -> None:
        self._run("execute", operation, parameters or ())

    def executemany(self, operation: Any, seq_of_parameters: Any) -> None:
        self._run("executemany", operation, seq_of_parameters)

    def _run(self, how: str, operation: Any, parameters: Any) -> None:
        adapted: Any = self._adapt_connection
        begin, driver = adapted.take_begin(), adapted.driver

        def there() -> tuple[tuple[Any, int, Any], list[Any]]:
            if begin is not None:
                driver.execute(begin)
            cursor = getattr(driver, how)(operation, parameters)
            rows = cursor.fetchall() if cursor.description else []
            said = cursor.description, cursor.rowcount, cursor.lastrowid
            cursor.close()
            return said, rows

        try:
            self._said, rows = await_only(adapted.trip(there))
        except Exception as error:  # noqa: BLE001 - raised again
            adapted._handle_exception(error)  # noqa: SLF001
        self._rows = deque(rows)


class _Connection(AsyncAdapt_aiosqlite_connection):
    """A transaction begins with its first statement: SQLite's own would only begin there, too, and one that writes
    needs the file no earlier."""

    __slots__ = ("begin",)
    _cursor_cls = _Cursor

    def __init__(self, dbapi: Any, connection: Any) -> None:
        super().__init__(dbapi, connection)
        self.begin: str | None = None

    @property
    def driver(self) -> sqlite3.Connection:
        """To be used in its thread only, see `trip`."""
        connection: sqlite3.Connection = self._connection._conn  # noqa: SLF001
        return connection

    async def trip(self, there: Callable[[], T]) -> T:
        """Run it in the driver's thread."""
        done: T = await self._connection._execute(there)  # noqa: SLF001
        return done

    def take_begin(self) -> str | None:
        """How the transaction begins, for whoever sends its first statement."""
        begin, self.begin = self.begin, None
        return begin

    def rollback(self) -> None:
        if self.take_begin() is None:
            super().rollback()

    def commit(self) -> None:
        if self.take_begin() is None:
            super().commit()


class _Driver(AsyncAdapt_aiosqlite_dbapi):
    def connect(self, *arguments: Any, **settings: Any) -> _Connection:
        made = super().connect(*arguments, **settings)
        return _Connection(self, made._connection)  # noqa: SLF001


def driver_threads() -> frozenset[threading.Thread]:
    """The threads in which the SQLite driver works."""
    return frozenset(thread for thread in threading.enumerate() if "_connection_worker_thread" in thread.name)


async def ended(threads: Iterable[threading.Thread]) -> None:
    """Wait for threads of connections that could not be made: else their last word finds the loop closed."""
    for thread in threads:
        await asyncio.to_thread(thread.join, 2.0)


def is_locked(refused: Exception) -> bool:
    """Whether SQLite said that somebody else has the file just now."""
    return "database is locked" in str(refused)


def _prepare(engine: AsyncEngine, settings: Sequence[str], *, begin: str) -> None:
    @event.listens_for(engine.sync_engine, "connect")
    def connected(connection: Any, _record: Any) -> None:
        # The driver would begin on its own, late and deferred; we say when.
        connection.isolation_level = None
        cursor = connection.cursor()
        for setting in settings:
            cursor.execute(setting)
        cursor.close()

    @event.listens_for(engine.sync_engine, "begin")
    def begun(connection: Connection) -> None:
        own = own_connection(connection)
        assert own is not None
        own.begin = begin


def upsert(table: Table, *, key: Sequence[str]) -> Insert:
    """INSERT, or where the key is taken, set every other column to the new values.

    PostgreSQL's construct, because it also compiles for SQLite and not the other way round; a test does both.
    """
    statement = postgresql.insert(table)
    others = {c.name: statement.excluded[c.name] for c in table.columns if c.name not in key}
    return statement.on_conflict_do_update(index_elements=list(key), set_=others)


def insert_new(table: Table, *, key: Sequence[str]) -> postgresql.Insert:
    """INSERT, or nothing where the key is taken; like `upsert`."""
    return postgresql.insert(table).on_conflict_do_nothing(index_elements=list(key))


class bytewise(FunctionElement[str]):  # noqa: N801 - it is written like a function of SQL
    """A text column in the order of its bytes, as SQLite has it, whatever language a PostgreSQL database sorts in."""

    inherit_cache = True
    type = Text()


@compiles(bytewise)
def _plain(element: bytewise, compiler: SQLCompiler, **how: Any) -> str:
    return compiler.process(element.clauses, **how)


@compiles(bytewise, "postgresql")
def _collated(element: bytewise, compiler: SQLCompiler, **how: Any) -> str:
    return f'{compiler.process(element.clauses, **how)} COLLATE "C"'


class _each(FunctionElement[Any]):  # noqa: N801 - it is written like a function of SQL
    """The items of a JSON array as rows."""

    inherit_cache = True


class _item(FunctionElement[Any]):  # noqa: N801
    """One item of a JSON array."""

    inherit_cache = True


@compiles(_each)
def _each_of(element: _each, compiler: SQLCompiler, **how: Any) -> str:
    return f"json_each({compiler.process(element.clauses, **how)})"


@compiles(_each, "postgresql")
def _each_of_postgresql(element: _each, compiler: SQLCompiler, **how: Any) -> str:
    return f"json_array_elements(CAST({compiler.process(element.clauses, **how)} AS json))"


@compiles(_item)
def _item_of(element: _item, compiler: SQLCompiler, **how: Any) -> str:
    value, place = element.clauses
    return f"json_extract({compiler.process(value, **how)}, '$[' || {compiler.process(place, **how)} || ']')"


@compiles(_item, "postgresql")
def _item_of_postgresql(element: _item, compiler: SQLCompiler, **how: Any) -> str:
    value, place = element.clauses
    return f"({compiler.process(value, **how)} ->> {compiler.process(place, **how)})"


def items(parameter: str, *columns: str) -> Subquery:
    """The rows of a parameter, a JSON array of arrays, as a table with these columns; on PostgreSQL all are text.

    One statement, prepared once, however many rows there are; and it finds what it is joined with by a key, where an OR
    of many pairs is planned anew each time, and an IN of pairs walks over the table.
    """
    each = _each(bindparam(parameter, type_=Text)).table_valued("value")
    parts = [_item(each.c.value, literal_column(str(n))).label(column) for n, column in enumerate(columns)]
    return select(*parts).select_from(each).subquery()


async def in_transaction(connection: AsyncConnection) -> bool:
    """Whether SQLite itself, whatever we believe, is still inside a transaction. SQLite only."""
    driver = (await connection.get_raw_connection()).driver_connection
    return driver is None or bool(driver.in_transaction)


def own_connection(connection: Connection) -> "_Connection | None":
    """What is below SQLAlchemy's connection to SQLite; None on PostgreSQL."""
    below = connection.connection.dbapi_connection
    return below if isinstance(below, _Connection) else None


DATA_VERSION = text("PRAGMA data_version")
"""A number that changes on a connection when another connection has changed the file. SQLite only."""
