"""Letters about meetings and commitments over a real SMTP server: who gets them, when, and that they are still so."""

import re
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import date, datetime, timedelta
from email.message import EmailMessage
from typing import Any
from uuid import uuid4
from zoneinfo import ZoneInfo

import msgspec
import pytest

from service import access
from service.actions import reminding
from service.coaching.cycle_state import Interruption
from service.coaching.streams import cycle_stream
from service.mail.sender import send_one
from service.mail.transports import Smtp
from service.wiring import Deps
from storage import grants, notices
from storage.engine import apply
from tests.fixtures.cast import Cast
from tests.fixtures.meeting_talk import coming, commands_of, plan, say
from tests.fixtures.smtp import Postbox, postbox
from tests.fixtures.visitors import Visitors, visiting

TEACHER, COACH = "teacher@demo.invalid", "coach@demo.invalid"
NEW_YORK, BERLIN = "America/New_York", "Europe/Berlin"


@pytest.fixture
async def box() -> AsyncIterator[Postbox]:
    async with postbox() as it:
        yield it


@pytest.fixture
async def mailing(deps: Deps, cast: Cast, box: Postbox) -> Deps:
    """A Farfield that sends its mail to the postbox. The teacher reads in New York, the coach in Berlin."""
    async with deps.db.write() as tx:
        for email, zone in ((TEACHER, NEW_YORK), (COACH, BERLIN)):
            await tx.exec_driver_sql("UPDATE people SET time_zone = ? WHERE email = ?", (zone, email))
    return replace(deps, config=replace(deps.config, smtp_url=box.url, mail_from="Farfield <coaching@demo.invalid>"))


@pytest.fixture
async def visitors(mailing: Deps, cast: Cast) -> AsyncIterator[Visitors]:
    async with visiting(mailing, cast) as everybody:
        yield everybody


def at(deps: Deps, moment: datetime) -> Deps:
    return replace(deps, clock=lambda: moment)


async def post(deps: Deps, box: Postbox, **later: float) -> list[tuple[str, EmailMessage]]:
    """What goes out so much later, everything that is due by then."""
    before = len(box.letters)
    then = at(deps, deps.clock() + timedelta(**later))
    while await send_one(then, Smtp(box.url, "coaching@demo.invalid")) == 0:
        pass
    return box.letters[before:]


def text(letter: EmailMessage) -> str:
    plain = letter.get_body(("plain",))
    assert plain is not None
    return str(plain.get_content())


async def due_days(deps: Deps) -> list[datetime]:
    async with deps.db.read() as tx:
        found = await tx.exec_driver_sql("SELECT run_at FROM notices WHERE kind = 'commitment_due' ORDER BY run_at")
        return [datetime.fromtimestamp(row[0] / 1000, deps.clock().tzinfo) for row in found]


async def promise(visitors: Visitors, cast: Cast, day: date, **more: Any) -> str:
    commitment = str(uuid4())
    made = {"type": "make_commitment", "commitment": commitment, "text": "canary-what", "measure": "canary-how"}
    await commands_of(visitors.coach, cast.cycle, made | {"due": day.isoformat()} | more)
    return commitment


async def test_the_other_one_hears_of_a_meeting_on_their_own_clock(
    mailing: Deps, visitors: Visitors, cast: Cast, box: Postbox
) -> None:
    agenda = {"type": "write_agenda", "text": "canary-agenda", "revision": 0}
    start = "2027-01-12T15:00:00Z"
    meeting = await plan(visitors.teacher, cast.cycle, start=start, place="canary-place", kind="debrief")
    await commands_of(visitors.teacher, cast.cycle, agenda | {"meeting": meeting})
    ((to, letter),) = await post(mailing, box)
    said = text(letter)
    assert (to, letter["Subject"]) == (COACH, "A debrief with Demo teacher")
    assert "Tuesday 12 January 2027, 16:00 to 16:45 (Europe/Berlin)" in said
    assert "For Demo teacher: Tuesday 12 January 2027, 10:00 to 10:45 (America/New York)" in said
    assert f"{mailing.config.origin}/cycles/{cast.cycle}" in said
    assert letter["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert "canary" not in letter.as_string()


async def test_moved_and_called_off_are_told_and_what_is_no_longer_so_is_not(
    mailing: Deps, visitors: Visitors, cast: Cast, box: Postbox
) -> None:
    meeting = await plan(visitors.teacher, cast.cycle)
    moving = {"type": "move_meeting", "meeting": meeting, "minutes": 30, "place": ""}
    await commands_of(visitors.coach, cast.cycle, moving | {"start": coming(days=9)})
    ((to, letter),) = await post(mailing, box)
    assert (to, letter["Subject"]) == (TEACHER, "Moved: planning meeting with Demo coach")
    await commands_of(visitors.teacher, cast.cycle, moving | {"start": coming(days=11)})
    await commands_of(visitors.teacher, cast.cycle, {"type": "cancel_meeting", "meeting": meeting})
    ((to, letter),) = await post(mailing, box)
    assert (to, letter["Subject"]) == (COACH, "Called off: planning meeting with Demo teacher")
    assert await post(mailing, box, days=20) == [], "nobody is reminded of it"


async def test_both_are_reminded_a_day_before_once_however_often_it_moved(
    mailing: Deps, visitors: Visitors, cast: Cast, box: Postbox
) -> None:
    start, other = coming(days=6), coming(days=9)
    meeting = await plan(visitors.teacher, cast.cycle, start=start)
    moving = {"type": "move_meeting", "meeting": meeting, "minutes": 45, "place": ""}
    for there_and_back in (other, start):
        await commands_of(visitors.teacher, cast.cycle, moving | {"start": there_and_back})
    await post(mailing, box)
    assert await post(mailing, box, days=4, hours=23) == []
    reminded = await post(mailing, box, days=5, minutes=1)
    assert sorted((to, str(letter["Subject"])) for to, letter in reminded) == [
        (COACH, "Tomorrow: planning meeting with Demo teacher"),
        (TEACHER, "Tomorrow: planning meeting with Demo coach"),
    ]
    assert await post(mailing, box, days=8, minutes=1) == []


async def test_check_ins_are_offered_and_accepted_by_letter(
    mailing: Deps, visitors: Visitors, cast: Cast, box: Postbox
) -> None:
    offer = str(uuid4())
    offered = {"type": "offer_check_ins", "offer": offer, "start": coming(days=3), "minutes": 30, "weeks": 3}
    await commands_of(visitors.coach, cast.cycle, offered | {"time_zone": BERLIN})
    ((to, letter),) = await post(mailing, box)
    assert (to, letter["Subject"]) == (TEACHER, "Demo coach offers weekly check-ins")
    meetings = [str(uuid4()) for _ in range(3)]
    await commands_of(visitors.teacher, cast.cycle, {"type": "accept_check_ins", "offer": offer, "meetings": meetings})
    ((to, letter),) = await post(mailing, box)
    assert (to, letter["Subject"]) == (COACH, "Weekly check-ins with Demo teacher")
    withdrawn = str(uuid4())
    await commands_of(visitors.coach, cast.cycle, offered | {"time_zone": BERLIN, "offer": withdrawn})
    await commands_of(visitors.coach, cast.cycle, {"type": "decline_check_ins", "offer": withdrawn})
    assert await post(mailing, box) == []


async def test_on_its_day_the_teacher_is_asked_with_a_link_straight_there(
    mailing: Deps, visitors: Visitors, cast: Cast, box: Postbox
) -> None:
    day = (mailing.clock() + timedelta(days=8)).date()
    commitment = await promise(visitors, cast, day)
    (due,) = await due_days(mailing)
    assert due.astimezone(ZoneInfo(NEW_YORK)).isoformat()[:16] == f"{day}T09:00"
    assert await post(at(mailing, due - timedelta(minutes=1)), box) == []
    ((to, letter),) = await post(at(mailing, due), box)
    assert to == TEACHER
    assert re.search(rf"/cycles/{cast.cycle}/follow-up/{commitment}\b", text(letter))
    assert "canary" not in letter.as_string()
    assert letter["List-Unsubscribe"]


@pytest.mark.parametrize(
    "what", ["moved", "dropped", "kept", "closed", "grant gone", "refused", "days late", "paused", "as it was"]
)
async def test_a_letter_of_a_day_goes_out_only_while_it_is_so(
    mailing: Deps, visitors: Visitors, cast: Cast, box: Postbox, what: str
) -> None:
    day = (mailing.clock() + timedelta(days=8)).date()
    commitment = await promise(visitors, cast, day)
    (due,) = await due_days(mailing)
    late = timedelta(days=5) if what == "days late" else timedelta(0)
    commands: dict[str, dict[str, Any]] = {
        "moved": {"type": "change_commitment", "text": "x", "measure": "", "revision": 1, "due": f"{_after(day)}"},
        "dropped": {"type": "drop_commitment"},
        "kept": {"type": "follow_up", "answer": "kept"},
        "closed": {"type": "cancel_cycle", "reason": "timetable"},
        "paused": {"type": "pause_cycle", "reason": "illness"},
    }
    if command := commands.get(what):
        about = {} if "cycle" in command["type"] else {"commitment": commitment}
        await commands_of(visitors.teacher, cast.cycle, command | about)
    async with mailing.db.write() as tx:
        if what == "grant gone":
            await apply(tx, grants.revoke(cast.teacher, cycle_stream(cast.cycle)))
        if what == "refused":
            await apply(tx, [notices.refuse(TEACHER, at=mailing.clock())])
    sent = await post(at(mailing, due + late), box)
    assert [to for to, _ in sent] == ([TEACHER] if what == "as it was" else [])
    if what == "moved":
        assert [to for to, _ in await post(at(mailing, due + timedelta(days=1, hours=2)), box)] == [TEACHER]


async def test_a_day_that_is_moved_there_and_back_is_one_letter(
    mailing: Deps, visitors: Visitors, cast: Cast, box: Postbox
) -> None:
    day = (mailing.clock() + timedelta(days=8)).date()
    commitment = await promise(visitors, cast, day)
    changing = {"type": "change_commitment", "commitment": commitment, "text": "x", "measure": ""}
    for revision, to in ((1, _after(day)), (2, day)):
        await commands_of(visitors.teacher, cast.cycle, changing | {"revision": revision, "due": to.isoformat()})
    sent = await post(at(mailing, (await due_days(mailing))[-1] + timedelta(days=1)), box)
    assert [to for to, _ in sent] == [TEACHER]


async def test_not_yet_with_a_new_day_asks_again_then(
    mailing: Deps, visitors: Visitors, cast: Cast, box: Postbox
) -> None:
    day = (mailing.clock() + timedelta(days=8)).date()
    commitment = await promise(visitors, cast, day)
    again = {"type": "follow_up", "commitment": commitment, "answer": "not_yet", "again": _after(day).isoformat()}
    await commands_of(visitors.teacher, cast.cycle, again)
    first, second = await due_days(mailing)
    assert await post(at(mailing, first), box) == []
    assert [to for to, _ in await post(at(mailing, second), box)] == [TEACHER]


async def test_a_day_that_came_in_a_pause_has_its_letter_after_it(
    mailing: Deps, visitors: Visitors, cast: Cast, box: Postbox
) -> None:
    """In words of its own, and once; what was due before the pause or comes after it is not told twice."""
    now = mailing.clock()
    for days in (1, 8, 30):
        await promise(visitors, cast, (now + timedelta(days=days)).date())
    pair = await reminding.pair_of(mailing, await access.access_cycle(mailing, cast.teacher, cast.cycle))
    _, cycle = await mailing.record.state(cycle_stream(cast.cycle))
    assert reminding.after_pause(pair, cycle, at=now + timedelta(days=20)) == []
    paused = msgspec.structs.replace(cycle, paused=Interruption("illness", now + timedelta(days=3), cast.coach))
    writes = reminding.after_pause(pair, paused, at=now + timedelta(days=20))
    assert len(writes) == 1
    async with mailing.db.write() as tx:
        await apply(tx, [*writes, *reminding.after_pause(pair, paused, at=now + timedelta(days=20))])
    assert reminding.after_pause({}, paused, at=now + timedelta(days=20)) == []

    ((to, letter),) = await post(mailing, box, days=21, hours=6)
    assert to == TEACHER
    assert "while you paused, the day came" in text(letter)


async def test_a_pause_is_ended_with_letters_on_their_way(mailing: Deps, visitors: Visitors, cast: Cast) -> None:
    await promise(visitors, cast, (mailing.clock() + timedelta(days=8)).date())
    for command in ({"type": "pause_cycle", "reason": "illness"}, {"type": "resume_cycle"}, {"type": "resume_cycle"}):
        await commands_of(visitors.coach, cast.cycle, command)
    assert len(await due_days(mailing)) == 1, "its day was not in the pause"


async def test_a_commitment_that_the_next_cycle_takes_along_has_a_letter_of_its_own(
    mailing: Deps, cast: Cast, box: Postbox
) -> None:
    found = await access.access_cycle(mailing, cast.teacher, cast.cycle)
    pair, commitment, now = await reminding.pair_of(mailing, found), str(uuid4()), mailing.clock()
    day = (now + timedelta(days=8)).date()
    for cycle in (cast.closed_cycle, cast.cycle, cast.cycle):
        async with mailing.db.write() as tx:
            await apply(tx, reminding.on_due_day(pair, cast.teacher, cycle, commitment, day, at=now))
    assert len(await due_days(mailing)) == 2, "one a cycle, and once"


REFUSED: dict[str, tuple[dict[str, Any], str]] = {
    "past": ({"start": coming(days=-1)}, "past"),
    "9,999 minutes": ({"minutes": 9_999}, "between 5 and 480 minutes"),
    "years away": ({"start": "2099-01-01T09:00:00Z"}, "years away"),
    "javascript": ({"place": "javascript:alert(1)"}, "https://"),
    "data": ({"place": "data:text/html,x"}, "https://"),
    "ftp": ({"place": "ftp://demo.invalid/x"}, "https://"),
    "line break": ({"place": "Room 1\r\nBEGIN:VEVENT"}, "one line"),
    "no time": ({"start": "tomorrow"}, "“start”"),
}


@pytest.mark.parametrize("odd", REFUSED)
async def test_an_odd_meeting_is_refused_in_a_sentence_and_no_letter_goes(
    mailing: Deps, visitors: Visitors, cast: Cast, box: Postbox, odd: str
) -> None:
    changes, sentence = REFUSED[odd]
    asked = {"type": "plan_meeting", "meeting": str(uuid4()), "kind": "debrief", "start": coming(days=1), "minutes": 45}
    refused = await say(visitors.teacher, cast.cycle, asked | changes)
    assert refused.status in (400, 422)
    assert sentence in refused.json["detail"]
    assert await post(mailing, box) == []
    assert (await say(visitors.teacher, cast.cycle, asked)).status == 200
    assert len(await post(mailing, box)) == 1


@pytest.mark.parametrize("changes", [{"due": None}, {"due": ""}, {}, {"due": "2020-01-01"}])
async def test_a_commitment_needs_a_day_that_is_to_come(
    visitors: Visitors, cast: Cast, changes: dict[str, Any]
) -> None:
    asked = {"type": "make_commitment", "commitment": str(uuid4()), "text": "A demo commitment"}
    refused = await say(visitors.teacher, cast.cycle, asked | changes)
    assert refused.status in (400, 422)
    assert ("day is past" if changes.get("due") else "“due”") in refused.json["detail"]
    assert (await say(visitors.teacher, cast.cycle, asked | {"due": coming(days=1)[:10]})).status == 200


async def test_an_unknown_time_zone_is_refused(visitors: Visitors, cast: Cast) -> None:
    offered = {"type": "offer_check_ins", "start": coming(days=3), "minutes": 30, "weeks": 3}
    for zone, status in (("Europe/Nowhere", 422), ("../etc/passwd", 422), (BERLIN, 200)):
        told = await say(visitors.coach, cast.cycle, offered | {"offer": str(uuid4()), "time_zone": zone})
        assert told.status == status, told.body


def _after(day: date) -> date:
    return day + timedelta(days=1)
