"""Lessons: the folded snapshot, events, and the commands of the review room."""

from typing import cast

import msgspec
from aiohttp import web

from service import access
from service.actions import annotations, observers, releases
from service.coaching.cycle_state import ReleaseMode, Stage
from service.coaching.ids import Id
from service.coaching.lessons import LessonState
from service.coaching.notebooks import Draft, NotebookState
from service.coaching.streams import lesson_stream
from service.problems import (
    CommandReused,
    CycleClosed,
    EditedMeanwhile,
    IdTaken,
    NoLongerHere,
    NoSuchAnnotation,
    NotFound,
    NotPossible,
    NotYours,
    OutsideLesson,
)
from service.web.cards import CyclePerson, CycleRole, people_of
from service.web.commands import one_of, parse_command
from service.web.following import FOLLOWING, EventPage, events_after
from service.web.keys import DEPS, SESSION
from service.web.parsing import path_id
from service.web.playlists import Play, play_of
from service.web.policy import READ, WRITE, Route
from service.web.responding import Done, done, ok
from service.wiring import Deps

ACTIONS = {**annotations.ACTIONS, **releases.ACTIONS, **observers.OF_LESSON}
LessonCommand = one_of(ACTIONS)


class CycleOfLesson(msgspec.Struct, frozen=True):
    """What the review room needs to know of the cycle, and all of it that somebody learns who observes one lesson."""

    id: Id
    number: int
    stage: Stage
    release_mode: ReleaseMode


class Notebook(msgspec.Struct, frozen=True):
    """One's own drafts about this lesson, folded up to the `version` of the notebook's stream."""

    stream: str
    version: int
    drafts: dict[Id, Draft]


class LessonSnapshot(msgspec.Struct, frozen=True):
    """A lesson folded up to `version`, and what belongs to it. `role` is the person's own.

    `whole`: they may read the cycle it is in, too.
    """

    version: int
    lesson: LessonState
    cycle: CycleOfLesson
    role: CycleRole
    whole: bool
    people: dict[Id, CyclePerson]
    notebook: Notebook | None
    play: Play | None


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
    cycle, whole = await access.cycle_of_lesson(deps, person, found)
    return ok(
        LessonSnapshot(
            version=version,
            lesson=state,
            cycle=CycleOfLesson(
                cycle.id,
                cycle.number,
                cast("Stage", cycle.stage),
                cast("ReleaseMode", cycle.release_mode),
            ),
            role=cast("CycleRole", found.role),
            whole=whole,
            people=await people_of(deps, cycle, of_lesson=None if whole else state),
            notebook=await _own_notebook(deps, person, lesson.cycle_id, lesson.id),
            play=await play_of(deps, lesson),
        )
    )


async def _own_notebook(deps: Deps, person: str, cycle_id: str, lesson_id: str) -> Notebook | None:
    try:
        found = await access.access_notebook(deps, person, cycle_id)
    except NotFound:
        return None
    version, state = await deps.record.state(found.stream)
    assert isinstance(state, NotebookState)
    drafts = {draft.id: draft for draft in state.drafts.values() if draft.lesson == lesson_id}
    return Notebook(found.stream, version, drafts)


async def command(request: web.Request) -> web.Response:
    """Write, answer, release. Sent again under the same id, a command does nothing and gets its first answer."""
    deps, person = request.app[DEPS], request[SESSION].person
    found = await access.access_lesson(deps, person, path_id(request, "lesson"))
    asked = await parse_command(request, LessonCommand)
    return ok(done(await ACTIONS[type(asked)](deps, found, asked, by=person)))


async def follow(request: web.Request) -> web.Response:
    """The lesson's events after a version, at once or as soon as there are any."""
    found = await access.access_lesson(request.app[DEPS], request[SESSION].person, path_id(request, "lesson"))
    return await events_after(request, lesson_stream(found.lesson.id))


ROUTES = (
    Route("GET", "/api/lessons/{lesson}", show, READ, answers={200: LessonSnapshot}),
    Route(
        "POST",
        "/api/lessons/{lesson}/commands",
        command,
        WRITE,
        body=LessonCommand,
        answers={200: Done},
        problems=(
            CommandReused,
            CycleClosed,
            EditedMeanwhile,
            IdTaken,
            NoLongerHere,
            NoSuchAnnotation,
            NotPossible,
            NotYours,
            OutsideLesson,
        ),
    ),
    Route("GET", "/api/lessons/{lesson}/events", follow, READ, answers={200: EventPage}, **FOLLOWING),
)
