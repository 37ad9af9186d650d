"""Given events, when a command, then events or a refusal. Success and refusal share their set-up."""

from datetime import UTC, datetime
from typing import Any

import msgspec
import pytest

from service.coaching import annotations, cycles, lessons, releases, stages
from service.coaching.cycle_state import STAGES, Stage
from service.coaching.folding import CoachingFolding
from service.coaching.notebooks import DraftAdded, DraftsPublished
from service.coaching.refusals import (
    CycleClosed,
    IdTaken,
    NoSuchAnnotation,
    NotYours,
    OutsideLesson,
    StageNotDone,
    StageNotNext,
)
from storage.acts import Entry

AT = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
FOLDING = CoachingFolding()
TEACHER, COACH = "tess", "cole"
CYCLE, LESSON, NOTEBOOK = "cycle/c", "lesson/l", "notebook/c/tess"


def given(stream: str, *events: Any, by: str = TEACHER) -> Any:
    state = FOLDING.initial(stream)
    for version, data in enumerate(events, start=1):
        state = FOLDING.evolve(state, Entry(version=version, at=AT, by=by, data=data))
    return state


OPENED = cycles.CycleOpened("p", TEACHER, COACH, 1, "teacher_first")
CLOSING = [stages.StageMoved(stage) for stage in STAGES[1:]]
ADDED = lessons.LessonAdded("c", TEACHER, "Adding unlike parts")
WATCHABLE = lessons.LessonWatchable(1, 60_000, 1280, 720)
WORDS = annotations.AnnotationAdded("a", 1_000, None, "Two hands", "note")


def say(start_ms: int = 1_000, end_ms: int | None = None, *, id: str = "a") -> annotations.AddAnnotation:  # noqa: A002
    return annotations.AddAnnotation("x", id, start_ms, "Two hands", "note", end_ms)


def add(lesson: Any, cycle: Any, command: annotations.AddAnnotation, *, by: str = TEACHER) -> dict[str, Any]:
    return annotations.add_annotation(lesson, cycle, given(f"notebook/c/{by}"), command, by=by)


def test_an_annotation_goes_to_the_lesson_once_it_is_released() -> None:
    lesson = given(LESSON, ADDED, WATCHABLE, lessons.LessonReleased())

    assert add(lesson, given(CYCLE, OPENED), say()) == {LESSON: [WORDS]}


def test_an_annotation_before_release_is_a_draft_in_the_teachers_notebook() -> None:
    lesson = given(LESSON, ADDED, WATCHABLE)

    assert add(lesson, given(CYCLE, OPENED), say()) == {
        NOTEBOOK: [DraftAdded("l", "a", 1_000, None, "Two hands", "note")]
    }


def test_a_closed_cycle_takes_no_annotation_and_no_lesson() -> None:
    lesson, closed = given(LESSON, ADDED, lessons.LessonReleased()), given(CYCLE, OPENED, *CLOSING)

    with pytest.raises(CycleClosed):
        add(lesson, closed, say())
    with pytest.raises(CycleClosed):
        annotations.add_reply(lesson, closed, annotations.AddReply("x", "a", "r", "Yes"))
    with pytest.raises(CycleClosed):
        lessons.add_lesson(given("lesson/n"), closed, lessons.AddLesson("x", "n", "New"), by=TEACHER)
    with pytest.raises(CycleClosed):
        releases.release_lesson(lesson, closed, given(NOTEBOOK), by=TEACHER)
    with pytest.raises(CycleClosed):
        stages.move_stage(closed, stages.MoveStage("x", "follow_up"), lessons=1, by=TEACHER, at=AT)


@pytest.mark.parametrize(
    ("start_ms", "end_ms"),
    [(-1, None), (60_001, None), (1_000, 60_001), (2_000, 2_000), (2_000, 1_000)],
    ids=["before the start", "after the end", "ends after the end", "empty range", "backwards"],
)
def test_an_annotation_outside_the_lesson_is_refused(start_ms: int, end_ms: int | None) -> None:
    lesson = given(LESSON, ADDED, WATCHABLE, lessons.LessonReleased())
    assert add(lesson, given(CYCLE, OPENED), say(0, 60_000))

    with pytest.raises(OutsideLesson):
        add(lesson, given(CYCLE, OPENED), say(start_ms, end_ms))


def test_an_id_is_used_once_in_a_lesson_and_its_notebook() -> None:
    lesson = given(LESSON, ADDED, lessons.LessonReleased(), WORDS)
    assert add(lesson, given(CYCLE, OPENED), say(id="b"))

    with pytest.raises(IdTaken):
        add(lesson, given(CYCLE, OPENED), say())
    draft, cycle = DraftAdded("l", "b", 1, None, "Mine", "note"), given(CYCLE, OPENED)
    with pytest.raises(IdTaken):
        annotations.add_annotation(lesson, cycle, given(NOTEBOOK, draft), say(id="b"), by=TEACHER)


def test_a_reply_belongs_to_an_annotation_that_is_there() -> None:
    lesson, cycle = given(LESSON, ADDED, lessons.LessonReleased(), WORDS), given(CYCLE, OPENED)
    reply = annotations.AddReply("x", "a", "r", "Yes")
    assert annotations.add_reply(lesson, cycle, reply) == {LESSON: [annotations.ReplyAdded("r", "a", "Yes")]}

    with pytest.raises(NoSuchAnnotation):
        annotations.add_reply(lesson, cycle, msgspec.structs.replace(reply, annotation="gone"))


def test_releasing_moves_the_drafts_of_this_lesson_with_their_ids() -> None:
    lesson, cycle = given(LESSON, ADDED), given(CYCLE, OPENED)
    drafts = [DraftAdded("l", "a2", 9_000, None, "Later", "note"), DraftAdded("l", "a1", 1_000, None, "First", "note")]
    notebook = given(NOTEBOOK, *drafts, DraftAdded("another", "b", 0, None, "Stays", "note"))

    assert releases.release_lesson(lesson, cycle, notebook, by=TEACHER) == {
        LESSON: [
            lessons.LessonReleased(),
            annotations.AnnotationAdded("a1", 1_000, None, "First", "note"),
            annotations.AnnotationAdded("a2", 9_000, None, "Later", "note"),
        ],
        CYCLE: [cycles.LessonListed("l", "Adding unlike parts")],
        NOTEBOOK: [DraftsPublished("l", ("a1", "a2"))],
    }


def test_releasing_twice_does_nothing_and_is_the_teachers_alone() -> None:
    cycle, notebook = given(CYCLE, OPENED), given(NOTEBOOK)

    assert releases.release_lesson(given(LESSON, ADDED, lessons.LessonReleased()), cycle, notebook, by=TEACHER) == {}
    with pytest.raises(NotYours):
        releases.release_lesson(given(LESSON, ADDED), cycle, notebook, by=COACH)


def test_a_lesson_is_added_by_the_teacher_and_released_at_once_where_asked() -> None:
    cycle, asked = given(CYCLE, OPENED), lessons.AddLesson("x", "l", "Adding unlike parts")

    assert lessons.add_lesson(given(LESSON), cycle, asked, by=TEACHER) == {LESSON: [ADDED]}
    released = lessons.add_lesson(given(LESSON), cycle, msgspec.structs.replace(asked, release=True), by=TEACHER)
    assert released == {
        LESSON: [ADDED, lessons.LessonReleased()],
        CYCLE: [cycles.LessonListed("l", "Adding unlike parts")],
    }
    with pytest.raises(NotYours):
        lessons.add_lesson(given(LESSON), cycle, asked, by=COACH)
    with pytest.raises(IdTaken):
        lessons.add_lesson(given(LESSON, ADDED), cycle, asked, by=TEACHER)


def test_a_stage_moves_one_step_by_the_people_of_the_cycle() -> None:
    cycle = given(CYCLE, OPENED, stages.StageMoved("teaching"))

    def move(stage: Stage, *, by: str = TEACHER, lessons: int = 1) -> Any:
        return stages.move_stage(cycle, stages.MoveStage("x", stage), lessons=lessons, by=by, at=AT)

    assert move("review") == [stages.StageMoved("review")]
    assert move("planning", by=COACH) == [stages.StageMoved("planning")]
    with pytest.raises(StageNotNext):
        move("debrief")
    with pytest.raises(NotYours):
        move("review", by=COACH)
    with pytest.raises(NotYours):
        move("planning", by="otto")
    with pytest.raises(StageNotDone):
        move("review", lessons=0)


def test_a_fork_can_change_without_its_original() -> None:
    lesson = given(LESSON, ADDED, lessons.LessonReleased(), WORDS)
    before = msgspec.json.encode(lesson)

    fork = FOLDING.evolve(FOLDING.fork(lesson), Entry(4, AT, COACH, annotations.ReplyAdded("r", "a", "Yes")))

    assert len(fork.annotations["a"].replies) == 1
    assert msgspec.json.encode(lesson) == before


@pytest.mark.parametrize("stream", ["lesson", "lesson/", "lessons/l", "notebook/c", "cycle/c/d", "", "notebook/c/"])
def test_what_is_not_a_stream_has_no_state(stream: str) -> None:
    with pytest.raises(LookupError):
        FOLDING.initial(stream)
