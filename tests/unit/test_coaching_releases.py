"""Release and sharing, over three kinds of streams: given events, when a command, then events or a refusal."""

import msgspec

from service.coaching.annotations import AnnotationAdded
from service.coaching.lessons import LessonReleased, LessonShared
from service.coaching.notebooks import DraftAdded, DraftsPublished
from service.coaching.refusals import CycleClosed, NoLongerHere, NotPossible, NotYours
from service.coaching.releases import AnnotatingFinished, FinishAnnotating, PublishDrafts, ReleaseLesson
from service.coaching.successions import CoachChanged
from tests.fixtures.given import (
    ADDED,
    CLOSED,
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
    TEACHER,
    TOGETHER,
    Row,
    over,
    row,
    table,
    when,
    world,
)

APART = LessonReleased(together=True)
LATER = DraftAdded("l", "a2", 9_000, None, "Later", "note")
FIRST = DraftAdded("l", "a1", 1_000, 2_000, "First", "question", move="invitation")
ELSEWHERE = DraftAdded("other", "b", 0, None, "Stays", "note")
COACHS = DraftAdded("l", "c", 5_000, None, "The coach's", "note")


def annotation(draft: DraftAdded, author: str | None = None) -> AnnotationAdded:
    members = msgspec.structs.asdict(draft)
    del members["lesson"]
    return AnnotationAdded(**members, author=author)


RELEASES = [
    *when(
        world(cycle=[OPENED], lesson=[ADDED], notebook=[LATER, ELSEWHERE, FIRST], coachs_notebook=[(COACH, COACHS)]),
        row(
            "releasing moves the drafts of this lesson in the order of their moments, also while it uploads",
            ReleaseLesson("x"),
            {
                LESSON: [RELEASED, annotation(FIRST), annotation(LATER)],
                CYCLE: [LISTED],
                NOTEBOOK: [DraftsPublished("l", ("a1", "a2"))],
            },
        ),
        row("it is the teacher's alone", ReleaseLesson("x"), NotYours, by=COACH),
        row("nobody else's", ReleaseLesson("x"), NotYours, by=OUTSIDER),
        row("before it nothing is published", PublishDrafts("x"), NotPossible),
        row("nor annotated to the end", FinishAnnotating("x"), NotPossible),
    ),
    *when(
        world(cycle=[OPENED], lesson=[ADDED]),
        row("without drafts", ReleaseLesson("x"), {LESSON: [RELEASED], CYCLE: [LISTED]}),
    ),
    *when(
        world(cycle=[OPENED, LISTED], lesson=[ADDED, RELEASED], notebook=[LATER, ELSEWHERE, FIRST]),
        row("released twice", ReleaseLesson("x"), []),
        row(
            "all drafts are published",
            PublishDrafts("x"),
            {LESSON: [annotation(FIRST), annotation(LATER)], NOTEBOOK: [DraftsPublished("l", ("a1", "a2"))]},
        ),
        row(
            "or some, as far as they are there",
            PublishDrafts("x", ("a2", "gone")),
            {LESSON: [annotation(LATER)], NOTEBOOK: [DraftsPublished("l", ("a2",))]},
        ),
        row("none that are gone", PublishDrafts("x", ("gone",)), NoLongerHere),
        row("none of another lesson", PublishDrafts("x", ("b",)), NoLongerHere),
        row("another's are not there", PublishDrafts("x", ("a1",)), NoLongerHere, by=COACH),
        row("nor all of them", PublishDrafts("x"), [], by=COACH),
        row("the coach is done", FinishAnnotating("x"), [AnnotatingFinished("l")], by=COACH),
        row("an observer is not asked", FinishAnnotating("x"), NotYours, by=PEER),
    ),
    *when(
        world(cycle=[OPENED, LISTED, (COACH, AnnotatingFinished("l"))], lesson=[ADDED, RELEASED, annotation(FIRST)]),
        row("published twice", PublishDrafts("x", ("a1",)), []),
        row("done twice", FinishAnnotating("x"), [], by=COACH),
        row("the teacher is done too", FinishAnnotating("x"), [AnnotatingFinished("l")]),
    ),
]

TOGETHERS = [
    *when(
        world(
            cycle=[TOGETHER, LISTED],
            lesson=[ADDED, APART],
            notebook=[LATER, ELSEWHERE],
            coachs_notebook=[(COACH, COACHS)],
        ),
        row("the first to be done shows nothing", FinishAnnotating("x"), [AnnotatingFinished("l")]),
        row("until both are done nothing is published", PublishDrafts("x"), NotPossible, by=COACH),
        row("there is nothing to release", ReleaseLesson("x"), []),
    ),
    *when(
        world(
            cycle=[TOGETHER, LISTED, (COACH, AnnotatingFinished("l"))],
            lesson=[ADDED, APART],
            notebook=[LATER, ELSEWHERE],
            coachs_notebook=[(COACH, COACHS)],
        ),
        row(
            "the second shares what both wrote, each under their name",
            FinishAnnotating("x"),
            {
                CYCLE: [AnnotatingFinished("l")],
                LESSON: [LessonShared(), annotation(LATER), annotation(COACHS, COACH)],
                NOTEBOOK: [DraftsPublished("l", ("a2",))],
                COACHS_NOTEBOOK: [DraftsPublished("l", ("c",))],
            },
        ),
    ),
    *when(
        world(
            cycle=[TOGETHER, LISTED, AnnotatingFinished("l")],
            lesson=[ADDED, APART],
            notebook=[LATER],
            coachs_notebook=[(COACH, COACHS)],
        ),
        row(
            "also where that is the coach",
            FinishAnnotating("x"),
            {
                CYCLE: [AnnotatingFinished("l")],
                LESSON: [LessonShared(), annotation(LATER, TEACHER), annotation(COACHS)],
                NOTEBOOK: [DraftsPublished("l", ("a2",))],
                COACHS_NOTEBOOK: [DraftsPublished("l", ("c",))],
            },
            by=COACH,
        ),
    ),
    *when(
        world(
            cycle=[TOGETHER, LISTED, (COACH, AnnotatingFinished("l")), CoachChanged("cleo")],
            lesson=[ADDED, APART],
            notebook=[LATER],
        ),
        row("the new coach is not done because the old one was", FinishAnnotating("x"), [AnnotatingFinished("l")]),
    ),
    *when(
        world(
            cycle=[
                TOGETHER,
                LISTED,
                (COACH, AnnotatingFinished("l")),
                CoachChanged("cleo"),
                AnnotatingFinished("l"),
                CoachChanged(COACH),
            ],
            lesson=[ADDED, APART],
            notebook=[LATER],
        ),
        row(
            "a coach who was done, went and came back shares it too",
            FinishAnnotating("x"),
            {LESSON: [LessonShared(), annotation(LATER, TEACHER)], NOTEBOOK: [DraftsPublished("l", ("a2",))]},
            by=COACH,
        ),
    ),
    *over(FinishAnnotating("x"), PublishDrafts("x")),
    *when(
        world(cycle=[OPENED, *CLOSED], lesson=[ADDED]),
        row("what is over lets nobody in", ReleaseLesson("x"), CycleClosed),
    ),
]


@table(RELEASES)
def test_releasing_and_publishing(row: Row) -> None:
    row.holds()


@table(TOGETHERS)
def test_writing_apart_and_sharing_together(row: Row) -> None:
    row.holds()
