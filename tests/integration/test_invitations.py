"""Invitations and a lead's page: one use, an end, a button and not a scanner; and what a lead may open for others."""

import asyncio
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest

from service.config import Config
from service.wiring import Deps
from storage import programs
from tests.fixtures.cast import Cast
from tests.fixtures.doors import NEW, Letters, accept, invite
from tests.fixtures.visitors import Answer, Visitor, Visitors, visiting


async def look(visitor: Visitor, token: str) -> Answer:
    return await visitor.post("/api/invitations/look", {"token": token})


async def roles_of(deps: Deps, cast: Cast, person: str) -> frozenset[str]:
    async with deps.db.read() as tx:
        return await programs.roles(tx, cast.program, person)


async def test_a_letter_brings_somebody_new_into_the_program(
    visitors: Visitors, cast: Cast, letters: Letters, deps: Deps
) -> None:
    invited = await invite(visitors, cast)
    assert (invited.status, invited.json["link"]) == (201, None)
    to, token = await letters.newest()
    assert to == NEW
    scanned = await visitors.nobody.get("/invitation")
    assert scanned.status == 404, "no GET of the service knows an invitation"
    for _ in range(3):
        offer = await look(visitors.nobody, token)
        assert (offer.json["program"], offer.json["role"], offer.json["by"]) == ("Far Valley", "coach", "Demo lead")
        assert offer.json["email"] == NEW

    joined = await accept(visitors.nobody, token, time_zone="America/Boise")

    assert joined.status == 201
    person = joined.json["person"]
    assert (person["name"], person["email"], person["time_zone"]) == ("Nia Newcomer", NEW, "America/Boise")
    assert [p["role"] for p in joined.json["programs"]] == ["coach"]
    assert await roles_of(deps, cast, person["id"]) == {"coach"}
    assert (await look(visitors.nobody, token)).slug == "invitation_over"
    assert (await accept(visitors.nobody, token)).slug == "invitation_over"
    page = await visitors.lead.get(f"/api/programs/{cast.program}/people")
    assert NEW in {member["email"] for member in page.json["people"]}
    assert page.json["invitations"] == []


async def test_of_many_who_press_the_button_at_once_one_gets_in(
    visitors: Visitors, cast: Cast, letters: Letters
) -> None:
    await invite(visitors, cast)
    _, token = await letters.newest()
    answers = await asyncio.gather(*(accept(visitors.nobody, token) for _ in range(6)))
    assert sorted(answer.status for answer in answers) == [201, 410, 410, 410, 410, 410]


async def test_a_letter_to_somebody_who_has_an_account_gives_the_role_and_opens_no_session(
    visitors: Visitors, cast: Cast, letters: Letters, deps: Deps
) -> None:
    """It may lie about for two weeks, or be passed on; a fresh link goes where the account's mail goes."""
    await invite(visitors, cast, role="teacher", email="Outsider@demo.invalid")
    _, token = await letters.newest()
    joined = await accept(visitors.nobody, token, name="Somebody Else")
    assert (joined.status, joined.body) == (202, b"")
    assert "Set-Cookie" not in joined.headers
    assert await roles_of(deps, cast, cast.outsider) == {"teacher"}
    to, link = await letters.newest()
    assert to == "outsider@demo.invalid"
    signed_in = await visitors.nobody.post("/api/session", {"type": "link", "token": link})
    assert (signed_in.json["person"]["id"], signed_in.json["person"]["name"]) == (cast.outsider, "Demo outsider")


async def test_signed_in_as_another_nobody_joins_and_nothing_is_used_up(
    visitors: Visitors, cast: Cast, letters: Letters, deps: Deps
) -> None:
    await invite(visitors, cast, role="teacher", email="outsider@demo.invalid")
    _, token = await letters.newest()
    assert (await accept(visitors.coach, token)).slug == "somebody_elses"
    assert await roles_of(deps, cast, cast.coach) == {"coach"}
    joined = await accept(visitors.outsider, token)
    assert (joined.status, joined.json["person"]["id"]) == (200, cast.outsider)


async def test_a_link_handed_over_joins_whoever_is_signed_in(visitors: Visitors, cast: Cast, deps: Deps) -> None:
    invited = await invite(visitors, cast, role="teacher", email=None)
    token = invited.json["link"].partition("#")[2]
    assert (await look(visitors.nobody, token)).json["email"] is None
    assert (await accept(visitors.outsider, token)).status == 200
    assert await roles_of(deps, cast, cast.outsider) == {"teacher"}
    assert (await accept(visitors.second_teacher, token)).slug == "invitation_over"


@pytest.mark.parametrize("email", [NEW, "coach@demo.invalid"])
async def test_a_link_handed_over_tells_nobody_who_has_an_account(
    visitors: Visitors, cast: Cast, letters: Letters, email: str
) -> None:
    """A lead who types another's address into their own link learns nothing and gets nowhere: a letter goes there."""
    token = (await invite(visitors, cast, role="teacher", email=None)).json["link"].partition("#")[2]
    answer = await accept(visitors.nobody, token, email=email)
    assert (answer.status, answer.body) == (202, b"")
    assert "Set-Cookie" not in answer.headers
    assert (await accept(visitors.nobody, token, email="third@demo.invalid")).slug == "not_found", "it was one use"
    to, mailed = await letters.newest()
    assert to == email
    page = await visitors.lead.get(f"/api/programs/{cast.program}/people")
    assert [(i["email"], i["letter"]) for i in page.json["invitations"]] == [(email, "sent")]
    assert (await accept(visitors.nobody, mailed)).status == (201 if email == NEW else 202)


async def test_without_mail_a_link_makes_an_account_unless_there_is_one(deps: Deps, cast: Cast) -> None:
    silent = replace(deps, config=Config.from_env({"FARFIELD_DATA_DIR": str(deps.config.data_dir)}))
    async with visiting(silent, cast) as visitors:
        assert (await invite(visitors, cast)).slug == "mail_off"
        asked = await visitors.nobody.post("/api/sign-in-links", {"email": NEW})
        assert asked.slug == "mail_off"
        token = (await invite(visitors, cast, email=None)).json["link"].partition("#")[2]
        assert (await accept(visitors.nobody, token, email="coach@demo.invalid")).slug == "address_taken"
        joined = await accept(visitors.nobody, token, email=NEW)
        assert (joined.status, joined.json["person"]["email"]) == (201, NEW)
        assert (await visitors.nobody.get("/api/outbox")).slug == "not_found"


async def test_taken_back_and_late_ones_are_over(visitors: Visitors, cast: Cast, letters: Letters, deps: Deps) -> None:
    invited = await invite(visitors, cast)
    _, token = await letters.newest()
    path = f"/api/programs/{cast.program}/invitations/{invited.json['id']}"
    assert (await visitors.outsider.delete(path)).slug == "not_found"
    assert (await look(visitors.nobody, token)).status == 200
    assert (await visitors.lead.delete(path)).status == 204
    assert (await accept(visitors.nobody, token)).slug == "invitation_over"
    assert (await visitors.lead.delete(path)).slug == "not_found"

    await invite(visitors, cast, email="late@demo.invalid")
    _, late = await letters.newest()
    later = replace(deps, clock=lambda: deps.clock() + timedelta(days=15))
    async with visiting(later, cast) as then:
        assert (await accept(then.nobody, late)).slug == "invitation_over"
    assert (await accept(visitors.nobody, late)).status == 201


@pytest.mark.parametrize(
    ("wrong", "slug"),
    [
        ({"email": "no address"}, "bad_request"),
        ({"email": "a@demo.invalid\r\nBcc: b@demo.invalid"}, "bad_request"),
        ({"role": "admin"}, "bad_request"),
        ({"role": "observer"}, "bad_request"),
        ({"id": "7"}, "bad_request"),
        ({"program": "mine"}, "bad_request"),
    ],
)
async def test_an_invitation_that_makes_no_sense_is_not_made(
    visitors: Visitors, cast: Cast, letters: Letters, wrong: dict[str, Any], slug: str
) -> None:
    asked = {"role": "coach", "email": NEW} | wrong
    assert (await invite(visitors, cast, **asked)).slug == slug
    assert await letters.count() == 0


@pytest.mark.parametrize(
    "name", ["", "  ", "two\nlines", "a\r\nBcc: x", "x" * 101, "nul\x00", "\u200b\u200b", "Lea \u202eyeldaeL"]
)
async def test_a_name_that_is_none_uses_nothing_up(visitors: Visitors, cast: Cast, letters: Letters, name: str) -> None:
    await invite(visitors, cast)
    _, token = await letters.newest()
    assert (await accept(visitors.nobody, token, name=name)).slug == "bad_request"
    assert (await accept(visitors.nobody, token, time_zone="Mars/Olympus")).slug == "bad_request"
    assert (await accept(visitors.nobody, token)).status == 201


async def test_only_its_lead_sees_and_runs_a_program(visitors: Visitors, cast: Cast) -> None:
    """The outsider leads another program."""
    path = f"/api/programs/{cast.program}"
    cycle = {"id": str(uuid4()), "cycle": str(uuid4()), "teacher": cast.second_teacher, "coach": cast.coach}
    invitation = {"id": str(uuid4()), "role": "lead", "email": NEW}
    assert (await visitors.lead.get(f"{path}/people")).status == 200
    for stranger in (visitors.teacher, visitors.coach, visitors.outsider):
        assert (await stranger.get(f"{path}/people")).slug == "not_found"
        assert (await stranger.post(f"{path}/invitations", invitation)).slug == "not_found"
        assert (await stranger.post(f"{path}/cycles", cycle)).slug == "not_found"


async def test_a_lead_opens_a_cycle_for_two_people_and_reads_none_of_it(
    visitors: Visitors, cast: Cast, letters: Letters
) -> None:
    command = {"id": str(uuid4()), "cycle": str(uuid4()), "teacher": cast.second_teacher, "coach": cast.coach}
    path = f"/api/programs/{cast.program}/cycles"

    opened = await visitors.lead.post(path, command)
    again = await visitors.lead.post(path, command)

    assert (opened.status, again.status, again.json) == (201, 201, opened.json)
    for member in (visitors.second_teacher, visitors.coach):
        seen = await member.get(f"/api/cycles/{command['cycle']}")
        assert (seen.json["cycle"]["stage"], seen.json["cycle"]["number"]) == ("planning", 1)
    assert (await visitors.lead.get(f"/api/cycles/{command['cycle']}")).slug == "not_found"
    assert (await visitors.teacher.get(f"/api/cycles/{command['cycle']}")).slug == "not_found"
    assert await letters.count() == 2, "one for each of the two, once"
    other = command | {"coach": cast.teacher}
    assert (await visitors.lead.post(path, other)).slug == "not_in_program"
    taken = command | {"id": str(uuid4())}
    assert (await visitors.lead.post(path, taken)).slug == "id_taken"
    theirs = {"id": str(uuid4()), "cycle": str(uuid4()), "teacher": cast.outsider, "coach": cast.coach}
    assert (await visitors.lead.post(path, theirs)).slug == "not_in_program"


async def test_a_second_cycle_has_the_next_number(visitors: Visitors, cast: Cast) -> None:
    command = {"id": str(uuid4()), "cycle": str(uuid4()), "teacher": cast.teacher, "coach": cast.coach}
    await visitors.lead.post(f"/api/programs/{cast.program}/cycles", command)
    seen = await visitors.teacher.get(f"/api/cycles/{command['cycle']}")
    assert seen.json["cycle"]["number"] == 3


async def test_a_mailed_sign_in_link_says_nothing_about_who_has_an_account(
    visitors: Visitors, cast: Cast, letters: Letters
) -> None:
    known = await visitors.nobody.post("/api/sign-in-links", {"email": "TEACHER@demo.invalid"})
    unknown = await visitors.nobody.post("/api/sign-in-links", {"email": "ghost@demo.invalid"})
    assert (known.status, known.body) == (unknown.status, unknown.body) == (202, b"")
    to, token = await letters.newest()
    assert to.lower() == "teacher@demo.invalid"
    assert await letters.count() == 1
    signed_in = await visitors.nobody.post("/api/session", {"type": "link", "token": token})
    assert signed_in.json["person"]["id"] == cast.teacher
    again = await visitors.nobody.post("/api/session", {"type": "link", "token": token})
    assert again.slug == "link_used"


async def test_nobodys_mailbox_is_filled(visitors: Visitors, letters: Letters) -> None:
    answers = [await visitors.nobody.post("/api/sign-in-links", {"email": "teacher@demo.invalid"}) for _ in range(6)]
    assert [a.status for a in answers] == [202, 202, 202, 202, 429, 429]
    assert await letters.count() == 4
    ghosts = [await visitors.nobody.post("/api/sign-in-links", {"email": "ghost@demo.invalid"}) for _ in range(6)]
    assert [a.status for a in ghosts] == [a.status for a in answers]


async def test_the_outbox_is_for_people_of_the_demo_and_its_own_machine(
    visitors: Visitors, cast: Cast, letters: Letters
) -> None:
    await invite(visitors, cast)
    await letters.newest()
    local = await visitors.nobody.get("/api/outbox", headers={"X-Forwarded-For": "127.0.0.1", "Host": "localhost:8080"})
    assert [letter["to"] for letter in local.json["letters"]] == [NEW]
    assert (await visitors.teacher.get("/api/outbox", headers={"X-Forwarded-For": "192.0.2.1"})).status == 200
    assert (await visitors.nobody.get("/api/outbox", headers={"X-Forwarded-For": "192.0.2.1"})).slug == "not_found"
    forged = {"X-Forwarded-For": "127.0.0.1, 192.0.2.1", "Host": "localhost:8080"}
    assert (await visitors.nobody.get("/api/outbox", headers=forged)).slug == "not_found"


async def test_a_letter_can_be_refused_by_a_button_and_not_by_a_scanner(
    visitors: Visitors, cast: Cast, letters: Letters, deps: Deps
) -> None:
    await invite(visitors, cast)
    text = (await letters.sent()).newest(1)[0].text
    path = "/api/unsubscribe/" + text.rpartition("/api/unsubscribe/")[2].strip()

    looked = await visitors.nobody.ask("GET", path, follow=False)
    assert (looked.status, looked.headers["Location"].partition("#")[0]) == (303, "/unsubscribe")
    await invite(visitors, cast, role="teacher")
    assert await letters.count() == 2, "looking refuses nothing"
    one_click = await visitors.nobody.post(
        path, data=b"List-Unsubscribe=One-Click", headers={"Origin": "https://mail.example"}
    )
    assert one_click.status == 204
    await invite(visitors, cast, role="lead")
    assert await letters.count() == 2
    page = await visitors.lead.get(f"/api/programs/{cast.program}/people")
    assert {i["role"]: i["letter"] for i in page.json["invitations"]} == {
        "coach": "sent", "teacher": "sent", "lead": "dropped"
    }  # fmt: skip
