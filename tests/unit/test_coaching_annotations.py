"""Lessons and the words about them: given events, when a command, then events or a refusal."""

from service.coaching.annotations import (
    LONGEST_LESSON_MS,
    AddAnnotation,
    AddReply,
    AnnotationAdded,
    AnnotationFlagged,
    AnnotationSettled,
    FlagAnnotation,
    ReplyAdded,
    SettleAnnotation,
)
from service.coaching.corrections import AnnotationRemoved
from service.coaching.lessons import AddLesson, AskedQuestion, LessonReleased
from service.coaching.notebooks import DraftAdded
from service.coaching.plans import QuestionWritten
from service.coaching.refusals import IdTaken, NoSuchAnnotation, NotYours, OutsideLesson
from tests.fixtures.given import (
    ADDED,
    COACH,
    COACHS_NOTEBOOK,
    CYCLE,
    LESSON,
    LISTED,
    NOTEBOOK,
    OPENED,
    OUTSIDER,
    PEER,
    RELEASED,
    TOGETHER,
    WATCHABLE,
    WORDS,
    Row,
    over,
    row,
    table,
    when,
    world,
)

DRAFT = DraftAdded("l", "a", 1_000, None, "Two hands", "note")
ASKED = QuestionWritten("q", "Whose idea?", 1)


def say(start_ms: int = 1_000, end_ms: int | None = None, *, id: str = "a", **more: object) -> AddAnnotation:  # noqa: A002
    return AddAnnotation("x", id, start_ms, "Two hands", "note", end_ms, **more)  # type: ignore[arg-type]


def ranged(start_ms: int, end_ms: int | None) -> dict[str, list[AnnotationAdded]]:
    return {LESSON: [AnnotationAdded("a", start_ms, end_ms, "Two hands", "note")]}


LESSONS = [
    *when(
        world(cycle=[OPENED]),
        row("added by the teacher", AddLesson("x", "l", ADDED.title), {LESSON: [ADDED]}),
        row(
            "and released at once", AddLesson("x", "l", ADDED.title, True), {LESSON: [ADDED, RELEASED], CYCLE: [LISTED]}
        ),
        row("not by the coach", AddLesson("x", "l", ADDED.title), NotYours, by=COACH),
        row("nor an outsider", AddLesson("x", "l", ADDED.title, True), NotYours, by=OUTSIDER),
    ),
    *when(
        world(cycle=[TOGETHER]),
        row(
            "together: played at once, written apart",
            AddLesson("x", "l", ADDED.title),
            {LESSON: [ADDED, LessonReleased(together=True)], CYCLE: [LISTED]},
        ),
    ),
    *when(
        world(cycle=[OPENED], lesson=[ADDED]),
        row("an id is used once", AddLesson("x", "l", ADDED.title), IdTaken),
    ),
    *over(AddLesson("x", "n", "Late")),
]

SAID = [
    *when(
        world(cycle=[OPENED], lesson=[ADDED, WATCHABLE]),
        row("before release it is a draft", say(), {NOTEBOOK: [DRAFT]}),
    ),
    *when(
        world(cycle=[TOGETHER, LISTED], lesson=[ADDED, WATCHABLE, LessonReleased(together=True)]),
        row("together, it is a draft of the teacher", say(), {NOTEBOOK: [DRAFT]}),
        row("and of the coach", say(), {COACHS_NOTEBOOK: [DRAFT]}, by=COACH),
    ),
    *when(
        world(cycle=[OPENED, LISTED, ASKED], lesson=[ADDED, WATCHABLE, RELEASED]),
        row("after release it is in the lesson", say(), {LESSON: [WORDS]}),
        row("by the coach", say(), {LESSON: [WORDS]}, by=COACH),
        row("unless it is to be a draft", say(draft=True), {COACHS_NOTEBOOK: [DRAFT]}, by=COACH),
        row(
            "a coach names their move",
            say(move="invitation"),
            {LESSON: [AnnotationAdded("a", 1_000, None, "Two hands", "note", move="invitation")]},
            by=COACH,
        ),
        row("a teacher makes none", say(move="invitation"), {LESSON: [WORDS]}),
        row("nor does an observer", say(move="invitation"), {LESSON: [WORDS]}, by=PEER),
        row(
            "the question is copied in",
            say(question="q"),
            {
                LESSON: [
                    AnnotationAdded("a", 1_000, None, "Two hands", "note", question=AskedQuestion("q", "Whose idea?"))
                ]
            },
        ),
        row("one that was taken away is left out", say(question="gone"), {LESSON: [WORDS]}),
        row("over all of it", say(0, 60_000), ranged(0, 60_000)),
        row("at the very end", say(60_000), ranged(60_000, None)),
        row("before the start", say(-1), OutsideLesson),
        row("after the end", say(60_001), OutsideLesson),
        row("ends after the end", say(1_000, 60_001), OutsideLesson),
        row("an empty range", say(2_000, 2_000), OutsideLesson),
        row("backwards", say(2_000, 1_000), OutsideLesson),
    ),
    *when(
        world(cycle=[OPENED, LISTED], lesson=[ADDED, RELEASED]),
        row("while it uploads, as far as a day", say(LONGEST_LESSON_MS), ranged(LONGEST_LESSON_MS, None)),
        row("but not farther", say(LONGEST_LESSON_MS + 1), OutsideLesson),
    ),
    *when(
        world(
            cycle=[OPENED, LISTED],
            lesson=[ADDED, RELEASED, WORDS],
            notebook=[DraftAdded("l", "b", 1, None, "", "note")],
        ),
        row("another id", say(id="c"), {LESSON: [AnnotationAdded("c", 1_000, None, "Two hands", "note")]}),
        row("the id of an annotation", say(), IdTaken),
        row("the id of one's draft", say(id="b"), IdTaken),
        row("the id of one's draft, as a draft", say(id="b", draft=True), IdTaken),
        row(
            "another's draft does not show in any way",
            say(id="b"),
            {LESSON: [AnnotationAdded("b", 1_000, None, "Two hands", "note")]},
            by=COACH,
        ),
    ),
]

ANSWERED = [
    *when(
        world(cycle=[OPENED, LISTED], lesson=[ADDED, RELEASED, WORDS, ReplyAdded("r", "a", "Yes")]),
        row("answered", AddReply("x", "a", "s", "No"), {LESSON: [ReplyAdded("s", "a", "No")]}),
        row("by an observer", AddReply("x", "a", "s", "No"), {LESSON: [ReplyAdded("s", "a", "No")]}, by=PEER),
        row("under an id that is taken", AddReply("x", "a", "r", "No"), IdTaken),
        row("under the id of an annotation", AddReply("x", "a", "a", "No"), IdTaken, by=COACH),
        row("where nothing is", AddReply("x", "b", "s", "No"), NoSuchAnnotation),
        row("flagged", FlagAnnotation("x", "a", True), {LESSON: [AnnotationFlagged("a", True)]}, by=COACH),
        row("not flagged already", FlagAnnotation("x", "a", False), []),
        row("flagged by an observer", FlagAnnotation("x", "a", True), NotYours, by=PEER),
        row("flagged where nothing is", FlagAnnotation("x", "b", True), NoSuchAnnotation),
        row("done", SettleAnnotation("x", "a", True), {LESSON: [AnnotationSettled("a", True)]}),
        row("not done already", SettleAnnotation("x", "a", False), []),
        row("done by an observer", SettleAnnotation("x", "a", True), NotYours, by=PEER),
        row("done where nothing is", SettleAnnotation("x", "b", True), NoSuchAnnotation),
    ),
    *when(
        world(
            cycle=[OPENED, LISTED],
            lesson=[ADDED, RELEASED, WORDS, AnnotationFlagged("a", True), AnnotationSettled("a", True)],
        ),
        row("flagged twice", FlagAnnotation("x", "a", True), []),
        row("not for the debrief", FlagAnnotation("x", "a", False), {LESSON: [AnnotationFlagged("a", False)]}),
        row("done twice", SettleAnnotation("x", "a", True), [], by=COACH),
        row("open again", SettleAnnotation("x", "a", False), {LESSON: [AnnotationSettled("a", False)]}),
    ),
    *when(
        world(cycle=[OPENED, LISTED], lesson=[ADDED, RELEASED, WORDS, AnnotationRemoved("a")]),
        row("what was removed is not answered", AddReply("x", "a", "s", "No"), NoSuchAnnotation),
        row("nor flagged", FlagAnnotation("x", "a", True), NoSuchAnnotation),
        row("nor done", SettleAnnotation("x", "a", True), NoSuchAnnotation),
        row("its id stays taken", say(), IdTaken),
    ),
    *over(
        say(id="n"), AddReply("x", "a", "s", "Late"), FlagAnnotation("x", "a", True), SettleAnnotation("x", "a", True)
    ),
]


@table(LESSONS)
def test_lessons(row: Row) -> None:
    row.holds()


@table(SAID)
def test_writing_about_a_lesson(row: Row) -> None:
    row.holds()


@table(ANSWERED)
def test_answers_and_marks(row: Row) -> None:
    row.holds()
