"""Sessions and sign-in links. Only hashes of tokens are kept; a link is used by one winner, once."""

from collections.abc import Sequence
from datetime import datetime

import msgspec
from sqlalchemy import bindparam, insert, update
from sqlalchemy.ext.asyncio import AsyncConnection

from storage import tables
from storage.at_once import Here
from storage.engine import Write
from storage.rows import asked, columns_of, many, of_values, one, rows_of


class Session(msgspec.Struct, frozen=True):
    """A signed-in browser."""

    token_hash: str
    id: str
    person_id: str
    created_at: datetime
    seen_at: datetime
    expires_at: datetime
    ended_at: datetime | None
    device: str


class SignInLink(msgspec.Struct, frozen=True):
    """A link that opens one session."""

    token_hash: str
    person_id: str
    purpose: str
    created_at: datetime
    expires_at: datetime
    used_at: datetime | None = None


_s, _l = tables.sessions.c, tables.sign_in_links.c
INSERT = insert(tables.sessions)
TOUCH = (
    update(tables.sessions)
    .where(_s.token_hash == bindparam("token"), _s.ended_at.is_(None))
    .values(seen_at=bindparam("now"), expires_at=bindparam("until"))
)
END = (
    update(tables.sessions)
    .where(_s.token_hash == bindparam("token"), _s.ended_at.is_(None))
    .values(ended_at=bindparam("now"))
)
END_ONE = (
    update(tables.sessions)
    .where(_s.id == bindparam("named"), _s.person_id == bindparam("person"), _s.ended_at.is_(None))
    .values(ended_at=bindparam("now"))
)
END_ALL = (
    update(tables.sessions)
    .where(_s.person_id == bindparam("person"), _s.token_hash != bindparam("but"), _s.ended_at.is_(None))
    .values(ended_at=bindparam("now"))
)
DROP_LINKS = (
    update(tables.sign_in_links)
    .where(_l.person_id == bindparam("person"), _l.used_at.is_(None))
    .values(used_at=bindparam("now"))
)
INSERT_LINK = insert(tables.sign_in_links)
_SESSIONS = rows_of(tables.sessions, Session)
_NOT_ENDED = of_values(lambda hashes: _SESSIONS.where(_s.token_hash.in_(hashes), _s.ended_at.is_(None)))
_OF_PERSON = _SESSIONS.where(
    _s.person_id == bindparam("person"), _s.ended_at.is_(None), _s.expires_at > bindparam("now", type_=tables.Instant)
).order_by(_s.seen_at.desc(), _s.id)
_FIND_LINK = rows_of(tables.sign_in_links, SignInLink).where(_l.token_hash == bindparam("token"))
_CONSUME = (
    update(tables.sign_in_links)
    .where(
        _l.token_hash == bindparam("token"),
        _l.used_at.is_(None),
        _l.expires_at > bindparam("now", type_=tables.Instant),
    )
    .values(used_at=bindparam("now", type_=tables.Instant))
    .returning(*columns_of(tables.sign_in_links, SignInLink))
)


def start(session: Session) -> Write:
    """Insert the session."""
    return INSERT, msgspec.structs.asdict(session)


def touch(token_hash: str, *, now: datetime, until: datetime) -> Write:
    """The session was seen now and lives until then; an ended one stays ended."""
    return TOUCH, {"token": token_hash, "now": now, "until": until}


def end(token_hash: str, *, now: datetime) -> Write:
    """End the session; the first end counts."""
    return END, {"token": token_hash, "now": now}


def end_one(session_id: str, person_id: str, *, now: datetime) -> Write:
    """End the session of that name if it is the person's; its rowcount says whether it was."""
    return END_ONE, {"named": session_id, "person": person_id, "now": now}


def end_all(person_id: str, *, now: datetime, but: str = "") -> Write:
    """End every session of the person, except the one with the hash `but`."""
    return END_ALL, {"person": person_id, "now": now, "but": but}


def drop_links(person_id: str, *, now: datetime) -> Write:
    """Use up every sign-in link of the person that waits."""
    return DROP_LINKS, {"person": person_id, "now": now}


def make_link(link: SignInLink) -> Write:
    """Insert the link."""
    return INSERT_LINK, msgspec.structs.asdict(link)


def not_ended(here: Here, token_hashes: Sequence[str]) -> dict[str, Session]:
    """The sessions of these hashes that were not ended, by hash; whether one has expired is for the caller's clock."""
    found = [Session(*row) for row in asked(here, _NOT_ENDED, token_hashes)]
    return {session.token_hash: session for session in found}


async def of_person(tx: AsyncConnection, person_id: str, now: datetime) -> list[Session]:
    """The person's live sessions, the last seen first."""
    return await many(tx, Session, _OF_PERSON, person=person_id, now=now)


async def find_link(tx: AsyncConnection, token_hash: str) -> SignInLink | None:
    """The link, also a used or expired one, so that the answer can say which."""
    return await one(tx, SignInLink, _FIND_LINK, token=token_hash)


async def consume_link(tx: AsyncConnection, token_hash: str, now: datetime) -> SignInLink | None:
    """Use the link. Of any number of callers one gets it; the others, and late ones, get None."""
    found = (await tx.execute(_CONSUME, {"token": token_hash, "now": now})).first()
    return None if found is None else SignInLink(*found)
