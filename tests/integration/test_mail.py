"""Mail over a real SMTP server, which refuses, hangs and dies; and nothing is lost, doubled without need, or said."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta

import pytest

from service.actions import sign_in
from service.mail.sender import run_sender, send_one
from service.mail.transports import Smtp
from service.wiring import Deps
from storage import notices, people
from storage.engine import apply
from tests.fixtures.cast import Cast
from tests.fixtures.doors import deactivate
from tests.fixtures.smtp import Behaviour, Postbox, postbox

TEACHER = "teacher@demo.invalid"


@pytest.fixture
async def box() -> AsyncIterator[Postbox]:
    async with postbox() as it:
        yield it


@pytest.fixture
def mailing(deps: Deps, cast: Cast, box: Postbox) -> Deps:
    """Deps of a Farfield that sends its mail to the postbox; its clock goes only where a test moves it."""
    config = replace(deps.config, smtp_url=box.url, mail_from="Farfield <coaching@demo.invalid>")
    now = deps.clock()
    return replace(deps, config=config, clock=lambda: now)


def later(deps: Deps, **time: float) -> Deps:
    now = deps.clock() + timedelta(**time)
    return replace(deps, clock=lambda: now)


def smtp(box: Postbox, **more: float) -> Smtp:
    return Smtp(box.url, "coaching@demo.invalid", **more)


async def ask(deps: Deps, email: str = TEACHER) -> str:
    """A notice of a sign-in link; its id."""
    notice = deps.new_id()
    async with deps.db.write() as tx:
        await apply(tx, [notices.enqueue(notice, "sign_in_link", email, {}, at=deps.clock())])
    return notice


async def state_of(deps: Deps, notice: str) -> str:
    async with deps.db.read() as tx:
        return (await notices.states(tx, [notice]))[notice]


async def test_a_letter_arrives_and_its_link_signs_in(mailing: Deps, box: Postbox, cast: Cast) -> None:
    notice = await ask(mailing)
    await send_one(mailing, smtp(box))
    ((to, letter),) = box.letters
    assert to == TEACHER
    assert letter["From"] == "Farfield <coaching@demo.invalid>"
    plain = letter.get_body(("plain",))
    assert plain is not None
    token = plain.get_content().partition("/sign-in#")[2].split()[0]
    assert await state_of(mailing, notice) == "sent"
    async with mailing.db.read() as tx:
        for table in ("notices", "sign_in_links", "invitation_tokens"):
            rows = (await tx.exec_driver_sql(f"SELECT * FROM {table}")).fetchall()
            assert token not in str(rows), "no table holds what opens a door"
    signed_in = await sign_in.with_link(mailing, token, sign_in.Visit("192.0.2.1", "a test"))
    assert signed_in.person == cast.teacher


@pytest.mark.parametrize("behaviour", ["busy", "refuses us", "hangs", "dies half way", "gone"])
async def test_what_cannot_be_sent_now_is_sent_later_and_once(
    mailing: Deps, box: Postbox, behaviour: Behaviour | str
) -> None:
    notice = await ask(mailing)
    if behaviour == "gone":
        await send_one(mailing, Smtp("smtp://127.0.0.1:9", "coaching@demo.invalid"))
    else:
        box.behaviour = behaviour  # type: ignore[assignment]
        await send_one(mailing, smtp(box, whole_seconds=0.5))
    assert (await state_of(mailing, notice), box.letters) == ("waiting", [])
    box.behaviour = "takes"
    assert await send_one(mailing, smtp(box)) > 0, "not at once: there is a pause"
    soon = later(mailing, seconds=31)
    await send_one(soon, smtp(box))
    await send_one(soon, smtp(box))
    assert await state_of(mailing, notice) == "sent"
    assert len(box.letters) == 1


async def test_a_receipt_that_got_lost_costs_a_second_copy_with_the_same_name(mailing: Deps, box: Postbox) -> None:
    await ask(mailing)
    box.behaviour = "loses receipt"
    await send_one(mailing, smtp(box))
    box.behaviour = "takes"
    soon = later(mailing, seconds=31)
    await send_one(soon, smtp(box))
    first, second = (letter for _, letter in box.letters)
    assert first["Message-ID"] == second["Message-ID"]
    for letter in (first, second):  # whichever of the two a mailbox keeps
        plain = letter.get_body(("plain",))
        assert plain is not None
        token = plain.get_content().partition("/sign-in#")[2].split()[0]
        await sign_in.with_link(soon, token, sign_in.Visit("192.0.2.1", "a test"))


@pytest.mark.parametrize("behaviour", ["refuses person", "refuses letter"])
async def test_an_address_that_takes_no_mail_is_not_tried_again(
    mailing: Deps, box: Postbox, behaviour: Behaviour
) -> None:
    notice, other = await ask(mailing), await ask(mailing, "coach@demo.invalid")
    box.behaviour = behaviour
    await send_one(mailing, smtp(box))
    box.behaviour = "takes"
    await send_one(mailing, smtp(box))
    assert (await state_of(mailing, notice), await state_of(mailing, other)) == ("failed", "sent")
    assert [to for to, _ in box.letters] == ["coach@demo.invalid"]


async def test_whoever_left_or_never_was_gets_nothing(mailing: Deps, box: Postbox, cast: Cast) -> None:
    waiting, unknown = await ask(mailing), await ask(mailing, "ghost@demo.invalid")
    await deactivate(mailing, cast.teacher)
    after = await ask(mailing)
    while await send_one(mailing, smtp(box)) == 0:
        pass
    assert box.letters == []
    assert {await state_of(mailing, each) for each in (waiting, unknown, after)} == {"dropped"}


async def test_a_link_that_comes_hours_late_is_not_sent_and_that_is_said(
    mailing: Deps, box: Postbox, caplog: pytest.LogCaptureFixture
) -> None:
    notice = await ask(mailing)
    box.behaviour = "busy"
    await send_one(mailing, smtp(box))
    box.behaviour = "takes"
    caplog.clear()
    await send_one(later(mailing, hours=3), smtp(box))
    assert (await state_of(mailing, notice), box.letters) == ("dropped", [])
    (said,) = (record for record in caplog.records if record.message == "mail_outcome")
    assert (said.levelname, said.notice, said.outcome) == ("WARNING", notice, "dropped")  # type: ignore[attr-defined]


async def test_a_kind_nobody_can_write_does_not_hold_up_the_others(
    mailing: Deps, box: Postbox, caplog: pytest.LogCaptureFixture
) -> None:
    async with mailing.db.write() as tx:
        await apply(
            tx, [notices.enqueue("odd", "no such kind", TEACHER, {}, at=mailing.clock() - timedelta(minutes=1))]
        )
    notice = await ask(mailing)
    stop = asyncio.Event()
    sender = asyncio.create_task(run_sender(mailing, stop, smtp(box)))
    await box.got(1)
    stop.set()
    await sender
    assert await state_of(mailing, notice) == "sent"


async def test_the_sender_hears_of_mail_at_once_and_stops_in_the_middle_of_a_letter(
    mailing: Deps, box: Postbox
) -> None:
    stop = asyncio.Event()
    sender = asyncio.create_task(run_sender(mailing, stop, smtp(box)))
    await sign_in.ask_for_link(mailing, TEACHER, address="192.0.2.1")
    await box.got(1)
    box.behaviour = "hangs"
    notice = await ask(mailing)
    mailing.bus.wake(notices.WAKE, 0)
    await box.was_tried(2)
    stop.set()
    await sender
    assert await state_of(mailing, notice) == "waiting"
    box.behaviour = "takes"
    await send_one(later(mailing, minutes=3), smtp(box))
    assert await state_of(mailing, notice) == "sent"


@pytest.mark.parametrize("email", ["grüße@bücher.example", '"two words"@demo.invalid', "x@[192.0.2.1]"])
async def test_strange_but_legal_addresses_get_their_letters(mailing: Deps, box: Postbox, email: str) -> None:
    person = people.Person(mailing.new_id(), "Odd", email, "UTC", "en", mailing.clock())
    async with mailing.db.write() as tx:
        await apply(tx, [people.add(person)])
    notice = await ask(mailing, email)
    await send_one(mailing, smtp(box))
    assert await state_of(mailing, notice) == "sent"
    assert len(box.letters) == 1


@pytest.mark.parametrize(
    ("account", "typed", "same"),
    [
        ("tesst@demo.invalid", "teßt@demo.invalid", False),
        ("file@demo.invalid", "ﬁle@demo.invalid", False),
        ("iris@demo.invalid", "ırıs@demo.invalid", False),
        ("kim@demo.invalid", "ｋim@demo.invalid", False),
        ("Kim@demo.invalid", "kIM@Demo.Invalid", True),
        ("zoé@demo.invalid", "zoe\u0301@demo.invalid", True),
    ],
)
async def test_another_mailbox_never_gets_the_link_of_an_account(
    mailing: Deps, box: Postbox, account: str, typed: str, same: bool
) -> None:
    person = people.Person(mailing.new_id(), "Kim", account, "UTC", "en", mailing.clock())
    async with mailing.db.write() as tx:
        await apply(tx, [people.add(person)])
    await ask(mailing, typed)
    await send_one(mailing, smtp(box))
    assert [to for to, _ in box.letters] == ([account] if same else [])
