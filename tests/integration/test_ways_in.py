"""Ways in: passwords, mailed links, sessions, tokens, and how slowly somebody guesses."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest

from service.actions import sign_in
from service.wiring import Deps
from tests.fixtures.cast import Cast
from tests.fixtures.doors import GOOD, Clock, deactivate, enter, set_password
from tests.fixtures.visitors import ORIGIN, Answer, Visitor, Visitors, visiting

OTHER = "seven quiet bridges at noon"
TEACHER = "teacher@demo.invalid"


pytestmark = pytest.mark.usefixtures("quick_hashes")


@pytest.fixture
def clock(deps: Deps) -> Clock:
    return Clock(deps.clock())


@pytest.fixture
async def visitors(deps: Deps, cast: Cast, clock: Clock) -> AsyncIterator[Visitors]:
    """Everybody, before an application whose clock the test moves."""
    async with visiting(replace(deps, clock=clock), cast) as everybody:
        yield everybody


def cookies(answer: Answer) -> dict[str, str]:
    pairs = [header.split(";")[0].partition("=") for header in answer.headers.getall("Set-Cookie")]
    return {name: value for name, _, value in pairs}


async def test_a_password_signs_in_whatever_the_case_of_the_address(visitors: Visitors, cast: Cast) -> None:
    assert (await set_password(visitors.teacher)).status == 204
    for email in (TEACHER, " Teacher@Demo.Invalid "):
        entered = await enter(visitors.nobody, email, GOOD)
        assert (entered.status, entered.json["person"]["id"]) == (201, cast.teacher)
        assert entered.json["has_password"] is True
    for header in entered.headers.getall("Set-Cookie"):
        assert "HttpOnly" in header
        assert "SameSite=Lax" in header


async def test_wrong_unknown_and_gone_are_refused_alike(visitors: Visitors, cast: Cast, deps: Deps) -> None:
    await set_password(visitors.teacher)
    await set_password(visitors.coach)
    await deactivate(deps, cast.coach)

    refused = [
        await enter(visitors.nobody, TEACHER, OTHER, address="192.0.2.1"),
        await enter(visitors.nobody, "nobody@demo.invalid", GOOD, address="192.0.2.2"),
        await enter(visitors.nobody, "coach@demo.invalid", GOOD, address="192.0.2.3"),
        await enter(visitors.nobody, "lead@demo.invalid", GOOD, address="192.0.2.4"),
        await enter(visitors.nobody, "no address at all", GOOD, address="192.0.2.5"),
        await enter(visitors.nobody, TEACHER, "", address="192.0.2.6"),
    ]

    assert {answer.slug for answer in refused} == {"sign_in_refused"}
    assert len({str({k: v for k, v in a.json.items() if k != "instance"}) for a in refused}) == 1
    assert all("Set-Cookie" not in a.headers for a in refused)
    assert (await visitors.coach.get("/api/session")).slug == "signed_out"
    assert (await enter(visitors.nobody, TEACHER, GOOD)).status == 201


@pytest.mark.parametrize("password", ["short", "passwordpassword", "Demo teacher 123"])
async def test_a_password_that_is_guessed_first_is_refused_and_the_old_one_stays(
    visitors: Visitors, password: str
) -> None:
    await set_password(visitors.teacher)
    refused = await set_password(visitors.teacher, password, present=GOOD)
    assert (refused.status, refused.slug) == (422, "weak_password")
    assert (await enter(visitors.nobody, TEACHER, GOOD)).status == 201


async def test_another_password_needs_the_present_one_and_ends_every_other_session(
    visitors: Visitors, clock: Clock
) -> None:
    await set_password(visitors.teacher)
    elsewhere = cookies(await enter(visitors.nobody, TEACHER, GOOD))
    other = Visitor(visitors.nobody._client, visitors.nobody._base, f"farfield={elsewhere['farfield']}")
    clock.passes(minutes=16)

    assert (await set_password(visitors.teacher, OTHER)).slug == "wrong_password"
    assert (await set_password(visitors.teacher, OTHER, present="not this one at all")).slug == "wrong_password"
    assert (await other.get("/api/session")).status == 200
    token = {"id": str(uuid4()), "name": "Films", "scopes": ["read"]}
    bearer = {"Authorization": f"Bearer {(await visitors.teacher.post('/api/tokens', token)).json['secret']}"}
    assert (await visitors.nobody.get("/api/home", headers=bearer)).status == 200
    assert (await set_password(visitors.teacher, OTHER, present=GOOD)).status == 204

    assert (await other.get("/api/session")).slug == "signed_out"
    assert (await visitors.nobody.get("/api/home", headers=bearer)).slug == "signed_out"
    assert (await visitors.teacher.get("/api/session")).status == 200
    assert (await enter(visitors.nobody, TEACHER, GOOD)).slug == "sign_in_refused"
    assert (await enter(visitors.nobody, TEACHER, OTHER)).status == 201


async def test_a_first_password_is_set_soon_after_signing_in(visitors: Visitors, clock: Clock) -> None:
    clock.passes(minutes=16)
    assert (await set_password(visitors.teacher)).slug == "sign_in_again"
    assert (await visitors.teacher.get("/api/session")).json["has_password"] is False


async def test_a_guesser_gets_slower_and_slower_and_nobody_else_does(visitors: Visitors, clock: Clock) -> None:
    await set_password(visitors.teacher)
    known = cookies(await enter(visitors.nobody, TEACHER, GOOD))["farfield-device"]

    async def guesses_until(seconds: float, email: str, addresses: Any) -> int:
        made, spent = 0, 0.0
        while spent <= seconds:
            answer = await enter(visitors.nobody, email, "a guess", address=next(addresses))
            if answer.slug == "too_many_tries":
                wait = int(answer.headers["Retry-After"])
                assert "Wait " in answer.json["detail"]
                clock.passes(seconds=wait)
                spent += wait
            else:
                made += 1
        return made

    many = iter(f"192.0.2.{n}" for n in range(1, 200))
    assert await guesses_until(60, TEACHER, many) == 11, "six at once, then after 1, 2, 4, 8 and 16 s"
    await enter(visitors.nobody, TEACHER, "a guess", address=next(many))
    # The owner's own browser does not wait, and a stranger's cookie does not help a guesser.
    refused = await enter(visitors.nobody, TEACHER, GOOD, address="192.0.2.77")
    assert refused.slug == "too_many_tries"
    forged = await enter(visitors.nobody, TEACHER, GOOD, cookie="farfield-device=" + "x" * 43)
    assert forged.slug == "too_many_tries"
    entered = await enter(visitors.nobody, TEACHER, GOOD, cookie=f"farfield-device={known}")
    assert entered.status == 201
    # One address that tries many accounts.
    one = iter(["198.51.100.7"] * 500)
    clock.passes(days=2)
    answers = [await enter(visitors.nobody, f"p{n}@demo.invalid", "a guess", address=next(one)) for n in range(40)]
    assert [a.slug for a in answers].count("sign_in_refused") == 31
    assert (
        await enter(visitors.nobody, "p99@demo.invalid", "a guess", address="198.51.100.8")
    ).slug != "too_many_tries"


async def test_neighbours_in_one_ipv6_network_are_one_address(visitors: Visitors) -> None:
    answers = [
        await enter(visitors.nobody, f"p{n}@demo.invalid", "a guess", address=f"2001:db8:1:1::{n:x}") for n in range(32)
    ]
    assert answers[-1].slug == "too_many_tries"
    other = await enter(visitors.nobody, "q@demo.invalid", "a guess", address="2001:db8:1:2::1")
    assert other.slug == "sign_in_refused"


async def test_sessions_are_listed_and_ended_one_by_one(visitors: Visitors, clock: Clock) -> None:
    await set_password(visitors.teacher)
    clock.passes(hours=2)
    headers = {"User-Agent": "A demo phone"}
    body = {"type": "password", "email": TEACHER, "password": GOOD}
    phone = cookies(await visitors.nobody.post("/api/session", body, headers=headers))["farfield"]
    visitor = Visitor(visitors.nobody._client, visitors.nobody._base, f"farfield={phone}")

    rows = (await visitors.teacher.get("/api/sessions")).json["sessions"]
    assert [(row["device"], row["current"]) for row in rows] == [("A demo phone", False), ("a test", True)]
    assert phone not in str(rows)
    for stranger in (visitors.coach, visitors.outsider):
        assert (await stranger.delete(f"/api/sessions/{rows[0]['id']}")).slug == "not_found"
    assert (await visitor.get("/api/session")).status == 200
    assert (await visitors.teacher.delete(f"/api/sessions/{rows[0]['id']}")).status == 204
    assert (await visitor.get("/api/session")).slug == "signed_out"
    assert (await visitors.teacher.delete(f"/api/sessions/{rows[0]['id']}")).slug == "not_found"


async def test_a_session_in_use_lives_on_and_an_idle_one_ends(visitors: Visitors, clock: Clock) -> None:
    for _ in range(3):
        clock.passes(days=20)
        seen = await visitors.teacher.get("/api/session")
        assert seen.status == 200
        assert "farfield=" in seen.headers["Set-Cookie"], "the cookie lives on too"
    assert (await visitors.coach.get("/api/session")).slug == "signed_out"
    for _ in range(7):
        clock.passes(days=20)
        last = await visitors.teacher.get("/api/session")
    assert last.slug == "signed_out", "after half a year somebody shows once more who they are"


async def test_a_device_cookie_and_a_session_are_new_at_every_sign_in(
    visitors: Visitors, deps: Deps, cast: Cast
) -> None:
    token = await sign_in.make_link(deps, cast.teacher, purpose="test", life=timedelta(hours=1))
    planted = {"Cookie": "farfield=planted; farfield-device=planted"}
    signed_in = await visitors.nobody.post("/api/session", {"type": "link", "token": token}, headers=planted)
    assert cookies(signed_in)["farfield"] != "planted"


async def test_a_token_may_what_it_is_for_and_nothing_else(visitors: Visitors, cast: Cast) -> None:
    asked = {"id": str(uuid4()), "name": "Films", "scopes": ["upload"], "days": 1}
    made = await visitors.teacher.post("/api/tokens", asked)
    assert made.status == 201
    secret = made.json["secret"]
    assert secret.startswith("ff_")
    program = Visitor(visitors.nobody._client, visitors.nobody._base, None)
    bearer = {"Authorization": f"Bearer {secret}", "Origin": ""}

    lesson = {"id": str(uuid4()), "lesson": str(uuid4()), "title": "By a program"}
    added = await program.post(f"/api/cycles/{cast.cycle}/lessons", lesson, headers=bearer)
    assert added.status == 201
    for method, path in (
        ("GET", f"/api/cycles/{cast.cycle}"),
        ("POST", f"/api/lessons/{cast.lesson}/commands"),
        ("GET", "/api/tokens"),
        ("POST", "/api/tokens"),
        ("PUT", "/api/password"),
        ("DELETE", "/api/sessions"),
        ("GET", f"/api/programs/{cast.program}/people"),
    ):
        refused = await program.ask(method, path, json={} if method != "GET" else None, headers=bearer)
        assert (refused.status, refused.slug) == (403, "scope_missing"), path
    closed = lesson | {"id": str(uuid4()), "lesson": str(uuid4())}
    refused = await program.post(f"/api/cycles/{cast.closed_cycle}/lessons", closed, headers=bearer)
    assert refused.slug == "cycle_closed"
    as_cookie = await program.get("/api/session", headers={"Cookie": f"farfield={secret}"})
    assert as_cookie.slug == "signed_out", "a token is no cookie"
    cookie = visitors.teacher.cookie or ""
    as_bearer = await program.get("/api/session", headers={"Authorization": "Bearer " + cookie.partition("=")[2]})
    assert as_bearer.slug == "signed_out", "a cookie is no token"


async def test_tokens_are_listed_without_their_secret_revoked_and_end_with_their_day(
    visitors: Visitors, clock: Clock
) -> None:
    secrets = []
    for days in (None, 1):
        clock.passes(seconds=1)
        asked = {"id": str(uuid4()), "name": f"For {days}", "scopes": ["read"], "days": days}
        made = await visitors.teacher.post("/api/tokens", asked)
        secrets.append(made.json["secret"])
        assert (await visitors.teacher.post("/api/tokens", asked)).slug == "not_found", "shown once"
    listed = await visitors.teacher.get("/api/tokens")
    assert [token["name"] for token in listed.json["tokens"]] == ["For 1", "For None"]
    assert not any(secret in str(listed.json) for secret in secrets)

    async def opens(secret: str) -> bool:
        return (await visitors.nobody.get("/api/home", headers={"Authorization": f"bearer {secret}"})).status == 200

    assert [await opens(secret) for secret in secrets] == [True, True]
    clock.passes(days=2)
    assert [await opens(secret) for secret in secrets] == [True, False]
    token = listed.json["tokens"][1]["id"]
    assert (await visitors.coach.delete(f"/api/tokens/{token}")).slug == "not_found"
    assert (await visitors.teacher.delete(f"/api/tokens/{token}")).status == 204
    assert [await opens(secret) for secret in secrets] == [False, False]


@pytest.mark.parametrize(
    "wrong",
    [{"scopes": []}, {"scopes": ["admin"]}, {"days": 0}, {"days": 10**30}, {"name": "two\nlines"}, {"name": " "}],
)
async def test_a_token_that_makes_no_sense_is_not_made(visitors: Visitors, wrong: dict[str, Any]) -> None:
    asked = {"id": str(uuid4()), "name": "Films", "scopes": ["read"], "days": 1}
    assert (await visitors.teacher.post("/api/tokens", asked | wrong)).slug == "bad_request"
    assert (await visitors.teacher.get("/api/tokens")).json == {"tokens": []}


async def test_the_one_click_way_out_of_mail_believes_no_cookie(visitors: Visitors) -> None:
    foreign = {"Origin": "https://mail.example"}
    unknown = await visitors.teacher.post("/api/unsubscribe/" + "x" * 43, headers=foreign)
    assert (unknown.status, unknown.slug) == (404, "not_found")
    assert (await visitors.teacher.delete("/api/session", headers=foreign)).slug == "foreign_origin"
    assert foreign["Origin"] != ORIGIN
