"""Programs and who does what in them. A role here opens no content; grants do."""

from datetime import datetime
from typing import Literal

import msgspec
from sqlalchemy import bindparam, delete, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from storage import tables
from storage.engine import Write
from storage.rows import many, one, rows_of

Role = Literal["lead", "coach", "teacher"]


class Program(msgspec.Struct, frozen=True):
    """A district's or project's coaching effort."""

    id: str
    name: str
    release_mode: str
    created_at: datetime
    settings: str = ""
    """JSON of what the program sets for its cycles; empty: nothing yet."""


class Membership(msgspec.Struct, frozen=True):
    """One role of one person in one program; a person may have several."""

    program_id: str
    person_id: str
    role: Role


class ProgramRole(msgspec.Struct, frozen=True):
    """A program as one of its members sees it in a list."""

    id: str
    name: str
    role: Role


INSERT = insert(tables.programs)
SET = (
    update(tables.programs)
    .where(tables.programs.c.id == bindparam("program"))
    .values(release_mode=bindparam("mode"), settings=bindparam("set"))
)
INSERT_MEMBERSHIP = insert(tables.memberships)
DELETE_MEMBERSHIP = delete(tables.memberships).where(
    tables.memberships.c.program_id == bindparam("program"),
    tables.memberships.c.person_id == bindparam("person"),
    tables.memberships.c.role == bindparam("as_role"),
)

_m = tables.memberships.c
_PROGRAMS = rows_of(tables.programs, Program)
_BY_ID = _PROGRAMS.where(tables.programs.c.id == bindparam("program"))
_OF_PERSON = (
    select(tables.programs.c.id, tables.programs.c.name, _m.role)
    .join_from(tables.memberships, tables.programs)
    .where(_m.person_id == bindparam("person"))
    .order_by(tables.programs.c.name, tables.programs.c.id, _m.role)
)
_ROLES = select(_m.role).where(_m.program_id == bindparam("program"), _m.person_id == bindparam("person"))
_MEMBERS = rows_of(tables.memberships, Membership).where(_m.program_id == bindparam("program")).order_by(_m.person_id)


def add(program: Program) -> Write:
    """Insert the program."""
    return INSERT, msgspec.structs.asdict(program)


def set_up(program_id: str, release_mode: str, settings: str) -> Write:
    """What its cycles begin with from now on; `settings` is JSON."""
    return SET, {"program": program_id, "mode": release_mode, "set": settings}


def join(program_id: str, person_id: str, role: str) -> Write:
    """Give the person a role: lead, coach or teacher. IntegrityError where they have it already."""
    return INSERT_MEMBERSHIP, {"program_id": program_id, "person_id": person_id, "role": role}


def leave(program_id: str, person_id: str, role: str) -> Write:
    """Take the role away; nothing happens where there is none."""
    return DELETE_MEMBERSHIP, {"program": program_id, "person": person_id, "as_role": role}


async def by_id(tx: AsyncConnection, program_id: str) -> Program | None:
    """The program."""
    return await one(tx, Program, _BY_ID, program=program_id)


async def everything(tx: AsyncConnection) -> list[Program]:
    """All programs by name."""
    return await many(tx, Program, _PROGRAMS.order_by(tables.programs.c.name, tables.programs.c.id))


async def of_person(tx: AsyncConnection, person_id: str) -> list[ProgramRole]:
    """The person's programs, one row a role."""
    return await many(tx, ProgramRole, _OF_PERSON, person=person_id)


async def roles(tx: AsyncConnection, program_id: str, person_id: str) -> frozenset[str]:
    """The person's roles in the program; empty for an outsider."""
    return frozenset(await tx.scalars(_ROLES, {"program": program_id, "person": person_id}))


async def members(tx: AsyncConnection, program_id: str) -> list[Membership]:
    """Everyone's roles in the program."""
    return await many(tx, Membership, _MEMBERS, program=program_id)
