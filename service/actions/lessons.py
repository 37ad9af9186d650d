"""Adding a lesson to a cycle."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from service.access import CycleAccess
from service.actions.commands import act, both, cycle_row, lesson_row, outcome
from service.actions.releases import let_in
from service.coaching import lessons as rules
from service.coaching.streams import cycle_stream, lesson_stream
from service.wiring import Deps
from storage import grants, lessons
from storage.record import Outcome


async def add_lesson(deps: Deps, found: CycleAccess, command: rules.AddLesson, *, by: str) -> dict[str, Any]:
    """Answers `{lesson, version, stream}`. Its teacher is granted it; the coach only where it is released at once."""
    lesson, cycle = lesson_stream(command.lesson), cycle_stream(found.cycle.id)

    def decide(states: Mapping[str, Any], at: datetime) -> Outcome:
        events = rules.add_lesson(states[lesson], states[cycle], command, by=by)
        writes = [
            lessons.add(lessons.Lesson(command.lesson, found.cycle.id, by, command.title, at)),
            *grants.grant(by, lesson, "teacher", at=at),
        ]
        if cycle in events:
            writes += let_in(states[cycle], command.lesson, at)
        return outcome(events, states, home=lesson, writes=writes, lesson=command.lesson)

    streams = (lesson, cycle)
    rows = both(lesson_row(lesson), cycle_row(cycle))
    answer = await act(deps, command, by=by, to=cycle, streams=streams, decide=decide, project=rows)
    deps.bus.wake(grants.WAKE, 0)
    return answer
