"""PostgreSQL that is slow, full, locked, stopped or silent: each in bounded time, and said without anybody's words."""

import asyncio
import contextlib
import os
import signal
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from sqlalchemy import bindparam, select, text
from sqlalchemy.dialects import postgresql as postgresql_dialect
from sqlalchemy.dialects import sqlite as sqlite_dialect
from sqlalchemy.ext.asyncio import AsyncConnection

from storage import dialect, grants, people, tables
from storage.bus import InProcessBus
from storage.engine import Conflict, Database, DatabaseUnavailable, Locked, Patience, apply
from storage.record import Act, Outcome, Record, WriteRefused
from tests.fixtures.database import NOW, PostgresPlace, with_a_lesson
from tests.fixtures.ledger import LedgerFolding, note
from tests.fixtures.postgres import Postgres, running_postgres
from tests.fixtures.processes import until

S = "lesson/l"
SECRET = "what Ana said of Bo"
SHORT = Patience(connect_s=1, pool_s=0.2, statement_s=0.4, lock_s=0.1, idle_in_transaction_s=0.3, silence_s=0.6)


@pytest.fixture(params=["postgresql"])
def kind(request: pytest.FixtureRequest) -> str:
    """None of this can happen to a file."""
    return str(request.param)


@pytest_asyncio.fixture
async def short(place: PostgresPlace) -> AsyncIterator[Database]:
    """The same database, opened by somebody with little patience."""
    database = await Database.open(place.url, readers=2, writers=2, patience=SHORT)
    yield database
    await database.close()


async def add(tx: AsyncConnection, name: str) -> None:
    await apply(tx, [people.add(people.Person(name, name, f"{name}@example.org", "UTC", "en", NOW))])


async def names(db: Database) -> set[str]:
    async with db.read() as tx:
        return {person.name for person in await people.everyone(tx)}


async def sleeping(tx: AsyncConnection) -> None:
    await tx.execute(select(text("pg_sleep(20)"), bindparam("secret", SECRET)))


async def test_a_statement_that_takes_too_long(short: Database) -> None:
    for opened in (short.read, short.write):
        with pytest.raises(DatabaseUnavailable, match="statement timeout") as said:
            async with opened() as tx:
                await sleeping(tx)
        assert SECRET not in f"{said.value!r} {said.value.__cause__!r}"
    assert await names(short) == set()


async def test_a_row_that_somebody_holds(db: Database, short: Database) -> None:
    await with_a_lesson(db)
    deactivate = people.deactivate("ana", NOW)

    async def coming_late() -> None:
        async with short.write() as late:
            await add(late, "never")
            await apply(late, [deactivate])

    async with db.write() as tx:
        await apply(tx, [deactivate])
        with pytest.raises(Locked, match="lock timeout"):
            await coming_late()
    assert "never" not in await names(db)
    async with short.write() as tx:
        await apply(tx, [deactivate])


async def test_a_name_that_somebody_holds(db: Database, short: Database) -> None:
    async with db.write(locking=["b", "a"]):
        with pytest.raises(Locked):
            async with short.write(locking=["a"]):
                raise AssertionError
        async with short.write(locking=["c"]) as tx:
            await add(tx, "fine")
    async with short.write(locking=["a"]) as tx:
        await add(tx, "later")
    assert await names(db) == {"fine", "later"}


async def test_a_transaction_that_stops_half_way_is_ended(db: Database, short: Database, place: PostgresPlace) -> None:
    left = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND state LIKE 'idle in%'"

    async def stopping() -> None:
        async with short.write() as tx:
            await add(tx, "never")
            await until(lambda: place.rows(left) == [(0,)])
            await add(tx, "neither")

    with pytest.raises(DatabaseUnavailable):
        await stopping()
    assert await names(short) == set()


async def test_all_connections_taken(short: Database) -> None:
    async with short.write(), short.write() as tx:
        with pytest.raises(DatabaseUnavailable, match="QueuePool"):
            async with short.write():
                raise AssertionError
        await add(tx, "ana")
    assert await names(short) == {"ana"}


async def test_a_deadlock_is_a_conflict_for_one_of_the_two(db: Database) -> None:
    await with_a_lesson(db)
    both = asyncio.Barrier(2)

    async def touching(first: str, second: str) -> None:
        async with db.write() as tx:
            await apply(tx, [people.deactivate(first, NOW)])
            await both.wait()
            await apply(tx, [people.deactivate(second, NOW)])

    ends = await asyncio.gather(touching("ana", "bo"), touching("bo", "ana"), return_exceptions=True)
    assert sorted(type(end).__name__ for end in ends) == ["Conflict", "NoneType"]
    assert issubclass(Conflict, DatabaseUnavailable)


async def test_a_connection_that_is_cut(db: Database, place: PostgresPlace) -> None:
    """In the middle of a transaction, and while nobody uses it."""
    cut = (
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
        "WHERE datname = current_database() AND pid <> pg_backend_pid()"
    )

    async def writing() -> None:
        async with db.write() as tx:
            await add(tx, "never")
            place.run(cut)
            await add(tx, "neither")

    async def reading() -> None:
        async with db.read() as tx:
            await people.everyone(tx)
            place.run(cut)
            await people.everyone(tx)

    for cut_off in (writing, reading):
        with pytest.raises(DatabaseUnavailable):
            await cut_off()
    place.run(cut)
    assert await names(db) == set()  # and they know it themselves


async def test_a_refused_row_says_the_rule_and_not_the_row(db: Database, record: Record) -> None:
    async with db.write() as tx:
        await add(tx, "ana")
    taken = people.add(people.Person("new", SECRET, "ANA@example.org", "UTC", "en", NOW))
    with pytest.raises(WriteRefused, match="uq_people_email") as said:
        await record.act(Act("ana", (S,), lambda states, at: Outcome({}, [taken])))
    assert "ANA@" not in str(said.value)
    strange = people.add(people.Person("new", "nul \x00", "nul@example.org", "UTC", "en", NOW))
    with pytest.raises(WriteRefused) as said:
        await record.act(Act("ana", (S,), lambda states, at: Outcome({}, [strange])))
    assert "nul" not in str(said.value).lower().replace("null", "")


async def test_nobody_there(postgres: Postgres) -> None:
    url = postgres.url("postgres")
    for away in (
        "postgresql://postgres@127.0.0.1:9/x",
        f"postgresql://postgres@/x?host={postgres.folder}/none",
        url.replace("/postgres?", "/no_such_database?"),
        url.replace("postgres@", "no_such_role@"),
        "postgresql://postgres@no-such-host.invalid/x",
    ):
        with pytest.raises(DatabaseUnavailable):
            await Database.open(away)


async def test_a_server_that_is_stopped_and_comes_back() -> None:
    """Acts in that time are refused and leave nothing, or wait and are done; then it goes on by itself."""
    async with running_postgres(durable=False) as server:
        database = await Database.open(server.url(await server.fresh(), tcp=True), readers=2, writers=3)
        record = Record(database, InProcessBus(), LedgerFolding(), lambda: NOW)
        await record.start()
        done: dict[str, int] = {}
        refused: set[str] = set()
        some, enough, stop = asyncio.Event(), asyncio.Event(), asyncio.Event()

        async def caller(which: int) -> None:
            n = 0
            while not stop.is_set():
                n += 1
                name = f"{which}-{n}"
                try:
                    acted = await record.act(note(f"lesson/{which % 3}", name, command=name))
                except DatabaseUnavailable:
                    refused.add(name)
                    enough.set()
                    with contextlib.suppress(DatabaseUnavailable):
                        await database.ping()
                else:
                    done[name] = acted.versions[f"lesson/{which % 3}"]
                    some.set()

        callers = [asyncio.create_task(caller(n)) for n in range(12)]
        async with asyncio.timeout(60):
            await some.wait()
            await server.stop(signal.SIGQUIT)
            await enough.wait()
            before = len(done)
            await server.start()
            await until(lambda: len(done) > before + 100)
        stop.set()
        await asyncio.gather(*callers)

        for stream in (f"lesson/{n}" for n in range(3)):
            events = await record.events(stream, limit=100_000)
            assert [event.version for event in events] == list(range(1, len(events) + 1))
        kept = {note_id for n in range(3) for note_id in (await record.state(f"lesson/{n}"))[1].notes}
        assert set(done) <= kept
        # What was refused was refused, or lost in its very commit: asked again, it says which.
        for name in refused:
            again = await record.act(note(f"lesson/{int(name.split('-')[0]) % 3}", name, command=name))
            assert again.replayed == (name in kept)
        await record.close()
        await database.close()


async def test_a_server_that_falls_silent() -> None:
    """It holds the connection and says nothing, as behind a cable that was cut: we stop waiting by ourselves."""
    ours = "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND application_name = 'farfield'"
    async with running_postgres(durable=False) as server:
        name = await server.fresh()
        database = await Database.open(server.url(name), readers=1, writers=1, patience=SHORT)
        async with database.write() as tx:
            await add(tx, "before")
        silent = [server.pid, *(pid for (pid,) in server.rows(name, ours))]
        assert len(silent) == 3
        for pid in silent:
            os.kill(pid, signal.SIGSTOP)
        try:
            for opened in (database.write, database.read):
                with pytest.raises(DatabaseUnavailable):
                    async with opened() as tx:
                        await people.everyone(tx)
        finally:
            for pid in silent:
                os.kill(pid, signal.SIGCONT)
        assert await names(database) == {"before"}
        await database.close()


def test_streams_are_compared_byte_by_byte_in_every_language() -> None:
    on_postgresql = postgresql_dialect.dialect()  # type: ignore[no-untyped-call]
    on_sqlite = sqlite_dialect.dialect()  # type: ignore[no-untyped-call]
    compared = grants._OF_PERSON.compile(dialect=on_postgresql).string
    assert compared.count('grants.stream COLLATE "C"') == 2
    assert "COLLATE" not in grants._OF_PERSON.compile(dialect=on_sqlite).string
    column = dialect.bytewise(tables.grants.c.stream)
    assert select(column.label("x")).compile(dialect=on_sqlite).string.startswith("SELECT grants.stream AS x")
