"""Changing and removing one's own words: given events, when a command, then events or a refusal."""

from service.coaching.annotations import AnnotationAdded, AnnotationFlagged, AnnotationSettled, ReplyAdded
from service.coaching.corrections import (
    AnnotationEdited,
    AnnotationRemoved,
    EditAnnotation,
    EditReply,
    RemoveAnnotation,
    RemoveReply,
    ReplyEdited,
    ReplyRemoved,
)
from service.coaching.lessons import AskedQuestion
from service.coaching.notebooks import EarlierTextKept
from service.coaching.plans import QuestionWritten
from service.coaching.refusals import EditedMeanwhile, NoLongerHere, NoSuchAnnotation, NotYours, OutsideLesson
from tests.fixtures.given import (
    ADDED,
    CLOSED,
    COACH,
    COACHS_NOTEBOOK,
    LESSON,
    LISTED,
    NOTEBOOK,
    OPENED,
    PEER,
    RELEASED,
    TEACHER,
    WATCHABLE,
    Row,
    given,
    no,
    over,
    row,
    table,
    when,
    world,
)

ASKED = AskedQuestion("q", "Whose idea?")
SAID = (COACH, AnnotationAdded("a", 1_000, 2_000, "Two hands", "note", None, "description", ASKED))
ANSWER = ReplyAdded("r", "a", "Yes")
HELD = [ADDED, WATCHABLE, RELEASED, SAID, ANSWER]


def edit(body: str = "Two hands", *, revision: int = 1, **more: object) -> EditAnnotation:
    all_of_it = {"start_ms": 1_000, "end_ms": 2_000, "kind": "note", "move": "description", "question": "q"} | more
    return EditAnnotation("x", "a", revision, body=body, **all_of_it)  # type: ignore[arg-type]


def edited(body: str = "Two hands", **more: object) -> AnnotationEdited:
    all_of_it = {"start_ms": 1_000, "end_ms": 2_000, "kind": "note", "move": "description", "question": ASKED} | more
    return AnnotationEdited("a", 2, body=body, **all_of_it)  # type: ignore[arg-type]


KEPT = EarlierTextKept("l", "a", 1, "Two hands")

CORRECTIONS = [
    *when(
        world(cycle=[OPENED, LISTED, QuestionWritten("k", "Who?", 1)], lesson=HELD),
        row("edited by its author", edit("Three"), {LESSON: [edited("Three")], COACHS_NOTEBOOK: [KEPT]}, by=COACH),
        row("not by the teacher", edit("Three"), NotYours),
        row("nor an observer", edit("Three"), NotYours, by=PEER),
        row("nothing changed", edit(revision=0), [], by=COACH),
        row("at another moment its words stay", edit(start_ms=0), {LESSON: [edited(start_ms=0)]}, by=COACH),
        row("outside the lesson", edit(start_ms=59_000, end_ms=61_000), OutsideLesson, by=COACH),
        row("backwards", edit(start_ms=3_000), OutsideLesson, by=COACH),
        row(
            "to another question", edit(question="k"), {LESSON: [edited(question=AskedQuestion("k", "Who?"))]}, by=COACH
        ),
        row("to none", edit(question=None), {LESSON: [edited(question=None)]}, by=COACH),
        row(
            "on two pages at once",
            edit("Mine", revision=0),
            no(EditedMeanwhile, text="Two hands", revision=1, by=COACH),
            by=COACH,
        ),
        row("removed by its author", RemoveAnnotation("x", "a"), {LESSON: [AnnotationRemoved("a")]}, by=COACH),
        row("not by the teacher of the lesson", RemoveAnnotation("x", "a"), NotYours),
        row("removed where nothing is", RemoveAnnotation("x", "b"), NoSuchAnnotation),
        row(
            "an answer is edited",
            EditReply("x", "a", "r", 1, "No"),
            {LESSON: [ReplyEdited("a", "r", 2, "No")], NOTEBOOK: [EarlierTextKept("l", "r", 1, "Yes")]},
        ),
        row("an answer is edited to the same", EditReply("x", "a", "r", 0, "Yes"), []),
        row(
            "an answer is edited on two pages at once",
            EditReply("x", "a", "r", 0, "No"),
            no(EditedMeanwhile, text="Yes", revision=1, by=TEACHER),
        ),
        row("an answer is not edited by another", EditReply("x", "a", "r", 1, "No"), NotYours, by=COACH),
        row("an answer that is not there", EditReply("x", "a", "s", 1, "No"), NoLongerHere),
        row("an answer to nothing", EditReply("x", "b", "r", 1, "No"), NoLongerHere),
        row("an answer is removed", RemoveReply("x", "a", "r"), {LESSON: [ReplyRemoved("a", "r")]}),
        row("an answer is not removed by another", RemoveReply("x", "a", "r"), NotYours, by=COACH),
        row("no answer is removed", RemoveReply("x", "a", "s"), NoLongerHere),
    ),
    *when(
        world(cycle=[OPENED, LISTED], lesson=[*HELD, (COACH, AnnotationRemoved("a"))]),
        row("what was removed is not edited", edit("Three"), NoSuchAnnotation, by=COACH),
        row("removed twice", RemoveAnnotation("x", "a"), [], by=COACH),
        row("to others it is not there", RemoveAnnotation("x", "a"), NoSuchAnnotation),
        row("answers to it stay their authors'", RemoveReply("x", "a", "r"), {LESSON: [ReplyRemoved("a", "r")]}),
    ),
    *when(
        world(cycle=[OPENED, LISTED], lesson=[*HELD, ReplyRemoved("a", "r")]),
        row("an answer is removed twice", RemoveReply("x", "a", "r"), []),
        row("to others the answer is not there", RemoveReply("x", "a", "r"), NoLongerHere, by=COACH),
        row("a removed answer is not edited", EditReply("x", "a", "r", 1, "No"), NoLongerHere),
    ),
    *when(
        world(cycle=[OPENED, LISTED, *CLOSED], lesson=HELD),
        row(
            "removing is possible in the end", RemoveAnnotation("x", "a"), {LESSON: [AnnotationRemoved("a")]}, by=COACH
        ),
        row("of answers too", RemoveReply("x", "a", "r"), {LESSON: [ReplyRemoved("a", "r")]}),
    ),
    *over(edit("Late"), EditReply("x", "a", "r", 1, "Late")),
]


@table(CORRECTIONS)
def test_corrections(row: Row) -> None:
    row.holds()


def test_what_was_removed_holds_no_word_and_no_mark() -> None:
    marked = [AnnotationFlagged("a", True), AnnotationSettled("a", True)]
    lesson = given(LESSON, *HELD, *marked, (COACH, AnnotationRemoved("a")), ReplyRemoved("a", "r"))

    (annotation,) = lesson.annotations.values()
    assert (annotation.body, annotation.flagged, annotation.done) == ("", False, None)
    assert [one.body for one in annotation.replies] == [""]
    assert annotation.removed_at is not None


def test_an_edit_changes_neither_who_nor_when() -> None:
    lesson = given(LESSON, *HELD, (COACH, edited("Three", start_ms=5)))

    annotation = lesson.annotations["a"]
    assert (annotation.by, annotation.body, annotation.start_ms, annotation.revision) == (COACH, "Three", 5, 2)
    assert annotation.edited_at is not None
    assert [one.id for one in annotation.replies] == ["r"]
