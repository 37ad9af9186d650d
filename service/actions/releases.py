"""Letting the coach in: the lesson, its cycle, the notebook and the coach's grant change in one transaction."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from service.access import LessonAccess
from service.actions.commands import act, lesson_row, outcome
from service.coaching import releases as rules
from service.coaching.streams import cycle_stream, lesson_stream, notebook_stream
from service.wiring import Deps
from storage import grants
from storage.engine import Write
from storage.record import Outcome


async def release_lesson(deps: Deps, found: LessonAccess, command: rules.ReleaseLesson, *, by: str) -> dict[str, Any]:
    lesson, cycle = lesson_stream(found.lesson.id), cycle_stream(found.lesson.cycle_id)
    notebook = notebook_stream(found.lesson.cycle_id, by)

    def decide(states: Mapping[str, Any], at: datetime) -> Outcome:
        events = rules.release_lesson(states[lesson], states[cycle], states[notebook], by=by)
        writes = let_in(states[cycle].coach, found.lesson.id, at) if events else []
        return outcome(events, states, home=lesson, writes=writes)

    streams = (lesson, cycle, notebook)
    answer = await act(deps, command, by=by, to=lesson, streams=streams, decide=decide, project=lesson_row(lesson))
    deps.bus.wake(grants.WAKE, 0)
    return answer


def let_in(coach: str, lesson_id: str, at: datetime) -> list[Write]:
    """The grant that is the coach's only way in."""
    return grants.grant(coach, lesson_stream(lesson_id), "coach", at=at)
