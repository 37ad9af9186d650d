"""People: who they are. What they may read is in grants, what they do in a program in programs."""

import unicodedata
from collections.abc import Iterable
from datetime import datetime

import msgspec
from sqlalchemy import bindparam, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from storage import tables
from storage.at_once import Here
from storage.engine import Write
from storage.rows import asked, listed, many, of_values, one, rows_of


class Person(msgspec.Struct, frozen=True):
    """A person; `email` is as they wrote it, unique without regard to case."""

    id: str
    name: str
    email: str
    time_zone: str
    language: str
    created_at: datetime
    deactivated_at: datetime | None = None


INSERT = insert(tables.people)
DEACTIVATE = (
    update(tables.people)
    .where(tables.people.c.id == bindparam("person"), tables.people.c.deactivated_at.is_(None))
    .values(deactivated_at=bindparam("at"))
)

_PEOPLE = rows_of(tables.people, Person)
_BY_ID = _PEOPLE.where(tables.people.c.id == bindparam("person"))
_BY_IDS = _PEOPLE.where(tables.people.c.id.in_(bindparam("ids", expanding=True)))
_p = tables.people.c
_DEACTIVATED = of_values(lambda ids: select(_p.id).where(_p.id.in_(ids), _p.deactivated_at.is_not(None)))
_BY_EMAIL = _PEOPLE.where(tables.people.c.email_key == bindparam("key"))


def email_key(email: str) -> str:
    """What two spellings of one mailbox have in common: the case of letters, and how their accents are put together.

    Nothing more: ß and ss, ſ and s, or a letter and its wide form are other mailboxes, often other domains, and whoever
    reads one must never be taken for the person of the other. The domain is as `parse_address` gives it.
    """
    # NUL is in no address, and PostgreSQL does not even compare with it.
    text = unicodedata.normalize("NFC", email).replace("\0", "\ufffd")
    # Case that goes there and back: İ, ϴ and ẞ become what others have as their own lower case.
    return "".join(c.lower() if c.lower().upper() == c else c for c in text)


def add(person: Person) -> Write:
    """Insert the person. Running it raises IntegrityError where the id or the email is taken."""
    return INSERT, msgspec.structs.asdict(person) | {"email_key": email_key(person.email)}


def deactivate(person_id: str, at: datetime) -> Write:
    """Mark the person as gone; their sessions and grants are ended by whoever calls this."""
    return DEACTIVATE, {"person": person_id, "at": at}


async def by_id(tx: AsyncConnection, person_id: str) -> Person | None:
    """The person, also a deactivated one."""
    return await one(tx, Person, _BY_ID, person=person_id)


async def by_ids(tx: AsyncConnection, ids: Iterable[str]) -> dict[str, Person]:
    """Those of the ids that exist."""
    return {p.id: p for p in await many(tx, Person, _BY_IDS, ids=listed(ids))}


def deactivated(here: Here, ids: Iterable[str]) -> set[str]:
    """Those of the ids who are gone."""
    return {row[0] for row in asked(here, _DEACTIVATED, listed(ids))}


async def by_email(tx: AsyncConnection, email: str) -> Person | None:
    """The person with this address, whatever its case."""
    return await one(tx, Person, _BY_EMAIL, key=email_key(email))


async def everyone(tx: AsyncConnection) -> list[Person]:
    """All people by name, for the command line."""
    return await many(tx, Person, _PEOPLE.order_by(tables.people.c.name, tables.people.c.id))
