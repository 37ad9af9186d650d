"""Lessons: the folded snapshot, events, and the commands of the review room."""

from typing import cast

import msgspec
from aiohttp import web

from service import access
from service.actions import annotations, corrections, cuts, observers, releases, tracks
from service.coaching.cycle_state import CycleState, FocusQuestion, ReleaseMode, Stage
from service.coaching.entries import Instant
from service.coaching.ids import Id
from service.coaching.lessons import LessonState
from service.coaching.notebooks import Draft, EarlierText, NotebookState
from service.coaching.settings import Framework
from service.coaching.streams import cycle_stream, lesson_stream
from service.live.progress import progress_of
from service.live.protocol import Progress
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
from service.web.cycles import offered_by
from service.web.following import FOLLOWING, EventPage, events_after
from service.web.keys import DEPS, SESSION
from service.web.parsing import path_id
from service.web.playlists import Play, play_of
from service.web.policy import READ, WRITE, Route
from service.web.responding import Done, done, ok
from service.wiring import Deps

ACTIONS = {
    **annotations.ACTIONS,
    **releases.ACTIONS,
    **corrections.ACTIONS,
    **cuts.ACTIONS,
    **observers.OF_LESSON,
    **tracks.ACTIONS,
}
LessonCommand = one_of(ACTIONS)


class CycleOfLesson(msgspec.Struct, frozen=True):
    """What the review room needs to know of the cycle, folded up to `version` of its stream.

    `done`: who has said that they have annotated this lesson, and when. `closed`: it takes nothing new.
    Whoever observes one lesson learns no more of it than who, which number, and where it stands.
    """

    id: Id
    version: int
    number: int
    stage: Stage
    closed: bool
    release_mode: ReleaseMode
    teacher: Id
    coach: Id
    questions: dict[Id, FocusQuestion]
    done: dict[Id, Instant]


class Notebook(msgspec.Struct, frozen=True):
    """What one's own notebook has about this lesson, folded up to the `version` of its stream.

    `earlier`: what one's annotations and replies said before one changed them. `seen`: how far one has read, by stream.
    """

    stream: str
    version: int
    drafts: dict[Id, Draft]
    earlier: dict[Id, tuple[EarlierText, ...]]
    seen: dict[str, int]


class LessonSnapshot(msgspec.Struct, frozen=True):
    """A lesson folded up to `version`, and what belongs to it. `role` is the person's own.

    `whole`: they may read the cycle it is in, too.
    """

    version: int
    lesson: LessonState
    cycle: CycleOfLesson
    frameworks: tuple[Framework, ...]
    role: CycleRole
    whole: bool
    people: dict[Id, CyclePerson]
    notebook: Notebook | None
    play: Play | None
    progress: Progress | None
    """While somebody works on its video; the socket tells how that goes on."""


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
            cycle=await _cycle_of(deps, cycle.id, lesson.id, whole=whole),
            frameworks=tuple((await offered_by(deps, cycle.program_id)).frameworks),
            role=cast("CycleRole", found.role),
            whole=whole,
            people=await people_of(deps, cycle, of_lesson=None if whole else state),
            notebook=await _own_notebook(deps, person, lesson.cycle_id, state),
            play=await play_of(deps, found, early=state.listen or state.following is not None),
            progress=await progress_of(deps, lesson.id),
        )
    )


async def _cycle_of(deps: Deps, cycle_id: str, lesson_id: str, *, whole: bool) -> CycleOfLesson:
    version, state = await deps.record.state(cycle_stream(cycle_id))
    assert isinstance(state, CycleState)
    listed = next((one for one in state.lessons if one.lesson == lesson_id), None)
    return CycleOfLesson(
        id=cycle_id,
        version=version if whole else 0,
        number=state.number,
        stage=state.stage,
        closed=state.closed,
        release_mode=state.release_mode,
        teacher=state.teacher,
        coach=state.coach,
        questions=state.questions if whole else {},
        done=listed.done if listed and whole else {},
    )


async def _own_notebook(deps: Deps, person: str, cycle_id: str, lesson: LessonState) -> Notebook | None:
    try:
        found = await access.access_notebook(deps, person, cycle_id)
    except NotFound:
        return None
    version, state = await deps.record.state(found.stream)
    assert isinstance(state, NotebookState)
    drafts = {draft.id: draft for draft in state.drafts.values() if draft.lesson == lesson.id}
    here = lesson.annotations.keys() | {reply.id for one in lesson.annotations.values() for reply in one.replies}
    earlier = {of: texts for of, texts in state.earlier.items() if of in here}
    return Notebook(found.stream, version, drafts, earlier, state.seen)


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
