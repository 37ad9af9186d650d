"""Whether this role lives and is ready. Not proxied: only the machine itself asks."""

import msgspec
from aiohttp import web

from service.problems import StorageUnavailable
from service.web.keys import DEPS
from service.web.policy import PUBLIC, Route
from service.web.responding import ok


class Live(msgspec.Struct, frozen=True):
    live: bool


class Ready(msgspec.Struct, frozen=True):
    ready: bool


async def check_live(_request: web.Request) -> web.Response:
    """Touches nothing: a full disk or a lost database must not get a living process killed."""
    return ok(Live(live=True))


async def check_ready(request: web.Request) -> web.Response:
    """Whether records and store answer, so that requests may be sent here."""
    deps = request.app[DEPS]
    await deps.db.ping()
    if not deps.store_ready.is_set():
        raise StorageUnavailable
    return ok(Ready(ready=True))


ROUTES = (
    Route("GET", "/health/live", check_live, PUBLIC, answers={200: Live}, internal=True),
    Route(
        "GET",
        "/health/ready",
        check_ready,
        PUBLIC,
        answers={200: Ready},
        problems=(StorageUnavailable,),
        internal=True,
    ),
)
