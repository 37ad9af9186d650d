"""Cycles: the folded record, its events, its commands, and adding a lesson."""

import msgspec
from aiohttp import web

from service import access
from service.actions import cycles as cycle_actions
from service.actions import debriefs as debrief_actions
from service.actions import lessons as lesson_actions
from service.actions import meetings as meeting_actions
from service.actions import observers, removals, successions
from service.actions import resources as resource_actions
from service.coaching import settings
from service.coaching.cycle_state import CycleState
from service.coaching.ids import Id
from service.coaching.lessons import AddLesson
from service.coaching.settings import Framework
from service.coaching.streams import cycle_stream
from service.problems import (
    CommandReused,
    CycleClosed,
    CyclePaused,
    EditedMeanwhile,
    IdTaken,
    NoLongerHere,
    NotInProgram,
    NotPossible,
    NotYours,
    StageNotDone,
    StageNotNext,
)
from service.web.cards import CycleCard, CyclePerson, cycle_card, people_of
from service.web.commands import one_of, parse_command
from service.web.following import FOLLOWING, EventPage, events_after
from service.web.keys import DEPS, SESSION
from service.web.parsing import path_id
from service.web.policy import READ, UPLOAD, WRITE, Route
from service.web.responding import Done, created, done, ok
from service.wiring import Deps
from storage import programs

ACTIONS = {
    **cycle_actions.ACTIONS,
    **removals.ACTIONS,
    **successions.ACTIONS,
    **meeting_actions.ACTIONS,
    **debrief_actions.ACTIONS,
    **resource_actions.ACTIONS,
    **observers.ACTIONS,
}
CycleCommand = one_of(ACTIONS)


class Offered(msgspec.Struct, frozen=True):
    """What the program offers its cycles now."""

    focus_categories: list[str]
    prompts: list[str]
    frameworks: list[Framework]


class CycleSnapshot(msgspec.Struct, frozen=True):
    """A cycle folded up to `version`, and the rows around it."""

    version: int
    cycle: CycleState
    card: CycleCard
    people: dict[Id, CyclePerson]
    offered: Offered


class LessonDone(msgspec.Struct, frozen=True):
    """The lesson was added: its stream is at `version`."""

    lesson: Id
    version: int
    stream: str


async def show(request: web.Request) -> web.Response:
    """The cycle as it stands, with the version from which to follow it."""
    deps, person = request.app[DEPS], request[SESSION].person
    found = await access.access_cycle(deps, person, path_id(request, "cycle"))
    version, state = await deps.record.state(cycle_stream(found.cycle.id))
    card = await cycle_card(deps, person, found)
    names = await people_of(deps, found.cycle)
    return ok(CycleSnapshot(version, state, card, names, await offered_by(deps, found.cycle.program_id)))


async def offered_by(deps: Deps, program_id: str) -> Offered:
    async with deps.db.read() as tx:
        program = await programs.by_id(tx, program_id)
    set_ = settings.read(program.settings if program else "")
    return Offered(list(set_.focus_categories), list(set_.prompts), list(set_.frameworks))


async def command(request: web.Request) -> web.Response:
    """Plan, meet, agree, move on. Sent again under the same id, a command does nothing and gets its first answer."""
    deps, person = request.app[DEPS], request[SESSION].person
    found = await access.access_cycle(deps, person, path_id(request, "cycle"))
    asked = await parse_command(request, CycleCommand)
    return ok(done(await ACTIONS[type(asked)](deps, found, asked, by=person)))


async def add_lesson(request: web.Request) -> web.Response:
    """Add a lesson, to which a video can then be sent."""
    deps, person = request.app[DEPS], request[SESSION].person
    found = await access.access_cycle(deps, person, path_id(request, "cycle"))
    asked = await parse_command(request, AddLesson)
    answer = await lesson_actions.add_lesson(deps, found, asked, by=person)
    return created(msgspec.convert(answer, LessonDone))


async def follow(request: web.Request) -> web.Response:
    """The cycle's events after a version, at once or as soon as there are any."""
    found = await access.access_cycle(request.app[DEPS], request[SESSION].person, path_id(request, "cycle"))
    return await events_after(request, cycle_stream(found.cycle.id))


ROUTES = (
    Route("GET", "/api/cycles/{cycle}", show, READ, answers={200: CycleSnapshot}),
    Route(
        "POST",
        "/api/cycles/{cycle}/commands",
        command,
        WRITE,
        body=CycleCommand,
        answers={200: Done},
        problems=(
            CommandReused,
            CycleClosed,
            CyclePaused,
            EditedMeanwhile,
            IdTaken,
            NoLongerHere,
            NotInProgram,
            NotPossible,
            NotYours,
            StageNotDone,
            StageNotNext,
        ),
    ),
    Route("GET", "/api/cycles/{cycle}/events", follow, READ, answers={200: EventPage}, **FOLLOWING),
    Route(
        "POST",
        "/api/cycles/{cycle}/lessons",
        add_lesson,
        UPLOAD,
        body=AddLesson,
        answers={201: LessonDone},
        problems=(CommandReused, CycleClosed, IdTaken, NotYours),
    ),
)
