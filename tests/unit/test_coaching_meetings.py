"""Meetings and check-ins: given events, when a command, then events or a refusal."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest

from service.coaching.cycle_state import CheckInOffer
from service.coaching.meetings import (
    AcceptCheckIns,
    AgendaWritten,
    CancelMeeting,
    CheckInsOffered,
    CheckInsSettled,
    DeclineCheckIns,
    EndMeeting,
    MeetingCancelled,
    MeetingHeld,
    MeetingMissed,
    MeetingMoved,
    MeetingNoted,
    MeetingPlanned,
    MissMeeting,
    MoveMeeting,
    OfferCheckIns,
    PlanMeeting,
    WriteAgenda,
    WriteMeetingNotes,
    occurrences,
)
from service.coaching.refusals import EditedMeanwhile, IdTaken, NoLongerHere, NotPossible, NotYours
from service.coaching.successions import CoachChanged
from tests.fixtures.given import (
    AT,
    COACH,
    CYCLE,
    DAY,
    OPENED,
    OUTSIDER,
    TEACHER,
    Row,
    given,
    no,
    over,
    row,
    table,
    when,
    world,
)

SOON, MINUTE = AT + DAY, timedelta(minutes=1)
LINK = "https://meet.example/far"
PLANNED = MeetingPlanned("m", "planning", SOON, 45, LINK)
OFFERED = CheckInsOffered("o", SOON, 30, 3, "Europe/Lisbon", "")


def plan(start: datetime = SOON, minutes: int = 45, place: str = LINK, *, meeting: str = "m") -> PlanMeeting:
    return PlanMeeting("x", meeting, "planning", start, minutes, place)


def move(start: datetime, minutes: int = 45, place: str = LINK) -> MoveMeeting:
    return MoveMeeting("x", "m", start, minutes, place)


def offer(start: datetime = SOON, minutes: int = 30, weeks: int = 3, zone: str = "Europe/Lisbon") -> OfferCheckIns:
    return OfferCheckIns("x", "o", start, minutes, weeks, zone)


PLACES = {
    "https": ("https://meet.example/far", True),
    "http in capitals": ("HTTP://meet.example", True),
    "a phone": ("+1 208 555 0100", True),
    "a phone as a link": ("tel:+12085550100", True),
    "a room": ("Room 4: the one with the window", True),
    "a link in words": ("Video call: https://meet.example/far", True),
    "right to left": ("\u063a\u0631\u0641\u0629 4", True),
    "nothing": ("", True),
    "javascript": ("javascript:alert(1)", False),
    "javascript in disguise": (" JavaScript:alert(1)", False),
    "data": ("data:text/html,hello", False),
    "a file": ("file:///etc/passwd", False),
    "ftp": ("ftp://meet.example/far", False),
    "an app": ("meetnow://join/1", False),
}

MEETINGS = [
    *when(
        world(cycle=[OPENED]),
        row("planned", plan(), [PLANNED]),
        row("by the coach", plan(), [PLANNED], by=COACH),
        row("not by an outsider", plan(), NotYours, by=OUTSIDER),
        row(
            "for right now by a slow clock",
            plan(AT - 4 * MINUTE),
            [MeetingPlanned("m", "planning", AT - 4 * MINUTE, 45, LINK)],
        ),
        row("in the past", plan(AT - 6 * MINUTE), NotPossible),
        row("in years", plan(AT + 800 * DAY), NotPossible),
        row("for 9,999 minutes", plan(minutes=9_999), NotPossible),
        row("for less than nothing", plan(minutes=-30), NotPossible),
        row("for a moment", plan(minutes=4), NotPossible),
        row("for five minutes", plan(minutes=5), [MeetingPlanned("m", "planning", SOON, 5, LINK)]),
        row("for the longest day", plan(minutes=480), [MeetingPlanned("m", "planning", SOON, 480, LINK)]),
        row("moved where there is none", move(SOON + DAY), NoLongerHere),
        *(
            row(
                f"place: {name}",
                plan(place=place),
                [MeetingPlanned("m", "planning", SOON, 45, place)] if good else NotPossible,
            )
            for name, (place, good) in PLACES.items()
        ),
    ),
    *when(
        world(cycle=[OPENED, PLANNED]),
        row("an id is used once", plan(), IdTaken),
        row("moved", move(SOON + DAY), [MeetingMoved("m", SOON + DAY, 45, LINK)], by=COACH),
        row("moved by an outsider", move(SOON + DAY), NotYours, by=OUTSIDER),
        row("moved to where it is", move(SOON), []),
        row("moved into the past", move(AT - DAY), NotPossible),
        row("made endless", move(SOON, minutes=9_999), NotPossible),
        row("moved to a script", move(SOON, place="javascript:alert(1)"), NotPossible),
        row(
            "another place while it is on",
            move(SOON, place="+1 208 555 0100"),
            [MeetingMoved("m", SOON, 45, "+1 208 555 0100")],
            at=SOON + 10 * MINUTE,
        ),
        row("9,999 minutes while it is on", move(SOON, minutes=9_999), NotPossible, at=SOON + 10 * MINUTE),
        row("held before it began", EndMeeting("x", "m", 40), NotPossible),
        row("held", EndMeeting("x", "m", 40), [MeetingHeld("m", 40)], at=SOON + 40 * MINUTE),
        row("held for 9,999 minutes", EndMeeting("x", "m", 9_999), NotPossible, at=SOON + DAY),
        row("missed before it began", MissMeeting("x", "m"), NotPossible),
        row("held for as long as a moment", EndMeeting("x", "m", 40), [MeetingHeld("m", 40)], at=SOON),
        row("missed", MissMeeting("x", "m"), [MeetingMissed("m")], at=SOON, by=COACH),
        row("called off", CancelMeeting("x", "m"), [MeetingCancelled("m")]),
        row("called off by an outsider", CancelMeeting("x", "m"), NotYours, by=OUTSIDER),
        row("an agenda", WriteAgenda("x", "m", "The start", 0), [AgendaWritten("m", "The start", 1)], by=COACH),
        row("an agenda of no meeting", WriteAgenda("x", "n", "The start", 0), NoLongerHere),
        row("notes", WriteMeetingNotes("x", "m", "We began", 0), [MeetingNoted("m", "We began", 1)]),
    ),
    *when(
        world(cycle=[OPENED, PLANNED, MeetingMissed("m")]),
        row("missed, and moved", move(SOON + DAY), [MeetingMoved("m", SOON + DAY, 45, LINK)]),
        row("missed, and moved in the past only", move(SOON, place=""), NotPossible, at=SOON + DAY),
        row("missed twice", MissMeeting("x", "m"), [], at=SOON),
        row("missed: no, it was held", EndMeeting("x", "m", 40), [MeetingHeld("m", 40)], at=SOON + DAY),
        row("missed, and called off", CancelMeeting("x", "m"), [MeetingCancelled("m")]),
    ),
    *when(
        world(cycle=[OPENED, PLANNED, MeetingHeld("m", 40)]),
        row("what was held is not moved", move(SOON + DAY), NotPossible),
        row("nor called off", CancelMeeting("x", "m"), NotPossible),
        row("but its minutes may be mended", EndMeeting("x", "m", 50), [MeetingHeld("m", 50)], at=SOON + DAY),
        row("to the same", EndMeeting("x", "m", 40), [], at=SOON + DAY),
        row("or it was missed after all", MissMeeting("x", "m"), [MeetingMissed("m")], at=SOON + DAY),
    ),
    *when(
        world(cycle=[OPENED, PLANNED, MeetingCancelled("m")]),
        row("what was called off is not moved", move(SOON + DAY), NotPossible),
        row("nor held", EndMeeting("x", "m", 40), NotPossible, at=SOON + DAY),
        row("nor missed", MissMeeting("x", "m"), NotPossible, at=SOON + DAY),
        row("nor called off again", CancelMeeting("x", "m"), []),
    ),
    *when(
        world(
            cycle=[
                OPENED,
                PLANNED,
                (COACH, AgendaWritten("m", "The start", 1)),
                (COACH, MeetingNoted("m", "The coach's", 1)),
            ]
        ),
        row("both write one agenda", WriteAgenda("x", "m", "Ours", 1), [AgendaWritten("m", "Ours", 2)]),
        row(
            "at once",
            WriteAgenda("x", "m", "Mine", 0),
            no(EditedMeanwhile, text="The start", revision=1, by=COACH),
        ),
        row("notes are one's own", WriteMeetingNotes("x", "m", "Mine", 0), [MeetingNoted("m", "Mine", 1)]),
        row(
            "on two pages at once",
            WriteMeetingNotes("x", "m", "Mine", 0),
            no(EditedMeanwhile, text="The coach's", revision=1, by=COACH),
            by=COACH,
        ),
    ),
    *over(
        plan(),
        move(SOON),
        EndMeeting("x", "m", 40),
        MissMeeting("x", "m"),
        CancelMeeting("x", "m"),
        WriteAgenda("x", "m", "Late", 0),
        WriteMeetingNotes("x", "m", "Late", 0),
        offer(),
        AcceptCheckIns("x", "o", ()),
        DeclineCheckIns("x", "o"),
    ),
]

WEEKLY = [MeetingPlanned(f"w{n}", "check_in", SOON + n * 7 * DAY, 30, "") for n in range(3)]

CHECK_INS = [
    *when(
        world(cycle=[OPENED]),
        row("offered", offer(), [OFFERED], by=COACH),
        row("by the teacher", offer(), [OFFERED]),
        row("by an outsider", offer(), NotYours, by=OUTSIDER),
        row("shorter than helps", offer(minutes=29), NotPossible),
        row("9,999 minutes long", offer(minutes=9_999), NotPossible),
        row("two weeks", offer(weeks=2), [CheckInsOffered("o", SOON, 30, 2, "Europe/Lisbon", "")]),
        row("a term", offer(weeks=20), [CheckInsOffered("o", SOON, 30, 20, "Europe/Lisbon", "")]),
        row("longer than a term", offer(weeks=21), NotPossible),
        row("one week is a meeting", offer(weeks=1), NotPossible),
        row("for ever", offer(weeks=10_000), NotPossible),
        row("from the past on", offer(AT - DAY), NotPossible),
        row("where no clock is", offer(zone="Europe/Atlantis"), NotPossible),
        row("in a file", offer(zone="../../etc/passwd"), NotPossible),
        row("in a folder", offer(zone="Europe"), NotPossible),
        row("nowhere", offer(zone=""), NotPossible),
        row("with a script", OfferCheckIns("x", "o", SOON, 30, 3, "UTC", "javascript:alert(1)"), NotPossible),
        row("accepted where none is", AcceptCheckIns("x", "o", ("w0", "w1", "w2")), NoLongerHere),
        row("declined where none is", DeclineCheckIns("x", "o"), []),
    ),
    *when(
        world(cycle=[OPENED, (COACH, OFFERED), PLANNED]),
        row("accepted", AcceptCheckIns("x", "o", ("w0", "w1", "w2")), [CheckInsSettled("o", True), *WEEKLY]),
        row("by whoever offered", AcceptCheckIns("x", "o", ("w0", "w1", "w2")), NotYours, by=COACH),
        row("by an outsider", AcceptCheckIns("x", "o", ("w0", "w1", "w2")), NotYours, by=OUTSIDER),
        row("with too few ids", AcceptCheckIns("x", "o", ("w0", "w1")), NotPossible),
        row("with one id twice", AcceptCheckIns("x", "o", ("w0", "w1", "w1")), NotPossible),
        row("with one id twice beside enough", AcceptCheckIns("x", "o", ("w0", "w1", "w2", "w2")), NotPossible),
        row("with an id that is taken", AcceptCheckIns("x", "o", ("w0", "w1", "m")), IdTaken),
        row(
            "late",
            AcceptCheckIns("x", "o", ("w0", "w1", "w2")),
            [CheckInsSettled("o", True), *WEEKLY[1:]],
            at=SOON + DAY,
        ),
        row("too late", AcceptCheckIns("x", "o", ("w0", "w1", "w2")), NotPossible, at=SOON + 15 * DAY),
        row("declined", DeclineCheckIns("x", "o"), [CheckInsSettled("o", False)]),
        row("taken back", DeclineCheckIns("x", "o"), [CheckInsSettled("o", False)], by=COACH),
        row("declined by an outsider", DeclineCheckIns("x", "o"), NotYours, by=OUTSIDER),
        row("offered under an id that is taken", offer(), IdTaken),
    ),
    *when(
        world(cycle=[OPENED, (COACH, OFFERED), CoachChanged("cleo")]),
        row("of a coach who is gone", AcceptCheckIns("x", "o", ("w0", "w1", "w2")), NoLongerHere),
        row("of who is gone, by the new one", AcceptCheckIns("x", "o", ("w0", "w1", "w2")), NoLongerHere, by="cleo"),
        row("put away by the new one", DeclineCheckIns("x", "o"), [CheckInsSettled("o", False)], by="cleo"),
    ),
]


@table(MEETINGS)
def test_meetings(row: Row) -> None:
    row.holds()


@table(CHECK_INS)
def test_check_ins(row: Row) -> None:
    row.holds()


@pytest.mark.parametrize(
    ("zone", "first", "utc_hours"),
    [
        # Clocks go forward on 29 March in Lisbon and on 8 March in Boise, and back on 25 October and 1 November.
        ("Europe/Lisbon", datetime(2026, 3, 19, 15, tzinfo=UTC), [15, 15, 14, 14]),
        ("Europe/Lisbon", datetime(2026, 10, 15, 14, tzinfo=UTC), [14, 14, 15, 15]),
        ("America/Boise", datetime(2026, 2, 26, 22, tzinfo=UTC), [22, 22, 21, 21]),
        ("Africa/Nairobi", datetime(2026, 3, 19, 12, tzinfo=UTC), [12, 12, 12, 12]),
    ],
)
def test_weekly_check_ins_keep_the_hour_on_the_wall(zone: str, first: datetime, utc_hours: list[int]) -> None:
    starts = occurrences(CheckInOffer("o", first, 30, 4, zone, "", COACH, AT))

    local = [start.astimezone(ZoneInfo(zone)) for start in starts]
    assert {(start.hour, start.minute, start.weekday()) for start in local} == {
        (local[0].hour, 0, first.astimezone(ZoneInfo(zone)).weekday())
    }
    assert [start.astimezone(UTC).hour for start in starts] == utc_hours
    assert [(after.date() - before.date()).days for before, after in pairwise(local)] == [7, 7, 7]


def test_check_ins_are_at_the_offerers_hour_whatever_offset_their_page_sent() -> None:
    first = datetime(2026, 3, 19, 15, tzinfo=UTC)
    as_sent = CheckInOffer("o", first.astimezone(ZoneInfo("Asia/Tokyo")), 30, 4, "Europe/Lisbon", "", COACH, AT)

    assert occurrences(as_sent) == occurrences(CheckInOffer("o", first, 30, 4, "Europe/Lisbon", "", COACH, AT))


def test_every_move_counts_for_the_calendar() -> None:
    moved = MeetingMoved("m", SOON + DAY, 45, LINK)

    meeting = given(CYCLE, OPENED, PLANNED, moved, MeetingMissed("m"), moved, MeetingCancelled("m")).meetings["m"]

    assert (meeting.sequence, meeting.status, meeting.by) == (3, "cancelled", TEACHER)
