"""Home: the cycles a person is in, and for a lead the overviews, which know stages, dates and counts only."""

from typing import Any

from aiohttp import web

from service import access
from service.web.cards import cycle_cards, overview_rows
from service.web.keys import DEPS, SESSION
from service.web.policy import READ, Route
from service.web.responding import ok


async def show(request: web.Request) -> web.Response:
    """`overviews`: one for each program that the person leads, by name; empty for everybody else."""
    deps, person = request.app[DEPS], request[SESSION].person
    led = await access.access_overview(deps, person)
    overviews: list[dict[str, Any]] = [
        {"program": {"id": m.id, "name": m.name}, "rows": await overview_rows(deps, m.id)} for m in led
    ]
    return ok({"cycles": await cycle_cards(deps, person), "overviews": overviews})


ROUTES = (Route("GET", "/api/home", show, READ),)
