"""Debrief and follow-up: given events, when a command, then events or a refusal."""

from datetime import date, timedelta

from service.coaching.cycle_state import AgendaItem
from service.coaching.cycles import LessonListed
from service.coaching.debriefs import (
    MOST_ITEMS,
    AgendaOrdered,
    ChangeCommitment,
    CommitmentChanged,
    CommitmentDropped,
    CommitmentFollowedUp,
    CommitmentMade,
    DebriefNoted,
    DropCommitment,
    FollowUpCommitment,
    MakeCommitment,
    OrderAgenda,
    WriteDebriefNotes,
)
from service.coaching.refusals import EditedMeanwhile, IdTaken, NoLongerHere, NotPossible, NotYours
from tests.fixtures.given import (
    AT,
    COACH,
    CYCLE,
    LISTED,
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

TODAY = AT.date()
YESTERDAY, BEFORE = TODAY - timedelta(days=1), TODAY - timedelta(days=2)
DUE, LATER = date(2026, 3, 30), date(2026, 4, 13)
ONE, TWO, ELSEWHERE = AgendaItem("l", "a"), AgendaItem("l", "b"), AgendaItem("n", "a")
MADE = CommitmentMade("m", "Wait five seconds", DUE, "I count hands")
NOT_YET = CommitmentFollowedUp("m", "not_yet", "Two days", "", "")
KEPT = CommitmentFollowedUp("m", "kept", "Every day", "", "")


def make(due: date = DUE, commitment: str = "m") -> MakeCommitment:
    return MakeCommitment("x", commitment, "Wait five seconds", due, "I count hands")


def change(text: str, due: date = DUE, *, revision: int = 1) -> ChangeCommitment:
    return ChangeCommitment("x", "m", text, due, "I count hands", revision)


AGENDA = [
    *when(
        world(cycle=[OPENED, LISTED]),
        row("put in order", OrderAgenda("x", (TWO, ONE), 0), [AgendaOrdered((TWO, ONE), 1)], by=COACH),
        row("one of them twice", OrderAgenda("x", (ONE, TWO, ONE), 0), [AgendaOrdered((ONE, TWO), 1)]),
        row("by an outsider", OrderAgenda("x", (ONE,), 0), NotYours, by=OUTSIDER),
        row("from a lesson of another cycle", OrderAgenda("x", (ONE, ELSEWHERE), 0), NotPossible),
        row(
            "without an end",
            OrderAgenda("x", tuple(AgendaItem("l", str(n)) for n in range(MOST_ITEMS + 1)), 0),
            NotPossible,
        ),
        row("empty as before", OrderAgenda("x", (), 0), []),
    ),
    *when(
        world(cycle=[OPENED, LISTED, (COACH, AgendaOrdered((ONE, TWO), 1))]),
        row("in another order", OrderAgenda("x", (TWO, ONE), 1), [AgendaOrdered((TWO, ONE), 2)]),
        row("both at once", OrderAgenda("x", (TWO,), 0), EditedMeanwhile),
        row("both at once to the same", OrderAgenda("x", (ONE, TWO), 0), []),
        row("emptied", OrderAgenda("x", (), 1), [AgendaOrdered((), 2)]),
    ),
    *when(
        world(cycle=[OPENED, (COACH, DebriefNoted("They spoke", 1))]),
        row("notes are one's own", WriteDebriefNotes("x", "Wait time", 0), [DebriefNoted("Wait time", 1)]),
        row(
            "on two pages at once",
            WriteDebriefNotes("x", "Mine", 0),
            no(EditedMeanwhile, text="They spoke", revision=1, by=COACH),
            by=COACH,
        ),
        row("an outsider's", WriteDebriefNotes("x", "Mine", 0), NotYours, by=OUTSIDER),
    ),
]

COMMITMENTS = [
    *when(
        world(cycle=[OPENED]),
        row("made", make(), [MADE], by=COACH),
        row("made by an outsider", make(), NotYours, by=OUTSIDER),
        row(
            "for yesterday, where it is still that",
            make(YESTERDAY),
            [CommitmentMade("m", MADE.text, YESTERDAY, MADE.measure)],
        ),
        row("for a day that is past", make(BEFORE), NotPossible),
        row("for a day in years", make(date(2062, 3, 30)), NotPossible),
        row("changed where there is none", change("Wait"), NoLongerHere),
        row("dropped where there is none", DropCommitment("x", "m"), []),
        row("answered where there is none", FollowUpCommitment("x", "m", "kept"), NoLongerHere),
    ),
    *when(
        world(cycle=[OPENED, (COACH, MADE)]),
        row("an id is used once", make(), IdTaken),
        row("changed", change("Wait four"), [CommitmentChanged("m", "Wait four", DUE, MADE.measure, 2)]),
        row("changed by an outsider", change("Wait four"), NotYours, by=OUTSIDER),
        row("another day", change(MADE.text, LATER), [CommitmentChanged("m", MADE.text, LATER, MADE.measure, 2)]),
        row("a past day", change(MADE.text, BEFORE), NotPossible),
        row(
            "other words when its day is past",
            change("Wait four"),
            [CommitmentChanged("m", "Wait four", DUE, MADE.measure, 2)],
            at=AT + timedelta(days=40),
        ),
        row("the same again", change(MADE.text, revision=0), []),
        row(
            "both at once",
            change("Mine", revision=0),
            no(EditedMeanwhile, text=MADE.text, revision=1, by=COACH),
        ),
        row("dropped", DropCommitment("x", "m"), [CommitmentDropped("m")]),
        row("dropped by an outsider", DropCommitment("x", "m"), NotYours, by=OUTSIDER),
        row("kept", FollowUpCommitment("x", "m", "kept", "Every day"), [KEPT]),
        row("the coach does not answer for the teacher", FollowUpCommitment("x", "m", "kept"), NotYours, by=COACH),
        row(
            "not yet, by another day",
            FollowUpCommitment("x", "m", "not_yet", again=LATER),
            [CommitmentFollowedUp("m", "not_yet", "", "", "", LATER)],
        ),
        row("not yet, by a past day", FollowUpCommitment("x", "m", "not_yet", again=BEFORE), NotPossible),
        row("kept, and again", FollowUpCommitment("x", "m", "kept", again=LATER), NotPossible),
    ),
    *when(
        world(cycle=[OPENED, (COACH, MADE), NOT_YET]),
        row(
            "not yet, and said in other words",
            change("Wait four"),
            [CommitmentChanged("m", "Wait four", DUE, MADE.measure, 2)],
        ),
        row("looked back at, it stays", DropCommitment("x", "m"), NotPossible),
        row("kept in the end", FollowUpCommitment("x", "m", "kept", "Every day"), [KEPT]),
    ),
    *when(
        world(cycle=[OPENED, (COACH, MADE), KEPT]),
        row("what was kept stays what it was", change("Wait four"), NotPossible),
        row("but the answer may change", FollowUpCommitment("x", "m", "not_yet", "Two days"), [NOT_YET]),
    ),
    *over(
        OrderAgenda("x", (), 0),
        WriteDebriefNotes("x", "Late", 0),
        make(),
        change("Late"),
        DropCommitment("x", "m"),
        FollowUpCommitment("x", "m", "kept"),
    ),
]


@table(AGENDA)
def test_the_debrief(row: Row) -> None:
    row.holds()


@table(COMMITMENTS)
def test_commitments(row: Row) -> None:
    row.holds()


def test_every_answer_is_kept_and_the_last_one_counts() -> None:
    moved = CommitmentFollowedUp("m", "not_yet", "", "", "", LATER)
    cycle = given(CYCLE, OPENED, LessonListed("l", ""), MADE, moved)
    assert (cycle.commitments["m"].open, cycle.commitments["m"].due) == (True, LATER)

    cycle = given(CYCLE, OPENED, MADE, moved, KEPT)
    assert [one.answer for one in cycle.commitments["m"].follow_ups] == ["not_yet", "kept"]
    assert (cycle.commitments["m"].open, cycle.commitments["m"].by) == (False, TEACHER)
