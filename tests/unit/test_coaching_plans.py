"""The plan: given events, when a command, then events or a refusal."""

from datetime import date

import msgspec
import pytest

from service.coaching import plans
from service.coaching.plans import (
    ChooseFocus,
    FocusChosen,
    LessonDateSet,
    PlanWritten,
    QuestionRemoved,
    QuestionWritten,
    RemoveQuestion,
    RemoveResource,
    ResourceAdded,
    ResourceRemoved,
    SetLessonDate,
    WritePlan,
    WriteQuestion,
)
from service.coaching.refusals import CycleClosed, EditedMeanwhile, IdTaken, NoLongerHere, NotPossible, NotYours
from tests.fixtures.given import (
    AT,
    CLOSED,
    COACH,
    CYCLE,
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

WRITTEN = PlanWritten("goal", "They explain", 1)
QUESTIONS = [QuestionWritten(f"q{n}", f"Question {n}?", 1) for n in (1, 2, 3)]
FILE = ResourceAdded("f", "Plan.pdf", "application/pdf", 1, TEACHER)


def goal(text: str, revision: int) -> WritePlan:
    return WritePlan("x", "goal", text, revision)


PLAN = [
    *when(
        world(cycle=[OPENED]),
        row("a first text", goal("They explain", 0), [WRITTEN]),
        row("by the coach too", goal("They explain", 0), [WRITTEN], by=COACH),
        row("by nobody else", goal("They explain", 0), NotYours, by=OUTSIDER),
        row("nothing over nothing", goal("", 0), []),
        row("over a text that never was", goal("More", 3), no(EditedMeanwhile, text="", revision=0, by="")),
    ),
    *when(
        world(cycle=[OPENED, WRITTEN]),
        row("the next text", goal("They explain first", 1), [PlanWritten("goal", "They explain first", 2)], by=COACH),
        row("emptied", goal("", 1), [PlanWritten("goal", "", 2)]),
        row(
            "written over what one has not seen",
            goal("Mine", 0),
            no(EditedMeanwhile, text="They explain", revision=1, by=TEACHER),
            by=COACH,
        ),
        row("the same words, seen or not", goal("They explain", 0), []),
        row(
            "another field has its own count",
            WritePlan("x", "look_fors", "Hands", 0),
            [PlanWritten("look_fors", "Hands", 1)],
        ),
    ),
    *when(
        world(cycle=[OPENED, LessonDateSet(date(2026, 3, 9))]),
        row("a day", SetLessonDate("x", date(2026, 3, 10)), [LessonDateSet(date(2026, 3, 10))], by=COACH),
        row(
            "a day that is past: it was taught", SetLessonDate("x", date(2026, 2, 1)), [LessonDateSet(date(2026, 2, 1))]
        ),
        row("no day", SetLessonDate("x", None), [LessonDateSet(None)]),
        row("the same day", SetLessonDate("x", date(2026, 3, 9)), []),
        row("a slip in the year", SetLessonDate("x", date(2062, 3, 9)), NotPossible),
        row("or before", SetLessonDate("x", date(206, 3, 9)), NotPossible),
        row("an outsider's day", SetLessonDate("x", None), NotYours, by=OUTSIDER),
    ),
    *when(
        world(cycle=[OPENED, FocusChosen("Gone from the list")]),
        row("a focus of the list", ChooseFocus("x", "Discussion"), [FocusChosen("Discussion")], by=COACH),
        row("none", ChooseFocus("x", None), [FocusChosen(None)]),
        row("one chosen before may stay", ChooseFocus("x", "Gone from the list"), []),
        row("words that are no category", ChooseFocus("x", "Tess's class 4b"), NotPossible),
        row("an outsider's focus", ChooseFocus("x", None), NotYours, by=OUTSIDER),
    ),
    *when(
        world(cycle=[OPENED, *QUESTIONS[:2]]),
        row("a third question", WriteQuestion("x", "q3", "Question 3?", 0), QUESTIONS[2:]),
        row("changed", WriteQuestion("x", "q1", "Whose?", 1), [QuestionWritten("q1", "Whose?", 2)], by=COACH),
        row(
            "both change one",
            WriteQuestion("x", "q1", "Whose?", 0),
            no(EditedMeanwhile, text="Question 1?", revision=1, by=TEACHER),
        ),
        row("changed where it was taken away", WriteQuestion("x", "q9", "Whose?", 1), NoLongerHere),
        row("taken away", RemoveQuestion("x", "q1"), [QuestionRemoved("q1")], by=COACH),
        row("taken away twice", RemoveQuestion("x", "q9"), []),
        row("by an outsider", RemoveQuestion("x", "q1"), NotYours, by=OUTSIDER),
    ),
    *when(
        world(cycle=[OPENED, *QUESTIONS]),
        row("a fourth question", WriteQuestion("x", "q4", "Question 4?", 0), NotPossible),
        row("three may still change", WriteQuestion("x", "q3", "Whose?", 1), [QuestionWritten("q3", "Whose?", 2)]),
    ),
    *when(
        world(cycle=[OPENED, ("farfield", FILE)]),
        row("a file goes by whoever added it", RemoveResource("x", "f"), [ResourceRemoved("f")]),
        row("not by the other", RemoveResource("x", "f"), NotYours, by=COACH),
        row("twice", RemoveResource("x", "g"), []),
    ),
    *when(
        world(cycle=[OPENED, ("farfield", msgspec.structs.replace(FILE, added_by="a-coach-before"))]),
        row("of one who is no longer here", RemoveResource("x", "f"), [ResourceRemoved("f")]),
        row("by either", RemoveResource("x", "f"), [ResourceRemoved("f")], by=COACH),
    ),
    *over(
        goal("Late", 0),
        SetLessonDate("x", None),
        ChooseFocus("x", None),
        WriteQuestion("x", "q", "Late?", 0),
        RemoveQuestion("x", "q"),
        RemoveResource("x", "f"),
    ),
]


@table(PLAN)
def test_plans(row: Row) -> None:
    row.holds()


def test_a_file_that_was_on_its_way_arrives_also_where_the_cycle_closed_and_only_once() -> None:
    assert plans.add_resource(given(CYCLE, OPENED, *CLOSED), FILE) == [FILE]
    with pytest.raises(IdTaken):
        plans.add_resource(given(CYCLE, OPENED, FILE), FILE)


def test_a_file_is_refused_before_it_is_sent() -> None:
    many = [ResourceAdded(str(n), "Plan.pdf", "application/pdf", 1, TEACHER) for n in range(plans.MOST_RESOURCES)]
    plans.refuse_another_resource(given(CYCLE, OPENED, *many[1:]), by=COACH)
    with pytest.raises(NotPossible):
        plans.refuse_another_resource(given(CYCLE, OPENED, *many), by=COACH)
    with pytest.raises(NotYours):
        plans.refuse_another_resource(given(CYCLE, OPENED), by=OUTSIDER)
    with pytest.raises(CycleClosed):
        plans.refuse_another_resource(given(CYCLE, OPENED, *CLOSED), by=COACH)


def test_what_was_written_says_who_and_when() -> None:
    cycle = given(CYCLE, OPENED, WRITTEN, (COACH, PlanWritten("goal", "Ours", 2)))

    assert (cycle.plan["goal"].by, cycle.plan["goal"].revision, cycle.plan["goal"].at) == (COACH, 2, AT)
