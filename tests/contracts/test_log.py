"""The streams as a table: order, paging, heads, and one winner for each version."""

import msgspec
import pytest

from storage import log
from storage.at_once import at_once
from storage.engine import Database
from storage.log import Event, StaleVersion
from tests.fixtures.database import NOW


def event(stream: str, version: int, **data: object) -> Event:
    return Event(stream, version, "annotation.added", NOW, "ana", msgspec.Raw(msgspec.json.encode(data)))


async def append(db: Database, *events: Event) -> None:
    async with db.write() as tx:
        await log.append(tx, events)


async def test_events_come_back_as_they_went_in(db: Database) -> None:
    sent = [event("lesson/l", 1, body="¿Qué ves? 你好 🎒"), event("lesson/l", 2, body="")]
    await append(db, *sent)
    await append(db)
    async with db.read() as tx:
        assert [msgspec.json.encode(e) for e in await log.read(tx, "lesson/l")] == [
            msgspec.json.encode(e) for e in sent
        ]


def test_the_json_of_an_event_is_its_wire_form() -> None:
    assert msgspec.json.encode(event("lesson/l", 7, n=1)).decode() == (
        '{"stream":"lesson/l","version":7,"type":"annotation.added","at":"2026-03-02T09:30:15.250000Z","by":"ana","data":{"n":1}}'
    )


async def test_reading_goes_on_after_a_version(db: Database) -> None:
    await append(db, *[event("lesson/l", n) for n in range(1, 8)], event("lesson/m", 1))
    async with db.read() as tx:
        assert [e.version for e in await log.read(tx, "lesson/l", after=2, limit=3)] == [3, 4, 5]
        assert await log.read(tx, "lesson/l", after=7) == []
        assert await log.read(tx, "lesson/none") == []
        assert await log.heads(tx, ["lesson/l", "lesson/m", "lesson/none"]) == {"lesson/l": 7, "lesson/m": 1}
        whole = await at_once(tx, log.read_whole, ["lesson/m", "lesson/l"])
        assert [(e.stream, e.version) for e in whole] == [("lesson/l", n) for n in range(1, 8)] + [("lesson/m", 1)]


async def test_a_version_is_taken_once(db: Database) -> None:
    await append(db, event("lesson/l", 1))
    with pytest.raises(StaleVersion):
        await append(db, event("lesson/m", 1), event("lesson/l", 1))
    async with db.read() as tx:
        assert await log.heads(tx, ["lesson/l", "lesson/m"]) == {"lesson/l": 1}
