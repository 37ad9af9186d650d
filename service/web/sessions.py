"""Sessions: signing in with a link or a password, signing out, and the list of where else one is signed in."""

from typing import cast

import msgspec
from aiohttp import web

from service.actions import sign_in
from service.actions.sign_in import SignedIn, Visit
from service.addresses import parse_address, spelling
from service.coaching.entries import Instant
from service.coaching.ids import Id
from service.problems import (
    LinkExpired,
    LinkUsed,
    MailOff,
    NotFound,
    SignedOut,
    SignInRefused,
    TooManyTries,
)
from service.tokens import is_token
from service.web.cookies import DEVICE_DAYS, SESSION_DAYS, cookie_name, cookie_value, device_cookie_name, set_cookie
from service.web.keys import DEPS, SESSION
from service.web.origin import client_address
from service.web.parsing import parse_body, path_id
from service.web.policy import PUBLIC, READ, SIGNED_IN, Route
from service.web.responding import created, no_content, ok
from storage import passwords, people, programs, sessions
from storage.programs import Role

LONGEST_PASSWORD = 1_000


class SignInWithLink(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag="link"):
    token: str


class SignInWithPassword(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag="password"):
    email: str
    password: str


class AskForLink(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    email: str


class Person(msgspec.Struct, frozen=True):
    """Who is signed in."""

    id: Id
    name: str
    email: str
    time_zone: str
    language: str


class ProgramRole(msgspec.Struct, frozen=True):
    """One role of the person in one program; there may be several in the same."""

    id: Id
    name: str
    role: Role


class Session(msgspec.Struct, frozen=True):
    """What a page needs to know to begin. `storage_ready`: whether video can be sent and played just now."""

    person: Person
    programs: list[ProgramRole]
    has_password: bool
    demo: bool
    https: bool
    max_upload_bytes: int
    storage_ready: bool


class SessionRow(msgspec.Struct, frozen=True):
    """One place where the person is signed in. `device` is what the browser calls itself."""

    id: Id
    device: str
    created_at: Instant
    seen_at: Instant
    current: bool


class SessionList(msgspec.Struct, frozen=True):
    sessions: list[SessionRow]


class Doors(msgspec.Struct, frozen=True):
    """What the sign-in page may offer."""

    mail: bool
    demo: bool


async def show(request: web.Request) -> web.Response:
    """Who is signed in."""
    return ok(await session_document(request, request[SESSION].person))


async def doors(request: web.Request) -> web.Response:
    """The ways in that this Farfield has."""
    config = request.app[DEPS].config
    return ok(Doors(config.mails, config.demo))


async def start(request: web.Request) -> web.Response:
    """Sign in. A link is consumed by this POST, never by a GET: mail scanners follow links."""
    shapes = cast("type[SignInWithLink | SignInWithPassword]", SignInWithLink | SignInWithPassword)
    deps, asked, visit = request.app[DEPS], await parse_body(request, shapes), visit_of(request)
    match asked:
        case SignInWithLink(token=token):
            signed_in = await sign_in.with_link(deps, token, visit)
        case SignInWithPassword(email=email, password=password):
            # An address that is none belongs to nobody; it is refused like any other that does not fit.
            address = spelling(email.strip()[:1_000])
            signed_in = await sign_in.with_password(deps, address, password[:LONGEST_PASSWORD], visit)
    return await signed_in_response(request, signed_in)


async def ask_for_link(request: web.Request) -> web.Response:
    """Mail a sign-in link. The answer is the same whether or not anybody has the address."""
    asked = await parse_body(request, AskForLink)
    address = parse_address(asked.email)
    await sign_in.ask_for_link(request.app[DEPS], address, address=client_address(request.headers))
    return no_content(status=202)


async def end(request: web.Request) -> web.Response:
    """Sign out here."""
    session = request.get(SESSION)
    if session and session.scopes is None:
        await sign_in.sign_out(request.app[DEPS], session.key)
    response = no_content()
    response.del_cookie(cookie_name(request.headers.get("X-Forwarded-Proto")), path="/")
    return response


async def everywhere(request: web.Request) -> web.Response:
    """Where the person is signed in, the last used first."""
    deps, session = request.app[DEPS], request[SESSION]
    async with deps.db.read() as tx:
        found = await sessions.of_person(tx, session.person, deps.clock())
    rows = [SessionRow(s.id, s.device, s.created_at, s.seen_at, s.token_hash == session.key) for s in found]
    return ok(SessionList(rows))


async def end_one(request: web.Request) -> web.Response:
    """Sign out one of the places where the person is signed in."""
    await sign_in.end_session(request.app[DEPS], request[SESSION].person, path_id(request, "session"))
    return no_content()


async def end_others(request: web.Request) -> web.Response:
    """Sign out everywhere else."""
    session = request[SESSION]
    await sign_in.end_other_sessions(request.app[DEPS], session.person, session.key)
    return no_content()


def visit_of(request: web.Request) -> Visit:
    """Where somebody signs in, as far as the request tells."""
    headers = request.headers
    # A header is bytes; what is not UTF-8 in it would not go into the table.
    agent = headers.get("User-Agent", "")[:200].encode(errors="replace").decode()
    device = cookie_value(headers.get("Cookie"), device_cookie_name(headers.get("X-Forwarded-Proto")))
    if device is not None and not is_token(device):
        device = None  # nobody else's value goes on as one of ours
    return Visit(client_address(headers), agent, device)


async def signed_in_response(request: web.Request, signed_in: SignedIn) -> web.Response:
    response = created(await session_document(request, signed_in.person))
    scheme = request.headers.get("X-Forwarded-Proto")
    set_cookie(response, cookie_name(scheme), signed_in.token, days=SESSION_DAYS, scheme=scheme)
    set_cookie(response, device_cookie_name(scheme), signed_in.device, days=DEVICE_DAYS, scheme=scheme)
    return response


async def session_document(request: web.Request, person_id: str) -> Session:
    deps = request.app[DEPS]
    async with deps.db.read() as tx:
        person = await people.by_id(tx, person_id)
        memberships = await programs.of_person(tx, person_id)
        password = await passwords.of_person(tx, person_id)
    if person is None:
        raise SignedOut
    roles = [ProgramRole(m.id, m.name, m.role) for m in memberships]
    return Session(
        person=Person(person.id, person.name, person.email, person.time_zone, person.language),
        programs=roles,
        has_password=password is not None,
        demo=deps.config.demo,
        https=request.headers.get("X-Forwarded-Proto") == "https",
        max_upload_bytes=deps.config.max_upload_bytes,
        storage_ready=deps.store_ready.is_set(),
    )


ROUTES = (
    Route("GET", "/api/session", show, READ, answers={200: Session}),
    Route(
        "POST",
        "/api/session",
        start,
        PUBLIC,
        body=SignInWithLink | SignInWithPassword,
        answers={201: Session},
        problems=(NotFound, LinkExpired, LinkUsed, SignInRefused, TooManyTries),
    ),
    Route("DELETE", "/api/session", end, PUBLIC, answers={204: None}),
    Route("GET", "/api/sessions", everywhere, SIGNED_IN, answers={200: SessionList}),
    Route("DELETE", "/api/sessions", end_others, SIGNED_IN, answers={204: None}),
    Route("DELETE", "/api/sessions/{session}", end_one, SIGNED_IN, answers={204: None}),
    Route("GET", "/api/doors", doors, PUBLIC, answers={200: Doors}),
    Route(
        "POST",
        "/api/sign-in-links",
        ask_for_link,
        PUBLIC,
        body=AskForLink,
        answers={202: None},
        problems=(MailOff, TooManyTries),
    ),
)
