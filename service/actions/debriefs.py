"""Commitments, of whose day their teacher gets a letter. The rest of the debrief needs only the cycle's stream."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from types import MappingProxyType
from typing import Any, Final

from service.access import CycleAccess
from service.actions import reminding
from service.actions.cycles import Action, act_on
from service.coaching import debriefs as rules
from service.coaching.cycle_state import CycleState
from service.wiring import Deps
from storage.engine import Write

Dated = rules.MakeCommitment | rules.ChangeCommitment | rules.FollowUpCommitment


async def date_commitment(deps: Deps, found: CycleAccess, command: Dated, *, by: str) -> dict[str, Any]:
    """Carry out the command. A letter for an earlier day stays where it is: on that day it is seen to be of no use."""
    rule = rules.DECIDE[type(command)]
    pair = await reminding.pair_of(deps, found)
    day = _day(command)

    def writes(cycle: CycleState, at: datetime) -> Sequence[Write]:
        if day is None:
            return ()
        return reminding.on_due_day(pair, cycle.teacher, cycle.id, command.commitment, day, at=at)

    return await act_on(
        deps, found, command, lambda cycle, at: rule(cycle, command, by=by, at=at), by=by, writes=writes
    )


def _day(command: Dated) -> date | None:
    return command.again if isinstance(command, rules.FollowUpCommitment) else command.due


ACTIONS: Final[Mapping[type, Action]] = MappingProxyType(
    dict.fromkeys((rules.MakeCommitment, rules.ChangeCommitment, rules.FollowUpCommitment), date_commitment)
)
