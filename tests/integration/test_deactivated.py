"""Whoever was deactivated is met as a stranger: whatever was right before is answered like what never was."""

from dataclasses import dataclass

import pytest

from service import passwords as hashing
from service.actions import sign_in, tokens
from service.actions.sign_in import SESSION_LIFE
from service.wiring import Deps
from storage import passwords
from storage.engine import apply
from tests.fixtures.cast import Cast
from tests.fixtures.doors import deactivate
from tests.fixtures.visitors import Answer, Visitor, Visitors, cookie_of

PASSWORD = "four lanterns over a quiet river"


@dataclass
class Ways:
    """Every way in that the coach has, and the same of nobody."""

    visitor: Visitor
    link: str
    cookie: str
    token: str

    async def password(self, email: str, password: str) -> Answer:
        return await self.visitor.post("/api/session", {"type": "password", "email": email, "password": password})

    async def with_link(self, token: str) -> Answer:
        return await self.visitor.post("/api/session", {"type": "link", "token": token})

    async def shown(self, **headers: str) -> Answer:
        return await self.visitor.get("/api/session", headers=headers)


@pytest.fixture
async def ways(deps: Deps, cast: Cast, visitors: Visitors) -> Ways:
    async with deps.db.write() as tx:
        kept = passwords.Password(cast.coach, await hashing.hashed(PASSWORD), deps.clock())
        await apply(tx, [passwords.set_password(kept)])
    _, secret = await tokens.make_token(
        deps, cast.coach, token_id=deps.new_id(), name="t", scopes=["read"], days=None
    )
    link = await sign_in.make_link(deps, cast.coach, purpose="test", life=SESSION_LIFE)
    return Ways(visitors.nobody, link, await cookie_of(deps, cast.coach), secret)


def same(one: Answer, other: Answer) -> bool:
    """Alike to whoever asks, but for the request's own id."""

    def told(answer: Answer) -> object:
        headers = {name.lower() for name in answer.headers}
        return answer.status, headers, answer.json | {"instance": ""}

    return told(one) == told(other)


async def test_every_way_in_works_before(ways: Ways) -> None:
    assert (await ways.password("coach@demo.invalid", PASSWORD)).status == 201
    assert (await ways.with_link(ways.link)).status == 201
    assert (await ways.shown(Cookie=ways.cookie)).status == 200
    assert (await ways.shown(Authorization=f"Bearer {ways.token}")).status == 200


async def test_the_right_password_is_as_wrong_as_a_wrong_one(ways: Ways, deps: Deps, cast: Cast) -> None:
    await deactivate(deps, cast.coach)

    right = await ways.password("coach@demo.invalid", PASSWORD)
    wrong = await ways.password("coach@demo.invalid", "not at all the password")
    nobody = await ways.password("nobody@demo.invalid", PASSWORD)

    assert (right.status, right.slug) == (403, "sign_in_refused")
    assert same(right, wrong)
    assert same(right, nobody)


async def test_a_link_that_waited_is_as_unknown_as_any(ways: Ways, deps: Deps, cast: Cast) -> None:
    await deactivate(deps, cast.coach)

    waited, invented = await ways.with_link(ways.link), await ways.with_link("no-such-link")

    assert (waited.status, waited.slug) == (404, "not_found")
    assert same(waited, invented)


@pytest.mark.parametrize("header", ["Cookie", "Authorization"])
async def test_cookie_and_token_are_as_good_as_none(ways: Ways, deps: Deps, cast: Cast, header: str) -> None:
    await deactivate(deps, cast.coach)
    held = ways.cookie if header == "Cookie" else f"Bearer {ways.token}"

    there = await ways.shown(**{header: held})
    invented = await ways.shown(**{header: held[:-3] + "AAA"})

    assert (there.status, there.slug) == (401, "signed_out")
    assert same(there, invented)


async def test_a_link_asked_for_by_mail_is_answered_alike(ways: Ways, deps: Deps, cast: Cast) -> None:
    await deactivate(deps, cast.coach)

    gone = await ways.visitor.post("/api/sign-in-links", {"email": "coach@demo.invalid"})
    nobody = await ways.visitor.post("/api/sign-in-links", {"email": "nobody@demo.invalid"})

    assert (gone.status, gone.body) == (nobody.status, nobody.body)
    assert gone.status < 300
