"""Home: the cycles a person is in, and for a lead the overviews, which know stages, dates and counts only."""

import msgspec
from aiohttp import web

from service import access
from service.web.cards import CycleCard, Named, ObservedLesson, cycle_cards, observed_lessons
from service.web.keys import DEPS, SESSION
from service.web.overview import OverviewRow, overview_rows
from service.web.policy import READ, Route
from service.web.responding import ok


class Overview(msgspec.Struct, frozen=True):
    """A program as its lead sees it."""

    program: Named
    rows: list[OverviewRow]


class Home(msgspec.Struct, frozen=True):
    """`overviews`: one for each program that the person leads, by name; empty for everybody else.

    `observed`: lessons that they were let into without the cycle.
    """

    cycles: list[CycleCard]
    overviews: list[Overview]
    observed: list[ObservedLesson]


async def show(request: web.Request) -> web.Response:
    """The cycles a person is in; for a lead also the overview of each program they lead."""
    deps, person = request.app[DEPS], request[SESSION].person
    led = await access.access_overview(deps, person)
    overviews = [Overview(Named(m.id, m.name), await overview_rows(deps, m.id)) for m in led]
    return ok(Home(await cycle_cards(deps, person), overviews, await observed_lessons(deps, person)))


ROUTES = (Route("GET", "/api/home", show, READ, answers={200: Home}),)
