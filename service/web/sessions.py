"""Sessions: the cookie, signing in with a link, signing out."""

from typing import Literal, cast

import msgspec
from aiohttp import web

from service.actions import sign_in
from service.coaching.ids import Id
from service.problems import LinkExpired, LinkUsed, NotFound, SignedOut
from service.web.keys import DEPS, SESSION
from service.web.parsing import parse_body
from service.web.policy import PUBLIC, SIGNED_IN, Route
from service.web.responding import created, no_content, ok
from storage import people, programs

COOKIE_DAYS = 30


class SignIn(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The token of a sign-in link."""

    token: str


class Person(msgspec.Struct, frozen=True):
    """Who is signed in."""

    id: Id
    name: str
    time_zone: str
    language: str


class ProgramRole(msgspec.Struct, frozen=True):
    """One role of the person in one program; there may be several in the same."""

    id: Id
    name: str
    role: Literal["lead", "coach", "teacher"]


class Session(msgspec.Struct, frozen=True):
    """What a page needs to know to begin. `storage_ready`: whether video can be sent and played just now."""

    person: Person
    programs: list[ProgramRole]
    demo: bool
    https: bool
    max_upload_bytes: int
    storage_ready: bool


def cookie_name(scheme: str | None) -> str:
    """`__Host-` binds the cookie to this very host, but browsers take such a name only over HTTPS."""
    return "__Host-farfield" if scheme == "https" else "farfield"


def session_token(cookie_header: str | None, scheme: str | None) -> str | None:
    """The session's token from a Cookie header; None when there is none.

    By hand: SimpleCookie gives up at the first cookie it finds odd, and others on this host may set such.
    """
    wanted = cookie_name(scheme)
    for pair in (cookie_header or "").split(";"):
        name, _, value = pair.strip().partition("=")
        if name == wanted:
            return value or None
    return None


async def show(request: web.Request) -> web.Response:
    """Who is signed in here, and what this server can do."""
    return ok(await _document(request, _person(request)))


async def sign_in_with_link(request: web.Request) -> web.Response:
    """A link is consumed by this POST, never by a GET: mail scanners follow links."""
    command = await parse_body(request, SignIn)
    # A header is bytes; what is not UTF-8 in it would not go into the table.
    device = request.headers.get("User-Agent", "")[:200].encode(errors="replace").decode()
    signed_in = await sign_in.with_link(request.app[DEPS], command.token, device=device)
    response = created(await _document(request, signed_in.person))
    scheme = request.headers.get("X-Forwarded-Proto")
    response.set_cookie(
        cookie_name(scheme),
        signed_in.token,
        max_age=COOKIE_DAYS * 24 * 60 * 60,
        httponly=True,
        secure=scheme == "https",
        samesite="Lax",
        path="/",
    )
    return response


async def sign_out(request: web.Request) -> web.Response:
    """End this session. Without one there is nothing to do, and that is no mistake."""
    session = request.get(SESSION)
    if session:
        await sign_in.sign_out(request.app[DEPS], session.key)
    response = no_content()
    response.del_cookie(cookie_name(request.headers.get("X-Forwarded-Proto")), path="/")
    return response


def _person(request: web.Request) -> str:
    session = request.get(SESSION)
    if session is None:
        raise SignedOut
    return str(session.person)


async def _document(request: web.Request, person_id: str) -> Session:
    deps = request.app[DEPS]
    async with deps.db.read() as tx:
        person = await people.by_id(tx, person_id)
        memberships = await programs.of_person(tx, person_id)
    if person is None:
        raise SignedOut
    roles = [ProgramRole(m.id, m.name, cast('Literal["lead", "coach", "teacher"]', m.role)) for m in memberships]
    return Session(
        person=Person(person.id, person.name, person.time_zone, person.language),
        programs=roles,
        demo=deps.config.demo,
        https=request.headers.get("X-Forwarded-Proto") == "https",
        max_upload_bytes=deps.config.max_upload_bytes,
        storage_ready=deps.store_ready.is_set(),
    )


ROUTES = (
    Route("GET", "/api/session", show, SIGNED_IN, answers={200: Session}),
    Route(
        "POST",
        "/api/session",
        sign_in_with_link,
        PUBLIC,
        body=SignIn,
        answers={201: Session},
        problems=(NotFound, LinkExpired, LinkUsed),
    ),
    Route("DELETE", "/api/session", sign_out, PUBLIC, answers={204: None}),
)
