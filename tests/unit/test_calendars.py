"""iCalendar as calendar programs read it: by a parser, and octet by octet. No name or place begins an event."""

from datetime import UTC, date, datetime, timedelta

import msgspec
import pytest
from icalendar import Calendar, Event

from service.calendars import Shown, feed, meeting_file
from service.coaching.cycle_state import Commitment, CycleState, Interruption, Meeting, Written
from service.zones import morning_of, said_span

AT = datetime(2026, 11, 24, 9, tzinfo=UTC)
START = datetime(2026, 12, 1, 15, tzinfo=UTC)
MEETING = Meeting("6f0e8e9c-0000-4000-8000-000000000001", "debrief", START, 45, "https://meet.example/x", "t", AT, 3)
AGENDA = Written("canary-agenda", 1, "t", AT)
EVIL = [
    "x\r\nEND:VEVENT\r\nBEGIN:VEVENT\r\nSUMMARY:mine",
    "x\nBEGIN:VEVENT",
    "x\rATTENDEE:mailto:all@demo.invalid",
    'room 1; "A", left \\ right\\n',
    "https://meet.example/x\r\nATTACH:y",
    "a" * 74 + "ü" * 200 + "\U0001f642" * 40,
    "\u2028BEGIN:VEVENT\u2029\u0085BEGIN:VEVENT",
    "\u202eright to left \u200f",
]


def shown(*meetings: Meeting, teacher: str = "Tess", coach: str = "Cole") -> Shown:
    cycle = CycleState(id="c-1", number=2, teacher="t", coach="c", stage_since=AT)
    cycle.meetings = {one.id: one for one in meetings}
    return Shown(cycle, teacher, coach, "https://farfield.example:8443")


def parsed(octets: bytes) -> list[Event]:
    return list(Calendar.from_ical(octets).walk("VEVENT"))


def changed(**more: object) -> Meeting:
    return msgspec.structs.replace(MEETING, **more)


def test_a_meeting_says_who_when_and_where_and_not_what_about() -> None:
    meeting = changed(agenda=AGENDA, notes={"t": AGENDA})
    octets = meeting_file(shown(meeting), meeting)
    (event,) = parsed(octets)
    assert event["UID"] == f"{MEETING.id}@farfield.example"
    assert (event["SEQUENCE"], event["STATUS"]) == (3, "CONFIRMED")
    assert event["SUMMARY"] == "Coaching: debrief (Tess and Cole)"
    assert (event["LOCATION"], event["URL"]) == ("https://meet.example/x", "https://meet.example/x")
    assert (event.decoded("DTSTART"), event.decoded("DTEND")) == (START, START + timedelta(minutes=45))
    assert b"DTSTART:20261201T150000Z" in octets
    assert b"canary" not in octets


@pytest.mark.parametrize("evil", EVIL)
def test_nothing_that_people_write_breaks_out_of_its_line(evil: str) -> None:
    octets = meeting_file(shown(changed(place=evil), teacher=evil, coach=evil), changed(place=evil))
    lines = octets.split(b"\r\n")
    assert lines[-1] == b""
    assert max(map(len, lines)) <= 75
    assert b"\n" not in b"".join(lines)
    assert b"\r" not in b"".join(lines)
    for name in (b"BEGIN:VEVENT", b"END:VEVENT"):
        assert [line for line in lines if line.startswith(name)] == [name]
    assert not [line for line in lines if line.startswith((b"ATTENDEE", b"ATTACH", b"URL"))]
    (event,) = parsed(octets)
    assert str(event["LOCATION"]) == evil.replace("\r\n", "\n").replace("\r", "\n")


def test_what_is_no_link_is_a_place_only() -> None:
    for place in ("+1 208 555 0100", "javascript:alert(1)", "https://", "Room 4", ""):
        (event,) = parsed(meeting_file(shown(changed(place=place)), changed(place=place)))
        assert "URL" not in event
        assert event.get("LOCATION", "") == place


def test_called_off_is_cancelled_also_by_the_end_of_the_cycle() -> None:
    (event,) = parsed(meeting_file(shown(MEETING), changed(status="cancelled", sequence=4)))
    assert (event["STATUS"], event["SEQUENCE"]) == ("CANCELLED", 4)
    held = changed(id="6f0e8e9c-0000-4000-8000-000000000002", status="held", start=AT - timedelta(days=2))
    ended = shown(MEETING, held)
    ended.cycle.cancelled = Interruption("timetable", AT, "t")
    to_come, was = parsed(feed([ended]))
    assert (to_come["STATUS"], to_come["SEQUENCE"]) == ("CANCELLED", 4)
    assert (was["STATUS"], was["SEQUENCE"]) == ("CONFIRMED", 3)


def test_the_feed_has_days_of_open_commitments_without_a_word() -> None:
    one = shown(MEETING)
    for n, text in enumerate(("canary-one", "canary-two")):
        one.cycle.commitments[str(n)] = Commitment(str(n), text, date(2026, 12, 4 + n), "canary-measure", 1, "t", AT)
    octets = feed([one])
    days = [event for event in parsed(octets) if event["SUMMARY"] == "A commitment is due, cycle 2"]
    assert [event.decoded("DTSTART") for event in days] == [date(2026, 12, 4), date(2026, 12, 5)]
    assert b"canary" not in octets
    assert octets == feed([one]), "the same as long as nothing changes"
    one.cycle.stage = "closed"
    assert not [event for event in parsed(feed([one])) if "commitment" in event["SUMMARY"]]


def test_nine_oclock_is_on_the_wall_and_still_to_come() -> None:
    day = date(2026, 11, 1)  # clocks go back in Boise that night
    before = datetime(2026, 10, 20, tzinfo=UTC)
    assert morning_of(day, "America/Boise", after=before) == datetime(2026, 11, 1, 16, tzinfo=UTC)
    assert morning_of(date(2026, 10, 31), "America/Boise", after=before) == datetime(2026, 10, 31, 15, tzinfo=UTC)
    late = datetime(2026, 10, 31, 20, tzinfo=UTC)
    assert morning_of(date(2026, 10, 31), "America/Boise", after=late) == datetime(2026, 11, 1, 16, tzinfo=UTC)
    assert morning_of(day, "No/Where", after=before) == datetime(2026, 11, 1, 9, tzinfo=UTC)


def test_a_time_is_said_as_on_the_readers_wall() -> None:
    assert said_span(START, 45, "America/New_York") == "Tuesday 1 December 2026, 10:00 to 10:45 (America/New York)"
