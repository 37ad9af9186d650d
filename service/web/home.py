"""Home: the cycles a person is in, and for a lead the overview, which knows stages, dates and counts only."""

import msgspec
from aiohttp import web

from service import access
from service.web.cards import CycleCard, Named, OverviewRow, cycle_cards, overview_rows
from service.web.keys import DEPS, SESSION
from service.web.policy import READ, Route
from service.web.responding import ok


class Overview(msgspec.Struct, frozen=True):
    """A program as its lead sees it."""

    program: Named
    rows: list[OverviewRow]


class Home(msgspec.Struct, frozen=True):
    """`overview`: of the first program the person leads; null for everybody else."""

    cycles: list[CycleCard]
    overview: Overview | None


async def show(request: web.Request) -> web.Response:
    """The cycles a person is in; for a lead also the overview of the program."""
    deps, person = request.app[DEPS], request[SESSION].person
    led = await access.access_overview(deps, person)
    overview = Overview(Named(led[0].id, led[0].name), await overview_rows(deps, led[0].id)) if led else None
    return ok(Home(await cycle_cards(deps, person), overview))


ROUTES = (Route("GET", "/api/home", show, READ, answers={200: Home}),)
