"""People: added, invited, deactivated, listed, by whoever runs the server."""

from datetime import datetime, timedelta
from typing import Final

import msgspec

from service.actions import invitations, sign_in
from service.actions import people as actions
from service.addresses import parse_address
from service.administration.records import active_person, person_with, program_named
from service.problems import AddressTaken
from service.startup import StartRefused
from service.texts import check_time_zone, clean_line
from service.wiring import Deps
from storage import people, programs
from storage.people import Person
from storage.programs import Program, Role

LINK_LIFE: Final = timedelta(hours=72)


class Linked(msgspec.Struct, frozen=True):
    """A person, and a link with which they sign in once."""

    id: str
    name: str
    email: str
    link: str
    expires_at: datetime


class Invited(msgspec.Struct, frozen=True):
    """`link`: what to hand over; None where a letter carries it."""

    id: str
    program: str
    role: str
    email: str
    by: str
    link: str | None
    expires_at: datetime


class Part(msgspec.Struct, frozen=True):
    program: str
    role: str


class Listed(msgspec.Struct, frozen=True):
    id: str
    name: str
    email: str
    active: bool
    roles: list[Part]


async def add(deps: Deps, *, name: str, email: str, program: str, role: str, time_zone: str) -> Linked:
    there = await program_named(deps, program)
    known_as, address = clean_line(name, field="name"), parse_address(email)
    check_time_zone(time_zone)
    try:
        made = await actions.add_person(
            deps, name=known_as, email=address, time_zone=time_zone, program=there.id, role=role
        )
    except AddressTaken:
        other = await person_with(deps, email)
        said = f"{other.email} is the address of {other.name} already"
        if other.deactivated_at is not None:
            raise StartRefused(f"{said}, who was deactivated.") from None
        raise StartRefused(f"{said}. Give another role with `farfield person invite`.") from None
    return await _linked(deps, made)


async def link(deps: Deps, *, email: str) -> Linked:
    return await _linked(deps, await active_person(deps, email))


async def invite(deps: Deps, *, email: str, program: str, role: Role, by: str | None) -> Invited:
    there, address = await program_named(deps, program), parse_address(email)
    lead = await _lead(deps, there, by)
    await _check_invitable(deps, there, address, role)
    to = address if deps.config.mails else None
    made, token = await invitations.invite(
        deps, there.id, invitation_id=deps.new_id(), role=role, email=to, by=lead.id
    )
    handed = None if token is None else f"{deps.config.origin}/invitation#{token}"
    return Invited(made.id, there.id, role, address, lead.id, handed, made.expires_at)


async def deactivate(deps: Deps, *, email: str) -> Person:
    person = await person_with(deps, email)
    if person.deactivated_at is not None:
        raise StartRefused(f"{person.name} ({person.email}) was deactivated before; nothing has changed.")
    await actions.deactivate(deps, person)
    return person


async def listing(deps: Deps) -> list[Listed]:
    async with deps.db.read() as tx:
        every = await people.everyone(tx)
        roles: dict[str, list[Part]] = {person.id: [] for person in every}
        for program in await programs.everything(tx):
            for member in await programs.members(tx, program.id):
                roles[member.person_id].append(Part(program.name, member.role))
    return [Listed(p.id, p.name, p.email, p.deactivated_at is None, roles[p.id]) for p in every]


async def _linked(deps: Deps, person: Person) -> Linked:
    until = deps.clock() + LINK_LIFE
    token = await sign_in.make_link(deps, person.id, purpose="command_line", life=LINK_LIFE)
    return Linked(person.id, person.name, person.email, f"{deps.config.origin}/sign-in#{token}", until)


async def _lead(deps: Deps, program: Program, by: str | None) -> Person:
    """In whose name: the letter says who invites, so that is a lead of the program, never the machine."""
    async with deps.db.read() as tx:
        ids = [member.person_id for member in await programs.members(tx, program.id) if member.role == "lead"]
        leads = [person for person in (await people.by_ids(tx, ids)).values() if person.deactivated_at is None]
    if by is not None:
        person = await active_person(deps, by)
        if person.id not in {lead.id for lead in leads}:
            raise StartRefused(f"{person.name} is no lead of “{program.name}”, and only a lead invites.")
        return person
    if not leads:
        raise StartRefused(
            f"“{program.name}” has no lead in whose name to invite. Add one with `farfield person add … --role lead`."
        )
    if len(leads) > 1:
        raise StartRefused(f"“{program.name}” has several leads; say which of them invites, with --by EMAIL.")
    return leads[0]


async def _check_invitable(deps: Deps, program: Program, address: str, role: str) -> None:
    async with deps.db.read() as tx:
        person = await people.by_email(tx, address)
        roles = await programs.roles(tx, program.id, person.id) if person else frozenset()
    if person is not None and person.deactivated_at is not None:
        raise StartRefused(f"{person.name} ({person.email}) was deactivated, and cannot be invited.")
    if person is not None and role in roles:
        raise StartRefused(f"{person.name} ({person.email}) is {role} in “{program.name}” already.")
