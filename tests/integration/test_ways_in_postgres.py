"""The doors on PostgreSQL, where two requests really are under way at once, in one process or in two."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from uuid import uuid4

import pytest

from service.config import Config
from service.mail.sender import send_one, transport_of
from service.mail.transports import Outbox
from service.wiring import Deps
from tests.fixtures.cast import Cast
from tests.fixtures.doors import GOOD, NEW, Letters, accept, enter, invite, set_password
from tests.fixtures.parts import parts
from tests.fixtures.postgres import Postgres
from tests.fixtures.visitors import Visitors

pytestmark = pytest.mark.usefixtures("quick_hashes")


@pytest.fixture
async def deps(folder: Path, postgres: Postgres) -> AsyncIterator[Deps]:
    url = postgres.url(await postgres.fresh())
    given = {"FARFIELD_DATA_DIR": str(folder), "FARFIELD_DATABASE_URL": url}
    async with parts(Config.from_env(given).as_demo()) as built:
        yield built


async def test_a_password_signs_in_and_a_wrong_one_does_not(visitors: Visitors, cast: Cast) -> None:
    assert (await set_password(visitors.teacher)).status == 204
    assert (await enter(visitors.nobody, "TEACHER@demo.invalid", GOOD)).json["person"]["id"] == cast.teacher
    assert (await enter(visitors.nobody, "teacher@demo.invalid", GOOD + "!")).slug == "sign_in_refused"
    assert (await enter(visitors.nobody, "teacher\0@demo.invalid", GOOD)).slug == "sign_in_refused"


async def test_a_crowd_of_guessers_gets_what_one_gets(visitors: Visitors) -> None:
    answers = await asyncio.gather(*(enter(visitors.nobody, "teacher@demo.invalid", f"guess {n}") for n in range(30)))
    slugs = [answer.slug for answer in answers]
    assert slugs.count("sign_in_refused") == 6
    assert slugs.count("too_many_tries") == 24


async def test_a_school_that_signs_in_at_once_from_one_address_gets_in(visitors: Visitors) -> None:
    """Each is counted under its account and under the address, and both are taken back, meanwhile by others, too."""
    for visitor in (visitors.teacher, visitors.coach):
        await set_password(visitor)
    names = ["teacher", "coach"] * 3
    for _ in range(10):
        entered = await asyncio.gather(*(enter(visitors.nobody, f"{name}@demo.invalid", GOOD) for name in names))
        assert [answer.status for answer in entered] == [201] * len(names)


async def test_of_many_who_press_the_button_one_gets_in(visitors: Visitors, cast: Cast, letters: Letters) -> None:
    await invite(visitors, cast)
    _, token = await letters.newest()
    answers = await asyncio.gather(*(accept(visitors.nobody, token) for _ in range(8)))
    assert sorted(answer.status for answer in answers) == [201] + [410] * 7


async def test_two_invitations_of_one_newcomer_at_once_make_one_person(
    visitors: Visitors, cast: Cast, letters: Letters
) -> None:
    tokens = []
    for role in ("coach", "coach", "teacher"):
        await invite(visitors, cast, role=role)
        tokens.append((await letters.newest())[1])
    answers = await asyncio.gather(*(accept(visitors.nobody, token) for token in tokens))
    assert sorted(answer.status for answer in answers) == [201, 202, 202]
    page = await visitors.lead.get(f"/api/programs/{cast.program}/people")
    assert [m["roles"] for m in page.json["people"] if m["email"] == NEW] == [["coach", "teacher"]]


async def test_one_request_sent_twice_at_once_is_done_once(visitors: Visitors, cast: Cast) -> None:
    token = {"id": str(uuid4()), "name": "Films", "scopes": ["read"]}
    made = await asyncio.gather(*(visitors.teacher.post("/api/tokens", token) for _ in range(4)))
    assert sorted(answer.status for answer in made) == [201, 404, 404, 404]
    asked = {"id": str(uuid4()), "role": "coach", "email": None}
    path = f"/api/programs/{cast.program}/invitations"
    links = await asyncio.gather(*(visitors.lead.post(path, asked) for _ in range(4)))
    assert [answer.status for answer in links] == [201] * 4
    assert len((await visitors.lead.get(f"/api/programs/{cast.program}/people")).json["invitations"]) == 1
    cycle = {"id": str(uuid4()), "cycle": str(uuid4()), "teacher": cast.second_teacher, "coach": cast.coach}
    opened = await asyncio.gather(
        *(visitors.lead.post(f"/api/programs/{cast.program}/cycles", cycle) for _ in range(4))
    )
    assert [answer.status for answer in opened] == [201] * 4


async def test_senders_in_two_processes_send_each_letter_once(visitors: Visitors, cast: Cast, deps: Deps) -> None:
    for n in range(6):
        await invite(visitors, cast, email=f"n{n}@demo.invalid")
    transport = transport_of(deps.config)
    assert isinstance(transport, Outbox)
    other = replace(deps, bus=deps.bus)
    await asyncio.gather(*(send_one(each, transport) for each in (deps, other) * 5))
    assert sorted(letter.to for letter in transport.newest(50)) == [f"n{n}@demo.invalid" for n in range(6)]


async def test_two_cycles_opened_at_once_for_one_teacher_have_two_numbers(visitors: Visitors, cast: Cast) -> None:
    path = f"/api/programs/{cast.program}/cycles"
    asked = [
        {"id": str(uuid4()), "cycle": str(uuid4()), "teacher": cast.second_teacher, "coach": cast.coach}
        for _ in range(4)
    ]
    opened = await asyncio.gather(*(visitors.lead.post(path, each) for each in asked))
    assert [answer.status for answer in opened] == [201] * 4
    seen = [await visitors.second_teacher.get(f"/api/cycles/{each['cycle']}") for each in asked]
    assert sorted(answer.json["cycle"]["number"] for answer in seen) == [1, 2, 3, 4]
