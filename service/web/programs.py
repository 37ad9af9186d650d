"""A program from its lead's side: who is in it, inviting people, opening cycles. Never a word of any cycle."""

from typing import cast

import msgspec
from aiohttp import web

from service import access
from service.actions import cycles, invitations, successions
from service.addresses import parse_address
from service.coaching.cycles import OpenCycle
from service.coaching.entries import Instant
from service.coaching.ids import Id
from service.coaching.successions import ProposeCoach
from service.problems import (
    CommandReused,
    CycleClosed,
    IdTaken,
    MailOff,
    NotFound,
    NotInProgram,
    NotPossible,
    NotYours,
)
from service.web.commands import parse_command
from service.web.keys import DEPS, SESSION
from service.web.parsing import check_ids, parse_body, path_id
from service.web.policy import SIGNED_IN, Route
from service.web.responding import created, no_content, ok
from storage import invitations as invitation_rows
from storage import notices, people, programs
from storage.programs import Role


class Invite(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`email`: who gets a letter; None makes a link to hand over."""

    id: Id
    role: Role
    email: str | None = None


class Member(msgspec.Struct, frozen=True):
    id: Id
    name: str
    email: str
    roles: list[Role]
    active: bool


class InvitationRow(msgspec.Struct, frozen=True):
    """`letter`: waiting, sent, dropped or failed; None where it is a link."""

    id: Id
    role: Role
    email: str | None
    letter: notices.State | None
    created_at: Instant
    expires_at: Instant


class ProgramPeople(msgspec.Struct, frozen=True):
    """`mail`: whether invitations can be mailed from here."""

    id: Id
    name: str
    mail: bool
    people: list[Member]
    invitations: list[InvitationRow]


class Invited(msgspec.Struct, frozen=True):
    """`link`: where somebody takes it up, shown this once; None where a letter carries it."""

    id: Id
    role: Role
    email: str | None
    expires_at: Instant
    link: str | None


class CycleOpenedAnswer(msgspec.Struct, frozen=True):
    version: int
    stream: str
    cycle: Id


async def show(request: web.Request) -> web.Response:
    """Everybody in the program, and the invitations that are open."""
    deps = request.app[DEPS]
    program = await access.access_program(deps, request[SESSION].person, path_id(request, "program"))
    async with deps.db.read() as tx:
        memberships = await programs.members(tx, program.id)
        found = await people.by_ids(tx, {membership.person_id for membership in memberships})
        open_ones = await invitation_rows.open_ones(tx, program.id, deps.clock())
        letters = await notices.states(tx, [invitation.id for invitation in open_ones])
    members = [
        Member(
            person.id,
            person.name,
            person.email,
            sorted(membership.role for membership in memberships if membership.person_id == person.id),
            person.deactivated_at is None,
        )
        for person in sorted(found.values(), key=lambda person: (person.name.casefold(), person.id))
    ]
    rows = [
        InvitationRow(i.id, cast("Role", i.role), i.email, letters.get(i.id), i.created_at, i.expires_at)
        for i in open_ones
    ]
    return ok(ProgramPeople(program.id, program.name, deps.config.mails, members, rows))


async def invite(request: web.Request) -> web.Response:
    """Invite somebody, by a letter or by a link."""
    deps, person = request.app[DEPS], request[SESSION].person
    program = await access.access_program(deps, person, path_id(request, "program"))
    asked = await parse_body(request, Invite)
    check_ids(id=asked.id)
    email = None if asked.email is None else parse_address(asked.email)
    made, token = await invitations.invite(
        deps, program.id, invitation_id=asked.id, role=asked.role, email=email, by=person
    )
    link = None if token is None else f"{deps.config.origin}/invitation#{token}"
    return created(Invited(made.id, asked.role, made.email, made.expires_at, link))


async def revoke(request: web.Request) -> web.Response:
    """Take an invitation back."""
    deps = request.app[DEPS]
    program = await access.access_program(deps, request[SESSION].person, path_id(request, "program"))
    await invitations.revoke(deps, program.id, path_id(request, "invitation"))
    return no_content()


async def open_cycle(request: web.Request) -> web.Response:
    """Open a cycle for a teacher and a coach of the program."""
    deps, person = request.app[DEPS], request[SESSION].person
    program = await access.access_program(deps, person, path_id(request, "program"))
    asked = await parse_body(request, OpenCycle)
    check_ids(id=asked.id, cycle=asked.cycle, teacher=asked.teacher, coach=asked.coach)
    return created(await cycles.open_for(deps, program, asked, by=person))


async def propose_coach(request: web.Request) -> web.Response:
    """Propose another coach for a cycle, or nobody any more. Its teacher decides; nothing of the cycle is told."""
    deps, person = request.app[DEPS], request[SESSION].person
    program, cycle = path_id(request, "program"), path_id(request, "cycle")
    found = await access.access_led_cycle(deps, person, program, cycle)
    asked = await parse_command(request, ProposeCoach)
    await successions.propose_coach(deps, found, asked, by=person)
    return no_content()


ROUTES = (
    Route("GET", "/api/programs/{program}/people", show, SIGNED_IN, answers={200: ProgramPeople}),
    Route(
        "POST",
        "/api/programs/{program}/invitations",
        invite,
        SIGNED_IN,
        body=Invite,
        answers={201: Invited},
        problems=(MailOff, NotFound),
    ),
    Route("DELETE", "/api/programs/{program}/invitations/{invitation}", revoke, SIGNED_IN, answers={204: None}),
    Route(
        "POST",
        "/api/programs/{program}/cycles",
        open_cycle,
        SIGNED_IN,
        body=OpenCycle,
        answers={201: CycleOpenedAnswer},
        problems=(NotInProgram, NotYours, IdTaken, CommandReused),
    ),
    Route(
        "POST",
        "/api/programs/{program}/cycles/{cycle}/coach",
        propose_coach,
        SIGNED_IN,
        body=ProposeCoach,
        answers={204: None},
        problems=(CommandReused, CycleClosed, NotInProgram, NotPossible),
    ),
)
