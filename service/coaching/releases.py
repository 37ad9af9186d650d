"""Releasing a lesson: the teacher lets the coach in. It touches the lesson, its cycle and the teacher's notebook."""

from collections.abc import Sequence
from typing import Any

import msgspec

from service.coaching.annotations import AnnotationAdded
from service.coaching.cycles import CycleState, LessonListed, refuse_if_closed
from service.coaching.ids import Id
from service.coaching.lessons import LessonReleased, LessonState
from service.coaching.notebooks import DraftsPublished, NotebookState
from service.coaching.refusals import NotYours
from service.coaching.streams import cycle_stream, lesson_stream, notebook_stream


class ReleaseLesson(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag="release_lesson"):
    """Let the coach in. Drafts about the lesson become its annotations."""

    id: Id


def release_lesson(
    lesson: LessonState, cycle: CycleState, notebook: NotebookState, *, by: str
) -> dict[str, Sequence[Any]]:
    """The drafts about this lesson move over with their ids unchanged. Releasing a second time does nothing."""
    refuse_if_closed(cycle)
    if by != lesson.teacher:
        raise NotYours("Only the teacher decides when the coach sees this lesson.")
    if lesson.released_at is not None:
        return {}
    drafts = sorted((d for d in notebook.drafts.values() if d.lesson == lesson.id), key=lambda d: d.start_ms)
    published = [AnnotationAdded(d.id, d.start_ms, d.end_ms, d.body, d.kind, d.made_at) for d in drafts]
    events: dict[str, Sequence[Any]] = {
        lesson_stream(lesson.id): [LessonReleased(), *published],
        cycle_stream(cycle.id): [LessonListed(lesson.id, lesson.title)],
    }
    if drafts:
        ids = tuple(d.id for d in drafts)
        events[notebook_stream(cycle.id, by)] = [DraftsPublished(lesson.id, ids)]
    return events
