"""Migrations: they make exactly the tables of the program, may be run again, and leave a newer database alone."""

import asyncio
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Connection

from storage import jobs, people, sessions, uploads
from storage.engine import Database
from storage.migrations import SchemaTooNew, SchemaTooOld, check, migrate, newest
from storage.tables import EPOCH, Instant, metadata
from tests.fixtures.database import Place
from tests.fixtures.postgres import Postgres

SCHEMA = {
    "sqlite": "SELECT sql FROM sqlite_master ORDER BY name",
    "postgresql": "SELECT table_name, column_name, data_type, is_nullable FROM information_schema.columns "
    "WHERE table_schema = 'public' ORDER BY 1, 2",
}


def schema(place: Place) -> list[Any]:
    return place.rows(SCHEMA[place.url.partition(":")[0]])


@pytest_asyncio.fixture
async def fresh(template: Any, tmp_path: Path) -> str:
    """The address of a database without tables."""
    if isinstance(template, Postgres):
        return template.url(await template.empty())
    return f"sqlite:///{tmp_path / 'fresh.db'}"


async def test_the_migrations_make_the_tables_of_the_program(db: Database) -> None:
    def same_type(
        _context: object, _reflected: object, _column: object, _inspected: object, ours: object
    ) -> bool | None:
        return False if isinstance(ours, Instant) else None  # BigInteger in the database

    def compare(connection: Connection) -> list[object]:
        context = MigrationContext.configure(connection, opts={"compare_type": same_type})
        return list(compare_metadata(context, metadata))

    async with db.read() as tx:
        assert await tx.run_sync(compare) == []


async def test_what_was_there_before_the_doors_is_still_there(fresh: str) -> None:
    """A database of the first version with people, a session and what refers to them."""
    await migrate(fresh, to="0001")
    database = await Database.open(fresh)
    async with database.write() as tx:
        for row in (
            "people VALUES ('ana', 'Ana', 'Ana@Example.org', 'UTC', 'en', 0, NULL)",
            "programs VALUES ('north', 'North', 'open', 0)",
            "memberships VALUES ('north', 'ana', 'teacher')",
            "sessions VALUES ('hash', 'ana', 0, 0, 9, NULL, 'a phone')",
        ):
            await tx.exec_driver_sql(f"INSERT INTO {row}")
    await database.close()
    assert await migrate(fresh) == newest()
    database = await Database.open(fresh)
    async with database.read() as tx:
        found = await people.by_email(tx, "ana@example.ORG")
        (session,) = await sessions.of_person(tx, "ana", EPOCH)
    await database.close()
    assert found is not None
    assert (found.id, session.device, len(session.id)) == ("ana", "a phone", 36)


async def test_the_uploads_of_lessons_are_still_there_once_cycles_have_some(fresh: str) -> None:
    await migrate(fresh, to="0003")
    database = await Database.open(fresh)
    async with database.write() as tx:
        for table, row in {
            "people (id, name, email, email_key, time_zone, language, created_at)": "'a', 'A', 'a', 'a', 'UTC', '', 0",
            "programs (id, name, release_mode, created_at)": "'p', 'P', 'open', 0",
            "cycles (id, program_id, teacher_id, coach_id, number, stage, stage_since_at, release_mode, created_at)": (
                "'c', 'p', 'a', 'a', 1, 'planning', 0, 'open', 0"
            ),
            "lessons (id, cycle_id, teacher_id, title, state, annotations, created_at)": (
                "'l', 'c', 'a', 'L', 'waiting', 0, 0"
            ),
            "uploads (id, lesson_id, person_id, role, state, name, content_type, granted_bytes, created_at, seen_at)": (
                "'u', 'l', 'a', 'original', 'open', 'a.mp4', '', 7, 0, 0"
            ),
        }.items():
            await tx.exec_driver_sql(f"INSERT INTO {table} VALUES ({row})")
    await database.close()
    assert await migrate(fresh) == newest()
    database = await Database.open(fresh)
    async with database.read() as tx:
        found = await uploads.by_id(tx, "u")
    await database.close()
    assert found is not None
    assert (found.lesson_id, found.cycle_id, found.granted_bytes) == ("l", None, 7)


@pytest.mark.parametrize("cycles", [0, 2])
async def test_rows_that_were_there_before_the_record_are_to_be_filled_once(fresh: str, cycles: int) -> None:
    await migrate(fresh, to="0002")
    database = await Database.open(fresh)
    async with database.write() as tx:
        for table, row in {
            "people (id, name, email, email_key, time_zone, language, created_at)": "'a', 'A', 'a', 'a', 'UTC', '', 0",
            "programs (id, name, release_mode, created_at)": "'p', 'P', 'open', 0",
        }.items():
            await tx.exec_driver_sql(f"INSERT INTO {table} VALUES ({row})")
        for n in range(cycles):
            await tx.exec_driver_sql(
                "INSERT INTO cycles (id, program_id, teacher_id, coach_id, number, stage, stage_since_at, "
                f"release_mode, created_at) VALUES ('c{n}', 'p', 'a', 'a', {n}, 'planning', {n}, 'open', 0)"
            )
    await database.close()
    for _ in range(2):
        assert await migrate(fresh) == newest()
    database = await Database.open(fresh)
    async with database.write() as tx:
        claim = [
            await jobs.claim(tx, kinds=["rebuild_rows"], now=EPOCH + timedelta(days=1), lease=timedelta(seconds=1))
            for _ in range(2)
        ]
    await database.close()
    assert [job.kind for job in claim if job is not None] == ["rebuild_rows"] * bool(cycles)


async def test_migrating_again_changes_nothing(place: Place) -> None:
    before = schema(place)
    assert await migrate(place.url) == newest()
    assert schema(place) == before


async def test_a_newer_database_is_left_alone(place: Place) -> None:
    place.run("UPDATE alembic_version SET version_num = '9999'")
    before = schema(place)
    with pytest.raises(SchemaTooNew):
        await migrate(place.url)
    assert schema(place) == before
    database = await Database.open(place.url)
    with pytest.raises(SchemaTooNew):
        await check(database)
    await database.close()


async def test_an_empty_database_is_too_old_until_it_is_migrated(fresh: str) -> None:
    database = await Database.open(fresh)
    with pytest.raises(SchemaTooOld):
        await check(database)
    await database.close()
    await migrate(fresh)
    database = await Database.open(fresh)
    await check(database)
    await database.close()


async def test_several_that_migrate_at_once(fresh: str) -> None:
    assert set(await asyncio.gather(*(migrate(fresh) for _ in range(4)))) == {newest()}
