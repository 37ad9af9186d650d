"""Sessions: the cookie, signing in with a link, signing out."""

from typing import Any

import msgspec
from aiohttp import web

from service.actions import sign_in
from service.problems import SignedOut
from service.web.keys import DEPS, SESSION
from service.web.parsing import parse_body
from service.web.policy import PUBLIC, SIGNED_IN, Route
from service.web.responding import created, no_content, ok
from storage import people, programs

COOKIE_DAYS = 30


class SignIn(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    token: str


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


async def _document(request: web.Request, person_id: str) -> dict[str, Any]:
    deps = request.app[DEPS]
    async with deps.db.read() as tx:
        person = await people.by_id(tx, person_id)
        memberships = await programs.of_person(tx, person_id)
    if person is None:
        raise SignedOut
    return {
        "person": {
            "id": person.id,
            "name": person.name,
            "time_zone": person.time_zone,
            "language": person.language,
        },
        "programs": [{"id": m.id, "name": m.name, "role": m.role} for m in memberships],
        "demo": deps.config.demo,
        "https": request.headers.get("X-Forwarded-Proto") == "https",
        "max_upload_bytes": deps.config.max_upload_bytes,
        "storage_ready": deps.store_ready.is_set(),
    }


ROUTES = (
    Route("GET", "/api/session", show, SIGNED_IN),
    Route("POST", "/api/session", sign_in_with_link, PUBLIC),
    Route("DELETE", "/api/session", sign_out, PUBLIC),
)
