"""Personal tokens for programs: scoped, revocable, kept as hashes."""

from collections.abc import Sequence
from datetime import datetime

import msgspec
from sqlalchemy import bindparam, insert, or_, update
from sqlalchemy.ext.asyncio import AsyncConnection

from storage import tables
from storage.at_once import Here
from storage.engine import Write
from storage.rows import asked, many, of_values, one, rows_of


class Token(msgspec.Struct, frozen=True):
    """What a program may do for a person. `scopes`: names with a space between them."""

    id: str
    token_hash: str
    person_id: str
    name: str
    scopes: str
    created_at: datetime
    expires_at: datetime | None = None
    revoked_at: datetime | None = None


_t = tables.tokens.c
INSERT = insert(tables.tokens)
REVOKE = (
    update(tables.tokens)
    .where(_t.id == bindparam("token"), _t.person_id == bindparam("person"), _t.revoked_at.is_(None))
    .values(revoked_at=bindparam("now"))
)
REVOKE_ALL = (
    update(tables.tokens)
    .where(_t.person_id == bindparam("person"), _t.revoked_at.is_(None))
    .values(revoked_at=bindparam("now"))
)
_TOKENS = rows_of(tables.tokens, Token)
_lives = (
    _t.revoked_at.is_(None),
    or_(_t.expires_at.is_(None), _t.expires_at > bindparam("now", type_=tables.Instant)),
)
_NOT_REVOKED = of_values(lambda hashes: _TOKENS.where(_t.token_hash.in_(hashes), _t.revoked_at.is_(None)))
_OF_PERSON = _TOKENS.where(_t.person_id == bindparam("person"), *_lives).order_by(_t.created_at.desc(), _t.id)
_BY_ID = _TOKENS.where(_t.id == bindparam("token"))


def add(token: Token) -> Write:
    """Insert the token."""
    return INSERT, msgspec.structs.asdict(token)


def revoke(token_id: str, person_id: str, *, now: datetime) -> Write:
    """End the person's token; its rowcount says whether there was such a one."""
    return REVOKE, {"token": token_id, "person": person_id, "now": now}


def revoke_all(person_id: str, *, now: datetime) -> Write:
    """End every token of the person."""
    return REVOKE_ALL, {"person": person_id, "now": now}


def not_revoked(here: Here, token_hashes: Sequence[str]) -> dict[str, Token]:
    """The tokens of these hashes that were not revoked, by hash; whether one has expired is for the caller's clock."""
    found = [Token(*row) for row in asked(here, _NOT_REVOKED, token_hashes)]
    return {token.token_hash: token for token in found}


async def by_id(tx: AsyncConnection, token_id: str) -> Token | None:
    """The token, whatever became of it."""
    return await one(tx, Token, _BY_ID, token=token_id)


async def of_person(tx: AsyncConnection, person_id: str, now: datetime) -> list[Token]:
    """The person's living tokens, newest first."""
    return await many(tx, Token, _OF_PERSON, person=person_id, now=now)
