"""Cycles: the folded record, its events, its commands, and adding a lesson."""

import msgspec
from aiohttp import web

from service import access
from service.actions import cycles as cycle_actions
from service.actions import lessons as lesson_actions
from service.coaching.cycles import CycleState, MoveStage
from service.coaching.ids import Id
from service.coaching.lessons import AddLesson
from service.coaching.streams import cycle_stream
from service.problems import CommandReused, CycleClosed, IdTaken, NotYours, StageNotNext
from service.web.cards import CycleCard, cycle_card
from service.web.following import FOLLOWING, EventPage, events_after
from service.web.keys import DEPS, SESSION
from service.web.parsing import MAX_TITLE, check_ids, clean_text, parse_body, path_id
from service.web.policy import READ, UPLOAD, WRITE, Route
from service.web.responding import Done, created, done, ok


class CycleSnapshot(msgspec.Struct, frozen=True):
    """A cycle folded up to `version`, and the rows around it."""

    version: int
    cycle: CycleState
    card: CycleCard


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
    return ok(CycleSnapshot(version, state, card))


async def command(request: web.Request) -> web.Response:
    """Move the stage. Sent again under the same id, a command does nothing and gets its first answer."""
    deps, person = request.app[DEPS], request[SESSION].person
    found = await access.access_cycle(deps, person, path_id(request, "cycle"))
    move = await parse_body(request, MoveStage)
    check_ids(id=move.id)
    return ok(done(await cycle_actions.move_stage(deps, found, move, by=person)))


async def add_lesson(request: web.Request) -> web.Response:
    """Add a lesson, to which a video can then be sent."""
    deps, person = request.app[DEPS], request[SESSION].person
    found = await access.access_cycle(deps, person, path_id(request, "cycle"))
    asked = await parse_body(request, AddLesson)
    check_ids(id=asked.id, lesson=asked.lesson)
    title = clean_text(asked.title, field="title", longest=MAX_TITLE)
    asked = msgspec.structs.replace(asked, title=title)
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
        body=MoveStage,
        answers={200: Done},
        problems=(CommandReused, CycleClosed, NotYours, StageNotNext),
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
