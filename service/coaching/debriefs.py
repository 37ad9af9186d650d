"""The debrief and what follows: an agenda of moments, notes of each, commitments, and the look back at them."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any, Final

import msgspec

from service.coaching.cycle_state import AgendaItem, Commitment, CycleState, FollowUp, FollowUpAnswer
from service.coaching.entries import Entry
from service.coaching.ids import Id
from service.coaching.refusals import EditedMeanwhile, IdTaken, NoLongerHere, NotPossible, NotYours
from service.coaching.words import Passage, Text
from service.coaching.writing import refuse_unless_pair, rewritten, standing, written

MOST_ITEMS: Final = 200
FARTHEST = timedelta(days=2 * 366)


class OrderAgenda(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag="order_agenda"):
    """The order in which the flagged annotations are talked about. `revision`: of the order this one changes."""

    id: Id
    items: tuple[AgendaItem, ...]
    revision: int


class WriteDebriefNotes(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag="write_debrief_notes"):
    """One's own notes of the debrief, which the other one reads."""

    id: Id
    text: Passage
    revision: int


class MakeCommitment(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag="make_commitment"):
    """What the teacher will try, by when, and how both will know."""

    id: Id
    commitment: Id
    text: Text
    due: date
    measure: Passage = ""


class ChangeCommitment(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag="change_commitment"):
    id: Id
    commitment: Id
    text: Text
    due: date
    measure: Passage
    revision: int


class DropCommitment(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag="drop_commitment"):
    """Take it back before anybody looked back at it."""

    id: Id
    commitment: Id


class FollowUpCommitment(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag="follow_up"):
    """The teacher's look back. With `not_yet` a new day may be set; `coach_could`: what would have helped."""

    id: Id
    commitment: Id
    answer: FollowUpAnswer
    evidence: Passage = ""
    still_need: Passage = ""
    coach_could: Passage = ""
    again: date | None = None


class AgendaOrdered(msgspec.Struct, frozen=True):
    items: tuple[AgendaItem, ...]
    revision: int


class DebriefNoted(msgspec.Struct, frozen=True):
    """Of whoever wrote the event."""

    text: str
    revision: int


class CommitmentMade(msgspec.Struct, frozen=True):
    commitment: Id
    text: str
    due: date
    measure: str
    carried_from: Id | None = None


class CommitmentChanged(msgspec.Struct, frozen=True):
    commitment: Id
    text: str
    due: date
    measure: str
    revision: int


class CommitmentDropped(msgspec.Struct, frozen=True):
    commitment: Id


class CommitmentFollowedUp(msgspec.Struct, frozen=True):
    commitment: Id
    answer: FollowUpAnswer
    evidence: str
    still_need: str
    coach_could: str
    again: date | None = None


EVENTS: Mapping[str, type[msgspec.Struct]] = {
    "agenda.ordered": AgendaOrdered,
    "debrief.noted": DebriefNoted,
    "commitment.made": CommitmentMade,
    "commitment.changed": CommitmentChanged,
    "commitment.dropped": CommitmentDropped,
    "commitment.followed_up": CommitmentFollowedUp,
}


def order_agenda(cycle: CycleState, command: OrderAgenda, *, by: str, at: datetime) -> Sequence[Any]:
    """Only lessons that both see can be on it; whether an annotation is flagged is for whoever draws it."""
    refuse_unless_pair(cycle, by)
    listed = {one.lesson for one in cycle.lessons}
    items = tuple(dict.fromkeys(command.items))
    if len(items) > MOST_ITEMS or any(item.lesson not in listed for item in items):
        raise NotPossible("There is something on this agenda that is not in the cycle. Reload the page.")
    if list(items) == cycle.agenda:
        return []
    if command.revision != cycle.agenda_revision:
        raise EditedMeanwhile("", cycle.agenda_revision, "")
    return [AgendaOrdered(items, command.revision + 1)]


def write_debrief_notes(cycle: CycleState, command: WriteDebriefNotes, *, by: str, at: datetime) -> Sequence[Any]:
    refuse_unless_pair(cycle, by)
    now = standing(cycle.debrief_notes.get(by))
    return rewritten(now, command.text, command.revision, lambda n: DebriefNoted(command.text, n))


def make_commitment(cycle: CycleState, command: MakeCommitment, *, by: str, at: datetime) -> Sequence[Any]:
    refuse_unless_pair(cycle, by)
    if command.commitment in cycle.commitments:
        raise IdTaken
    _refuse_odd_day(command.due, at)
    return [CommitmentMade(command.commitment, command.text, command.due, command.measure)]


def change_commitment(cycle: CycleState, command: ChangeCommitment, *, by: str, at: datetime) -> Sequence[Any]:
    known = _of(cycle, command.commitment, by)
    if (command.text, command.due, command.measure) == (known.text, known.due, known.measure):
        return []
    if not known.open:
        raise NotPossible("This commitment has its look back already, so it stays as it is. Make another one.")
    if command.revision != known.revision:
        raise EditedMeanwhile(known.text, known.revision, known.by)
    if command.due != known.due:
        _refuse_odd_day(command.due, at)
    changed = (command.commitment, command.text, command.due, command.measure, known.revision + 1)
    return [CommitmentChanged(*changed)]


def drop_commitment(cycle: CycleState, command: DropCommitment, *, by: str, at: datetime) -> Sequence[Any]:
    refuse_unless_pair(cycle, by)
    known = cycle.commitments.get(command.commitment)
    if known is None:
        return []
    if known.follow_ups:
        raise NotPossible("This commitment has a look back already, so it stays.")
    return [CommitmentDropped(command.commitment)]


def follow_up(cycle: CycleState, command: FollowUpCommitment, *, by: str, at: datetime) -> Sequence[Any]:
    """May be said again: the last one counts, all are kept."""
    _of(cycle, command.commitment, by)
    if by != cycle.teacher:
        raise NotYours("The teacher says what became of it.")
    if command.again is not None:
        if command.answer != "not_yet":
            raise NotPossible("A new day goes with “not yet” only.")
        _refuse_odd_day(command.again, at)
    answered = msgspec.structs.asdict(command)
    del answered["id"]
    return [CommitmentFollowedUp(**answered)]


def _of(cycle: CycleState, commitment_id: str, by: str) -> Commitment:
    refuse_unless_pair(cycle, by)
    known = cycle.commitments.get(commitment_id)
    if known is None:
        raise NoLongerHere("This commitment is no longer there.")
    return known


def _refuse_odd_day(day: date, at: datetime) -> None:
    """Where it is still yesterday, yesterday is today."""
    if day < at.date() - timedelta(days=1):
        raise NotPossible("This day is past. Choose one that is to come.")
    if day > at.date() + FARTHEST:
        raise NotPossible("This day is years away. Choose a nearer one.")


def _ordered(state: CycleState, data: AgendaOrdered, _: Entry) -> None:
    state.agenda, state.agenda_revision = list(data.items), data.revision


def _noted(state: CycleState, data: DebriefNoted, entry: Entry) -> None:
    state.debrief_notes[entry.by] = written(data.text, data.revision, entry)


def _made(state: CycleState, data: CommitmentMade, entry: Entry) -> None:
    state.commitments[data.commitment] = Commitment(
        data.commitment, data.text, data.due, data.measure, 1, entry.by, entry.at, data.carried_from
    )


def _changed(state: CycleState, data: CommitmentChanged, entry: Entry) -> None:
    changes = {"text": data.text, "due": data.due, "measure": data.measure, "revision": data.revision}
    known = state.commitments[data.commitment]
    state.commitments[data.commitment] = msgspec.structs.replace(known, **changes, by=entry.by)


def _dropped(state: CycleState, data: CommitmentDropped, _: Entry) -> None:
    state.commitments.pop(data.commitment, None)


def _followed_up(state: CycleState, data: CommitmentFollowedUp, entry: Entry) -> None:
    known = state.commitments[data.commitment]
    said = FollowUp(data.answer, data.evidence, data.still_need, data.coach_could, entry.by, entry.at)
    due = known.due if data.again is None else data.again
    state.commitments[data.commitment] = msgspec.structs.replace(known, follow_ups=(*known.follow_ups, said), due=due)


DECIDE: Mapping[type, Callable[..., Sequence[Any]]] = {
    OrderAgenda: order_agenda,
    WriteDebriefNotes: write_debrief_notes,
    MakeCommitment: make_commitment,
    ChangeCommitment: change_commitment,
    DropCommitment: drop_commitment,
    FollowUpCommitment: follow_up,
}

EVOLVE: Mapping[type, Callable[[CycleState, Any, Entry], None]] = {
    AgendaOrdered: _ordered,
    DebriefNoted: _noted,
    CommitmentMade: _made,
    CommitmentChanged: _changed,
    CommitmentDropped: _dropped,
    CommitmentFollowedUp: _followed_up,
}
