"""A meeting to take along, and the private address of a calendar: who reads what, and when no more."""

from typing import Any
from uuid import uuid4

import pytest
from icalendar import Calendar

from service.coaching.streams import cycle_stream
from service.wiring import Deps
from storage import grants
from storage.engine import apply
from tests.fixtures.cast import Cast
from tests.fixtures.doors import deactivate, set_password
from tests.fixtures.meeting_talk import commands_of, plan
from tests.fixtures.visitors import Visitor, Visitors


def events(octets: bytes) -> list[Any]:
    return list(Calendar.from_ical(octets).walk("VEVENT"))


async def subscribe(visitor: Visitor) -> str:
    made = await visitor.post("/api/calendar")
    assert made.status == 201
    return str(made.json["path"])


async def test_a_meeting_can_be_taken_by_its_two_and_by_nobody_else(visitors: Visitors, cast: Cast) -> None:
    meeting = await plan(visitors.teacher, cast.cycle, place="https://meet.example/room")
    path = f"/api/cycles/{cast.cycle}/meetings/{meeting}.ics"
    for person in (visitors.teacher, visitors.coach):
        answer = await person.get(path)
        assert answer.headers["Content-Type"] == "text/calendar; charset=utf-8"
        assert answer.headers["Content-Disposition"].startswith("attachment")
        (event,) = events(answer.body)
        assert event["UID"].startswith(f"{meeting}@")
        assert event["SUMMARY"] == "Coaching: planning meeting (Demo teacher and Demo coach)"
    for stranger in visitors.strangers.values():
        assert (await stranger.get(path)).slug == "not_found"
    assert (await visitors.nobody.get(path)).slug == "signed_out"
    for other in (f"/api/cycles/{cast.cycle}/meetings/{uuid4()}.ics", path.replace(cast.cycle, cast.closed_cycle)):
        assert (await visitors.teacher.get(other)).slug == "not_found"


async def test_moving_and_calling_off_keep_the_uid_and_count_up(visitors: Visitors, cast: Cast) -> None:
    meeting = await plan(visitors.teacher, cast.cycle)
    path = f"/api/cycles/{cast.cycle}/meetings/{meeting}.ics"
    (before,) = events((await visitors.coach.get(path)).body)
    moving = {"type": "move_meeting", "meeting": meeting, "start": "2027-01-12T15:00:00Z", "minutes": 30, "place": ""}
    await commands_of(visitors.coach, cast.cycle, moving)
    (moved,) = events((await visitors.coach.get(path)).body)
    await commands_of(visitors.coach, cast.cycle, {"type": "cancel_meeting", "meeting": meeting})
    (off,) = events((await visitors.coach.get(path)).body)
    assert before["UID"] == moved["UID"] == off["UID"]
    assert [one["SEQUENCE"] for one in (before, moved, off)] == [0, 1, 2]
    assert [one["STATUS"] for one in (before, moved, off)] == ["CONFIRMED", "CONFIRMED", "CANCELLED"]


async def test_a_feed_holds_the_dates_of_its_person_and_no_word(visitors: Visitors, cast: Cast) -> None:
    meeting = await plan(visitors.teacher, cast.cycle)
    agenda = {"type": "write_agenda", "meeting": meeting, "text": "canary-agenda", "revision": 0}
    promise = {"type": "make_commitment", "commitment": str(uuid4()), "text": "canary-what", "due": "2027-02-03"}
    for command in (agenda, promise):
        await commands_of(visitors.teacher, cast.cycle, command)
    for person in (visitors.teacher, visitors.coach):
        answer = await visitors.nobody.get(await subscribe(person))
        assert [str(one["SUMMARY"]) for one in events(answer.body)] == [
            "Coaching: planning meeting (Demo teacher and Demo coach)",
            "A commitment is due, cycle 2",
        ]
        assert b"canary" not in answer.body
        assert "private" in answer.headers["Cache-Control"]
    assert events((await visitors.nobody.get(await subscribe(visitors.second_teacher))).body) == []


async def test_a_feed_that_has_not_changed_is_not_sent_again(visitors: Visitors, cast: Cast) -> None:
    path = await subscribe(visitors.teacher)
    tag = (await visitors.nobody.get(path)).headers["ETag"]
    same = await visitors.nobody.get(path, headers={"If-None-Match": tag})
    assert (same.status, same.body) == (304, b"")
    assert (await visitors.nobody.get(path, headers={"If-None-Match": '"other", nonsense'})).status == 200
    await plan(visitors.coach, cast.cycle)
    assert (await visitors.nobody.get(path, headers={"If-None-Match": tag})).status == 200


async def test_one_address_a_person_shown_once_replaced_and_ended(visitors: Visitors, deps: Deps) -> None:
    assert (await visitors.teacher.get("/api/calendar")).json == {"created_at": None}
    first = await subscribe(visitors.teacher)
    second = await subscribe(visitors.teacher)
    assert (await visitors.nobody.get(first)).slug == "not_found"
    assert (await visitors.nobody.get(second)).status == 200
    shown = await visitors.teacher.get("/api/calendar")
    assert shown.json["created_at"] is not None
    token = second.rpartition("/")[2].removesuffix(".ics")
    assert token.encode() not in shown.body
    async with deps.db.read() as tx:
        rows = (await tx.exec_driver_sql("SELECT * FROM calendar_feeds")).fetchall()
    assert len(rows) == 1
    assert token not in str(rows), "kept as a hash"
    assert (await visitors.teacher.delete("/api/calendar")).status == 204
    assert (await visitors.nobody.get(second)).slug == "not_found"
    assert (await visitors.teacher.delete("/api/calendar")).slug == "not_found"


@pytest.mark.parametrize("token", ["x", "a" * 43, "..%2f..", "%00" * 43, "a" * 4_000])
async def test_an_address_that_is_none_shows_nothing(visitors: Visitors, token: str) -> None:
    assert (await visitors.nobody.get(await subscribe(visitors.teacher))).status == 200
    assert (await visitors.nobody.get(f"/calendar/{token}.ics")).slug == "not_found"


async def test_a_grant_that_is_gone_is_gone_from_the_feed(visitors: Visitors, cast: Cast, deps: Deps) -> None:
    await plan(visitors.teacher, cast.cycle)
    path = await subscribe(visitors.coach)
    assert len(events((await visitors.nobody.get(path)).body)) == 1
    async with deps.db.write() as tx:
        await apply(tx, grants.revoke(cast.coach, cycle_stream(cast.cycle)))
    assert events((await visitors.nobody.get(path)).body) == []


async def test_an_observer_has_no_business_with_the_meetings(visitors: Visitors, cast: Cast, deps: Deps) -> None:
    await plan(visitors.teacher, cast.cycle)
    path = await subscribe(visitors.second_teacher)
    async with deps.db.write() as tx:
        stream = cycle_stream(cast.cycle)
        await apply(tx, grants.grant(cast.second_teacher, stream, "observer", at=deps.clock()))
    assert events((await visitors.nobody.get(path)).body) == []


async def test_whoever_leaves_or_sets_a_new_password_has_no_address(
    visitors: Visitors, cast: Cast, deps: Deps, quick_hashes: None
) -> None:
    left, changed = await subscribe(visitors.coach), await subscribe(visitors.teacher)
    await deactivate(deps, cast.coach)
    assert (await visitors.nobody.get(left)).slug == "not_found"
    assert (await set_password(visitors.teacher)).status == 204
    assert (await visitors.nobody.get(changed)).slug == "not_found"
