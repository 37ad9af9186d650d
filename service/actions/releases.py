"""Letting the coach in and sharing what was written: lessons, the cycle, notebooks and grants in one transaction."""

from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Any, Final

from service.access import LessonAccess
from service.actions.commands import act, both, cycle_row, lesson_row, outcome
from service.coaching import observing
from service.coaching import releases as rules
from service.coaching.cycle_state import CycleState
from service.coaching.streams import cycle_stream, lesson_stream, notebook_stream
from service.wiring import Deps
from storage import cycles, grants
from storage.engine import Conflict, Write
from storage.record import Outcome


async def release_lesson(deps: Deps, found: LessonAccess, command: rules.ReleaseLesson, *, by: str) -> dict[str, Any]:
    lesson, cycle = lesson_stream(found.lesson.id), cycle_stream(found.lesson.cycle_id)
    notebook = notebook_stream(found.lesson.cycle_id, by)

    def decide(states: Mapping[str, Any], at: datetime) -> Outcome:
        events = rules.release_lesson(states[lesson], states[cycle], states[notebook], by=by)
        writes = let_in(states[cycle], found.lesson.id, at) if events else []
        return outcome(events, states, home=lesson, writes=writes)

    streams = (lesson, cycle, notebook)
    rows = both(lesson_row(lesson), cycle_row(cycle))
    answer = await act(deps, command, by=by, to=lesson, streams=streams, decide=decide, project=rows)
    deps.bus.wake(grants.WAKE, 0)
    return answer


async def publish_drafts(deps: Deps, found: LessonAccess, command: rules.PublishDrafts, *, by: str) -> dict[str, Any]:
    lesson, cycle = lesson_stream(found.lesson.id), cycle_stream(found.lesson.cycle_id)
    notebook = notebook_stream(found.lesson.cycle_id, by)

    def decide(states: Mapping[str, Any], _at: datetime) -> Outcome:
        events = rules.publish_drafts(states[lesson], states[cycle], states[notebook], command, by=by)
        return outcome(events, states, home=lesson)

    streams = (lesson, cycle, notebook)
    return await act(deps, command, by=by, to=lesson, streams=streams, decide=decide, project=lesson_row(lesson))


async def finish_annotating(
    deps: Deps, found: LessonAccess, command: rules.FinishAnnotating, *, by: str
) -> dict[str, Any]:
    """Answers with the cycle's stream, which takes the word."""
    lesson, cycle = lesson_stream(found.lesson.id), cycle_stream(found.lesson.cycle_id)
    async with deps.db.read() as tx:
        row = await cycles.by_id(tx, found.lesson.cycle_id)
    assert row is not None, "the lesson refers to it"
    pair = (row.teacher_id, row.coach_id)
    books = {person: notebook_stream(row.id, person) for person in pair}

    def decide(states: Mapping[str, Any], _at: datetime) -> Outcome:
        if states[cycle].coach not in books:  # what they wrote for themselves is not the other one's to publish
            raise Conflict("another coach has taken over just now")
        notebooks = {person: states[stream] for person, stream in books.items()}
        events = rules.finish_annotating(states[lesson], states[cycle], notebooks, by=by)
        return outcome(events, states, home=cycle)

    streams = (lesson, cycle, *books.values())
    rows = both(lesson_row(lesson), cycle_row(cycle))
    return await act(deps, command, by=by, to=lesson, streams=streams, decide=decide, project=rows)


def let_in(cycle: CycleState, lesson_id: str, at: datetime) -> list[Write]:
    """The grants that are the only way in: the coach's, and those of whoever observes the whole cycle."""
    stream = lesson_stream(lesson_id)
    writes = grants.grant(cycle.coach, stream, "coach", at=at)
    observers = cycle.observers.values()
    for person in dict.fromkeys(one.person for one in observers if one.lesson is None):
        until = observing.reach(cycle, person, observers, listed=[lesson_id]).get(stream)
        if until is not None:
            writes += grants.grant(person, stream, "observer", at=at, until=until)
    return writes


ACTIONS: Final[Mapping[type, Callable[..., Awaitable[dict[str, Any]]]]] = MappingProxyType(
    {
        rules.ReleaseLesson: release_lesson,
        rules.PublishDrafts: publish_drafts,
        rules.FinishAnnotating: finish_annotating,
    }
)
