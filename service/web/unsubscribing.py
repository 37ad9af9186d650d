"""No more letters: the address in every letter's List-Unsubscribe (RFC 8058), which mail programs press too.

A GET changes nothing, because scanners follow links: it leads to a page with a button.
"""

import re
from typing import Final

from aiohttp import web

from service.actions import mail
from service.problems import NotFound
from service.web.keys import DEPS
from service.web.policy import FROM_ANYWHERE, PUBLIC, Route
from service.web.responding import no_content

_FORM: Final = "[0-9A-Za-z_-]{20,100}"


async def show(request: web.Request) -> web.Response:
    """To the page with the button; the token travels behind the #, which goes into no log."""
    page = f"/unsubscribe#{_token(request)}"
    return web.Response(status=303, headers={"Location": page, "Cache-Control": "no-store"})


async def stop(request: web.Request) -> web.Response:
    """Send this address no more of what one may refuse. Any number of times."""
    await mail.refuse(request.app[DEPS], _token(request))
    return no_content()


def _token(request: web.Request) -> str:
    """What is no token of ours names nothing; it also goes into a header."""
    token = request.match_info["token"]
    if not re.fullmatch(_FORM, token):
        raise NotFound
    return token


ROUTES = (
    Route(
        "GET",
        "/api/unsubscribe/{token}",
        show,
        PUBLIC,
        answers={303: None},
        problems=(NotFound,),
        names={"token": _FORM},
    ),
    Route(
        "POST",
        "/api/unsubscribe/{token}",
        stop,
        FROM_ANYWHERE,
        answers={204: None},
        problems=(NotFound,),
        names={"token": _FORM},
    ),
)
