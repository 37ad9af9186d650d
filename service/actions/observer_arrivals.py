"""What comes with an observer in and out of a cycle: their grants, and taking up an invitation to observe."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from service.actions.commands import cycle_row, digest, outcome
from service.coaching import observing
from service.coaching.cycle_state import CycleState, Observer
from service.coaching.observing import LetObserverIn
from service.coaching.refusals import Refusal
from service.coaching.streams import cycle_stream
from service.problems import InvitationOver
from service.wiring import Deps
from storage import grants
from storage.engine import Write
from storage.invitations import Invitation
from storage.record import Act, Outcome


def granted(cycle: CycleState, let_in: observing.ObserverLetIn, at: datetime) -> list[Write]:
    """The grants of somebody who is let in just now, as long as the longest of what they were let into."""
    new = Observer(let_in.observer, let_in.person, let_in.lesson, let_in.until, cycle.teacher, at)
    reach = observing.reach(cycle, let_in.person, [*cycle.observers.values(), new])
    return [
        write
        for stream, until in reach.items()
        for write in grants.grant(let_in.person, stream, "observer", at=at, until=until)
    ]


def ended(cycle: CycleState, known: Observer, at: datetime) -> list[Write]:
    """Take away what they read by this one alone; what they were let into besides stays."""
    others = [one for one in cycle.observers.values() if one.id != known.id]
    after = observing.reach(cycle, known.person, others)
    writes: list[Write] = []
    for stream in observing.reach(cycle, known.person, [known]):
        until = after.get(stream)
        writes += (
            grants.revoke(known.person, stream)
            if until is None
            else grants.grant(known.person, stream, "observer", at=at, until=until)
        )
    return writes


async def refuse_if_over(deps: Deps, invitation: Invitation, person_id: str) -> None:
    """Before an invitation to observe is used up. Raises InvitationOver where it would open nothing."""
    if invitation.cycle_id is None:
        return
    _, cycle = await deps.record.state(cycle_stream(invitation.cycle_id))
    command, teacher = _command(invitation), invitation.invited_by
    try:
        observing.let_observer_in(cycle, command, person=person_id, by=teacher, at=deps.clock())
    except Refusal as refusal:
        raise InvitationOver(f"This invitation opens nothing for you any more. {refusal}") from None


async def take_up(deps: Deps, invitation: Invitation, person_id: str) -> None:
    """Let in whoever took up an invitation to observe; nothing for one into a program. A second time does nothing."""
    if invitation.cycle_id is None:
        return
    stream, command = cycle_stream(invitation.cycle_id), _command(invitation)

    def decide(states: Mapping[str, Any], at: datetime) -> Outcome:
        events: Sequence[Any] = observing.let_observer_in(
            states[stream], command, person=person_id, by=invitation.invited_by, at=at
        )
        return outcome({stream: events}, states, home=stream, writes=granted(states[stream], events[0], at))

    # The invitation is used up already. Under one id for ever, so that whoever tries again after a cut is let in once.
    once = (f"{invitation.id} taken up", digest(f"take up {stream} {person_id}", command))
    act = Act(by=invitation.invited_by, streams=(stream,), decide=decide, project=cycle_row(stream), command=once)
    await deps.record.act(act)
    deps.bus.wake(grants.WAKE, 0)


def _command(invitation: Invitation) -> LetObserverIn:
    assert invitation.until_at is not None, "an invitation to observe has its end"
    return LetObserverIn(invitation.id, invitation.id, "", invitation.until_at, invitation.lesson_id)
