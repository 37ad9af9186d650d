"""Whether this role lives and is ready. Not proxied: only the machine itself asks."""

from aiohttp import web

from service.problems import StorageUnavailable
from service.web.keys import DEPS
from service.web.policy import PUBLIC, Route
from service.web.responding import ok


async def live(_request: web.Request) -> web.Response:
    """Touches nothing: a full disk or a lost database must not get a living process killed."""
    return ok({"live": True})


async def ready(request: web.Request) -> web.Response:
    deps = request.app[DEPS]
    await deps.db.ping()
    if not deps.store_ready.is_set():
        raise StorageUnavailable
    return ok({"ready": True})


ROUTES = (Route("GET", "/health/live", live, PUBLIC), Route("GET", "/health/ready", ready, PUBLIC))
