"""Questions of one moment share a transaction, and nobody gets an answer that is older than their question."""

import asyncio
import threading
from collections.abc import Sequence
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from storage import grants, lessons, log, people, sessions, tokens
from storage.at_once import Here, at_once
from storage.engine import Database, DatabaseUnavailable, apply
from storage.record import Record
from tests.fixtures.database import NOW, sqlite_only, with_a_lesson
from tests.fixtures.ledger import note


def person(name: str) -> people.Person:
    return people.Person(name, name, f"{name}@example.org", "UTC", "en", NOW)


class Gone:
    """Asks who is deactivated, and notes who asked together."""

    def __init__(self) -> None:
        self.rounds: list[list[str]] = []
        self.asked, self.go = threading.Event(), threading.Event()
        self.go.set()

    def __call__(self, here: Here, keys: Sequence[str]) -> dict[str, bool]:
        self.rounds.append(sorted(keys))
        found = people.deactivated(here, keys)
        self.asked.set()
        assert self.go.wait(10)
        return dict.fromkeys(found, True)


async def test_who_asks_at_the_same_moment_shares_a_transaction(db: Database) -> None:
    async with db.write() as tx:
        await apply(tx, [people.add(person(name)) for name in ("p", "q")])
        await apply(tx, [people.deactivate("p", NOW)])
    gone = Gone()
    answers = await asyncio.gather(*(db.together(gone, name) for name in ("p", "q", "p", "nobody")))
    assert answers == [True, None, True, None]
    assert gone.rounds == [["nobody", "p", "q"]]


async def test_more_than_one_transaction_takes_are_answered_too(db: Database) -> None:
    async with db.write() as tx:
        await apply(tx, [people.add(person("p")), people.deactivate("p", NOW)])
    gone = Gone()
    names = ["p", *(f"n{n}" for n in range(600))]
    assert (await asyncio.gather(*(db.together(gone, name) for name in names)))[:2] == [True, None]
    assert [len(keys) for keys in gone.rounds] == [256, 256, 89]


@sqlite_only
async def test_an_answer_is_never_older_than_its_question(db: Database) -> None:
    """On SQLite, where the question can be held up half way, in its thread."""
    async with db.write() as tx:
        await apply(tx, [people.add(person("p"))])
    gone = Gone()
    gone.go.clear()
    before = asyncio.create_task(db.together(gone, "p"))
    await asyncio.to_thread(gone.asked.wait)
    async with db.write() as tx:
        await apply(tx, [people.deactivate("p", NOW)])
    after = asyncio.create_task(db.together(gone, "p"))
    await asyncio.sleep(0)
    gone.go.set()
    assert (await before, await after) == (None, True)


async def test_an_error_is_told_to_those_who_asked_and_to_nobody_later(db: Database) -> None:
    broken = True

    def find(here: Here, keys: Sequence[str]) -> dict[str, str]:
        if broken:
            raise ZeroDivisionError
        return {key: key for key in keys}

    answers = await asyncio.gather(*(db.together(find, name) for name in "pq"), return_exceptions=True)
    assert [type(answer) for answer in answers] == [ZeroDivisionError, ZeroDivisionError]
    broken = False
    assert await db.together(find, "p") == "p"


async def test_what_the_database_refuses_is_said_as_everywhere(db: Database) -> None:
    def find(here: Here, keys: Sequence[str]) -> dict[str, str]:
        list(here.fetch(_NO_SUCH, {}))
        return {}

    with pytest.raises(Exception, match="no_such_table") as refused:
        await db.together(find, "p")
    assert db.one_writer == isinstance(refused.value, DatabaseUnavailable)


_NO_SUCH = text("SELECT * FROM no_such_table")


async def test_who_leaves_is_not_waited_for(db: Database) -> None:
    gone = Gone()
    left = asyncio.create_task(db.together(gone, "p"))
    await asyncio.sleep(0)
    left.cancel()
    assert await db.together(gone, "q") is None
    assert left.cancelled()


async def test_rows_are_the_same_either_way(db: Database) -> None:
    await with_a_lesson(db)
    async with db.read() as tx:
        lesson = await lessons.by_id(tx, "l")
        assert lesson is not None
        assert await at_once(tx, lessons.with_ids, ["l", "none"]) == {"l": lesson}
        assert await at_once(tx, people.deactivated, []) == set()


async def test_what_is_read_at_once_is_one_state_from_the_first_statement_on(db: Database) -> None:
    async with db.read() as tx:
        assert await at_once(tx, people.deactivated, ["p"]) == set()
        async with db.write() as other:
            await apply(other, [people.add(person("p")), people.deactivate("p", NOW)])
        assert await at_once(tx, people.deactivated, ["p"]) == set()
        assert await people.everyone(tx) == []
    async with db.read() as tx:
        assert await at_once(tx, people.deactivated, ["p"]) == {"p"}


@sqlite_only
async def test_a_file_that_cannot_be_opened_is_said_as_everywhere(db: Database) -> None:
    folder = Path(db.url.database or "").parent
    async with db.read() as tx:  # has the connection that is open already
        await people.everyone(tx)
        away = folder.rename(folder.with_suffix(".away"))
        with pytest.raises(DatabaseUnavailable):
            await db.together(Gone(), "p")
        away.rename(folder)
    assert await db.together(Gone(), "p") is None


async def test_a_row_that_is_refused_does_not_say_what_was_in_it(db: Database) -> None:
    statement, row = people.add(person("p"))
    async with db.write() as tx:
        await at_once(tx, lambda here: here.run(statement, [row]))
    with pytest.raises(IntegrityError) as refused:
        async with db.write() as tx:
            await at_once(tx, lambda here: here.run(statement, [row]))
    assert "p@example.org" not in str(refused.value).partition("\n[SQL")[0].partition("DETAIL")[2]
    async with db.read() as tx:
        assert [each.name for each in await people.everyone(tx)] == ["p"]


async def test_readers_of_one_stream_at_different_places(record: Record) -> None:
    for n in range(6):
        await record.act(note("s", f"n{n}"))
    await record.act(note("t", "other"))
    places = [("s", 0, 3), ("s", 2, 3), ("s", 0, 500), ("s", 6, 500), ("t", 0, 500), ("none", 0, 500)]
    found = await asyncio.gather(*(record.events(*place) for place in places))
    assert [[event.version for event in events] for events in found] == [
        [1, 2, 3],
        [3, 4, 5],
        [1, 2, 3, 4, 5, 6],
        [],
        [1],
        [],
    ]


@sqlite_only
async def test_what_every_request_asks_finds_its_rows_by_a_key(db: Database) -> None:
    """SQLite answers a list of pairs, and much else, by walking over the whole table without saying so."""
    plans: list[str] = []

    class Explaining:
        def __init__(self, here: Here) -> None:
            self._here = here

        def fetch(self, query, parameters):  # type: ignore[no-untyped-def]
            compiled = query.compile(dialect=tx.dialect)
            explained = text(f"EXPLAIN QUERY PLAN {compiled.string}".replace("?", "'[]'"))
            plans.extend(row[3] for row in self._here.fetch(explained, {}))
            return []

    def explain(here: Here) -> None:
        asking: Here = Explaining(here)  # type: ignore[assignment]
        sessions.not_ended(asking, ["t"] * 9)
        tokens.not_revoked(asking, ["t"] * 9)
        people.deactivated(asking, ["p"])
        grants.of_pairs(asking, [("p", f"s{n}") for n in range(9)])
        lessons.with_ids(asking, ["l"] * 9)
        log.read_ranges(asking, [("s", 0, 5)])
        log.read_whole(asking, ["s", "t"])

    async with db.read() as tx:
        await at_once(tx, explain)
    assert len(plans) > 7
    assert [plan for plan in plans if plan.startswith("SCAN") and "VIRTUAL" not in plan] == []
