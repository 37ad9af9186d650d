"""Cutting parts out of a lesson before its release: said in its stream, and prepared again in the same transaction."""

from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Any, Final

from service.access import LessonAccess
from service.actions.commands import act, lesson_row, outcome
from service.actions.uploads import TRIES
from service.coaching import cuts as rules
from service.coaching.lessons import Cut, LessonState
from service.coaching.streams import cycle_stream, lesson_stream
from service.telemetry import bound_request
from service.wiring import Deps
from storage import jobs, uploads
from storage.engine import Conflict, Write
from storage.record import Outcome
from storage.uploads import Upload

PREPARE_AGAIN: Final = "prepare_again"


class CutAnew(Exception):
    """What a job makes is not what the lesson is to be: other parts are cut out now, or it is made already."""


def refuse_overtaken(lesson: LessonState, attempt: int, cuts: tuple[Cut, ...]) -> None:
    """Raises CutAnew. A lower number than what is shown comes from a job that did the same work and was slower."""
    if cuts != lesson.cuts or attempt < (lesson.attempt or 0):
        raise CutAnew


async def set_cuts(deps: Deps, found: LessonAccess, command: rules.SetCuts, *, by: str) -> dict[str, Any]:
    """From the commit on nobody but the teacher gets what was made before it.

    A film whose first preparation is under way needs no other job: that one sees that the parts are others now, and
    begins again. What plays already is prepared again.
    """
    lesson, cycle = lesson_stream(found.lesson.id), cycle_stream(found.lesson.cycle_id)
    async with deps.db.read() as tx:
        sent = await uploads.of_lessons(tx, [found.lesson.id])

    def decide(states: Mapping[str, Any], at: datetime) -> Outcome:
        state: LessonState = states[lesson]
        events = rules.set_cuts(state, states[cycle], command, by=by)
        writes = [_again(deps, state, sent, at)] if events and state.state in ("watchable", "ready") else []
        return outcome(events, states, home=lesson, writes=writes)

    streams = (lesson, cycle)
    answer = await act(deps, command, by=by, to=lesson, streams=streams, decide=decide, project=lesson_row(lesson))
    deps.bus.wake(jobs.WAKE, 0)
    return answer


def _again(deps: Deps, lesson: LessonState, sent: list[Upload], at: datetime) -> Write:
    """From the file that plays now: it is kept, or its blocks still are."""
    films = [one for one in sent if one.role == lesson.source and one.state in ("completed", "assembled")]
    if not films:
        raise Conflict("another file has taken its place just now")
    least = rules.next_least(lesson)
    payload = {"lesson": lesson.id, "upload": films[-1].id, "least": least} | bound_request()
    key = f"{PREPARE_AGAIN}/{lesson.id}/{least}"
    return jobs.enqueue(deps.new_id(), PREPARE_AGAIN, payload, at=at, dedupe_key=key, max_attempts=TRIES)


ACTIONS: Final[Mapping[type, Callable[..., Awaitable[dict[str, Any]]]]] = MappingProxyType({rules.SetCuts: set_cuts})
