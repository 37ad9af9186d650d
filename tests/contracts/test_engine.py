"""The database: what a transaction keeps, who may write, and what happens when somebody leaves in the middle."""

import asyncio
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from storage import people
from storage.engine import Database, DatabaseUnavailable, apply
from tests.fixtures.database import NOW, sqlite_only


async def add(tx: AsyncConnection, name: str) -> None:
    await apply(tx, [people.add(people.Person(name, name, f"{name}@example.org", "UTC", "en", NOW))])


async def names(db: Database) -> list[str]:
    async with db.read() as tx:
        return [person.name for person in await people.everyone(tx)]


async def test_a_write_is_kept_where_the_block_ends_and_lost_where_it_raises(db: Database) -> None:
    async def failing() -> None:
        async with db.write() as tx:
            await add(tx, "lost")
            raise ZeroDivisionError

    async with db.write() as tx:
        await add(tx, "kept")
    with pytest.raises(ZeroDivisionError):
        await failing()
    assert await names(db) == ["kept"]


async def test_writers_take_turns(db: Database) -> None:
    async def writing(name: str) -> None:
        async with db.write() as tx:
            await add(tx, name)

    await asyncio.gather(*(writing(f"p{n:02}") for n in range(30)))
    assert await names(db) == [f"p{n:02}" for n in range(30)]


async def test_a_reader_sees_one_state_while_others_write(db: Database) -> None:
    async with db.read() as reader:
        assert await people.everyone(reader) == []
        async with db.write() as tx:
            await add(tx, "later")
        assert await people.everyone(reader) == []
    assert await names(db) == ["later"]


async def test_a_reader_cannot_write(db: Database) -> None:
    async def trying() -> None:
        async with db.read() as tx:
            await add(tx, "never")

    with pytest.raises(DatabaseUnavailable, match=r"read-?only"):
        await trying()
    assert await names(db) == []


async def test_a_writer_who_is_cancelled_leaves_nothing_behind(db: Database) -> None:
    inside = asyncio.Event()

    async def writing() -> None:
        async with db.write() as tx:
            await add(tx, "never")
            inside.set()
            while True:  # cancelled in the middle of some statement
                await tx.execute(text("SELECT 1"))

    task = asyncio.create_task(writing())
    await inside.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    async with db.write() as tx:
        await add(tx, "next")
    assert await names(db) == ["next"]


async def test_readers_who_are_cancelled_give_their_connections_back(db: Database) -> None:
    async def reading() -> None:
        async with db.read() as tx:
            while True:
                await tx.execute(text("SELECT 1"))

    for _ in range(5):
        tasks = [asyncio.create_task(reading()) for _ in range(8)]  # more than there are connections
        await db_turns(db)
        for task in tasks:
            task.cancel()
        assert all(
            isinstance(end, asyncio.CancelledError) for end in await asyncio.gather(*tasks, return_exceptions=True)
        )
    assert await names(db) == []


async def db_turns(db: Database) -> None:
    """Let others get on: as long as a write takes."""
    async with db.write() as tx:
        await tx.execute(text("SELECT 1"))


@sqlite_only
async def test_what_protects_the_file_is_on(db: Database) -> None:
    async def asked(tx: AsyncConnection, name: str) -> object:
        return await tx.scalar(text(f"PRAGMA {name}"))

    async with db.write() as tx:
        assert await asked(tx, "journal_mode") == "wal"
        assert await asked(tx, "synchronous") == 2
        assert await asked(tx, "foreign_keys") == 1


async def test_addresses_we_do_not_know(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="mysql"):
        await Database.open("mysql://x/y")
    with pytest.raises(ValueError, match="memory"):
        await Database.open("sqlite://")
    with pytest.raises(DatabaseUnavailable):
        await Database.open(f"sqlite:///{tmp_path}/no/such/folder/x.db")
