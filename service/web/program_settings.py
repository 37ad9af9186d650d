"""What a program sets for its cycles, from its lead's side. Cycles opened from then on use it."""

import msgspec
from aiohttp import web

from service import access
from service.actions import programs as actions
from service.coaching.ids import Id
from service.coaching.settings import ProgramSetUp
from service.coaching.words import Line
from service.problems import NotPossible, SettingsChanged
from service.web.commands import parse_command
from service.web.keys import DEPS, SESSION
from service.web.parsing import path_id
from service.web.policy import SIGNED_IN, Route
from service.web.responding import ok
from storage.programs import Program

MAX_SETTINGS_BYTES = 512 * 1024


class ProgramSettingsPage(msgspec.Struct, frozen=True):
    """`revision`: goes back with what is set, so that two leads do not undo one another's."""

    id: Id
    name: str
    revision: str
    settings: ProgramSetUp


class SetProgram(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`revision`: of the settings that this change began from."""

    revision: Line
    settings: ProgramSetUp


async def show(request: web.Request) -> web.Response:
    """What the program sets for its cycles."""
    deps = request.app[DEPS]
    return ok(_page(await access.access_program(deps, request[SESSION].person, path_id(request, "program"))))


async def put(request: web.Request) -> web.Response:
    """Set all of it. Cycles that are open keep the release mode and the days they were opened with."""
    deps = request.app[DEPS]
    program = await access.access_program(deps, request[SESSION].person, path_id(request, "program"))
    asked = await parse_command(request, SetProgram, most=MAX_SETTINGS_BYTES)
    return ok(_page(await actions.set_up(deps, program.id, asked.settings, revision=asked.revision)))


def _page(program: Program) -> ProgramSettingsPage:
    settings = actions.settings_of(program)
    return ProgramSettingsPage(program.id, program.name, actions.revision_of(program), settings)


ROUTES = (
    Route("GET", "/api/programs/{program}/settings", show, SIGNED_IN, answers={200: ProgramSettingsPage}),
    Route(
        "PUT",
        "/api/programs/{program}/settings",
        put,
        SIGNED_IN,
        body=SetProgram,
        answers={200: ProgramSettingsPage},
        problems=(NotPossible, SettingsChanged),
    ),
)
