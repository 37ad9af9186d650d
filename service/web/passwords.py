"""The password of whoever is signed in."""

import msgspec
from aiohttp import web

from service.actions import passwords
from service.problems import SignInAgain, TooManyTries, WeakPassword, WrongPassword
from service.web.keys import DEPS, SESSION
from service.web.origin import client_address
from service.web.parsing import parse_body
from service.web.policy import SIGNED_IN, Route
from service.web.responding import no_content


class SetPassword(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`present` may be left out within 15 minutes of signing in."""

    password: str
    present: str | None = None


async def put(request: web.Request) -> web.Response:
    """Set one's password. Every other device is signed out."""
    asked = await parse_body(request, SetPassword)
    await passwords.set_password(
        request.app[DEPS],
        request[SESSION],
        asked.password,
        present=asked.present,
        address=client_address(request.headers),
    )
    return no_content()


ROUTES = (
    Route(
        "PUT",
        "/api/password",
        put,
        SIGNED_IN,
        body=SetPassword,
        answers={204: None},
        problems=(WeakPassword, WrongPassword, SignInAgain, TooManyTries),
    ),
)
