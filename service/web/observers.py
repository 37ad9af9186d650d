"""The teacher's side of letting observers in: the invitations that nobody has taken up yet."""

import msgspec
from aiohttp import web

from service import access
from service.access import CycleAccess
from service.actions import observers as actions
from service.coaching.entries import Instant
from service.coaching.ids import Id
from service.problems import NotFound
from service.web.keys import DEPS, SESSION
from service.web.parsing import path_id
from service.web.policy import READ, SIGNED_IN, Route
from service.web.responding import created, ok
from service.wiring import Deps
from storage import invitations, notices


class ObserverInvitation(msgspec.Struct, frozen=True):
    """`observer`: the id under which they are let in. `letter`: what became of it; None where it is a link.

    `lesson` null: the whole cycle. `until`: how long they may look; `expires_at`: how long they may take it up.
    """

    observer: Id
    email: str | None
    name: str | None
    lesson: Id | None
    until: Instant
    expires_at: Instant
    letter: notices.State | None


class ObserverInvitations(msgspec.Struct, frozen=True):
    """`mail`: whether invitations are mailed from here; else each has a link to hand over."""

    mail: bool
    invitations: list[ObserverInvitation]


class ObserverLink(msgspec.Struct, frozen=True):
    """Shown this once."""

    link: str


async def show_invitations(request: web.Request) -> web.Response:
    """Whom the teacher has invited to observe the cycle, as far as they have not come yet. For the teacher alone."""
    deps = request.app[DEPS]
    found = await _own(deps, request)
    now = deps.clock()
    async with deps.db.read() as tx:
        open_ones = [one for one in await invitations.of_cycle(tx, found.cycle.id) if actions.is_open(one, now)]
        letters = await notices.states(tx, [one.id for one in open_ones])
    rows = [
        ObserverInvitation(i.id, i.email, i.name, i.lesson_id, i.until_at, i.expires_at, letters.get(i.id))
        for i in open_ones
        if i.until_at is not None
    ]
    return ok(ObserverInvitations(deps.config.mails, rows))


async def make_link(request: web.Request) -> web.Response:
    """A link to hand over, of an invitation that has no letter. Each asks for a new one; all of them work, once."""
    deps, person = request.app[DEPS], request[SESSION].person
    found = await _own(deps, request)
    token = await actions.link(deps, found, path_id(request, "observer"), by=person)
    return created(ObserverLink(f"{deps.config.origin}/invitation#{token}"))


async def _own(deps: Deps, request: web.Request) -> CycleAccess:
    found = await access.access_cycle(deps, request[SESSION].person, path_id(request, "cycle"))
    if found.role != "teacher":
        raise NotFound
    return found


ROUTES = (
    Route(
        "GET",
        "/api/cycles/{cycle}/observers",
        show_invitations,
        READ,
        answers={200: ObserverInvitations},
        operation="show_observer_invitations",
    ),
    Route(
        "POST",
        "/api/cycles/{cycle}/observers/{observer}/link",
        make_link,
        SIGNED_IN,
        answers={201: ObserverLink},
        operation="make_observer_link",
    ),
)
