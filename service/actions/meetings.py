"""Meetings whose other one gets a letter. The rest of `service/coaching/meetings.py` needs only the cycle's stream."""

from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Any, Final

from service.access import CycleAccess
from service.actions import reminding
from service.actions.commands import Command
from service.actions.cycles import Action, act_on
from service.actions.reminding import Pair
from service.coaching import meetings as rules
from service.coaching.cycle_state import CycleState
from service.wiring import Deps
from storage import notices
from storage.engine import Write


async def change(deps: Deps, found: CycleAccess, command: Command, *, by: str) -> dict[str, Any]:
    """Carry out the command, with its letters in the same transaction."""
    rule, letters = rules.DECIDE[type(command)], _LETTERS[type(command)]
    pair = await reminding.pair_of(deps, found)
    answer = await act_on(
        deps,
        found,
        command,
        lambda cycle, at: rule(cycle, command, by=by, at=at),
        by=by,
        writes=lambda cycle, at: letters(deps, pair, cycle, command, by=by, at=at),
    )
    deps.bus.wake(notices.WAKE, 0)
    return answer


def _planned(
    deps: Deps, pair: Pair, cycle: CycleState, command: rules.PlanMeeting, *, by: str, at: datetime
) -> list[Write]:
    told = {"cycle": cycle.id, "meeting": command.meeting, "sequence": 0}
    return [
        *reminding.to_the_other(deps, pair, "meeting_planned", told, by=by, at=at),
        *reminding.before_meeting(pair, cycle.id, command.meeting, command.start, at=at),
    ]


def _moved(
    deps: Deps, pair: Pair, cycle: CycleState, command: rules.MoveMeeting, *, by: str, at: datetime
) -> list[Write]:
    return [
        *reminding.to_the_other(deps, pair, "meeting_moved", _next(cycle, command.meeting), by=by, at=at),
        *reminding.before_meeting(pair, cycle.id, command.meeting, command.start, at=at),
    ]


def _cancelled(
    deps: Deps, pair: Pair, cycle: CycleState, command: rules.CancelMeeting, *, by: str, at: datetime
) -> list[Write]:
    return reminding.to_the_other(deps, pair, "meeting_cancelled", _next(cycle, command.meeting), by=by, at=at)


def _offered(
    deps: Deps, pair: Pair, cycle: CycleState, command: rules.OfferCheckIns, *, by: str, at: datetime
) -> list[Write]:
    told = {"cycle": cycle.id, "offer": command.offer}
    return reminding.to_the_other(deps, pair, "check_ins_offered", told, by=by, at=at)


def _accepted(
    deps: Deps, pair: Pair, cycle: CycleState, command: rules.AcceptCheckIns, *, by: str, at: datetime
) -> list[Write]:
    starts = rules.occurrences(cycle.offers[command.offer])
    coming = [(meeting, start) for meeting, start in zip(command.meetings, starts, strict=True) if start > at]
    told = {"cycle": cycle.id, "meeting": coming[0][0], "weeks": len(coming)}
    letters = reminding.to_the_other(deps, pair, "check_ins_accepted", told, by=by, at=at)
    for meeting, start in coming:
        letters += reminding.before_meeting(pair, cycle.id, meeting, start, at=at)
    return letters


def _next(cycle: CycleState, meeting: str) -> dict[str, Any]:
    return {"cycle": cycle.id, "meeting": meeting, "sequence": cycle.meetings[meeting].sequence + 1}


_LETTERS: Final[Mapping[type, Any]] = MappingProxyType(
    {
        rules.PlanMeeting: _planned,
        rules.MoveMeeting: _moved,
        rules.CancelMeeting: _cancelled,
        rules.OfferCheckIns: _offered,
        rules.AcceptCheckIns: _accepted,
    }
)
ACTIONS: Final[Mapping[type, Action]] = MappingProxyType(dict.fromkeys(_LETTERS, change))
