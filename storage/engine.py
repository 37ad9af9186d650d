"""The database: readers that see one committed state, and a writer whose transaction has the file to itself.

On SQLite there is one writing connection behind a lock, and each of its transactions starts with BEGIN IMMEDIATE, so a
write never fails half way because another process was quicker. Readers have connections of their own that cannot write.

On PostgreSQL there are two pools. A reader's transaction is REPEATABLE READ and read only, a writer's READ COMMITTED,
and it may name what it wants to have to itself. Waiting is bounded everywhere (`Patience`), and whatever the server or
the network does is DatabaseUnavailable.
"""

import asyncio
from collections.abc import AsyncIterator, Hashable, Iterable, Sequence
from contextlib import asynccontextmanager
from typing import Any, Self, TypeVar

from sqlalchemy import Executable, text
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError, ResourceClosedError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from storage import dialect, postgresql
from storage.asking import Asking, Find
from storage.failures import Conflict, DatabaseUnavailable, Locked
from storage.postgresql import MIGRATING, Patience

__all__ = ["MIGRATING", "Conflict", "Database", "DatabaseUnavailable", "Locked", "Patience", "Write", "apply"]

_UNAVAILABLE = (OperationalError, InterfaceError)

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")

Transaction = AsyncConnection
"""What `read()` and `write()` give; services pass it on to the functions here and run nothing on it themselves."""

Write = tuple[Executable, dict[str, Any]]
"""A SQLAlchemy Core statement made once at module level, and its parameters."""


class Database:
    """One database, open. `read()` and `write()` are the only ways to a connection."""

    def __init__(self, url: URL, readers: AsyncEngine, writers: AsyncEngine) -> None:
        self.url = url
        self.kind = url.get_backend_name()
        self.one_writer = dialect.is_sqlite(url)
        """Whether this process writes through one connection, and nobody else writes meanwhile."""
        self._readers = readers
        self._writers = writers
        self._asking: dict[object, Asking[Any, Any]] = {}
        self._opening = asyncio.Lock()
        self._questioned: AsyncConnection | None = None
        self._writing = asyncio.Lock()
        self._writer: AsyncConnection | None = None
        self.closed = False
        self.writer_generation = 0
        """How often the writing connection was opened: what a connection remembers (data_version) ends with it."""

    @classmethod
    async def open(
        cls,
        url: str,
        *,
        readers: int | None = None,
        writers: int = 6,
        busy_timeout_ms: int = 5_000,
        patience: Patience = Patience(),  # noqa: B008 - frozen
    ) -> Self:
        """Open `sqlite:///path` or `postgresql://…` and ask it one question. Raises DatabaseUnavailable.

        `readers` are connections, 4 on SQLite and 6 on PostgreSQL; `writers` and `patience` are for PostgreSQL,
        `busy_timeout_ms` is SQLite's.
        """
        address = database_url(url)
        if dialect.is_sqlite(address):
            pools = dialect.sqlite_engines(address, readers=readers or 4, busy_timeout_ms=busy_timeout_ms)
        else:
            pools = postgresql.engines(address, readers=readers or 6, writers=writers, patience=patience)
        database = cls(address, *pools)
        before = dialect.driver_threads()
        try:
            if database.one_writer:
                await database._make_file(busy_timeout_ms)
            await database.ping()
        except DBAPIError as failure:  # also a file that is no database
            await database.close()
            raise DatabaseUnavailable(reason(failure)) from failure
        except BaseException:
            await database.close()
            raise
        finally:
            if database.closed:
                await dialect.ended(dialect.driver_threads() - before)
        return database

    async def _make_file(self, patience_ms: int) -> None:
        """Make the file and its WAL, which a reading connection may not.

        Of two that make it at once SQLite refuses one at once, whatever the busy timeout; so this waits by itself.
        """
        until = asyncio.get_running_loop().time() + patience_ms / 1000
        while True:
            try:
                async with self.write() as tx:
                    await tx.execute(text("SELECT 1"))
                    return
            except DatabaseUnavailable as refused:
                if not dialect.is_locked(refused) or asyncio.get_running_loop().time() > until:
                    raise
                await asyncio.sleep(0.02)

    @asynccontextmanager
    async def read(self) -> AsyncIterator[AsyncConnection]:
        """A connection that sees one committed state until the block ends. Nothing it does is kept."""
        try:
            async with self._connected(self._readers) as connection:
                yield connection
        except _UNAVAILABLE as failure:
            raise DatabaseUnavailable(reason(failure)) from failure

    async def together(self, find: Find[K, V], key: K) -> V | None:
        """What `find`, a function of a module, answers for the key in a `read()` that begins from now on; those who
        ask it at the same moment share one."""
        asking = self._asking.get(find)
        if asking is None:
            asking = self._asking[find] = Asking(self._questions if self.one_writer else self.read, find)
        answer: V | None = await asking.ask(key)
        return answer

    @asynccontextmanager
    async def _questions(self) -> AsyncIterator[AsyncConnection]:
        """A connection of their own for those who ask on SQLite, kept, since a pool costs more than their question.

        Several may use it at once: each goes to SQLite's thread with a whole transaction.
        """
        connection = None
        try:
            async with self._opening:
                if self._questioned is None or self._questioned.closed or self._questioned.invalidated:
                    self._questioned = await self._readers.connect()
                connection = self._questioned
            yield connection
        except _UNAVAILABLE as failure:
            if connection is not None and self._questioned is connection:  # the next question opens another
                self._questioned = None
                await connection.close()
            raise DatabaseUnavailable(reason(failure)) from failure
        except ResourceClosedError as closed:
            raise DatabaseUnavailable("the connection was just given up") from closed

    @asynccontextmanager
    async def write(
        self, *, locking: Iterable[str] = (), patience_s: float | None = None
    ) -> AsyncIterator[AsyncConnection]:
        """A transaction: committed when the block ends, rolled back when it raises.

        Until it ends nobody else has one that is `locking` one of the same names; Locked where it waits for that, or
        for a row, longer than `patience_s`. On SQLite every transaction has the whole file to itself.

        Raises DatabaseUnavailable where the database could not begin, go on or commit. One that was lost in the very
        commit may have been kept.
        """
        if not self.one_writer:
            async with (
                self._connected(self._writers) as connection,
                postgresql.transaction(connection, locking=locking, patience_s=patience_s),
            ):
                yield connection
            return
        try:
            async with self._writing:
                connection = await self._the_writer()
                try:
                    async with connection.begin():
                        yield connection
                finally:
                    # A cancelled statement costs the connection, and a COMMIT that failed leaves SQLite inside the
                    # transaction. The next writer opens another connection.
                    if connection.invalidated or await dialect.in_transaction(connection):
                        self._writer = None
                        await connection.invalidate()
                        await connection.close()
        except _UNAVAILABLE as failure:
            raise DatabaseUnavailable(reason(failure)) from failure

    @asynccontextmanager
    async def single(self, *, patience_s: float) -> AsyncIterator[AsyncConnection]:
        """A connection on which every statement is a transaction of its own and waits for others only so long.

        PostgreSQL only.
        """
        async with self._connected(self._writers) as connection, postgresql.impatient(connection, patience_s):
            yield connection

    @asynccontextmanager
    async def _connected(self, engine: AsyncEngine) -> AsyncIterator[AsyncConnection]:
        try:
            connection = await engine.connect()
        except Exception as failure:
            if (said := postgresql.not_connected(failure)) is not None:
                raise said from failure
            raise
        try:
            yield connection
        finally:
            await connection.close()

    async def _the_writer(self) -> AsyncConnection:
        if self._writer is None:
            self._writer = await self._writers.connect()
            self.writer_generation += 1
        return self._writer

    async def ping(self) -> None:
        """Return if the database answers; raise DatabaseUnavailable if not."""
        async with self.read() as tx:
            await tx.execute(text("SELECT 1"))

    async def close(self) -> None:
        """Wait for the transaction under way and close every connection."""
        self.closed = True
        async with self._writing:
            if self._writer is not None:
                await self._writer.close()
                self._writer = None
        async with self._opening:
            if self._questioned is not None:
                await self._questioned.close()
                self._questioned = None
        await self._writers.dispose()
        await self._readers.dispose()


def database_url(url: str) -> URL:
    """The address with the driver we use, whichever the given one names."""
    address = make_url(url)
    match address.get_backend_name():
        case "sqlite":
            return address.set(drivername="sqlite+aiosqlite")
        case "postgresql":
            return address.set(drivername="postgresql+asyncpg")
        case other:
            raise ValueError(f"{other} is not a database we know: use sqlite or postgresql")


def reason(failure: DBAPIError) -> str:
    """What the driver said, without the statement and its parameters, which may hold words of people."""
    return f"{type(failure.orig).__name__}: {failure.orig}"


async def hits(tx: AsyncConnection, write: Write) -> int:
    """Run one write and return how many rows it changed."""
    statement, parameters = write
    return (await tx.execute(statement, parameters)).rowcount


async def apply(tx: AsyncConnection, writes: Sequence[Write]) -> None:
    """Run writes in order."""
    for statement, parameters in writes:
        await tx.execute(statement, parameters)
