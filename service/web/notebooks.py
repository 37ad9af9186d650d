"""A person's own notebook in a cycle. There is no route to anybody else's."""

import msgspec
from aiohttp import web

from service import access
from service.actions import notebooks as actions
from service.coaching.notebooks import NotebookState
from service.problems import CommandReused, CycleClosed, EditedMeanwhile, IdTaken, NoLongerHere, NotYours
from service.web.commands import one_of, parse_command
from service.web.following import FOLLOWING, EventPage, events_after
from service.web.keys import DEPS, SESSION
from service.web.parsing import path_id
from service.web.policy import READ, WRITE, Route
from service.web.responding import Done, done, ok

NotebookCommand = one_of(actions.ACTIONS)


class NotebookSnapshot(msgspec.Struct, frozen=True):
    """One's own notebook folded up to `version` of its stream."""

    stream: str
    version: int
    notebook: NotebookState


async def show(request: web.Request) -> web.Response:
    """One's own notebook as it stands, with the version from which to follow it."""
    deps, person = request.app[DEPS], request[SESSION].person
    found = await access.access_notebook(deps, person, path_id(request, "cycle"))
    version, state = await deps.record.state(found.stream)
    return ok(NotebookSnapshot(found.stream, version, state))


async def command(request: web.Request) -> web.Response:
    """Write for oneself. Sent again under the same id, a command does nothing and gets its first answer."""
    deps, person = request.app[DEPS], request[SESSION].person
    found = await access.access_notebook(deps, person, path_id(request, "cycle"))
    asked = await parse_command(request, NotebookCommand)
    return ok(done(await actions.ACTIONS[type(asked)](deps, found, asked, by=person)))


async def follow(request: web.Request) -> web.Response:
    """The events of one's own notebook after a version, at once or as soon as there are any."""
    deps, person = request.app[DEPS], request[SESSION].person
    found = await access.access_notebook(deps, person, path_id(request, "cycle"))
    return await events_after(request, found.stream)


ROUTES = (
    Route("GET", "/api/cycles/{cycle}/notebook", show, READ, answers={200: NotebookSnapshot}),
    Route(
        "POST",
        "/api/cycles/{cycle}/notebook/commands",
        command,
        WRITE,
        body=NotebookCommand,
        answers={200: Done},
        problems=(CommandReused, CycleClosed, EditedMeanwhile, IdTaken, NoLongerHere, NotYours),
    ),
    Route("GET", "/api/cycles/{cycle}/notebook/events", follow, READ, answers={200: EventPage}, **FOLLOWING),
)
