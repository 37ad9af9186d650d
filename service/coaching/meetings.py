"""Meetings of the two: planned, moved, held or missed, with an agenda that both write and notes of each.

Weekly check-ins are an offer of one of them; once the other accepts, they are meetings like any other.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Annotated, Any, Final
from zoneinfo import ZoneInfo

import msgspec

from service.coaching.cycle_state import CheckInOffer, CycleState, Meeting, MeetingKind
from service.coaching.entries import Entry, Instant
from service.coaching.ids import Id
from service.coaching.refusals import IdTaken, NoLongerHere, NotPossible, NotYours
from service.coaching.words import Line, Passage
from service.coaching.writing import refuse_unless_pair, rewritten, standing, written

SHORTEST, LONGEST, SHORTEST_CHECK_IN = 5, 480, 30
MOST_WEEKS: Final = 20
FARTHEST = timedelta(days=2 * 366)
_NO_PLACES: Final = frozenset({"javascript", "vbscript", "data", "blob", "file", "ftp"})
LATE = timedelta(minutes=5)
"""A meeting may be planned for right now, by a clock that is a little slow."""

Minutes = Annotated[int, msgspec.Meta(extra_json_schema={"minimum": SHORTEST, "maximum": LONGEST})]


class PlanMeeting(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag="plan_meeting"):
    """`place`: a link or a phone number, or where one meets."""

    id: Id
    meeting: Id
    kind: MeetingKind
    start: Instant
    minutes: Minutes
    place: Line = ""


class MoveMeeting(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag="move_meeting"):
    """To another time or place."""

    id: Id
    meeting: Id
    start: Instant
    minutes: Minutes
    place: Line


class EndMeeting(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag="end_meeting"):
    """It was held, and took so many minutes."""

    id: Id
    meeting: Id
    minutes: Minutes


class MissMeeting(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag="miss_meeting"):
    """It did not take place."""

    id: Id
    meeting: Id


class CancelMeeting(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag="cancel_meeting"):
    """It will not take place."""

    id: Id
    meeting: Id


class WriteAgenda(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag="write_agenda"):
    """What a meeting is to be about; both write it."""

    id: Id
    meeting: Id
    text: Passage
    revision: int


class WriteMeetingNotes(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag="write_meeting_notes"):
    """One's own notes of a meeting, which the other one reads."""

    id: Id
    meeting: Id
    text: Passage
    revision: int


class OfferCheckIns(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag="offer_check_ins"):
    """A weekly slot from `start` on, at the same local time of `time_zone`."""

    id: Id
    offer: Id
    start: Instant
    minutes: Annotated[int, msgspec.Meta(extra_json_schema={"minimum": SHORTEST_CHECK_IN, "maximum": LONGEST})]
    weeks: Annotated[int, msgspec.Meta(extra_json_schema={"minimum": 2, "maximum": MOST_WEEKS})]
    time_zone: Line
    place: Line = ""


class AcceptCheckIns(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag="accept_check_ins"):
    """`meetings`: an id for each week."""

    id: Id
    offer: Id
    meetings: tuple[Id, ...]


class DeclineCheckIns(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag="decline_check_ins"):
    """Say no to the offer, or take one's own back."""

    id: Id
    offer: Id


class MeetingPlanned(msgspec.Struct, frozen=True):
    meeting: Id
    kind: MeetingKind
    start: Instant
    minutes: int
    place: str


class MeetingMoved(msgspec.Struct, frozen=True):
    meeting: Id
    start: Instant
    minutes: int
    place: str


class MeetingHeld(msgspec.Struct, frozen=True):
    meeting: Id
    minutes: int


class MeetingMissed(msgspec.Struct, frozen=True):
    meeting: Id


class MeetingCancelled(msgspec.Struct, frozen=True):
    meeting: Id


class AgendaWritten(msgspec.Struct, frozen=True):
    meeting: Id
    text: str
    revision: int


class MeetingNoted(msgspec.Struct, frozen=True):
    """Of whoever wrote the event."""

    meeting: Id
    text: str
    revision: int


class CheckInsOffered(msgspec.Struct, frozen=True):
    offer: Id
    start: Instant
    minutes: int
    weeks: int
    time_zone: str
    place: str


class CheckInsSettled(msgspec.Struct, frozen=True):
    """Accepted (the meetings follow in the same transaction), declined, or taken back."""

    offer: Id
    accepted: bool


EVENTS: Mapping[str, type[msgspec.Struct]] = {
    "meeting.planned": MeetingPlanned,
    "meeting.moved": MeetingMoved,
    "meeting.held": MeetingHeld,
    "meeting.missed": MeetingMissed,
    "meeting.cancelled": MeetingCancelled,
    "agenda.written": AgendaWritten,
    "meeting.noted": MeetingNoted,
    "check_ins.offered": CheckInsOffered,
    "check_ins.settled": CheckInsSettled,
}


def plan_meeting(cycle: CycleState, command: PlanMeeting, *, by: str, at: datetime) -> Sequence[Any]:
    refuse_unless_pair(cycle, by)
    if command.meeting in cycle.meetings:
        raise IdTaken
    _refuse_odd(command.start, command.minutes, at)
    _refuse_odd_place(command.place)
    return [MeetingPlanned(command.meeting, command.kind, command.start, command.minutes, command.place)]


def move_meeting(cycle: CycleState, command: MoveMeeting, *, by: str, at: datetime) -> Sequence[Any]:
    """A missed one may be moved too: then it is planned again."""
    meeting = _of(cycle, command.meeting, by)
    if meeting.status in ("held", "cancelled"):
        raise NotPossible("This meeting is over. Plan another one.")
    if (command.start, command.minutes, command.place) == (meeting.start, meeting.minutes, meeting.place):
        return []
    if command.start == meeting.start and meeting.status == "planned":
        # It may be going on, with a link that does not work.
        _refuse_odd_length(command.minutes)
    else:
        _refuse_odd(command.start, command.minutes, at)
    _refuse_odd_place(command.place)
    return [MeetingMoved(command.meeting, command.start, command.minutes, command.place)]


def end_meeting(cycle: CycleState, command: EndMeeting, *, by: str, at: datetime) -> Sequence[Any]:
    meeting = _of(cycle, command.meeting, by)
    _refuse_odd_length(command.minutes)
    _refuse_cancelled(meeting)
    if at < meeting.start:
        raise NotPossible("This meeting has not begun yet. If you have met already, move it to now first.")
    if meeting.status == "held" and meeting.held_minutes == command.minutes:
        return []
    return [MeetingHeld(command.meeting, command.minutes)]


def miss_meeting(cycle: CycleState, command: MissMeeting, *, by: str, at: datetime) -> Sequence[Any]:
    meeting = _of(cycle, command.meeting, by)
    _refuse_cancelled(meeting)
    if at < meeting.start:
        raise NotPossible("This meeting has not begun yet. Move it or cancel it.")
    return [] if meeting.status == "missed" else [MeetingMissed(command.meeting)]


def cancel_meeting(cycle: CycleState, command: CancelMeeting, *, by: str, at: datetime) -> Sequence[Any]:
    meeting = _of(cycle, command.meeting, by)
    if meeting.status == "held":
        raise NotPossible("This meeting was held.")
    return [] if meeting.status == "cancelled" else [MeetingCancelled(command.meeting)]


def write_agenda(cycle: CycleState, command: WriteAgenda, *, by: str, at: datetime) -> Sequence[Any]:
    now = standing(_of(cycle, command.meeting, by).agenda)
    return rewritten(now, command.text, command.revision, lambda n: AgendaWritten(command.meeting, command.text, n))


def write_meeting_notes(cycle: CycleState, command: WriteMeetingNotes, *, by: str, at: datetime) -> Sequence[Any]:
    now = standing(_of(cycle, command.meeting, by).notes.get(by))
    return rewritten(now, command.text, command.revision, lambda n: MeetingNoted(command.meeting, command.text, n))


def offer_check_ins(cycle: CycleState, command: OfferCheckIns, *, by: str, at: datetime) -> Sequence[Any]:
    refuse_unless_pair(cycle, by)
    if command.offer in cycle.offers:
        raise IdTaken
    _refuse_odd(command.start, command.minutes, at)
    _refuse_odd_place(command.place)
    if command.minutes < SHORTEST_CHECK_IN:
        raise NotPossible(f"A check-in takes {SHORTEST_CHECK_IN} minutes or more: shorter ones help less.")
    if not 2 <= command.weeks <= MOST_WEEKS:
        raise NotPossible(f"Offer between 2 and {MOST_WEEKS} weeks.")
    _refuse_odd_zone(command.time_zone)
    offered = msgspec.structs.asdict(command)
    del offered["id"]
    return [CheckInsOffered(**offered)]


def accept_check_ins(cycle: CycleState, command: AcceptCheckIns, *, by: str, at: datetime) -> Sequence[Any]:
    """The weeks that are past by now are left out."""
    refuse_unless_pair(cycle, by)
    offer = cycle.offers.get(command.offer)
    if offer is None:
        raise NoLongerHere("This offer is no longer there.")
    if offer.by == by:
        raise NotYours("The other one accepts an offer.")
    if offer.by not in (cycle.teacher, cycle.coach):
        raise NoLongerHere("This offer is of a coach who is no longer here. Put it away, and offer a time of your own.")
    if not len(set(command.meetings)) == len(command.meetings) == offer.weeks:
        raise NotPossible(f"There are {offer.weeks} meetings in this offer.")
    if any(one in cycle.meetings for one in command.meetings):
        raise IdTaken
    planned = [
        MeetingPlanned(meeting, "check_in", start, offer.minutes, offer.place)
        for meeting, start in zip(command.meetings, occurrences(offer), strict=True)
        if start > at
    ]
    if not planned:
        raise NotPossible("All days of this offer are past. Ask for a new one.")
    return [CheckInsSettled(command.offer, True), *planned]


def decline_check_ins(cycle: CycleState, command: DeclineCheckIns, *, by: str, at: datetime) -> Sequence[Any]:
    refuse_unless_pair(cycle, by)
    return [CheckInsSettled(command.offer, False)] if command.offer in cycle.offers else []


def occurrences(offer: CheckInOffer) -> list[datetime]:
    """When the meetings start: each week at the same time on the wall of whoever offered."""
    first = offer.start.astimezone(ZoneInfo(offer.time_zone))
    # Adding to a local time keeps the hour on the wall, also over the change to summer time.
    return [(first + timedelta(weeks=week)).astimezone(offer.start.tzinfo) for week in range(offer.weeks)]


def _of(cycle: CycleState, meeting_id: str, by: str) -> Meeting:
    refuse_unless_pair(cycle, by)
    meeting = cycle.meetings.get(meeting_id)
    if meeting is None:
        raise NoLongerHere("This meeting is no longer there.")
    return meeting


def _refuse_cancelled(meeting: Meeting) -> None:
    if meeting.status == "cancelled":
        raise NotPossible("This meeting was called off. Plan another one.")


def _refuse_odd(start: datetime, minutes: int, at: datetime) -> None:
    _refuse_odd_length(minutes)
    if start < at - LATE:
        raise NotPossible("This time is past. Choose one that is to come.")
    if start > at + FARTHEST:
        raise NotPossible("This is years away. Choose a nearer day.")


def _refuse_odd_length(minutes: int) -> None:
    if not SHORTEST <= minutes <= LONGEST:
        raise NotPossible(f"A meeting takes between {SHORTEST} and {LONGEST} minutes.")


def _refuse_odd_zone(name: str) -> None:
    try:
        ZoneInfo(name)
    except (LookupError, ValueError, OSError) as odd:
        raise NotPossible("There is no such time zone. Choose one from the list.") from odd


def _refuse_odd_place(place: str) -> None:
    """A link opens at a press, so only what a browser opens as a page may be one."""
    scheme, colon, rest = place.strip().lower().partition(":")
    is_link = rest.startswith("//") or scheme in _NO_PLACES
    if colon and is_link and scheme not in ("http", "https"):
        raise NotPossible("A link here begins with https:// or http://. A phone number or a place is fine too.")


def _planned(state: CycleState, data: MeetingPlanned, entry: Entry) -> None:
    state.meetings[data.meeting] = Meeting(
        data.meeting, data.kind, data.start, data.minutes, data.place, entry.by, entry.at
    )


def _change(state: CycleState, meeting: str, **changes: Any) -> None:
    state.meetings[meeting] = msgspec.structs.replace(state.meetings[meeting], **changes)


def _moved(state: CycleState, data: MeetingMoved, _: Entry) -> None:
    sequence = state.meetings[data.meeting].sequence + 1
    where = {"start": data.start, "minutes": data.minutes, "place": data.place}
    _change(state, data.meeting, **where, sequence=sequence, status="planned")


def _held(state: CycleState, data: MeetingHeld, _: Entry) -> None:
    _change(state, data.meeting, status="held", held_minutes=data.minutes)


def _missed(state: CycleState, data: MeetingMissed, _: Entry) -> None:
    _change(state, data.meeting, status="missed", held_minutes=None)


def _cancelled(state: CycleState, data: MeetingCancelled, _: Entry) -> None:
    _change(state, data.meeting, status="cancelled", sequence=state.meetings[data.meeting].sequence + 1)


def _agenda(state: CycleState, data: AgendaWritten, entry: Entry) -> None:
    _change(state, data.meeting, agenda=written(data.text, data.revision, entry))


def _noted(state: CycleState, data: MeetingNoted, entry: Entry) -> None:
    notes = state.meetings[data.meeting].notes | {entry.by: written(data.text, data.revision, entry)}
    _change(state, data.meeting, notes=notes)


def _offered(state: CycleState, data: CheckInsOffered, entry: Entry) -> None:
    state.offers[data.offer] = CheckInOffer(
        data.offer, data.start, data.minutes, data.weeks, data.time_zone, data.place, entry.by, entry.at
    )


def _settled(state: CycleState, data: CheckInsSettled, _: Entry) -> None:
    state.offers.pop(data.offer, None)


DECIDE: Mapping[type, Callable[..., Sequence[Any]]] = {
    PlanMeeting: plan_meeting,
    MoveMeeting: move_meeting,
    EndMeeting: end_meeting,
    MissMeeting: miss_meeting,
    CancelMeeting: cancel_meeting,
    WriteAgenda: write_agenda,
    WriteMeetingNotes: write_meeting_notes,
    OfferCheckIns: offer_check_ins,
    AcceptCheckIns: accept_check_ins,
    DeclineCheckIns: decline_check_ins,
}

EVOLVE: Mapping[type, Callable[[CycleState, Any, Entry], None]] = {
    MeetingPlanned: _planned,
    MeetingMoved: _moved,
    MeetingHeld: _held,
    MeetingMissed: _missed,
    MeetingCancelled: _cancelled,
    AgendaWritten: _agenda,
    MeetingNoted: _noted,
    CheckInsOffered: _offered,
    CheckInsSettled: _settled,
}
