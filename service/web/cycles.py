"""Cycles: the folded record, its events, its commands, and adding a lesson."""

import msgspec
from aiohttp import web

from service import access
from service.actions import cycles as cycle_actions
from service.actions import lessons as lesson_actions
from service.coaching.cycles import MoveStage
from service.coaching.lessons import AddLesson
from service.coaching.streams import cycle_stream
from service.web.cards import cycle_card
from service.web.following import events_after
from service.web.keys import DEPS, SESSION
from service.web.parsing import MAX_TITLE, check_ids, clean_text, parse_body, path_id
from service.web.policy import READ, UPLOAD, WRITE, Route
from service.web.responding import created, ok


async def show(request: web.Request) -> web.Response:
    deps, person = request.app[DEPS], request[SESSION].person
    found = await access.access_cycle(deps, person, path_id(request, "cycle"))
    version, state = await deps.record.state(cycle_stream(found.cycle.id))
    card = await cycle_card(deps, person, found)
    return ok({"version": version, "cycle": state, "card": card})


async def command(request: web.Request) -> web.Response:
    deps, person = request.app[DEPS], request[SESSION].person
    found = await access.access_cycle(deps, person, path_id(request, "cycle"))
    move = await parse_body(request, MoveStage)
    check_ids(id=move.id)
    return ok(await cycle_actions.move_stage(deps, found, move, by=person))


async def add_lesson(request: web.Request) -> web.Response:
    deps, person = request.app[DEPS], request[SESSION].person
    found = await access.access_cycle(deps, person, path_id(request, "cycle"))
    asked = await parse_body(request, AddLesson)
    check_ids(id=asked.id, lesson=asked.lesson)
    title = clean_text(asked.title, field="title", longest=MAX_TITLE)
    asked = msgspec.structs.replace(asked, title=title)
    return created(await lesson_actions.add_lesson(deps, found, asked, by=person))


async def events(request: web.Request) -> web.Response:
    found = await access.access_cycle(request.app[DEPS], request[SESSION].person, path_id(request, "cycle"))
    return await events_after(request, cycle_stream(found.cycle.id))


ROUTES = (
    Route("GET", "/api/cycles/{cycle}", show, READ),
    Route("POST", "/api/cycles/{cycle}/commands", command, WRITE),
    Route("GET", "/api/cycles/{cycle}/events", events, READ),
    Route("POST", "/api/cycles/{cycle}/lessons", add_lesson, UPLOAD),
)
