"""Releasing a lesson, and sharing what is written about it: lessons, the cycle and notebooks change together."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import msgspec

from service.coaching.annotations import AnnotationAdded
from service.coaching.cycle_state import CycleState, ListedLesson
from service.coaching.cycles import LessonListed
from service.coaching.entries import Entry
from service.coaching.ids import Id
from service.coaching.lessons import LessonReleased, LessonShared, LessonState
from service.coaching.notebooks import Draft, DraftsPublished, NotebookState
from service.coaching.refusals import NoLongerHere, NotPossible, NotYours
from service.coaching.streams import cycle_stream, lesson_stream, notebook_stream
from service.coaching.writing import refuse_if_closed, refuse_unless_pair


class ReleaseLesson(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag="release_lesson"):
    """Let the coach in. Drafts about the lesson become its annotations."""

    id: Id


class PublishDrafts(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag="publish_drafts"):
    """Move drafts about this lesson out of one's notebook; null: all of them."""

    id: Id
    drafts: tuple[Id, ...] | None = None


class FinishAnnotating(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag="finish_annotating"):
    """Say that one has annotated the lesson. In `together`, the second to say so publishes what both have written."""

    id: Id


class AnnotatingFinished(msgspec.Struct, frozen=True):
    """Of whoever wrote the event."""

    lesson: Id


EVENTS: Mapping[str, type[msgspec.Struct]] = {"annotating.finished": AnnotatingFinished}

Events = dict[str, Sequence[Any]]


def release_lesson(lesson: LessonState, cycle: CycleState, notebook: NotebookState, *, by: str) -> Events:
    """The drafts about this lesson move over with their ids unchanged. Releasing a second time does nothing."""
    refuse_if_closed(cycle)
    if by != lesson.teacher:
        raise NotYours("Only the teacher decides when the coach sees this lesson.")
    if lesson.released_at is not None:
        return {}
    moved = _moved(lesson, notebook, by=by)
    return {
        lesson_stream(lesson.id): [LessonReleased(), *moved.get(lesson_stream(lesson.id), ())],
        cycle_stream(cycle.id): [LessonListed(lesson.id, lesson.title)],
    } | {stream: events for stream, events in moved.items() if stream != lesson_stream(lesson.id)}


def publish_drafts(
    lesson: LessonState, cycle: CycleState, notebook: NotebookState, command: PublishDrafts, *, by: str
) -> Events:
    """To those who may read the lesson. Raises NotPossible while nobody but its writer may."""
    refuse_if_closed(cycle)
    if lesson.shared_at is None:
        raise NotPossible("What is written about this lesson is not shared yet. It stays in your notebook until then.")
    only = None if command.drafts is None else frozenset(command.drafts)
    here = {draft.id for draft in notebook.drafts.values() if draft.lesson == lesson.id}
    if only is not None and not only & here:
        if only <= lesson.annotations.keys():
            return {}
        raise NoLongerHere("These drafts are no longer in your notebook.")
    return _moved(lesson, notebook, only, by=by)


def finish_annotating(
    lesson: LessonState, cycle: CycleState, notebooks: Mapping[str, NotebookState], *, by: str
) -> Events:
    """notebooks: of the teacher and of the coach, by person."""
    refuse_unless_pair(cycle, by)
    listed = _listed(cycle, lesson.id)
    if listed is None:
        raise NotPossible("The coach has not been let into this lesson yet.")
    events: Events = {} if by in listed.done else {cycle_stream(cycle.id): [AnnotatingFinished(lesson.id)]}
    # Also where they had said so before: a coach may go and come back, and be done while another one was there.
    if lesson.shared_at is None and {cycle.teacher, cycle.coach} <= {by, *listed.done}:
        here: list[Any] = [LessonShared()]
        for notebook in notebooks.values():
            for stream, moved in _moved(lesson, notebook, by=by).items():
                if stream == lesson_stream(lesson.id):
                    here += moved
                else:
                    events[stream] = moved
        events[lesson_stream(lesson.id)] = here
    return events


def _listed(cycle: CycleState, lesson_id: str) -> ListedLesson | None:
    return next((one for one in cycle.lessons if one.lesson == lesson_id), None)


def _moved(lesson: LessonState, notebook: NotebookState, only: frozenset[str] | None = None, *, by: str) -> Events:
    """Drafts of one notebook on their way into the lesson, in the order of their moments; empty where there are none.

    An annotation there was written by whoever wrote the draft, also where another one's act publishes it.
    """
    drafts = [d for d in notebook.drafts.values() if d.lesson == lesson.id and (only is None or d.id in only)]
    if not drafts:
        return {}
    drafts.sort(key=lambda draft: (draft.start_ms, draft.at, draft.id))
    return {
        lesson_stream(lesson.id): [_annotation(draft, None if by == draft.by else draft.by) for draft in drafts],
        notebook_stream(notebook.cycle, notebook.person): [DraftsPublished(lesson.id, tuple(d.id for d in drafts))],
    }


def _annotation(draft: Draft, author: str | None) -> AnnotationAdded:
    return AnnotationAdded(
        draft.id,
        draft.start_ms,
        draft.end_ms,
        draft.body,
        draft.kind,
        draft.made_at,
        draft.move,
        draft.question,
        draft.tags,
        author,
    )


def _finished(state: CycleState, data: AnnotatingFinished, entry: Entry) -> None:
    state.lessons = [
        msgspec.structs.replace(one, done=one.done | {entry.by: entry.at}) if one.lesson == data.lesson else one
        for one in state.lessons
    ]


EVOLVE: Mapping[type, Callable[[CycleState, Any, Entry], None]] = {AnnotatingFinished: _finished}
