"""Somebody wants to be somebody else: by a mailbox that looks alike, another's counter, a door they left open."""

import asyncio
from collections.abc import AsyncIterator
from uuid import uuid4

import pytest
from argon2 import PasswordHasher

from service import passwords
from service.actions import people as people_actions
from service.actions import sign_in
from service.mail.sender import send_one, transport_of
from service.mail.transports import Outbox
from service.problems import SignInRefused
from service.wiring import Deps
from storage import people
from storage.engine import apply
from storage.people import email_key
from tests.fixtures.cast import Cast
from tests.fixtures.visitors import Answer, Visitor, Visitors, visiting

GOOD = "lantern orchard copper twelve"
OTHER = "seven quiet bridges at noon"
VICTIM = "tess@strasse.example"
TWINS = ["tess@straße.example", "ｔess@strasse.example", "teſs@strasse.example"]
"""Mailboxes of other people, whose addresses look alike to Unicode and to no mail server."""


@pytest.fixture(autouse=True)
def _quick_hashes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(passwords, "_hasher", PasswordHasher(time_cost=1, memory_cost=64, parallelism=1))
    monkeypatch.setattr(passwords, "_NOBODYS", passwords._hasher.hash("nobody's"))


@pytest.fixture
async def victim(deps: Deps, cast: Cast) -> str:
    person = people.Person(deps.new_id(), "Tess Teachwell", VICTIM, "UTC", "en", deps.clock())
    async with deps.db.write() as tx:
        await apply(tx, [people.add(person)])
    return person.id


@pytest.fixture
async def visitors(deps: Deps, cast: Cast) -> AsyncIterator[Visitors]:
    async with visiting(deps, cast) as everybody:
        yield everybody


async def letters(deps: Deps) -> list[tuple[str, str]]:
    """(to whom, the token in it) of every letter, the newest first."""
    transport = transport_of(deps.config)
    assert isinstance(transport, Outbox)
    while await send_one(deps, transport) == 0:
        pass
    return [
        (shown.to, next(word for word in shown.text.split() if "#" in word).partition("#")[2])
        for shown in transport.newest(50)
    ]


async def invited(visitors: Visitors, cast: Cast, **asked: str | None) -> Answer:
    body = {"id": str(uuid4()), "role": "teacher", "email": None} | asked
    return await visitors.lead.post(f"/api/programs/{cast.program}/invitations", body)


async def enter(visitor: Visitor, email: str, password: str, *, device: str = "", address: str = "192.0.2.1") -> Answer:
    headers = {"X-Forwarded-For": address} | ({"Cookie": f"farfield-device={device}"} if device else {})
    return await visitor.post(
        "/api/session", {"type": "password", "email": email, "password": password}, headers=headers
    )


def device_of(answer: Answer) -> str:
    pairs = [header.split(";")[0].partition("=") for header in answer.headers.getall("Set-Cookie")]
    return {name: value for name, _, value in pairs}["farfield-device"]


@pytest.mark.parametrize("twin", TWINS)
async def test_a_link_is_never_mailed_to_another_mailbox_than_the_persons(
    visitors: Visitors, deps: Deps, victim: str, twin: str
) -> None:
    assert (await visitors.nobody.post("/api/sign-in-links", {"email": twin})).status == 202
    assert await letters(deps) == []
    assert (await visitors.nobody.post("/api/sign-in-links", {"email": "Tess@Strasse.example"})).status == 202
    [(to, _)] = await letters(deps)
    assert to == VICTIM, "the address as it is kept, not as a stranger spelled it"


@pytest.mark.parametrize("twin", TWINS)
async def test_an_invitation_to_another_mailbox_opens_nobody_elses_account(
    visitors: Visitors, deps: Deps, cast: Cast, victim: str, twin: str
) -> None:
    assert (await invited(visitors, cast, email=twin)).status == 201
    [(to, token)] = await letters(deps)
    assert to != VICTIM
    accepted = await visitors.nobody.post("/api/invitations/accept", {"token": token, "name": "Another Tess"})
    assert accepted.status == 201
    assert accepted.json["person"]["id"] != victim
    assert accepted.json["person"]["name"] == "Another Tess"


async def test_a_letter_for_somebody_goes_to_the_address_they_have(
    visitors: Visitors, deps: Deps, cast: Cast, victim: str
) -> None:
    await invited(visitors, cast, email="TESS@strasse.example")
    [(to, token)] = await letters(deps)
    assert to == VICTIM
    accepted = await visitors.nobody.post("/api/invitations/accept", {"token": token, "name": "Tess"})
    assert (accepted.status, "Set-Cookie" in accepted.headers) == (202, False)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("tess@strasse.example", "tess@straße.example"),
        ("sam@demo.invalid", "ſam@demo.invalid"),
        ("fin@demo.invalid", "ﬁn@demo.invalid"),
        ("isik@demo.invalid", "ısik@demo.invalid"),
        ("i̇sik@demo.invalid", "İsik@demo.invalid"),
        ("x2@demo.invalid", "x²@demo.invalid"),
        ("θ@demo.invalid", "ϴ@demo.invalid"),
    ],
)
def test_two_mailboxes_are_two_people(one: str, other: str) -> None:
    assert email_key(one) != email_key(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("TESS@Demo.Invalid", "tess@demo.invalid"),
        ("ÖZGE@demo.invalid", "özge@demo.invalid"),
        ("te\u0301ss@demo.invalid", "tÉss@demo.invalid"),
    ],
)
def test_case_and_composition_make_no_other_mailbox(one: str, other: str) -> None:
    assert email_key(one) == email_key(other)


async def test_a_password_signs_in_whatever_the_form_of_the_domain(visitors: Visitors, deps: Deps, cast: Cast) -> None:
    person = people.Person(deps.new_id(), "Tess", "tess@straße.example", "UTC", "en", deps.clock())
    async with deps.db.write() as tx:
        await apply(tx, [people.add(person), await sign_in.password_write(person.id, GOOD, deps.clock())])
    for email in ("tess@xn--strae-oqa.example", "TESS@STRAßE.example"):
        assert (await enter(visitors.nobody, email, GOOD)).status == 201


async def test_signing_in_to_ones_own_account_frees_no_guesses_at_anothers(visitors: Visitors, deps: Deps) -> None:
    """Two people at one computer of the staff room: its cookie is known for both."""
    for visitor in (visitors.teacher, visitors.coach):
        assert (await visitor.ask("PUT", "/api/password", json={"password": GOOD})).status == 204
    device = device_of(await enter(visitors.nobody, "teacher@demo.invalid", GOOD))
    assert device_of(await enter(visitors.nobody, "coach@demo.invalid", GOOD, device=device)) == device

    made = 0
    for _ in range(5):
        answers = [await enter(visitors.nobody, "teacher@demo.invalid", OTHER, device=device) for _ in range(5)]
        made += [answer.slug for answer in answers].count("sign_in_refused")
        assert (await enter(visitors.nobody, "coach@demo.invalid", GOOD, device=device)).status == 201
    assert made == 6


@pytest.mark.parametrize("planted", ["planted", "x" * 42, '"quoted"', "a" * 4_000])
async def test_a_device_is_known_by_a_token_that_we_made(visitors: Visitors, planted: str) -> None:
    assert (await visitors.teacher.ask("PUT", "/api/password", json={"password": GOOD})).status == 204
    entered = await enter(visitors.nobody, "teacher@demo.invalid", GOOD, device=planted)
    assert entered.status == 201
    assert device_of(entered) != planted


async def test_what_an_address_may_not_try_is_not_counted_against_the_account(visitors: Visitors, deps: Deps) -> None:
    """Else one machine that waits already could keep every account waiting, and fill the table with names."""
    for n in range(31):
        await enter(visitors.nobody, f"p{n}@demo.invalid", OTHER)
    async with deps.db.read() as tx:
        before = (await tx.exec_driver_sql("SELECT count(*), sum(count) FROM attempts")).one()
    for n in range(20):
        assert (await enter(visitors.nobody, f"q{n}@demo.invalid", OTHER)).slug == "too_many_tries"
        assert (await enter(visitors.nobody, "teacher@demo.invalid", OTHER)).slug == "too_many_tries"
    async with deps.db.read() as tx:
        assert (await tx.exec_driver_sql("SELECT count(*), sum(count) FROM attempts")).one() == before
    assert (await enter(visitors.nobody, "teacher@demo.invalid", OTHER, address="192.0.2.9")).slug == "sign_in_refused"


async def test_a_sign_in_under_way_does_not_outlive_the_password_it_came_with(
    deps: Deps, cast: Cast, visitors: Visitors, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its hash was right when it was looked at; before the session begins, the owner has set another password."""
    assert (await visitors.teacher.ask("PUT", "/api/password", json={"password": GOOD})).status == 204
    checked, changed = asyncio.Event(), asyncio.Event()
    matches = passwords.matches

    async def slowly(kept: str | None, password: str) -> bool:
        right = await matches(kept, password)
        checked.set()
        await changed.wait()
        return right

    with monkeypatch.context() as patched:
        patched.setattr(passwords, "matches", slowly)
        entering = asyncio.create_task(
            sign_in.with_password(deps, "teacher@demo.invalid", GOOD, sign_in.Visit("192.0.2.1", "a thief"))
        )
        await checked.wait()
    assert (await visitors.teacher.ask("PUT", "/api/password", json={"password": OTHER})).status == 204
    changed.set()
    with pytest.raises(SignInRefused):
        await entering
    assert len((await visitors.teacher.get("/api/sessions")).json["sessions"]) == 1


async def test_a_lead_who_was_deactivated_has_left_no_door_open(visitors: Visitors, deps: Deps, cast: Cast) -> None:
    kept = (await invited(visitors, cast, role="lead")).json["link"].partition("#")[2]
    await invited(visitors, cast, role="lead", email="another.me@demo.invalid")
    [(_, mailed)] = await letters(deps)
    await invited(visitors, cast, role="lead", email="not.yet.sent@demo.invalid")
    async with deps.db.read() as tx:
        lead = await people.by_id(tx, cast.lead)
    assert lead is not None

    await people_actions.deactivate(deps, lead)

    for token in (kept, mailed):
        again = {"token": token, "name": "Me Again", "email": "another.me@demo.invalid"}
        assert (await visitors.nobody.post("/api/invitations/accept", again)).slug == "invitation_over"
        assert (await visitors.outsider.post("/api/invitations/accept", again)).slug == "invitation_over"
    assert len(await letters(deps)) == 1


@pytest.mark.parametrize("host", ["evil.example", "evil.example:8080", "localhost.evil.example", "10.0.0.7:8080"])
async def test_the_outbox_is_not_read_by_a_site_whose_name_leads_here(visitors: Visitors, host: str) -> None:
    here = {"X-Forwarded-For": "127.0.0.1"}
    assert (await visitors.nobody.get("/api/outbox", headers=here | {"Host": host})).slug == "not_found"
    for ours in ("localhost:8080", "127.0.0.1:8080", "[::1]:8080", "localhost"):
        assert (await visitors.nobody.get("/api/outbox", headers=here | {"Host": ours})).status == 200
