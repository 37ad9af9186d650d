"""Whether this process lives and is ready, and what it has counted. Not proxied: only whoever runs it asks."""

import msgspec
from aiohttp import web

from service.metrics import CONTENT_TYPE
from service.problems import Stopping, StorageUnavailable
from service.web.keys import DEPS, NEEDS_STORE
from service.web.policy import PUBLIC, Content, Route
from service.web.responding import ok


class Live(msgspec.Struct, frozen=True):
    live: bool


class Ready(msgspec.Struct, frozen=True):
    ready: bool


async def check_live(_request: web.Request) -> web.Response:
    """Touches nothing: a full disk or a lost database must not get a living process killed."""
    return ok(Live(live=True))


async def check_ready(request: web.Request) -> web.Response:
    """Whether to send people here: the records answer, the store too where this role needs it, and no end is near."""
    deps = request.app[DEPS]
    if deps.draining.is_set():
        raise Stopping
    await deps.db.ping()
    if request.app.get(NEEDS_STORE, True) and not deps.store_ready.is_set():
        raise StorageUnavailable
    return ok(Ready(ready=True))


async def show_metrics(request: web.Request) -> web.Response:
    """For Prometheus, as text."""
    return web.Response(body=request.app[DEPS].metrics.text(), headers={"Content-Type": CONTENT_TYPE})


ROUTES = (
    Route("GET", "/health/live", check_live, PUBLIC, answers={200: Live}, internal=True),
    Route(
        "GET",
        "/health/ready",
        check_ready,
        PUBLIC,
        answers={200: Ready},
        problems=(Stopping, StorageUnavailable),
        internal=True,
    ),
    Route("GET", "/metrics", show_metrics, PUBLIC, answers={200: Content("text/plain")}, internal=True),
)
