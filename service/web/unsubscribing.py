"""No more letters: the address in every letter's List-Unsubscribe (RFC 8058), which mail programs press too.

A GET changes nothing, because scanners follow links: it leads to a page with a button.
"""

from aiohttp import web

from service.actions import mail
from service.web.keys import DEPS
from service.web.policy import FROM_ANYWHERE, PUBLIC, Route
from service.web.responding import no_content


async def show(request: web.Request) -> web.Response:
    """To the page with the button; the token travels behind the #, which goes into no log."""
    page = f"/unsubscribe#{request.match_info['token']}"
    return web.Response(status=303, headers={"Location": page, "Cache-Control": "no-store"})


async def stop(request: web.Request) -> web.Response:
    """Send this address no more of what one may refuse. Any number of times."""
    await mail.refuse(request.app[DEPS], request.match_info["token"])
    return no_content()


ROUTES = (
    Route("GET", "/api/unsubscribe/{token:[0-9A-Za-z_-]{20,100}}", show, PUBLIC, answers={303: None}),
    Route("POST", "/api/unsubscribe/{token:[0-9A-Za-z_-]{20,100}}", stop, FROM_ANYWHERE, answers={204: None}),
)
