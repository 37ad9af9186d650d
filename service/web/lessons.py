"""Lessons: the folded snapshot, events, and the commands of the review room."""

from typing import Any, cast

import msgspec
from aiohttp import web

from service import access
from service.actions import annotations, releases
from service.coaching.annotations import AddAnnotation, AddReply
from service.coaching.notebooks import NotebookState
from service.coaching.releases import ReleaseLesson
from service.coaching.streams import lesson_stream
from service.problems import NotFound
from service.web.cards import people_of
from service.web.following import events_after
from service.web.keys import DEPS, SESSION
from service.web.parsing import check_ids, clean_text, parse_body, path_id
from service.web.playlists import play_of
from service.web.policy import READ, WRITE, Route
from service.web.responding import ok
from service.wiring import Deps

LessonCommand = AddAnnotation | AddReply | ReleaseLesson


async def show(request: web.Request) -> web.Response:
    """Everything the review room needs in one answer, each part with the version it stands at."""
    deps, person = request.app[DEPS], request[SESSION].person
    lesson_id = path_id(request, "lesson")
    await access.access_lesson(deps, person, lesson_id)
    version, state = await deps.record.state(lesson_stream(lesson_id))
    # The row after the state: were it older, a lesson that became watchable in between would have nothing to play, and
    # no event after `version` would say so.
    found = await access.access_lesson(deps, person, lesson_id)
    lesson = found.lesson
    cycle = await access.access_cycle(deps, person, lesson.cycle_id)
    return ok(
        {
            "version": version,
            "lesson": state,
            "cycle": {
                "id": cycle.cycle.id,
                "number": cycle.cycle.number,
                "stage": cycle.cycle.stage,
                "release_mode": cycle.cycle.release_mode,
            },
            "role": found.role,
            "people": await people_of(deps, cycle.cycle),
            "notebook": await _own_notebook(deps, person, lesson.cycle_id, lesson.id),
            "play": await play_of(deps, lesson),
        }
    )


async def _own_notebook(deps: Deps, person: str, cycle_id: str, lesson_id: str) -> dict[str, Any] | None:
    try:
        stream = await access.access_notebook(deps, person, cycle_id)
    except NotFound:
        return None
    version, state = await deps.record.state(stream)
    assert isinstance(state, NotebookState)
    drafts = {draft.id: draft for draft in state.drafts.values() if draft.lesson == lesson_id}
    return {"stream": stream, "version": version, "drafts": drafts}


async def command(request: web.Request) -> web.Response:
    deps, person = request.app[DEPS], request[SESSION].person
    found = await access.access_lesson(deps, person, path_id(request, "lesson"))
    asked = await parse_body(request, cast("type[LessonCommand]", LessonCommand))
    check_ids(id=asked.id)
    match asked:
        case AddAnnotation():
            check_ids(annotation=asked.annotation)
            asked = msgspec.structs.replace(asked, body=clean_text(asked.body, field="body"))
            return ok(await annotations.add_annotation(deps, found, asked, by=person))
        case AddReply():
            check_ids(annotation=asked.annotation, reply=asked.reply)
            asked = msgspec.structs.replace(asked, body=clean_text(asked.body, field="body"))
            return ok(await annotations.add_reply(deps, found, asked, by=person))
        case ReleaseLesson():
            return ok(await releases.release_lesson(deps, found, asked, by=person))


async def events(request: web.Request) -> web.Response:
    found = await access.access_lesson(request.app[DEPS], request[SESSION].person, path_id(request, "lesson"))
    return await events_after(request, lesson_stream(found.lesson.id))


ROUTES = (
    Route("GET", "/api/lessons/{lesson}", show, READ),
    Route("POST", "/api/lessons/{lesson}/commands", command, WRITE),
    Route("GET", "/api/lessons/{lesson}/events", events, READ),
)
