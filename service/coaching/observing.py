"""Observers: a peer or a guest whom the teacher lets into a cycle, or one lesson of it, until a day.

A coach proposes; only the teacher lets in. Whoever is let in reads, and writes annotations and answers in the lessons
they may read; nothing else of a cycle is theirs to change. `reach` says which streams that are.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Final

import msgspec

from service.coaching.cycle_state import CycleState, Observer, ObserverProposal
from service.coaching.entries import Entry, Instant
from service.coaching.ids import Id
from service.coaching.refusals import IdTaken, NoLongerHere, NotPossible, NotYours
from service.coaching.streams import cycle_stream, lesson_stream, notebook_stream
from service.coaching.words import Line, Passage, Title
from service.coaching.writing import refuse_if_closed, refuse_unless_pair

LONGEST_STAY: Final = timedelta(days=366)
MOST_OBSERVERS: Final = 20


class LetObserverIn(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag="let_observer_in"):
    """`email`: of somebody who can sign in, or who then gets an invitation. `lesson` null: the whole cycle."""

    id: Id
    observer: Id
    email: Title
    until: Instant
    lesson: Id | None = None
    name: Line = ""


class EndObserving(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag="end_observing"):
    """The teacher ends it, or the observer leaves."""

    id: Id
    observer: Id


class ProposeObserver(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag="propose_observer"):
    id: Id
    proposal: Id
    who: Title
    why: Passage = ""
    lesson: Id | None = None


class SettleProposal(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag="settle_proposal"):
    """Put it away: the teacher says no, or has let somebody in; the coach takes it back."""

    id: Id
    proposal: Id


class ObserverLetIn(msgspec.Struct, frozen=True):
    observer: Id
    person: Id
    lesson: Id | None
    until: Instant


class ObservingEnded(msgspec.Struct, frozen=True):
    observer: Id


class ObserverProposed(msgspec.Struct, frozen=True):
    proposal: Id
    who: str
    why: str
    lesson: Id | None


class ProposalSettled(msgspec.Struct, frozen=True):
    proposal: Id


EVENTS: Mapping[str, type[msgspec.Struct]] = {
    "observer.let_in": ObserverLetIn,
    "observing.ended": ObservingEnded,
    "observer.proposed": ObserverProposed,
    "proposal.settled": ProposalSettled,
}


def refuse_letting_in(cycle: CycleState, command: LetObserverIn, *, by: str, at: datetime) -> None:
    """What can be said before it is known who the address belongs to."""
    refuse_if_closed(cycle)
    if by != cycle.teacher:
        raise NotYours("Only the teacher lets somebody in. A coach can propose it.")
    if command.observer in cycle.observers:
        raise IdTaken
    if len(present(cycle, at)) >= MOST_OBSERVERS:
        raise NotPossible(f"There are {MOST_OBSERVERS} observers already. End one of them first.")
    if not at < command.until <= at + LONGEST_STAY:
        raise NotPossible("Choose a day to come, within a year.")


def present(cycle: CycleState, at: datetime) -> list[Observer]:
    """Those whose day is still to come."""
    return [one for one in cycle.observers.values() if one.until > at]


def reach(
    cycle: CycleState, person: str, observers: Iterable[Observer], *, listed: Iterable[str] = ()
) -> dict[str, datetime]:
    """By stream, until when the person reads it as an observer: the longest of what they were let into.

    The whole cycle is its stream and every lesson that is released by now, or in `listed`; one lesson is that lesson
    alone, released or not. Both come with a notebook of one's own. Nothing for the teacher and the coach: what they
    read they do not read as observers.
    """
    until: dict[str, datetime] = {}
    if person in (cycle.teacher, cycle.coach):
        return until
    released = [*(one.lesson for one in cycle.lessons), *listed]
    for one in observers:
        if one.person != person:
            continue
        lessons = released if one.lesson is None else [one.lesson]
        streams = [lesson_stream(lesson) for lesson in lessons] + [notebook_stream(cycle.id, person)]
        for stream in [*streams, cycle_stream(cycle.id)] if one.lesson is None else streams:
            until[stream] = max(one.until, until.get(stream, one.until))
    return until


def let_observer_in(cycle: CycleState, command: LetObserverIn, *, person: str, by: str, at: datetime) -> Sequence[Any]:
    """`person`: whom the address belongs to."""
    refuse_letting_in(cycle, command, by=by, at=at)
    if person in (cycle.teacher, cycle.coach):
        raise NotPossible("This address belongs to one of the two people of this cycle.")
    return [ObserverLetIn(command.observer, person, command.lesson, command.until)]


def end_observing(cycle: CycleState, command: EndObserving, *, by: str) -> Sequence[Any]:
    known = cycle.observers.get(command.observer)
    if known is None:
        raise NoLongerHere("This observer is no longer let in.")
    if by not in (cycle.teacher, known.person):
        raise NotYours("Only the teacher ends somebody's observing.")
    return [ObservingEnded(command.observer)]


def propose_observer(cycle: CycleState, command: ProposeObserver, *, by: str, at: datetime) -> Sequence[Any]:
    refuse_unless_pair(cycle, by)
    if by != cycle.coach:
        raise NotYours("The coach proposes; the teacher lets in.")
    if command.proposal in cycle.proposals:
        raise IdTaken
    if command.lesson is not None and all(one.lesson != command.lesson for one in cycle.lessons):
        raise NoLongerHere("This lesson is not in the cycle.")
    return [ObserverProposed(command.proposal, command.who, command.why, command.lesson)]


def settle_proposal(cycle: CycleState, command: SettleProposal, *, by: str, at: datetime) -> Sequence[Any]:
    refuse_unless_pair(cycle, by)
    return [ProposalSettled(command.proposal)] if command.proposal in cycle.proposals else []


def _let_in(state: CycleState, data: ObserverLetIn, entry: Entry) -> None:
    state.people.setdefault(data.person, entry.at)
    state.observers[data.observer] = Observer(data.observer, data.person, data.lesson, data.until, entry.by, entry.at)


def _ended(state: CycleState, data: ObservingEnded, _: Entry) -> None:
    state.observers.pop(data.observer, None)


def _proposed(state: CycleState, data: ObserverProposed, entry: Entry) -> None:
    state.proposals[data.proposal] = ObserverProposal(
        data.proposal, data.who, data.why, data.lesson, entry.by, entry.at
    )


def _settled(state: CycleState, data: ProposalSettled, _: Entry) -> None:
    state.proposals.pop(data.proposal, None)


DECIDE: Mapping[type, Callable[..., Sequence[Any]]] = {
    ProposeObserver: propose_observer,
    SettleProposal: settle_proposal,
}

EVOLVE: Mapping[type, Callable[[CycleState, Any, Entry], None]] = {
    ObserverLetIn: _let_in,
    ObservingEnded: _ended,
    ObserverProposed: _proposed,
    ProposalSettled: _settled,
}
