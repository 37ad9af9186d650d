"""Meetings and days as iCalendar (RFC 5545), pure. They say who meets when and where, never what about.

The package `icalendar` escapes and folds, so no name or place can end a line or begin another event.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from urllib.parse import urlsplit

from icalendar import Calendar, Event, vDuration, vText, vUri

from service.coaching.cycle_state import Commitment, CycleState, Meeting, MeetingKind

MEDIA_TYPE: Final = "text/calendar"
REFRESH: Final = timedelta(hours=4)
"""How often a calendar may ask for a feed again; programs have their own mind about it."""
_NAMES: Final[dict[MeetingKind, str]] = {
    "planning": "planning meeting",
    "debrief": "debrief",
    "check_in": "check-in",
}
_LINK: Final = re.compile(r"https?://[!-~]+", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Shown:
    """A cycle as a calendar shows it. `origin`: where its page is."""

    cycle: CycleState
    teacher: str
    coach: str
    origin: str

    def uid(self, of: str) -> str:
        """Stable for ever, as long as Farfield keeps its name."""
        return f"{of}@{urlsplit(self.origin).hostname}"

    @property
    def page(self) -> str:
        return f"{self.origin}/cycles/{self.cycle.id}"


def meeting_file(shown: Shown, meeting: Meeting) -> bytes:
    """One meeting, to be put into a calendar. Taken again after a move, it replaces what is there."""
    return _calendar([_meeting(shown, meeting)])


def feed(cycles: Iterable[Shown]) -> bytes:
    """Every meeting of these cycles, and the days of the commitments that are still open in them.

    The same bytes as long as nothing changes.
    """
    events = []
    for shown in cycles:
        events += [_meeting(shown, meeting) for meeting in shown.cycle.meetings.values()]
        if not shown.cycle.closed:
            events += [_due(shown, one) for one in shown.cycle.commitments.values() if one.open]
    return _calendar(events, name="Farfield")


def _calendar(events: Iterable[Event], *, name: str | None = None) -> bytes:
    calendar = Calendar()
    calendar.add("prodid", "-//Farfield//Coaching//EN")
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    if name is not None:
        calendar.add("name", name)
        calendar.add("x-wr-calname", vText(name))
        calendar.add("refresh-interval", vDuration(REFRESH), parameters={"VALUE": "DURATION"})
        calendar.add("x-published-ttl", vDuration(REFRESH))
    for event in events:
        calendar.add_component(event)
    written: bytes = calendar.to_ical()
    return written


def _meeting(shown: Shown, meeting: Meeting) -> Event:
    ended = _ended(shown.cycle)
    off = meeting.status == "cancelled"
    # A cycle that ends takes with it what was still to come.
    swept = meeting.status == "planned" and ended is not None and meeting.start > ended
    event = Event()
    event.add("uid", shown.uid(meeting.id))
    event.add("dtstamp", meeting.at)
    event.add("sequence", meeting.sequence + swept)
    event.add("status", "CANCELLED" if off or swept else "CONFIRMED")
    event.add("summary", f"Coaching: {_NAMES[meeting.kind]} ({shown.teacher} and {shown.coach})")
    event.add("dtstart", meeting.start)
    event.add("dtend", meeting.start + timedelta(minutes=meeting.minutes))
    if meeting.place:
        event.add("location", meeting.place)
    if _LINK.fullmatch(meeting.place):
        event.add("url", vUri(meeting.place))
    event.add("description", f"More on the page of the cycle: {shown.page}")
    return event


def _due(shown: Shown, commitment: Commitment) -> Event:
    event = Event()
    # One that was taken along keeps its id and begins its count anew: to a calendar it is another event.
    event.add("uid", shown.uid(f"{commitment.id}.{shown.cycle.id}"))
    event.add("dtstamp", commitment.at)
    event.add("sequence", commitment.revision - 1 + len(commitment.follow_ups))
    event.add("summary", f"A commitment is due, cycle {shown.cycle.number}")
    event.add("dtstart", commitment.due)
    event.add("dtend", commitment.due + timedelta(days=1))
    event.add("transp", "TRANSPARENT")
    event.add("description", f"More on the page of the cycle: {shown.page}")
    return event


def _ended(cycle: CycleState) -> datetime | None:
    if cycle.cancelled is not None:
        return cycle.cancelled.at
    return cycle.stage_since if cycle.stage == "closed" else None
