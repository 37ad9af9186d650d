"""Writing at a moment of a lesson, and answering."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from service.access import LessonAccess
from service.actions.commands import act, lesson_row, outcome
from service.coaching import annotations as rules
from service.coaching.streams import cycle_stream, lesson_stream, notebook_stream
from service.wiring import Deps
from storage.record import Outcome


async def add_annotation(deps: Deps, found: LessonAccess, command: rules.AddAnnotation, *, by: str) -> dict[str, Any]:
    """Answers `{version, stream}`: the lesson's stream, or the notebook's while the lesson is not released."""
    lesson, cycle = lesson_stream(found.lesson.id), cycle_stream(found.lesson.cycle_id)
    notebook = notebook_stream(found.lesson.cycle_id, by)

    def decide(states: Mapping[str, Any], _at: datetime) -> Outcome:
        events = rules.add_annotation(states[lesson], states[cycle], states[notebook], command, by=by)
        return outcome(events, states, home=lesson)

    streams = (lesson, cycle, notebook)
    return await act(deps, command, by=by, to=lesson, streams=streams, decide=decide, project=lesson_row(lesson))


async def add_reply(deps: Deps, found: LessonAccess, command: rules.AddReply, *, by: str) -> dict[str, Any]:
    lesson, cycle = lesson_stream(found.lesson.id), cycle_stream(found.lesson.cycle_id)

    def decide(states: Mapping[str, Any], _at: datetime) -> Outcome:
        return outcome(rules.add_reply(states[lesson], states[cycle], command), states, home=lesson)

    streams = (lesson, cycle)
    return await act(deps, command, by=by, to=lesson, streams=streams, decide=decide, project=lesson_row(lesson))
