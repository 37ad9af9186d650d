"""What a role in a process of its own answers to whoever runs it: health and metrics, and nothing else."""

from aiohttp import web

from service.web import health
from service.web.app import answer_problems
from service.web.keys import DEPS, NEEDS_STORE
from service.wiring import Deps


def make_ops_app(deps: Deps, *, needs_store: bool) -> web.Application:
    """`needs_store`: whether this role is of use without the object store."""
    app = web.Application(middlewares=[answer_problems], client_max_size=1)
    app[DEPS] = deps
    app[NEEDS_STORE] = needs_store
    for route in health.ROUTES:
        app.router.add_route(route.method, route.path, route.handler)
    return app
