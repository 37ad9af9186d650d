"""What comes after: the next cycle of the same two people, and another coach."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import msgspec

from service.coaching.cycle_state import CoachTerm, CycleState
from service.coaching.cycles import CycleOpened
from service.coaching.debriefs import CommitmentMade
from service.coaching.entries import Entry
from service.coaching.ids import Id
from service.coaching.observing import ObservingEnded
from service.coaching.plans import FocusChosen, PlanWritten
from service.coaching.refusals import CycleClosed, IdTaken, NoLongerHere, NotPossible, NotYours
from service.coaching.stages import CycleCancelled
from service.coaching.streams import cycle_stream
from service.coaching.writing import refuse_if_closed


class StartNext(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag="start_next"):
    """Go on in a new cycle: the goal, the focus and the open commitments come along."""

    id: Id
    cycle: Id


class ProposeCoach(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag="propose_coach"):
    """A lead's act: another coach; null takes that back. Nothing changes until the teacher has chosen how."""

    id: Id
    coach: Id | None


class TakeNewCoach(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag="take_new_coach"):
    """The teacher's choice. `coach`: the one that was proposed as they chose. `sees_earlier`: the new coach goes on in
    this cycle and reads what was written; else this cycle ends here and `cycle` is opened with the new coach, who sees
    nothing of this one."""

    id: Id
    sees_earlier: bool
    cycle: Id
    coach: Id


class NextStarted(msgspec.Struct, frozen=True):
    """The cycle goes on in another one."""

    cycle: Id


class CoachProposed(msgspec.Struct, frozen=True):
    """null: the proposal was taken back."""

    coach: Id | None


class CoachChanged(msgspec.Struct, frozen=True):
    """In this cycle, with all that was written in it."""

    coach: Id


EVENTS: Mapping[str, type[msgspec.Struct]] = {
    "next.started": NextStarted,
    "coach.proposed": CoachProposed,
    "coach.changed": CoachChanged,
}


def start_next(cycle: CycleState, after: CycleState, opened: CycleOpened, *, by: str) -> dict[str, Sequence[Any]]:
    """cycle: the closed one; after: the new one, still empty; opened: its first event, as the program sets it."""
    if by not in (cycle.teacher, cycle.coach):
        raise NotYours("The teacher or the coach starts the next cycle.")
    if cycle.stage != "closed":
        raise NotPossible("The next cycle starts when this one is closed.")
    if cycle.next is not None:
        raise NotPossible("The next cycle has been started already.")
    return _going_on(cycle, after, opened)


def propose_coach(cycle: CycleState, coach: str | None) -> Sequence[Any]:
    refuse_if_closed(cycle)
    if coach in (cycle.coach, cycle.teacher):
        raise NotPossible("This person is in the cycle already. Choose another coach.")
    return [] if coach == cycle.proposed_coach else [CoachProposed(coach)]


def take_new_coach(
    cycle: CycleState, after: CycleState, opened: CycleOpened, command: TakeNewCoach, *, by: str
) -> dict[str, Sequence[Any]]:
    """`opened`: the first event of the next cycle, used where the teacher keeps this one to themselves.

    No word comes along then: the new coach would read what was written for the old one. Whoever becomes the coach
    observes this cycle no more, whichever it is.
    """
    if cycle.closed:
        raise CycleClosed
    if by != cycle.teacher:
        raise NotYours("The teacher decides what a new coach sees.")
    if cycle.proposed_coach is None:
        raise NoLongerHere("No other coach is proposed any more.")
    if cycle.proposed_coach != command.coach:
        raise NoLongerHere("Another coach is proposed now. Look at who it is, and choose again.")
    ended = [ObservingEnded(one.id) for one in cycle.observers.values() if one.person == cycle.proposed_coach]
    if command.sees_earlier:
        return {cycle_stream(cycle.id): [*ended, CoachChanged(cycle.proposed_coach)]}
    if after.version:
        raise IdTaken
    return {
        cycle_stream(cycle.id): [*ended, CycleCancelled("coach_changed"), NextStarted(after.id)],
        cycle_stream(after.id): [opened],
    }


def _going_on(cycle: CycleState, after: CycleState, opened: CycleOpened) -> dict[str, Sequence[Any]]:
    if after.version:
        raise IdTaken
    first: list[Any] = [opened]
    if (goal := cycle.plan.get("goal")) is not None and goal.text:
        first.append(PlanWritten("goal", goal.text, 1))
    if cycle.focus_category is not None:
        first.append(FocusChosen(cycle.focus_category))
    first += [
        CommitmentMade(one.id, one.text, one.due, one.measure, cycle.id)
        for one in cycle.commitments.values()
        if one.open
    ]
    return {cycle_stream(cycle.id): [NextStarted(after.id)], cycle_stream(after.id): first}


def _next(state: CycleState, data: NextStarted, _: Entry) -> None:
    state.next = data.cycle


def _proposed(state: CycleState, data: CoachProposed, _: Entry) -> None:
    state.proposed_coach = data.coach


def _changed(state: CycleState, data: CoachChanged, entry: Entry) -> None:
    state.coach, state.proposed_coach = data.coach, None
    state.coaches.append(CoachTerm(data.coach, entry.at))


EVOLVE: Mapping[type, Callable[[CycleState, Any, Entry], None]] = {
    NextStarted: _next,
    CoachProposed: _proposed,
    CoachChanged: _changed,
}
