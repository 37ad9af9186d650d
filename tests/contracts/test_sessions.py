"""Sessions end when they should; a sign-in link has one winner."""

import asyncio
from datetime import datetime, timedelta

import pytest
import pytest_asyncio

from storage import sessions
from storage.at_once import at_once
from storage.engine import Database, apply
from storage.sessions import Session, SignInLink
from tests.fixtures.database import NOW, Place, with_a_lesson

HOUR = timedelta(hours=1)


def session(token: str, person: str = "ana") -> Session:
    return Session(token, f"id of {token}", person, NOW, NOW, NOW + HOUR, None, "Firefox on Linux")


@pytest_asyncio.fixture(autouse=True)
async def people(db: Database) -> None:
    await with_a_lesson(db)


async def found(db: Database, token: str, now: datetime = NOW) -> Session | None:
    """As `service/access.py` asks: whether one has expired is for the caller's clock."""
    async with db.read() as tx:
        known = (await at_once(tx, sessions.not_ended, [token])).get(token)
    return known if known is not None and now < known.expires_at else None


async def test_a_session_lives_until_it_expires(db: Database) -> None:
    async with db.write() as tx:
        await apply(tx, [sessions.start(session("t"))])
    assert await found(db, "t") == session("t")
    assert await found(db, "other") is None
    assert await found(db, "t", NOW + HOUR) is None
    async with db.write() as tx:
        await apply(tx, [sessions.touch("t", now=NOW + HOUR / 2, until=NOW + 2 * HOUR)])
    seen = await found(db, "t", NOW + HOUR)
    assert seen is not None
    assert (seen.seen_at, seen.expires_at) == (NOW + HOUR / 2, NOW + 2 * HOUR)


async def test_an_ended_session_stays_ended(db: Database) -> None:
    async with db.write() as tx:
        await apply(tx, [sessions.start(session("t")), sessions.end("t", now=NOW)])
        await apply(tx, [sessions.touch("t", now=NOW, until=NOW + 9 * HOUR)])
    assert await found(db, "t") is None


async def test_all_sessions_of_one_person(db: Database) -> None:
    async with db.write() as tx:
        await apply(tx, [sessions.start(session(t)) for t in ("t", "u")])
        await apply(tx, [sessions.start(session("v", "bo")), sessions.end_all("ana", now=NOW)])
        assert await sessions.of_person(tx, "ana", NOW) == []
        assert [s.token_hash for s in await sessions.of_person(tx, "bo", NOW)] == ["v"]


async def consume(db: Database, token: str, now: datetime = NOW) -> SignInLink | None:
    async with db.write() as tx:
        return await sessions.consume_link(tx, token, now)


async def test_a_link_has_one_winner(db: Database, place: Place) -> None:
    async with db.write() as tx:
        await apply(tx, [sessions.make_link(SignInLink("k", "ana", "sign_in", NOW, NOW + HOUR))])
    other = await Database.open(place.url)
    tries = await asyncio.gather(*(consume(which, "k") for which in (db, other) * 10))
    won = [link for link in tries if link is not None]
    assert [(link.person_id, link.used_at) for link in won] == [("ana", NOW)]
    async with db.read() as tx:
        used = await sessions.find_link(tx, "k")
    assert used is not None
    assert used.used_at == NOW
    await other.close()


async def test_an_expired_link_is_not_used_up(db: Database) -> None:
    async with db.write() as tx:
        await apply(tx, [sessions.make_link(SignInLink("k", "ana", "sign_in", NOW, NOW + HOUR))])
    assert await consume(db, "k", NOW + HOUR) is None
    assert await consume(db, "unknown") is None
    async with db.read() as tx:
        link = await sessions.find_link(tx, "k")
        assert link is not None
        assert link.used_at is None
        assert await sessions.find_link(tx, "unknown") is None


async def test_a_link_is_given_back_where_the_transaction_fails(db: Database) -> None:
    async with db.write() as tx:
        await apply(tx, [sessions.make_link(SignInLink("k", "ana", "sign_in", NOW, NOW + HOUR))])

    async def failing() -> None:
        async with db.write() as tx:
            assert await sessions.consume_link(tx, "k", NOW) is not None
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await failing()
    assert await consume(db, "k") is not None
