"""Invitations, from the side of whoever got one. Looking uses nothing up; only pressing the button does."""

import msgspec
from aiohttp import web

from service.actions import invitations as actions
from service.addresses import parse_address
from service.coaching.entries import Instant
from service.problems import AddressTaken, InvitationOver, NotFound, SomebodyElses
from service.texts import check_time_zone
from service.web.keys import DEPS, SESSION
from service.web.parsing import clean_line, parse_body
from service.web.policy import PUBLIC, Route
from service.web.responding import no_content, ok
from service.web.sessions import Session, session_document, signed_in_response, visit_of
from storage.invitations import InvitationRole


class LookAtInvitation(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    token: str


class AcceptInvitation(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Signed in, only the token counts. `email`: asked for where the invitation went to no address."""

    token: str
    name: str = ""
    email: str | None = None
    time_zone: str = "UTC"


class InvitationOffer(msgspec.Struct, frozen=True):
    """`email`: the address it went to. `mail`: whether another address is confirmed by a letter.

    For an observer: until when, and whether it is a whole cycle or one lesson of it.
    """

    program: str
    role: InvitationRole
    by: str
    email: str | None
    name: str | None
    expires_at: Instant
    mail: bool
    until: Instant | None
    whole: bool


async def look(request: web.Request) -> web.Response:
    """What is offered. A POST, so that the token is in no address."""
    deps, asked = request.app[DEPS], await parse_body(request, LookAtInvitation)
    session = request.get(SESSION)
    offer = await actions.look(deps, asked.token, reader=session.person if session else None)
    found = offer.invitation
    return ok(
        InvitationOffer(
            program=offer.program,
            role=found.role,
            by=offer.by,
            email=found.email,
            name=found.name,
            expires_at=found.expires_at,
            mail=deps.config.mails,
            until=found.until_at,
            whole=found.lesson_id is None,
        )
    )


async def accept(request: web.Request) -> web.Response:
    """Take it up: 200 with an account, 201 with a new one, 202 where a letter confirms the address first."""
    deps, asked = request.app[DEPS], await parse_body(request, AcceptInvitation)
    session = request.get(SESSION)
    if session is not None and session.scopes is None:
        await actions.join(deps, asked.token, session.person)
        return ok(await session_document(request, session.person))
    check_time_zone(asked.time_zone)
    signed_in = await actions.accept(
        deps,
        asked.token,
        visit_of(request),
        name=clean_line(asked.name, field="name"),
        email=None if asked.email is None else parse_address(asked.email),
        time_zone=asked.time_zone,
    )
    return no_content(status=202) if signed_in is None else await signed_in_response(request, signed_in)


ROUTES = (
    Route(
        "POST",
        "/api/invitations/look",
        look,
        PUBLIC,
        body=LookAtInvitation,
        answers={200: InvitationOffer},
        problems=(NotFound, InvitationOver),
    ),
    Route(
        "POST",
        "/api/invitations/accept",
        accept,
        PUBLIC,
        body=AcceptInvitation,
        answers={200: Session, 201: Session, 202: None},
        problems=(NotFound, InvitationOver, SomebodyElses, AddressTaken),
    ),
)
