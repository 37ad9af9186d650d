"""A person's own notebook in a cycle. There is no route to anybody else's."""

from aiohttp import web

from service import access
from service.web.following import FOLLOWING, EventPage, events_after
from service.web.keys import DEPS, SESSION
from service.web.parsing import path_id
from service.web.policy import READ, Route


async def follow(request: web.Request) -> web.Response:
    """The events of one's own notebook after a version, at once or as soon as there are any."""
    deps, person = request.app[DEPS], request[SESSION].person
    return await events_after(request, await access.access_notebook(deps, person, path_id(request, "cycle")))


ROUTES = (Route("GET", "/api/cycles/{cycle}/notebook/events", follow, READ, answers={200: EventPage}, **FOLLOWING),)
