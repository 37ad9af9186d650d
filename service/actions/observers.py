"""Letting observers in and ending it.

Who has a part in the teacher's program, or was let into this cycle before, is in at once; everybody else gets an
invitation, and whether they have an account is found out only when they take it up. So the answer to a stranger's
address is the same whoever has it.
"""

from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Any, Final

from service.access import CycleAccess, LessonAccess
from service.actions.commands import act, cycle_row, outcome
from service.actions.invitations import LIFE
from service.actions.observer_arrivals import ended, granted
from service.addresses import parse_address
from service.coaching import observing as rules
from service.coaching.refusals import IdTaken, NoLongerHere, NotPossible
from service.coaching.streams import cycle_stream
from service.problems import NotFound
from service.tokens import new_token, token_hash
from service.wiring import Deps
from storage import grants, invitations, lessons, notices, people, programs
from storage.engine import Transaction, apply
from storage.invitations import Invitation
from storage.people import Person
from storage.record import Outcome, WriteRefused

MOST_INVITED: Final = 60
"""Into one cycle, ever: each is a letter to an address that may be anybody's."""


async def let_observer_in(deps: Deps, found: CycleAccess, command: rules.LetObserverIn, *, by: str) -> dict[str, Any]:
    """Answers `{version, stream}`. Without mail an invitation has no letter; `link` makes what is handed over."""
    address, mails = parse_address(command.email), deps.config.mails
    async with deps.db.read() as tx:
        person = await people.by_email(tx, address)
        colleague = person is not None and await programs.roles(tx, found.cycle.program_id, person.id)
        filmed = {one.id for one in await lessons.of_cycles(tx, [found.cycle.id])}
        invited = await invitations.of_cycle(tx, found.cycle.id)
        taken = await _taken(tx, command.observer)
    here = person if person is not None and person.deactivated_at is None else None
    stream = cycle_stream(found.cycle.id)

    def decide(states: Mapping[str, Any], at: datetime) -> Outcome:
        cycle = states[stream]
        rules.refuse_letting_in(cycle, command, by=by, at=at)
        if command.lesson is not None and command.lesson not in filmed:
            raise NoLongerHere("This lesson is not in the cycle.")
        if taken:
            raise IdTaken
        if here is not None and (colleague or here.id in cycle.people):
            return let_in_now(cycle, here, at)
        if len(invited) >= MOST_INVITED:
            raise NotPossible("Very many people were invited into this cycle already. Let in somebody of your program.")
        invitation = Invitation(
            id=command.observer,
            program_id=found.cycle.program_id,
            role="observer",
            email=address if mails else None,
            name=command.name or None,
            invited_by=by,
            created_at=at,
            expires_at=at + LIFE,
            cycle_id=found.cycle.id,
            lesson_id=command.lesson,
            until_at=command.until,
        )
        letter = notices.enqueue(command.observer, "invitation", address, {"invitation": command.observer}, at=at)
        writes = [invitations.add(invitation), *([letter] if mails else [])]
        return outcome({}, states, home=stream, writes=writes)

    def let_in_now(cycle: Any, person: Person, at: datetime) -> Outcome:
        events = rules.let_observer_in(cycle, command, person=person.id, by=by, at=at)
        writes = granted(cycle, events[0], at)
        if mails:
            about = {"cycle": found.cycle.id, "observer": command.observer}
            writes.append(notices.enqueue(deps.new_id(), "observer_let_in", person.email, about, at=at))
        return outcome({stream: events}, {stream: cycle}, home=stream, writes=writes)

    try:
        answer = await act(deps, command, by=by, to=stream, streams=(stream,), decide=decide, project=cycle_row(stream))
    except WriteRefused:
        async with deps.db.read() as tx:
            taken = await _taken(tx, command.observer)
        if not taken:
            raise
        raise IdTaken from None  # by another command, since it was looked for
    deps.bus.wake(grants.WAKE, 0)
    deps.bus.wake(notices.WAKE, 0)
    return answer


async def end_observing(deps: Deps, found: CycleAccess, command: rules.EndObserving, *, by: str) -> dict[str, Any]:
    """Their grants go in the same transaction. For the teacher also an invitation that nobody has taken up yet."""
    return await _end(deps, found.cycle.id, command, by=by)


async def leave(deps: Deps, found: LessonAccess, command: rules.EndObserving, *, by: str) -> dict[str, Any]:
    """For whoever observes one lesson, and cannot reach its cycle."""
    return await _end(deps, found.lesson.cycle_id, command, by=by)


async def _end(deps: Deps, cycle_id: str, command: rules.EndObserving, *, by: str) -> dict[str, Any]:
    async with deps.db.read() as tx:
        invitation = await invitations.by_id(tx, command.observer)
    invited = invitation is not None and invitation.cycle_id == cycle_id
    stream = cycle_stream(cycle_id)

    def decide(states: Mapping[str, Any], at: datetime) -> Outcome:
        cycle = states[stream]
        known = cycle.observers.get(command.observer)
        if known is None and invited and by == cycle.teacher:
            back = invitations.revoke_observers(command.observer, cycle_id, now=at)
            return outcome({}, states, home=stream, writes=[back])
        events = rules.end_observing(cycle, command, by=by)
        return outcome({stream: events}, states, home=stream, writes=ended(cycle, known, at))

    answer = await act(deps, command, by=by, to=stream, streams=(stream,), decide=decide, project=cycle_row(stream))
    deps.bus.wake(grants.WAKE, 0)
    return answer


async def link(deps: Deps, found: CycleAccess, observer: str, *, by: str) -> str:
    """A token of an invitation that has no letter, for the teacher to hand over. Raises NotFound."""
    token = new_token()
    async with deps.db.write(locking=[f"invitation/{observer}"]) as tx:
        invitation = await invitations.by_id(tx, observer)
        ours = invitation is not None and (invitation.cycle_id, invitation.invited_by) == (found.cycle.id, by)
        if invitation is None or not ours or invitation.email is not None or not is_open(invitation, deps.clock()):
            raise NotFound
        await apply(tx, [invitations.add_token(observer, token_hash(token))])
    return token


def is_open(invitation: Invitation, now: datetime) -> bool:
    """Somebody may still take it up."""
    gone = invitation.used_at or invitation.revoked_at
    return gone is None and invitation.expires_at > now and (invitation.until_at is None or invitation.until_at > now)


async def _taken(tx: Transaction, observer: str) -> bool:
    """An invitation and its letter have the id of the observer they let in."""
    return await invitations.by_id(tx, observer) is not None or bool(await notices.states(tx, [observer]))


Action = Callable[..., Awaitable[dict[str, Any]]]
ACTIONS: Final[Mapping[type, Action]] = MappingProxyType(
    {rules.LetObserverIn: let_observer_in, rules.EndObserving: end_observing}
)
OF_LESSON: Final[Mapping[type, Action]] = MappingProxyType(
    {rules.EndObserving: leave}
)
"""What is sent to a lesson."""
