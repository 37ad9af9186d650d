"""Hashes of passwords, and the devices from which somebody has signed in before."""

from datetime import datetime

import msgspec
from sqlalchemy import bindparam, delete, select
from sqlalchemy.ext.asyncio import AsyncConnection

from storage import dialect, tables
from storage.engine import Write
from storage.rows import one, rows_of


class Password(msgspec.Struct, frozen=True):
    """`hash` is argon2's own form, with its parameters and salt."""

    person_id: str
    hash: str
    changed_at: datetime


_p, _d = tables.passwords.c, tables.devices.c
SET = dialect.upsert(tables.passwords, key=("person_id",))
KNOW = dialect.insert_new(tables.devices, key=("token_hash", "person_id"))
FORGET = delete(tables.devices).where(_d.person_id == bindparam("person"))
_OF = rows_of(tables.passwords, Password).where(_p.person_id == bindparam("person"))
_KNOWN = select(_d.person_id).where(_d.token_hash == bindparam("token"), _d.person_id == bindparam("person"))


def lock(person_id: str) -> str:
    """Held by whoever sets the person's password, and whoever lets somebody in with it."""
    return f"password/{person_id}"


def set_password(password: Password) -> Write:
    """The person's only password from now on."""
    return SET, msgspec.structs.asdict(password)


def know_device(token_hash: str, person_id: str, at: datetime) -> Write:
    """The person has signed in from this device; saying so twice changes nothing."""
    return KNOW, {"token_hash": token_hash, "person_id": person_id, "created_at": at}


def forget_devices(person_id: str) -> Write:
    """No device is known any more."""
    return FORGET, {"person": person_id}


async def of_person(tx: AsyncConnection, person_id: str) -> Password | None:
    """The person's password; None where they only use links."""
    return await one(tx, Password, _OF, person=person_id)


async def knows_device(tx: AsyncConnection, token_hash: str, person_id: str) -> bool:
    """Whether the person has signed in from this device before."""
    return (await tx.execute(_KNOWN, {"token": token_hash, "person": person_id})).first() is not None
