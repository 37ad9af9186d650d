"""Invitations into a program, with a role, or of an observer into one cycle or lesson: one use, until a day.

Each may have several tokens, one for every copy of its letter; whichever is used first uses up the invitation. Only
their hashes are kept.
"""

from datetime import datetime
from typing import Literal

import msgspec
from sqlalchemy import bindparam, delete, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from storage import tables
from storage.engine import Write
from storage.rows import columns_of, many, one, rows_of

InvitationRole = Literal["lead", "coach", "teacher", "observer"]


class Invitation(msgspec.Struct, frozen=True):
    """`email`: only whoever gets mail there may take it; None: whoever is handed the link.

    As an `observer` into the cycle, or one lesson of it, until `until_at`; it gives no role in the program then.
    """

    id: str
    program_id: str
    role: InvitationRole
    email: str | None
    name: str | None
    invited_by: str
    created_at: datetime
    expires_at: datetime
    used_at: datetime | None = None
    revoked_at: datetime | None = None
    cycle_id: str | None = None
    lesson_id: str | None = None
    until_at: datetime | None = None
    taken_by: str | None = None


_i, _t = tables.invitations.c, tables.invitation_tokens.c
_now = bindparam("now", type_=tables.Instant)
_into_program = _i.cycle_id.is_(None)
_open = (_i.used_at.is_(None), _i.revoked_at.is_(None))
_living = (*_open, _i.expires_at > _now)
INSERT = insert(tables.invitations)
INSERT_TOKEN = insert(tables.invitation_tokens)
DROP_TOKENS = delete(tables.invitation_tokens).where(_t.invitation_id == bindparam("invitation"))
PROLONG = (
    update(tables.invitations)
    .where(_i.id == bindparam("invitation"), *_open)
    .values(expires_at=bindparam("until", type_=tables.Instant))
)
BIND = (
    update(tables.invitations)
    .where(_i.id == bindparam("invitation"), _i.email.is_(None), *_living)
    .values(email=bindparam("to_email"), name=bindparam("as_name"))
)
REVOKE = (
    update(tables.invitations)
    .where(_i.id == bindparam("invitation"), _i.program_id == bindparam("program"), _into_program, *_open)
    .values(revoked_at=_now)
)
REVOKE_OBSERVERS = (
    update(tables.invitations)
    .where(_i.id == bindparam("invitation"), _i.cycle_id == bindparam("cycle"), _i.revoked_at.is_(None))
    .values(revoked_at=_now)
)
REVOKE_ALL_BY = update(tables.invitations).where(_i.invited_by == bindparam("by"), *_open).values(revoked_at=_now)
_INVITATIONS = rows_of(tables.invitations, Invitation)
_BY_ID = _INVITATIONS.where(_i.id == bindparam("invitation"))
_of_token = select(_t.invitation_id).where(_t.token_hash == bindparam("hash")).scalar_subquery()
_FIND = _INVITATIONS.where(_i.id == _of_token)
_NEWEST = (_i.created_at.desc(), _i.id)
_OPEN = _INVITATIONS.where(_i.program_id == bindparam("program"), _into_program, *_living).order_by(*_NEWEST)
_OF_CYCLE = _INVITATIONS.where(_i.cycle_id == bindparam("cycle")).order_by(*_NEWEST)
_CONSUME = (
    update(tables.invitations)
    .where(_i.id == _of_token, *_living)
    .values(used_at=_now, taken_by=bindparam("by"))
    .returning(*columns_of(tables.invitations, Invitation))
)


def add(invitation: Invitation) -> Write:
    """Insert the invitation."""
    return INSERT, msgspec.structs.asdict(invitation)


def add_token(invitation_id: str, token_hash: str) -> Write:
    """One more token that opens it."""
    return INSERT_TOKEN, {"token_hash": token_hash, "invitation_id": invitation_id}


def prolong(invitation_id: str, *, until: datetime) -> Write:
    """It lives until then; rowcount 0 where it was used or revoked."""
    return PROLONG, {"invitation": invitation_id, "until": until}


def bind(invitation_id: str, *, email: str, name: str, now: datetime) -> list[Write]:
    """A link that was handed over becomes an invitation to one address; the link itself opens nothing more."""
    return [
        (BIND, {"invitation": invitation_id, "to_email": email, "as_name": name, "now": now}),
        (DROP_TOKENS, {"invitation": invitation_id}),
    ]


def revoke(invitation_id: str, program_id: str, *, now: datetime) -> Write:
    """Take it back; its rowcount says whether it was still open."""
    return REVOKE, {"invitation": invitation_id, "program": program_id, "now": now}


def revoke_observers(invitation_id: str, cycle_id: str, *, now: datetime) -> Write:
    """Take an observer's invitation into the cycle back, also one that was used and then cut before it let them in."""
    return REVOKE_OBSERVERS, {"invitation": invitation_id, "cycle": cycle_id, "now": now}


def revoke_all_by(person_id: str, *, now: datetime) -> Write:
    """Take back every one of theirs that is open."""
    return REVOKE_ALL_BY, {"by": person_id, "now": now}


async def by_id(tx: AsyncConnection, invitation_id: str) -> Invitation | None:
    """The invitation, whatever became of it."""
    return await one(tx, Invitation, _BY_ID, invitation=invitation_id)


async def find(tx: AsyncConnection, token_hash: str) -> Invitation | None:
    """The invitation of a token, also a used or expired one, so that the answer can say which."""
    return await one(tx, Invitation, _FIND, hash=token_hash)


async def open_ones(tx: AsyncConnection, program_id: str, now: datetime) -> list[Invitation]:
    """Those into the program that may still be taken, newest first."""
    return await many(tx, Invitation, _OPEN, program=program_id, now=now)


async def of_cycle(tx: AsyncConnection, cycle_id: str) -> list[Invitation]:
    """Every observer's invitation into the cycle there ever was, newest first."""
    return await many(tx, Invitation, _OF_CYCLE, cycle=cycle_id)


async def consume(tx: AsyncConnection, token_hash: str, now: datetime, *, by: str) -> Invitation | None:
    """Use it up. Of any number of callers one gets it; the others, and late ones, get None."""
    found = (await tx.execute(_CONSUME, {"hash": token_hash, "now": now, "by": by})).first()
    return None if found is None else Invitation(*found)
