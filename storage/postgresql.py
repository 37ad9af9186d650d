"""PostgreSQL: its pools, its patience, what its errors mean, and a transaction that has some names to itself.

Only this module and `postgresql_log`, the few statements that must be quick, know the driver. Everything else about
PostgreSQL is plain SQLAlchemy, the same as on SQLite.
"""

import asyncio
import hashlib
from collections.abc import AsyncIterator, Iterable
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

from storage.failures import Conflict, DatabaseUnavailable, Locked

DRIVER_ERRORS = (asyncpg.PostgresError, asyncpg.InterfaceError, asyncpg.InternalClientError, OSError)

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

    def engine(size: int, settings: dict[str, str], **more: Any) -> AsyncEngine:
        made = create_async_engine(
            url,
            pool_size=size,
            max_overflow=0,
            pool_timeout=patience.pool_s,
            hide_parameters=True,
            connect_args={
                "timeout": patience.connect_s,
                "command_timeout": patience.silence_s or None,
                "server_settings": settings,
            },
            **more,
        )
        _translate_errors(made)
        _ask_after_idling(made)
        return made

    reading = engine(
        readers, settings, isolation_level="REPEATABLE READ", execution_options={"postgresql_readonly": True}
    )
    # What a writer sends finds its rows by a key, whichever they are: to plan it anew costs as much as to do it.
    generic = {"plan_cache_mode": "force_generic_plan"}
    return reading, engine(writers, settings | generic, isolation_level="AUTOCOMMIT")


def _ms(seconds: float) -> str:
    return str(round(seconds * 1000))


def _translate_errors(engine: AsyncEngine) -> None:
    @event.listens_for(engine.sync_engine, "handle_error")
    def translated(context: ExceptionContext) -> BaseException | None:
        if isinstance(context.original_exception, OSError):
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
        except DRIVER_ERRORS as gone:
            raise DisconnectionError from gone  # the pool opens another one


def unavailable(failure: BaseException) -> DatabaseUnavailable | None:
    """What an error of the driver means for whoever asked; None where it is about what was asked."""
    failure = getattr(failure, "driver_exception", failure)
    said = f"{type(failure).__name__}: {failure.args[0] if failure.args else ''}"  # without DETAIL, which quotes rows
    if isinstance(failure, TimeoutError):
        said = "no answer came in time"
    match failure:
        case asyncpg.DeadlockDetectedError() | asyncpg.SerializationError():
            return Conflict(said)
        case asyncpg.LockNotAvailableError():
            return Locked(said)
        case asyncpg.PostgresError(sqlstate=str(state)) if state[:2] in _AWAY or state in _AWAY_EXACTLY:
            return DatabaseUnavailable(said)
        case asyncpg.InterfaceError() if isinstance(failure, ValueError):  # about a parameter
            return None
        case asyncpg.InterfaceError() | asyncpg.InternalClientError() | OSError():  # TimeoutError is an OSError
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
    except DRIVER_ERRORS as failure:
        if (said := unavailable(failure)) is not None:
            raise said from failure
        raise


def driver_of(connection: AsyncConnection) -> "asyncpg.Connection[asyncpg.Record]":
    """The driver's own connection below SQLAlchemy's."""
    assert connection.sync_connection is not None
    driver: asyncpg.Connection[asyncpg.Record] = connection.sync_connection.connection.driver_connection
    return driver


@asynccontextmanager
async def transaction(
    connection: AsyncConnection, *, locking: Iterable[str], patience_s: float | None
) -> AsyncIterator[AsyncConnection]:
    """A READ COMMITTED transaction in which nobody else holds these names; Locked where somebody does for too long.

    BEGIN and the locks are one message. Names are locked in one order, so that two transactions never wait for each
    other over them. A transaction that is left in doubt costs its connection, which rolls back on the server.
    """
    driver = driver_of(connection)
    begin = ["BEGIN"]
    if patience_s is not None:
        begin.append(f"SET LOCAL lock_timeout = {_ms(patience_s)}")
    keys = sorted({lock_key(name) for name in locking})
    locks = [f"pg_advisory_xact_lock({key})" for key in keys]
    # A SELECT has at most 1,664 columns.
    begin += ["SELECT " + ", ".join(locks[first : first + 1_000]) for first in range(0, len(locks), 1_000)]
    try:
        async with saying_unavailable():
            await driver.execute("; ".join(begin))
        yield connection
        async with saying_unavailable():
            await driver.execute("COMMIT")
    except Exception as failure:
        try:
            if driver.is_closed() or isinstance(failure.__cause__, TimeoutError):
                raise ConnectionError
            await driver.execute("ROLLBACK", timeout=2)
        except DRIVER_ERRORS:
            await connection.invalidate()
        raise
    except BaseException:
        await connection.invalidate()
        raise


@asynccontextmanager
async def impatient(connection: AsyncConnection, patience_s: float) -> AsyncIterator[None]:
    """Wait for locks only so long on this connection, until it goes back."""
    driver = driver_of(connection)
    async with saying_unavailable():
        await driver.execute(f"SET lock_timeout = {_ms(patience_s)}")
    try:
        yield
    finally:
        try:
            await driver.execute("RESET lock_timeout", timeout=2)
        except DRIVER_ERRORS:
            await connection.invalidate()


def lock_key(name: str) -> int:
    """A name as an advisory lock's 64 bits. Two names with one key would only wait for each other in vain."""
    return int.from_bytes(hashlib.blake2b(name.encode(), digest_size=8).digest(), "big", signed=True)
