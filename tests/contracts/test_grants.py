"""Grants: who reads which stream, until when; and a counter that misses no change."""

from datetime import timedelta

from sqlalchemy.dialects import postgresql, sqlite

from storage import grants
from storage.engine import Database, apply
from tests.fixtures.database import NOW, with_a_lesson

TOMORROW = NOW + timedelta(days=1)


async def test_a_grant_opens_one_stream_to_one_person(db: Database) -> None:
    await with_a_lesson(db)
    async with db.write() as tx:
        await apply(tx, grants.grant("ana", "lesson/l", "teacher", at=NOW))
    async with db.read() as tx:
        assert await grants.role(tx, "ana", "lesson/l", NOW) == "teacher"
        assert await grants.role(tx, "ana", "lesson/m", NOW) is None
        assert await grants.role(tx, "bo", "lesson/l", NOW) is None
        assert await grants.role(tx, "nobody", "lesson/l", NOW) is None
        assert [g.person_id for g in await grants.readers(tx, "lesson/l", NOW)] == ["ana"]


async def test_a_grant_ends_at_its_time(db: Database) -> None:
    await with_a_lesson(db)
    async with db.write() as tx:
        await apply(tx, grants.grant("cleo", "lesson/l", "observer", at=NOW, until=TOMORROW))
    async with db.read() as tx:
        just_before = TOMORROW - timedelta(milliseconds=1)
        assert await grants.role(tx, "cleo", "lesson/l", just_before) == "observer"
        for asked in (TOMORROW, TOMORROW + timedelta(days=1)):
            assert await grants.role(tx, "cleo", "lesson/l", asked) is None
            assert await grants.roles(tx, "cleo", ["lesson/l"], asked) == {}
            assert await grants.streams_of(tx, "cleo", asked, "lesson/") == {}
            assert await grants.readers(tx, "lesson/l", asked) == []


async def test_granting_again_replaces_role_and_end(db: Database) -> None:
    await with_a_lesson(db)
    async with db.write() as tx:
        await apply(tx, grants.grant("bo", "lesson/l", "observer", at=NOW, until=NOW))
        await apply(tx, grants.grant("bo", "lesson/l", "coach", at=NOW))
    async with db.read() as tx:
        assert await grants.role(tx, "bo", "lesson/l", TOMORROW) == "coach"
        assert len(await grants.readers(tx, "lesson/l", NOW)) == 1


async def test_a_revoked_grant_is_gone(db: Database) -> None:
    await with_a_lesson(db)
    async with db.write() as tx:
        await apply(tx, grants.grant("bo", "lesson/l", "coach", at=NOW))
        await apply(tx, grants.grant("ana", "lesson/l", "teacher", at=NOW))
        await apply(tx, grants.revoke("bo", "lesson/l"))
        await apply(tx, grants.revoke("cleo", "lesson/l"))
    async with db.read() as tx:
        assert await grants.role(tx, "bo", "lesson/l", NOW) is None
        assert await grants.role(tx, "ana", "lesson/l", NOW) == "teacher"


async def test_streams_of_a_person_by_kind(db: Database) -> None:
    await with_a_lesson(db)
    async with db.write() as tx:
        for stream in ("cycle/c", "lesson/l", "lesson/m", "lessons/x", "lesson"):
            await apply(tx, grants.grant("ana", stream, "teacher", at=NOW))
        await apply(tx, grants.grant("bo", "lesson/n", "coach", at=NOW))
    async with db.read() as tx:
        assert await grants.streams_of(tx, "ana", NOW, "lesson/") == {"lesson/l": "teacher", "lesson/m": "teacher"}
        assert await grants.roles(tx, "ana", ["cycle/c", "lesson/n"], NOW) == {"cycle/c": "teacher"}
        assert await grants.roles(tx, "ana", [], NOW) == {}


async def test_every_change_bumps_the_counter(db: Database) -> None:
    await with_a_lesson(db)
    counts = []
    for change in (
        grants.grant("bo", "lesson/l", "observer", at=NOW),
        grants.grant("bo", "lesson/l", "coach", at=NOW),
        grants.revoke("bo", "lesson/l"),
    ):
        async with db.write() as tx:
            await apply(tx, change)
        async with db.read() as tx:
            counts.append(await grants.counter(tx))
    assert counts == [1, 2, 3]


def test_granting_is_one_statement_on_every_database() -> None:
    dialects = (sqlite.dialect(), postgresql.dialect())  # type: ignore[no-untyped-call]
    spelt = {str(grants.GRANT.compile(dialect=dialect)).split(" ON CONFLICT ")[1] for dialect in dialects}
    sets = ", ".join(f"{name} = excluded.{name}" for name in ("role", "created_at", "until_at"))
    assert spelt == {f"(person_id, stream) DO UPDATE SET {sets}"}


async def test_the_ends_of_a_persons_grants_are_told_below_a_prefix(db: Database) -> None:
    await with_a_lesson(db)
    async with db.write() as tx:
        for stream, end in (("lesson/l", TOMORROW), ("lesson/m", None), ("lessonx", None), ("cycle/c", TOMORROW)):
            await apply(tx, grants.grant("cleo", stream, "observer", at=NOW, until=end))
        await apply(tx, grants.grant("bo", "lesson/l", "coach", at=NOW))
    async with db.read() as tx:
        found = await grants.of_person(tx, "cleo", NOW, "lesson/")
        assert {one.stream: one.until_at for one in found} == {"lesson/l": TOMORROW, "lesson/m": None}
        assert [one.stream for one in await grants.of_person(tx, "cleo", TOMORROW, "lesson/")] == ["lesson/m"]
