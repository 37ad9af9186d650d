"""Annotations: time-stamped comments on a lesson, with replies.

Before the lesson is released its teacher's annotations are drafts in the teacher's own notebook, so that the lesson's
stream never holds words that a later reader should not see. Releasing moves them over with their ids unchanged.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Annotated, Any

import msgspec

from service.coaching.cycles import CycleState, refuse_if_closed
from service.coaching.entries import Entry, Instant
from service.coaching.ids import Id
from service.coaching.lessons import Annotation, Kind, LessonState, Reply
from service.coaching.notebooks import DraftAdded, NotebookState
from service.coaching.refusals import IdTaken, NoSuchAnnotation, OutsideLesson
from service.coaching.streams import lesson_stream, notebook_stream
from service.coaching.words import Text

LONGEST_LESSON_MS = 24 * 60 * 60 * 1000
Moment = Annotated[int, msgspec.Meta(extra_json_schema={"minimum": 0, "maximum": LONGEST_LESSON_MS})]
"""Milliseconds from the lesson's first moment."""


class AddAnnotation(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag="add_annotation"):
    """Write at a moment of the lesson, or over a range of it. `made_at` is when the client says it was written."""

    id: Id
    annotation: Id
    start_ms: Moment
    body: Text
    kind: Kind
    end_ms: Moment | None = None
    made_at: Instant | None = None


class AddReply(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag="add_reply"):
    """Answer an annotation."""

    id: Id
    annotation: Id
    reply: Id
    body: Text


class AnnotationAdded(msgspec.Struct, frozen=True):
    id: Id
    start_ms: int
    end_ms: int | None
    body: str
    kind: Kind
    made_at: Instant | None = None


class ReplyAdded(msgspec.Struct, frozen=True):
    id: Id
    annotation: Id
    body: str


EVENTS: Mapping[str, type[msgspec.Struct]] = {
    "annotation.added": AnnotationAdded,
    "reply.added": ReplyAdded,
}


def add_annotation(
    lesson: LessonState, cycle: CycleState, notebook: NotebookState, command: AddAnnotation, *, by: str
) -> dict[str, Sequence[Any]]:
    """To the lesson once it is released; before that to the notebook of its teacher, the only one who can see it."""
    refuse_if_closed(cycle)
    if command.annotation in lesson.annotations or command.annotation in notebook.drafts:
        raise IdTaken
    _within(lesson, command.start_ms, command.end_ms)
    added = AnnotationAdded(
        id=command.annotation,
        start_ms=command.start_ms,
        end_ms=command.end_ms,
        body=command.body,
        kind=command.kind,
        made_at=command.made_at,
    )
    if lesson.released_at is None:
        draft = DraftAdded(lesson=lesson.id, **msgspec.structs.asdict(added))
        return {notebook_stream(cycle.id, by): [draft]}
    return {lesson_stream(lesson.id): [added]}


def add_reply(lesson: LessonState, cycle: CycleState, command: AddReply) -> dict[str, Sequence[Any]]:
    refuse_if_closed(cycle)
    annotation = lesson.annotations.get(command.annotation)
    if annotation is None:
        raise NoSuchAnnotation
    if any(reply.id == command.reply for reply in annotation.replies):
        raise IdTaken
    return {lesson_stream(lesson.id): [ReplyAdded(command.reply, command.annotation, command.body)]}


def _within(lesson: LessonState, start_ms: int, end_ms: int | None) -> None:
    """A moment of the lesson, as far as its length is known."""
    longest = LONGEST_LESSON_MS if lesson.duration_ms is None else lesson.duration_ms
    if end_ms is not None and end_ms <= start_ms:
        raise OutsideLesson("The end of a range comes after its start. Set the end again.")
    if not 0 <= start_ms <= longest or (end_ms is not None and end_ms > longest):
        raise OutsideLesson("That moment is outside the lesson. Choose one between its start and its end.")


def _added(state: LessonState, data: AnnotationAdded, entry: Entry) -> None:
    state.annotations[data.id] = Annotation(by=entry.by, at=entry.at, **msgspec.structs.asdict(data))


def _replied(state: LessonState, data: ReplyAdded, entry: Entry) -> None:
    annotation = state.annotations[data.annotation]
    reply = Reply(id=data.id, by=entry.by, at=entry.at, body=data.body)
    state.annotations[data.annotation] = msgspec.structs.replace(annotation, replies=(*annotation.replies, reply))


EVOLVE: Mapping[type, Callable[[LessonState, Any, Entry], None]] = {
    AnnotationAdded: _added,
    ReplyAdded: _replied,
}
