"""A person's own notebook: notes, drafts, how far they have read; and sharing a note as a reflection."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import datetime
from types import MappingProxyType
from typing import Any, Final

from service.access import NotebookAccess
from service.actions.commands import Command, act, cycle_row, outcome
from service.actions.redacting import act_redacting
from service.coaching import notebooks as rules
from service.coaching import reflections
from service.coaching.refusals import NoLongerHere
from service.coaching.streams import cycle_stream, parse_stream
from service.wiring import Deps
from storage import lessons
from storage.engine import Write
from storage.record import Outcome


async def decide_alone(deps: Deps, found: NotebookAccess, command: Command, *, by: str) -> dict[str, Any]:
    """Carry out one of the commands that change the notebook only."""
    cycle = cycle_stream(found.cycle)
    rule = rules.DECIDE[type(command)]

    def decide(states: Mapping[str, Any], at: datetime) -> Outcome:
        happened = rule(states[found.stream], states[cycle], command, by=by, at=at)
        return outcome({found.stream: happened} if happened else {}, states, home=found.stream)

    streams = (found.stream, cycle)
    return await act(deps, command, by=by, to=found.stream, streams=streams, decide=decide, project=_no_row)


async def remove(
    deps: Deps, found: NotebookAccess, command: rules.RemoveNote | rules.RemoveDraft, *, by: str
) -> dict[str, Any]:
    """The words go too, wherever the notebook has them."""
    cycle, stream = cycle_stream(found.cycle), found.stream
    rule = rules.DECIDE[type(command)]
    of = command.note if isinstance(command, rules.RemoveNote) else command.draft

    def removed(states: Mapping[str, Any]) -> Mapping[str, Sequence[Any]]:
        happened = rule(states[stream], states[cycle], command, by=by, at=deps.clock())
        return {stream: happened} if happened else {}

    return await act_redacting(
        deps,
        command,
        by=by,
        to=stream,
        streams=(stream, cycle),
        words_of={stream: of},
        told="remove",
        rule=removed,
        home=stream,
        project=_no_row,
    )


async def mark_seen(deps: Deps, found: NotebookAccess, command: rules.MarkSeen, *, by: str) -> dict[str, Any]:
    """Of a lesson only where it is of this cycle. Raises NoLongerHere."""
    name = parse_stream(command.stream)
    if name is not None and name.kind == "lesson":
        async with deps.db.read() as tx:
            lesson = await lessons.by_id(tx, name.id)
        if lesson is None or lesson.cycle_id != found.cycle:
            raise NoLongerHere("There is nothing of this cycle to read under this name.")
    return await decide_alone(deps, found, command, by=by)


async def share_note(deps: Deps, found: NotebookAccess, command: reflections.ShareNote, *, by: str) -> dict[str, Any]:
    """Answers with the cycle's stream, which takes the reflection."""
    cycle = cycle_stream(found.cycle)

    def decide(states: Mapping[str, Any], _at: datetime) -> Outcome:
        return outcome(reflections.share_note(states[cycle], states[found.stream], command, by=by), states, home=cycle)

    streams = (found.stream, cycle)
    return await act(deps, command, by=by, to=found.stream, streams=streams, decide=decide, project=cycle_row(cycle))


def _no_row(_states: Mapping[str, Any], _at: datetime) -> Sequence[Write]:
    """Nothing anybody else can see follows a notebook."""
    return ()


ACTIONS: Final[Mapping[type, Callable[..., Awaitable[dict[str, Any]]]]] = MappingProxyType(
    dict.fromkeys(rules.DECIDE, decide_alone)
    | {
        rules.RemoveNote: remove,
        rules.RemoveDraft: remove,
        rules.MarkSeen: mark_seen,
        reflections.ShareNote: share_note,
    }
)
