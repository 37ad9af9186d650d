"""Migrations: they make exactly the tables of the program, may be run again, and leave a newer database alone."""

import asyncio
import sqlite3
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Connection, create_engine

from storage import people, sessions
from storage.engine import Database
from storage.migrations import SchemaTooNew, SchemaTooOld, check, migrate, newest
from storage.tables import EPOCH, Instant, metadata


def set_revision(file: Path, revision: str) -> None:
    connection = sqlite3.connect(file)
    connection.execute("UPDATE alembic_version SET version_num = ?", (revision,))
    connection.commit()
    connection.close()


def schema(file: Path) -> list[tuple[str]]:
    connection = sqlite3.connect(file)
    found: list[tuple[str]] = connection.execute("SELECT sql FROM sqlite_master ORDER BY name").fetchall()
    connection.close()
    return found


def test_the_migrations_make_the_tables_of_the_program(database_file: Path) -> None:
    def same_type(
        _context: object, _reflected: object, _column: object, _inspected: object, ours: object
    ) -> bool | None:
        return False if isinstance(ours, Instant) else None  # BigInteger in the database

    def compare(connection: Connection) -> list[object]:
        context = MigrationContext.configure(connection, opts={"compare_type": same_type})
        return list(compare_metadata(context, metadata))

    engine = create_engine(f"sqlite:///{database_file}")
    with engine.connect() as connection:
        assert compare(connection) == []
    engine.dispose()


async def test_what_was_there_before_the_doors_is_still_there(tmp_path: Path) -> None:
    """A database of the first version with people, a session and what refers to them."""
    url = f"sqlite:///{tmp_path / 'old.db'}"
    await migrate(url, to="0001")
    old = sqlite3.connect(tmp_path / "old.db")
    old.executescript(
        """
        INSERT INTO people VALUES ('ana', 'Ana', 'Ana@Example.org', 'UTC', 'en', 0, NULL);
        INSERT INTO programs VALUES ('north', 'North', 'open', 0);
        INSERT INTO memberships VALUES ('north', 'ana', 'teacher');
        INSERT INTO sessions VALUES ('hash', 'ana', 0, 0, 9, NULL, 'a phone');
        """
    )
    old.close()
    assert await migrate(url) == newest()
    database = await Database.open(url)
    async with database.read() as tx:
        found = await people.by_email(tx, "ana@example.ORG")
        (session,) = await sessions.of_person(tx, "ana", EPOCH)
    await database.close()
    assert found is not None
    assert (found.id, session.device, len(session.id)) == ("ana", "a phone", 36)


async def test_migrating_again_changes_nothing(database_file: Path) -> None:
    before = schema(database_file)
    assert await migrate(f"sqlite:///{database_file}") == newest()
    assert schema(database_file) == before


async def test_a_newer_database_is_left_alone(database_file: Path) -> None:
    set_revision(database_file, "9999")
    before = schema(database_file)
    with pytest.raises(SchemaTooNew):
        await migrate(f"sqlite:///{database_file}")
    assert schema(database_file) == before
    database = await Database.open(f"sqlite:///{database_file}")
    with pytest.raises(SchemaTooNew):
        await check(database)
    await database.close()


async def test_an_empty_database_is_too_old_until_it_is_migrated(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'fresh.db'}"
    database = await Database.open(url)
    with pytest.raises(SchemaTooOld):
        await check(database)
    await database.close()
    await migrate(url)
    database = await Database.open(url)
    await check(database)
    await database.close()


async def test_two_that_migrate_at_once(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'fresh.db'}"
    assert set(await asyncio.gather(migrate(url), migrate(url))) == {newest()}
