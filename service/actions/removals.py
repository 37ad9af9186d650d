"""Removing one's own message or reflection from a cycle: the words are blotted out everywhere they are kept."""

from collections.abc import Awaitable, Callable, Mapping
from types import MappingProxyType
from typing import Any, Final

from service.access import CycleAccess
from service.actions.commands import cycle_row
from service.actions.redacting import act_redacting
from service.coaching import conversations, reflections
from service.coaching.streams import cycle_stream, notebook_stream
from service.wiring import Deps


async def remove_message(
    deps: Deps, found: CycleAccess, command: conversations.RemoveMessage, *, by: str
) -> dict[str, Any]:
    cycle = cycle_stream(found.cycle.id)
    events = conversations.remove_message
    return await act_redacting(
        deps,
        command,
        by=by,
        to=cycle,
        streams=(cycle,),
        words_of={cycle: command.message},
        told="remove",
        rule=lambda states: {cycle: said} if (said := events(states[cycle], command, by=by)) else {},
        home=cycle,
        project=cycle_row(cycle),
    )


async def remove_reflection(
    deps: Deps, found: CycleAccess, command: reflections.RemoveReflection, *, by: str
) -> dict[str, Any]:
    """Also as it was written in the notebook, before it was shared."""
    cycle, notebook = cycle_stream(found.cycle.id), notebook_stream(found.cycle.id, by)
    events = reflections.remove_reflection
    return await act_redacting(
        deps,
        command,
        by=by,
        to=cycle,
        streams=(cycle, notebook),
        words_of={cycle: command.reflection, notebook: command.reflection},
        told="remove",
        rule=lambda states: {cycle: said} if (said := events(states[cycle], command, by=by)) else {},
        home=cycle,
        project=cycle_row(cycle),
    )


ACTIONS: Final[Mapping[type, Callable[..., Awaitable[dict[str, Any]]]]] = MappingProxyType(
    {conversations.RemoveMessage: remove_message, reflections.RemoveReflection: remove_reflection}
)
