"""Writing at a moment of a lesson, answering, flagging, marking as done."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import datetime
from types import MappingProxyType
from typing import Any, Final

from service.access import LessonAccess
from service.actions.commands import Command, act, lesson_row, outcome
from service.coaching import annotations as rules
from service.coaching import settings
from service.coaching.cycle_state import CycleState
from service.coaching.lessons import LessonState, Tag
from service.coaching.refusals import NotPossible
from service.coaching.streams import cycle_stream, lesson_stream, notebook_stream
from service.wiring import Deps
from storage import cycles, programs
from storage.record import Outcome


async def add_annotation(deps: Deps, found: LessonAccess, command: rules.AddAnnotation, *, by: str) -> dict[str, Any]:
    """Answers `{version, stream}`: the lesson's stream, or the notebook's while the lesson is not shared."""
    lesson, cycle = lesson_stream(found.lesson.id), cycle_stream(found.lesson.cycle_id)
    notebook = notebook_stream(found.lesson.cycle_id, by)
    tags = await tags_of(deps, found, command.tags)

    def decide(states: Mapping[str, Any], _at: datetime) -> Outcome:
        events = rules.add_annotation(states[lesson], states[cycle], states[notebook], command, by=by, tags=tags)
        return outcome(events, states, home=lesson)

    streams = (lesson, cycle, notebook)
    return await act(deps, command, by=by, to=lesson, streams=streams, decide=decide, project=lesson_row(lesson))


async def add_reply(deps: Deps, found: LessonAccess, command: rules.AddReply, *, by: str) -> dict[str, Any]:
    return await _act_on(deps, found, command, lambda lesson, cycle: rules.add_reply(lesson, cycle, command), by=by)


async def flag_annotation(deps: Deps, found: LessonAccess, command: rules.FlagAnnotation, *, by: str) -> dict[str, Any]:
    return await _act_on(
        deps, found, command, lambda lesson, cycle: rules.flag_annotation(lesson, cycle, command, by=by), by=by
    )


async def settle_annotation(
    deps: Deps, found: LessonAccess, command: rules.SettleAnnotation, *, by: str
) -> dict[str, Any]:
    return await _act_on(
        deps, found, command, lambda lesson, cycle: rules.settle_annotation(lesson, cycle, command, by=by), by=by
    )


async def _act_on(
    deps: Deps,
    found: LessonAccess,
    command: Command,
    rule: Callable[[LessonState, CycleState], Mapping[str, Sequence[Any]]],
    *,
    by: str,
) -> dict[str, Any]:
    lesson, cycle = lesson_stream(found.lesson.id), cycle_stream(found.lesson.cycle_id)

    def decide(states: Mapping[str, Any], _at: datetime) -> Outcome:
        return outcome(rule(states[lesson], states[cycle]), states, home=lesson)

    streams = (lesson, cycle)
    return await act(deps, command, by=by, to=lesson, streams=streams, decide=decide, project=lesson_row(lesson))


async def tags_of(deps: Deps, found: LessonAccess, picked: Sequence[rules.PickedTag]) -> tuple[Tag, ...]:
    """The tags picked, with the version and the label they have now. Raises NotPossible for one that is not there."""
    if not picked:
        return ()
    async with deps.db.read() as tx:
        cycle = await cycles.by_id(tx, found.lesson.cycle_id)
        program = await programs.by_id(tx, cycle.program_id) if cycle else None
    offered = {
        (framework.name, tag.code): Tag(framework.name, framework.version, tag.code, tag.label)
        for framework in settings.read(program.settings if program else "").frameworks
        for tag in framework.tags
    }
    tags = tuple(dict.fromkeys(offered.get((one.framework, one.code)) for one in picked))
    if len(tags) > rules.MOST_TAGS:
        raise NotPossible(f"More than {rules.MOST_TAGS} tags on one annotation help nobody. Take some away.")
    if None in tags:
        raise NotPossible("The program does not offer one of these tags any more. Choose again.")
    return tuple(tag for tag in tags if tag is not None)


ACTIONS: Final[Mapping[type, Callable[..., Awaitable[dict[str, Any]]]]] = MappingProxyType(
    {
        rules.AddAnnotation: add_annotation,
        rules.AddReply: add_reply,
        rules.FlagAnnotation: flag_annotation,
        rules.SettleAnnotation: settle_annotation,
    }
)
