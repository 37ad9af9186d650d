"""Changing and removing one's own annotations, replies and drafts: what no longer stands is blotted out."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import datetime
from types import MappingProxyType
from typing import Any, Final

from service.access import LessonAccess
from service.actions.annotations import tags_of
from service.actions.commands import Command, Events, act, lesson_row, outcome
from service.actions.redacting import act_redacting
from service.coaching import corrections as rules
from service.coaching.streams import cycle_stream, lesson_stream, notebook_stream
from service.wiring import Deps
from storage.engine import Write
from storage.record import Outcome


async def edit_annotation(deps: Deps, found: LessonAccess, command: rules.EditAnnotation, *, by: str) -> dict[str, Any]:
    """The text before it stays in its author's notebook, and nowhere else."""
    lesson, cycle, _ = _streams(found, by)
    tags = await tags_of(deps, found, command.tags)
    return await _correct(
        deps,
        found,
        command,
        lambda states: rules.edit_annotation(states[lesson], states[cycle], command, by=by, tags=tags),
        by=by,
        words_of={lesson: command.annotation},
        told="edit",
    )


async def edit_reply(deps: Deps, found: LessonAccess, command: rules.EditReply, *, by: str) -> dict[str, Any]:
    lesson, cycle, _ = _streams(found, by)
    return await _correct(
        deps,
        found,
        command,
        lambda states: rules.edit_reply(states[lesson], states[cycle], command, by=by),
        by=by,
        words_of={lesson: command.reply},
        told="edit",
    )


async def remove_annotation(
    deps: Deps, found: LessonAccess, command: rules.RemoveAnnotation, *, by: str
) -> dict[str, Any]:
    """Nothing of it is kept, also not in its author's notebook."""
    lesson, cycle, _ = _streams(found, by)
    return await _remove(
        deps,
        found,
        command,
        lambda states: rules.remove_annotation(states[lesson], states[cycle], command, by=by),
        of=command.annotation,
        by=by,
    )


async def remove_reply(deps: Deps, found: LessonAccess, command: rules.RemoveReply, *, by: str) -> dict[str, Any]:
    lesson, cycle, _ = _streams(found, by)
    return await _remove(
        deps,
        found,
        command,
        lambda states: rules.remove_reply(states[lesson], states[cycle], command, by=by),
        of=command.reply,
        by=by,
    )


async def edit_draft(deps: Deps, found: LessonAccess, command: rules.EditDraft, *, by: str) -> dict[str, Any]:
    """In one's notebook alone, where what it said before stays: nobody else ever reads it."""
    lesson, cycle, notebook = _streams(found, by)
    tags = await tags_of(deps, found, command.tags)

    def decide(states: Mapping[str, Any], _at: datetime) -> Outcome:
        events = rules.edit_draft(states[lesson], states[cycle], states[notebook], command, by=by, tags=tags)
        return outcome(events, states, home=notebook)

    streams = (lesson, cycle, notebook)
    return await act(deps, command, by=by, to=lesson, streams=streams, decide=decide, project=_no_row)


async def _remove(
    deps: Deps,
    found: LessonAccess,
    command: Command,
    rule: Callable[[Mapping[str, Any]], Events],
    *,
    of: str,
    by: str,
) -> dict[str, Any]:
    lesson, _, notebook = _streams(found, by)

    def removed(states: Mapping[str, Any]) -> Events:
        events = rule(states)
        earlier = rules.dropped(states[notebook], of) if events else ()
        return {**events, notebook: earlier} if earlier else events

    return await _correct(deps, found, command, removed, by=by, words_of={lesson: of, notebook: of}, told="remove")


async def _correct(
    deps: Deps,
    found: LessonAccess,
    command: Command,
    rule: Callable[[Mapping[str, Any]], Events],
    *,
    by: str,
    words_of: Mapping[str, str],
    told: str,
) -> dict[str, Any]:
    streams = _streams(found, by)
    lesson = streams[0]
    return await act_redacting(
        deps,
        command,
        by=by,
        to=lesson,
        streams=streams,
        words_of=words_of,
        told=told,
        rule=rule,
        home=lesson,
        project=lesson_row(lesson),
    )


def _streams(found: LessonAccess, by: str) -> tuple[str, str, str]:
    """The lesson's, the cycle's, and the notebook of whoever does it."""
    cycle = found.lesson.cycle_id
    return lesson_stream(found.lesson.id), cycle_stream(cycle), notebook_stream(cycle, by)


def _no_row(_states: Mapping[str, Any], _at: datetime) -> Sequence[Write]:
    return ()


ACTIONS: Final[Mapping[type, Callable[..., Awaitable[dict[str, Any]]]]] = MappingProxyType(
    {
        rules.EditAnnotation: edit_annotation,
        rules.RemoveAnnotation: remove_annotation,
        rules.EditReply: edit_reply,
        rules.RemoveReply: remove_reply,
        rules.EditDraft: edit_draft,
    }
)
