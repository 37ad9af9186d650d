"""Home: the cycles a person is in, and for a lead the overview, which knows stages, dates and counts only."""

from typing import Any

from aiohttp import web

from service import access
from service.web.cards import cycle_cards, overview_rows
from service.web.keys import DEPS, SESSION
from service.web.policy import READ, Route
from service.web.responding import ok


async def show(request: web.Request) -> web.Response:
    deps, person = request.app[DEPS], request[SESSION].person
    led = await access.access_overview(deps, person)
    overview: list[dict[str, Any]] = [
        {"program": {"id": m.id, "name": m.name}, "rows": await overview_rows(deps, m.id)} for m in led
    ]
    return ok({"cycles": await cycle_cards(deps, person), "overview": overview[0] if overview else None})


ROUTES = (Route("GET", "/api/home", show, READ),)
