"""PostgreSQL: its pools, its patience, what its errors mean, and the three statements that must be quick.

The only module that knows the driver. Everything else about PostgreSQL is plain SQLAlchemy, the same as on SQLite.
"""

import asyncio
import hashlib
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import asyncpg
from sqlalchemy import event
from sqlalchemy.engine import URL, ExceptionContext
from sqlalchemy.exc import DBAPIError, DisconnectionError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine
from sqlalchemy.util import await_only

from storage.failures import Conflict, DatabaseUnavailable, Locked, StaleVersion

IDLE_S = 1
"""A connection that was idle for longer is asked whether it still lives before it is used."""


@dataclass(frozen=True, slots=True)
class Patience:
    """How long PostgreSQL may keep us, and we it, in seconds; 0 is for ever, where the server decides."""

    connect_s: float = 5
    """Until a new connection stands."""
    pool_s: float = 5
    """Until one of our connections is free."""
    statement_s: float = 10
    lock_s: float = 3
    idle_in_transaction_s: float = 15
    """A transaction of a process that stopped half way ends then, and with it its locks."""
    silence_s: float = 15
    """A server that says nothing at all, not even that the statement took too long."""


MIGRATING = Patience(statement_s=0, idle_in_transaction_s=0, silence_s=0)
"""A migration takes the time it takes; only a lock it cannot get ends it."""


def engines(url: URL, *, readers: int, writers: int, patience: Patience) -> tuple[AsyncEngine, AsyncEngine]:
    """(readers, writers): transactions that see one committed state and cannot write; and connections that begin
    nothing by themselves, see `transaction`."""
    settings = {
        "application_name": "farfield",
        "statement_timeout": _ms(patience.statement_s),
        "lock_timeout": _ms(patience.lock_s),
        "idle_in_transaction_session_timeout": _ms(patience.idle_in_transaction_s),
        "jit": "off",  # our statements are short
    }
    shared = {
        "max_overflow": 0,
        "pool_timeout": patience.pool_s,
        "hide_parameters": True,
        "connect_args": {
            "timeout": patience.connect_s,
            "command_timeout": patience.silence_s or None,
            "server_settings": settings,
        },
    }
    reading = create_async_engine(
        url,
        pool_size=readers,
        isolation_level="REPEATABLE READ",
        execution_options={"postgresql_readonly": True},
        **shared,
    )
    writing = create_async_engine(url, pool_size=writers, isolation_level="AUTOCOMMIT", **shared)
    for engine in (reading, writing):
        _translate_errors(engine)
        _ask_after_idling(engine)
    return reading, writing


def _ms(seconds: float) -> str:
    return str(round(seconds * 1000))


def _translate_errors(engine: AsyncEngine) -> None:
    @event.listens_for(engine.sync_engine, "handle_error")
    def translated(context: ExceptionContext) -> BaseException | None:
        if isinstance(context.original_exception, OSError | TimeoutError):
            context.is_disconnect = True  # whatever the connection still does, nobody waits for it
        return unavailable(context.original_exception)


def _ask_after_idling(engine: AsyncEngine) -> None:
    """What SQLAlchemy's pre-ping does, but not a thousand times a second: that costs as much as a small act."""

    @event.listens_for(engine.sync_engine, "checkin")
    def returned(_connection: Any, record: Any) -> None:
        record.info["idle_since"] = asyncio.get_running_loop().time()

    @event.listens_for(engine.sync_engine, "checkout")
    def taken(connection: Any, record: Any, _proxy: Any) -> None:
        driver: asyncpg.Connection[asyncpg.Record] = connection.driver_connection
        idle_since = record.info.get("idle_since")
        try:
            if driver.is_closed():
                raise DisconnectionError
            if idle_since is not None and asyncio.get_running_loop().time() - idle_since > IDLE_S:
                await_only(driver.fetchrow(";", timeout=2))
        except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError) as gone:
            raise DisconnectionError from gone  # the pool opens another one


def unavailable(failure: BaseException) -> DatabaseUnavailable | None:
    """What an error of the driver means for whoever asked; None where it is about what was asked."""
    failure = getattr(failure, "driver_exception", failure)
    said = f"{type(failure).__name__}: {failure.args[0] if failure.args else ''}"  # without DETAIL, which quotes rows
    match failure:
        case asyncpg.DeadlockDetectedError() | asyncpg.SerializationError():
            return Conflict(said)
        case asyncpg.LockNotAvailableError():
            return Locked(said)
        case asyncpg.PostgresError(sqlstate=str(state)) if state[:2] in _AWAY or state in _AWAY_EXACTLY:
            return DatabaseUnavailable(said)
        case asyncpg.InterfaceError() if not isinstance(failure, ValueError):  # those are about a parameter
            return DatabaseUnavailable(said)
        case OSError() | TimeoutError():
            return DatabaseUnavailable(said)
    return None


_AWAY = {"08", "53", "57", "58"}
"""Connection lost, out of resources, stopped or cancelled by the server, its disk."""
_AWAY_EXACTLY = {
    "25006",  # writing to a standby
    "25P03",  # idle in a transaction for too long
    "25P04",
}


def not_connected(failure: BaseException) -> DatabaseUnavailable | None:
    """The same for an error in getting a connection: there a wrong password means it, too."""
    said = unavailable(failure)
    if said is None and isinstance(failure, PoolTimeout | DBAPIError | asyncpg.PostgresError):
        said = DatabaseUnavailable(f"{type(failure).__name__}: {failure.args[0]}")
    return said


def broken_rule(failure: BaseException) -> str | None:
    """The constraint that refused a row, or the code of what is wrong with a value; None where the database is well.

    Only the name: what PostgreSQL says beside it quotes the row.
    """
    cause = getattr(getattr(failure, "orig", failure), "driver_exception", failure)
    if isinstance(cause, asyncpg.IntegrityConstraintViolationError):
        return f"{type(cause).__name__}: {cause.constraint_name}"
    if isinstance(cause, asyncpg.DataError) or getattr(cause, "sqlstate", "")[:2] == "22":
        return type(cause).__name__
    return None


@asynccontextmanager
async def saying_unavailable() -> AsyncIterator[None]:
    """Translate errors of statements that go to the driver directly."""
    try:
        yield
    except (asyncpg.PostgresError, asyncpg.InterfaceError, OSError, TimeoutError) as failure:
        if (said := unavailable(failure)) is not None:
            raise said from failure
        raise


async def driver_of(connection: AsyncConnection) -> "asyncpg.Connection[asyncpg.Record]":
    """The driver's own connection below SQLAlchemy's."""
    driver: asyncpg.Connection[asyncpg.Record] = (await connection.get_raw_connection()).driver_connection
    return driver


@asynccontextmanager
async def transaction(
    connection: AsyncConnection, *, locking: Iterable[str], patience_s: float, lock_s: float
) -> AsyncIterator[AsyncConnection]:
    """A READ COMMITTED transaction in which nobody else holds these names; Locked where somebody does for too long.

    BEGIN and the locks are one message. Names are locked in one order, so that two transactions never wait for each
    other over them. A transaction that is left in doubt costs its connection, which rolls back on the server.
    """
    driver = await driver_of(connection)
    keys = sorted({lock_key(name) for name in locking})
    begin = "BEGIN"
    if keys:
        begin = (
            f"BEGIN; SET LOCAL lock_timeout = {_ms(patience_s)}; "  # noqa: S608 - numbers
            f"SELECT pg_advisory_xact_lock(key) FROM unnest(ARRAY{keys}::bigint[]) key; "
            f"SET LOCAL lock_timeout = {_ms(lock_s)}"
        )
    try:
        async with saying_unavailable():
            await driver.execute(begin)
        yield connection
        async with saying_unavailable():
            await driver.execute("COMMIT")
    except Exception as failure:
        try:
            if driver.is_closed() or isinstance(failure.__cause__, TimeoutError):
                raise ConnectionError
            await driver.execute("ROLLBACK", timeout=2)
        except (asyncpg.PostgresError, asyncpg.InterfaceError, OSError):
            await connection.invalidate()
        raise
    except BaseException:
        await connection.invalidate()
        raise


def lock_key(name: str) -> int:
    """A name as an advisory lock's 64 bits. Two names with one key would only wait for each other in vain."""
    return int.from_bytes(hashlib.blake2b(name.encode(), digest_size=8).digest(), "big", signed=True)


# One message brings all that acts need to be decided. LATERAL keeps the planner at one walk of the key a stream, also
# while its figures still say that the table is empty.
_LOAD = """
SELECT false, c.id, c.person_id, 0::bigint, 0::bigint, c.digest, c.answer
FROM commands c WHERE c.id = ANY($1::text[])
UNION ALL
SELECT true, e.stream, e.type, e.version, e.at, e.by, e.data
FROM unnest($2::text[], $3::bigint[]) AS held(stream, version)
CROSS JOIN LATERAL (
    SELECT * FROM events WHERE events.stream = held.stream AND events.version > held.version ORDER BY events.version
) e
"""
_APPEND = """
WITH answered AS (
    INSERT INTO commands (id, person_id, digest, answer, at)
    SELECT * FROM unnest($7::text[], $8::text[], $9::text[], $10::text[], $11::bigint[])
)
INSERT INTO events (stream, version, type, at, by, data)
SELECT * FROM unnest($1::text[], $2::bigint[], $3::text[], $4::bigint[], $5::text[], $6::text[])
"""


async def load(
    tx: AsyncConnection, command_ids: Sequence[str], held: Mapping[str, int]
) -> tuple[list[tuple[Any, ...]], list[tuple[Any, ...]]]:
    """(commands with these ids: id, person, digest, answer), (events after the held version of each stream:
    stream, type, version, epoch ms, by, data; of each stream in order)."""
    async with saying_unavailable():
        found = await (await driver_of(tx)).fetch(_LOAD, command_ids, list(held), list(held.values()))
    commands = [(row[1], row[2], row[5], row[6]) for row in found if not row[0]]
    events = sorted((tuple(row[1:]) for row in found if row[0]), key=lambda row: (row[0], row[2]))
    return commands, events


async def append(tx: AsyncConnection, events: Sequence[tuple[Any, ...]], commands: Sequence[tuple[Any, ...]]) -> None:
    """Insert events (stream, version, type, ms, by, data) and commands (id, person, digest, answer, ms).

    Raises StaleVersion where one of them is there already: roll back.
    """
    columns = [*_columns(events, 6), *_columns(commands, 5)]
    try:
        async with saying_unavailable():
            await (await driver_of(tx)).execute(_APPEND, *columns)
    except asyncpg.UniqueViolationError as taken:
        raise StaleVersion(taken.constraint_name) from taken


def _columns(rows: Sequence[tuple[Any, ...]], width: int) -> list[list[Any]]:
    return [list(column) for column in zip(*rows, strict=True)] if rows else [[] for _ in range(width)]
