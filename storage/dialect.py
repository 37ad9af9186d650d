"""What is spelt differently on the two databases, and what is SQLite's alone. PostgreSQL's is in `postgresql`."""

import asyncio
import threading
from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import Insert, Table, Text, event
from sqlalchemy.dialects import postgresql
from sqlalchemy.engine import URL, Connection
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.pool import AsyncAdaptedQueuePool
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement


def is_sqlite(url: URL) -> bool:
    """Whether the address names a SQLite file."""
    return url.get_backend_name() == "sqlite"


def sqlite_engines(url: URL, *, readers: int, busy_timeout_ms: int) -> tuple[AsyncEngine, AsyncEngine]:
    """(readers, writer) over one file: WAL, synchronous=FULL, foreign keys on; readers cannot write."""
    if url.database in {None, "", ":memory:"}:
        raise ValueError("SQLite in memory has no second connection: give a file")
    shared = {"poolclass": AsyncAdaptedQueuePool, "max_overflow": 0, "hide_parameters": True}
    reading = create_async_engine(url, pool_size=readers, **shared)
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
        connection.exec_driver_sql(begin)


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


async def in_transaction(connection: AsyncConnection) -> bool:
    """Whether SQLite itself, whatever we believe, is still inside a transaction. SQLite only."""
    driver = (await connection.get_raw_connection()).driver_connection
    return driver is None or bool(driver.in_transaction)


async def data_version(tx: AsyncConnection) -> int:
    """A number that changes on this connection when another connection has changed the file. SQLite only."""
    return int((await tx.exec_driver_sql("PRAGMA data_version")).scalar_one())
