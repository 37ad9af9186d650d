"""Personal tokens: made for somebody, listed, revoked."""

from collections.abc import Sequence
from datetime import datetime

import msgspec

from service.actions import tokens as actions
from service.administration.records import active_person, person_with
from service.problems import NotFound
from service.startup import StartRefused
from service.texts import clean_line
from service.wiring import Deps
from storage import tokens
from storage.tokens import Token


class Row(msgspec.Struct, frozen=True, omit_defaults=True):
    """`token`: the secret itself, only where it was just made."""

    id: str
    person: str
    name: str
    scopes: list[str]
    created_at: datetime
    expires_at: datetime | None
    token: str | None = None


async def add(deps: Deps, *, email: str, name: str, scopes: Sequence[str], days: int | None) -> Row:
    called = clean_line(name, field="name")
    person = await active_person(deps, email)
    made, secret = await actions.make_token(
        deps, person.id, token_id=deps.new_id(), name=called, scopes=scopes, days=days
    )
    return _row(made, secret)


async def listing(deps: Deps, *, email: str) -> list[Row]:
    person = await person_with(deps, email)
    async with deps.db.read() as tx:
        return [_row(token) for token in await tokens.of_person(tx, person.id, deps.clock())]


async def revoke(deps: Deps, *, token: str) -> Row:
    async with deps.db.read() as tx:
        found = await tokens.by_id(tx, token)
    if found is None:
        raise StartRefused("There is no such token. `farfield token list EMAIL` shows the ids of somebody's.")
    try:
        await actions.revoke_token(deps, found.person_id, found.id)
    except NotFound:
        raise StartRefused(f"The token “{found.name}” was revoked before; nothing has changed.") from None
    return _row(found)


def _row(token: Token, secret: str | None = None) -> Row:
    return Row(
        token.id, token.person_id, token.name, token.scopes.split(), token.created_at, token.expires_at, secret
    )
