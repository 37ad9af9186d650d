"""Notices: claimed by one sender, settled under its fence; invitations and their tokens."""

import asyncio
from datetime import timedelta

import msgspec

from storage import invitations, notices
from storage.engine import Database, apply, hits
from storage.invitations import Invitation
from storage.notices import Notice
from tests.fixtures.database import NOW, with_a_lesson

MINUTE = timedelta(minutes=1)


async def claim(db: Database, at: timedelta = timedelta(0)) -> Notice | None:
    async with db.write() as tx:
        return await notices.claim(tx, now=NOW + at, lease=MINUTE)


async def enqueue(db: Database, *ids: str, email: str = "ana@example.org") -> None:
    async with db.write() as tx:
        await apply(tx, [notices.enqueue(each, "sign_in_link", email, {"n": 1}, at=NOW) for each in ids])


async def test_a_notice_is_claimed_by_one_until_its_lease_is_over(db: Database) -> None:
    await enqueue(db, "a")
    first = await claim(db)
    assert first is not None
    assert (first.id, first.attempt, first.data) == ("a", 1, {"n": 1})
    assert await claim(db) is None
    second = await claim(db, at=MINUTE)
    assert second is not None
    assert (second.attempt, second.fence) == (2, 2)
    async with db.write() as tx:
        assert not await notices.settle(tx, first, "sent", now=NOW), "the late sender says nothing"
        assert await notices.settle(tx, second, "sent", now=NOW)
        assert not await notices.settle(tx, second, "failed", now=NOW), "once"
    assert await claim(db, at=timedelta(days=1)) is None


async def test_many_senders_share_the_table(db: Database) -> None:
    await enqueue(db, *(f"n{n}" for n in range(12)))
    claimed = await asyncio.gather(*(claim(db) for _ in range(20)))
    assert sorted(n.id for n in claimed if n) == sorted(f"n{n}" for n in range(12))


async def test_what_is_to_be_sent_again_waits_until_it_is_due(db: Database) -> None:
    await enqueue(db, "a")
    notice = await claim(db)
    assert notice is not None
    async with db.write() as tx:
        assert await notices.again(tx, notice, due=NOW + 2 * MINUTE, why="421 busy")
        assert await notices.next_due(tx) == NOW + 2 * MINUTE
    assert await claim(db, at=MINUTE) is None
    again = await claim(db, at=2 * MINUTE)
    assert again is not None
    assert (again.error, again.attempt) == ("421 busy", 2)


async def test_mail_that_waits_is_dropped_and_refused_addresses_are_remembered(db: Database) -> None:
    await enqueue(db, "a", "b")
    await enqueue(db, "c", email="bo@example.org")
    async with db.write() as tx:
        await apply(tx, [notices.drop_waiting("ana@example.org", now=NOW)])
        assert await notices.states(tx, ["a", "b", "c", "d"]) == {"a": "dropped", "b": "dropped", "c": "waiting"}
        assert not await notices.refused(tx, "ana@example.org")
        await apply(tx, [notices.refuse("ana@example.org", at=NOW), notices.refuse("ana@example.org", at=NOW)])
        assert await notices.refused(tx, "ana@example.org")


async def test_the_reader_of_a_letter_is_found_by_its_token(db: Database) -> None:
    await enqueue(db, "a")
    notice = await claim(db)
    assert notice is not None
    async with db.write() as tx:
        assert await notices.sign(tx, notice, "hash of a token")
        found = await notices.by_unsubscribe(tx, "hash of a token")
        assert found is not None
        assert found.email == "ana@example.org"
        assert await notices.by_unsubscribe(tx, "another") is None


def invitation(name: str, email: str | None = None) -> Invitation:
    return Invitation(name, "north", "coach", email, None, "bo", NOW, NOW + timedelta(days=1))


async def test_an_invitation_is_taken_once_with_any_of_its_tokens(db: Database) -> None:
    await with_a_lesson(db)
    async with db.write() as tx:
        await apply(tx, [invitations.add(invitation("i")), invitations.add_token("i", "t1")])
        await apply(tx, [invitations.add_token("i", "t2")])

    async def take(token: str) -> Invitation | None:
        async with db.write() as tx:
            return await invitations.consume(tx, token, NOW, by="ana")

    taken = await asyncio.gather(*(take(token) for token in ("t1", "t2", "t1", "unknown")))
    assert len([found for found in taken if found]) == 1
    async with db.read() as tx:
        assert (await invitations.find(tx, "t2") or invitation("")).used_at == NOW
        assert await invitations.open_ones(tx, "north", NOW) == []


async def test_late_revoked_and_bound_ones_open_nothing(db: Database) -> None:
    await with_a_lesson(db)
    async with db.write() as tx:
        for name in ("late", "revoked", "bound"):
            await apply(tx, [invitations.add(invitation(name)), invitations.add_token(name, f"of {name}")])
        assert await invitations.consume(tx, "of late", NOW + timedelta(days=1), by="ana") is None
        assert await hits(tx, invitations.revoke("revoked", "south", now=NOW)) == 0, "another program's"
        assert await hits(tx, invitations.revoke("revoked", "north", now=NOW)) == 1
        assert await invitations.consume(tx, "of revoked", NOW, by="ana") is None
        assert await hits(tx, invitations.prolong("revoked", until=NOW)) == 0
        await apply(tx, invitations.bind("bound", email="new@example.org", name="New", now=NOW))
        assert await invitations.find(tx, "of bound") is None, "a handed link proves no mailbox"
        bound = await invitations.by_id(tx, "bound")
        assert bound is not None
        assert (bound.email, bound.name) == ("new@example.org", "New")


async def test_mail_for_later_waits_for_its_time_and_is_there_once(db: Database) -> None:
    for n in (1, 2):
        async with db.write() as tx:
            later = notices.remind("r", "meeting_soon", "ana@example.org", {"n": n}, due=NOW + 2 * MINUTE, at=NOW)
            await apply(tx, [later])
    assert await claim(db, at=MINUTE) is None
    async with db.read() as tx:
        assert await notices.next_due(tx) == NOW + 2 * MINUTE
    found = await claim(db, at=2 * MINUTE)
    assert found is not None
    assert (found.id, found.data, found.created_at) == ("r", {"n": 1}, NOW)
    assert await claim(db, at=2 * MINUTE) is None


async def test_an_observers_invitation_is_into_its_cycle_and_in_no_list_of_the_program(db: Database) -> None:
    await with_a_lesson(db)
    until = NOW + timedelta(days=7)
    guest = msgspec.structs.replace(invitation("guest", "g@example.org"), role="observer", cycle_id="c", until_at=until)
    async with db.write() as tx:
        await apply(tx, [invitations.add(invitation("i")), invitations.add(guest), invitations.add_token("guest", "t")])
        assert [one.id for one in await invitations.open_ones(tx, "north", NOW)] == ["i"]
        assert await invitations.of_cycle(tx, "c") == [guest]
        assert await invitations.of_cycle(tx, "another") == []
        assert await hits(tx, invitations.revoke("guest", "north", now=NOW)) == 0, "a lead takes none of these back"
        assert await hits(tx, invitations.revoke_observers("guest", "another", now=NOW)) == 0
        taken = await invitations.consume(tx, "t", NOW, by="cleo")
        assert taken is not None
        assert (taken.taken_by, taken.until_at, taken.lesson_id) == ("cleo", until, None)
        assert await hits(tx, invitations.revoke_observers("guest", "c", now=NOW)) == 1, "also one that was used"
        assert await hits(tx, invitations.revoke_observers("guest", "c", now=NOW)) == 0
