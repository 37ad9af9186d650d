"""Annotations: time-stamped comments on a lesson, with replies.

Until what is written about a lesson is shared, it is a draft in the notebook of whoever wrote it, so that the lesson's
stream never holds words that a later reader should not see. Sharing moves drafts over with their ids unchanged.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Annotated, Any, Final

import msgspec

from service.coaching.cycle_state import CycleState
from service.coaching.entries import Entry, Instant
from service.coaching.ids import Id
from service.coaching.lessons import (
    Annotation,
    AskedQuestion,
    CoachMove,
    Kind,
    LessonState,
    Reply,
    Settled,
    Tag,
)
from service.coaching.notebooks import DraftAdded, NotebookState
from service.coaching.refusals import IdTaken, NoSuchAnnotation, OutsideLesson
from service.coaching.streams import lesson_stream, notebook_stream
from service.coaching.words import Line, Text
from service.coaching.writing import refuse_if_closed, refuse_unless_pair

LONGEST_LESSON_MS: Final = 24 * 60 * 60 * 1000
MOST_TAGS: Final = 20
Moment = Annotated[int, msgspec.Meta(extra_json_schema={"minimum": 0, "maximum": LONGEST_LESSON_MS})]
"""Milliseconds from the lesson's first moment."""


class PickedTag(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A code of one of the program's frameworks; its label and version are copied in."""

    framework: Line
    code: Line


class AddAnnotation(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag="add_annotation"):
    """Write at a moment of the lesson, or over a range of it. `made_at` is when the client says it was written.

    With `draft` it stays in one's notebook also where the lesson is shared.
    """

    id: Id
    annotation: Id
    start_ms: Moment
    body: Text
    kind: Kind
    end_ms: Moment | None = None
    made_at: Instant | None = None
    move: CoachMove | None = None
    question: Id | None = None
    tags: tuple[PickedTag, ...] = ()
    draft: bool = False


class AddReply(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag="add_reply"):
    """Answer an annotation."""

    id: Id
    annotation: Id
    reply: Id
    body: Text


class FlagAnnotation(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag="flag_annotation"):
    """Talk about it in the debrief, or not."""

    id: Id
    annotation: Id
    flagged: bool


class SettleAnnotation(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag="settle_annotation"):
    """Mark it as done, or as open again."""

    id: Id
    annotation: Id
    done: bool


class AnnotationAdded(msgspec.Struct, frozen=True):
    id: Id
    start_ms: int
    end_ms: int | None
    body: str
    kind: Kind
    made_at: Instant | None = None
    move: CoachMove | None = None
    question: AskedQuestion | None = None
    tags: tuple[Tag, ...] = ()
    author: Id | None = None
    """Where another one's act published it."""


class ReplyAdded(msgspec.Struct, frozen=True):
    id: Id
    annotation: Id
    body: str


class AnnotationFlagged(msgspec.Struct, frozen=True):
    annotation: Id
    flagged: bool


class AnnotationSettled(msgspec.Struct, frozen=True):
    annotation: Id
    done: bool


EVENTS: Mapping[str, type[msgspec.Struct]] = {
    "annotation.added": AnnotationAdded,
    "reply.added": ReplyAdded,
    "annotation.flagged": AnnotationFlagged,
    "annotation.settled": AnnotationSettled,
}


def add_annotation(
    lesson: LessonState,
    cycle: CycleState,
    notebook: NotebookState,
    command: AddAnnotation,
    *,
    by: str,
    tags: tuple[Tag, ...] = (),
) -> dict[str, Sequence[Any]]:
    """To the lesson once it is shared; before that, or as a draft, to the notebook of whoever writes.

    tags: those picked, with their labels.
    """
    refuse_if_closed(cycle)
    if command.annotation in lesson.annotations or command.annotation in notebook.drafts:
        raise IdTaken
    refuse_outside(lesson, command.start_ms, command.end_ms)
    added = AnnotationAdded(
        command.annotation,
        command.start_ms,
        command.end_ms,
        command.body,
        command.kind,
        command.made_at,
        command.move if by == cycle.coach else None,
        asked(cycle, command.question),
        tags,
    )
    if command.draft or lesson.shared_at is None:
        draft = DraftAdded(lesson.id, *msgspec.structs.astuple(added)[:-1])
        return {notebook_stream(cycle.id, by): [draft]}
    return {lesson_stream(lesson.id): [added]}


def add_reply(lesson: LessonState, cycle: CycleState, command: AddReply) -> dict[str, Sequence[Any]]:
    refuse_if_closed(cycle)
    annotation = present(lesson, command.annotation)
    if command.reply in lesson.annotations or any(reply.id == command.reply for reply in annotation.replies):
        raise IdTaken
    return {lesson_stream(lesson.id): [ReplyAdded(command.reply, command.annotation, command.body)]}


def flag_annotation(
    lesson: LessonState, cycle: CycleState, command: FlagAnnotation, *, by: str
) -> dict[str, Sequence[Any]]:
    refuse_unless_pair(cycle, by)
    if present(lesson, command.annotation).flagged == command.flagged:
        return {}
    return {lesson_stream(lesson.id): [AnnotationFlagged(command.annotation, command.flagged)]}


def settle_annotation(
    lesson: LessonState, cycle: CycleState, command: SettleAnnotation, *, by: str
) -> dict[str, Sequence[Any]]:
    refuse_unless_pair(cycle, by)
    if (present(lesson, command.annotation).done is not None) == command.done:
        return {}
    return {lesson_stream(lesson.id): [AnnotationSettled(command.annotation, command.done)]}


def present(lesson: LessonState, annotation_id: str) -> Annotation:
    """The annotation, unless it was removed or never was. Raises NoSuchAnnotation."""
    annotation = lesson.annotations.get(annotation_id)
    if annotation is None or annotation.removed_at is not None:
        raise NoSuchAnnotation
    return annotation


def asked(cycle: CycleState, question_id: str | None) -> AskedQuestion | None:
    """A question that was taken away meanwhile is left out: the words written to it are worth more than it."""
    question = cycle.questions.get(question_id) if question_id else None
    return None if question is None else AskedQuestion(question.id, question.text)


def refuse_outside(lesson: LessonState, start_ms: int, end_ms: int | None) -> None:
    """Raises OutsideLesson for what is no moment, or no range, of the lesson."""
    longest = longest_ms(lesson)
    if end_ms is not None and end_ms <= start_ms:
        raise OutsideLesson("The end of a range comes after its start. Set the end again.")
    if not 0 <= start_ms <= longest or (end_ms is not None and end_ms > longest):
        raise OutsideLesson("That moment is outside the lesson. Choose one between its start and its end.")


def longest_ms(lesson: LessonState) -> int:
    """How long it is, as far as that is known: the picture may go on where the sound has ended."""
    return LONGEST_LESSON_MS if lesson.duration_ms is None or lesson.listen or lesson.following else lesson.duration_ms


def _added(state: LessonState, data: AnnotationAdded, entry: Entry) -> None:
    state.annotations[data.id] = Annotation(
        data.id,
        data.author or entry.by,
        entry.at,
        data.made_at,
        data.start_ms,
        data.end_ms,
        data.body,
        data.kind,
        data.move,
        data.question,
        data.tags,
    )


def _replied(state: LessonState, data: ReplyAdded, entry: Entry) -> None:
    annotation = state.annotations[data.annotation]
    reply = Reply(id=data.id, by=entry.by, at=entry.at, body=data.body)
    state.annotations[data.annotation] = msgspec.structs.replace(annotation, replies=(*annotation.replies, reply))


def _flagged(state: LessonState, data: AnnotationFlagged, _: Entry) -> None:
    annotation = state.annotations[data.annotation]
    state.annotations[data.annotation] = msgspec.structs.replace(annotation, flagged=data.flagged)


def _settled(state: LessonState, data: AnnotationSettled, entry: Entry) -> None:
    annotation = state.annotations[data.annotation]
    done = Settled(entry.by, entry.at) if data.done else None
    state.annotations[data.annotation] = msgspec.structs.replace(annotation, done=done)


EVOLVE: Mapping[type, Callable[[LessonState, Any, Entry], None]] = {
    AnnotationAdded: _added,
    ReplyAdded: _replied,
    AnnotationFlagged: _flagged,
    AnnotationSettled: _settled,
}
