"""Changing and removing one's own words about a lesson.

Whoever carries these out redacts, in the same transaction, the words that no longer stand in the lesson's stream. The
text before an edit is kept for its author alone, in their notebook; of what is removed nothing is kept.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar

import msgspec

from service.coaching.annotations import Moment, PickedTag, asked, present, refuse_outside
from service.coaching.cycle_state import CycleState
from service.coaching.entries import Entry
from service.coaching.ids import Id
from service.coaching.lessons import Annotation, AskedQuestion, CoachMove, Kind, LessonState, Reply, Tag
from service.coaching.notebooks import Draft, DraftEdited, EarlierTextKept, EarlierTextsDropped, NotebookState
from service.coaching.refusals import EditedMeanwhile, NoLongerHere, NotYours
from service.coaching.streams import lesson_stream, notebook_stream
from service.coaching.words import Text
from service.coaching.writing import refuse_if_closed

Words = TypeVar("Words", Annotation, Reply)


class EditAnnotation(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag="edit_annotation"):
    """All of it anew. `revision`: the one this was written over. An annotation keeps who wrote it and when."""

    id: Id
    annotation: Id
    revision: int
    start_ms: Moment
    end_ms: Moment | None
    body: Text
    kind: Kind
    move: CoachMove | None = None
    question: Id | None = None
    tags: tuple[PickedTag, ...] = ()


class RemoveAnnotation(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag="remove_annotation"):
    """Its words are blotted out everywhere they are kept; the answers of others stay."""

    id: Id
    annotation: Id


class EditReply(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag="edit_reply"):
    id: Id
    annotation: Id
    reply: Id
    revision: int
    body: Text


class RemoveReply(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag="remove_reply"):
    id: Id
    annotation: Id
    reply: Id


class EditDraft(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag="edit_draft"):
    """A draft of one's own, all of it anew. `revision`: the one this was written over."""

    id: Id
    draft: Id
    revision: int
    start_ms: Moment
    end_ms: Moment | None
    body: Text
    kind: Kind
    move: CoachMove | None = None
    question: Id | None = None
    tags: tuple[PickedTag, ...] = ()


class AnnotationEdited(msgspec.Struct, frozen=True):
    annotation: Id
    revision: int
    start_ms: int
    end_ms: int | None
    body: str
    kind: Kind
    move: CoachMove | None = None
    question: AskedQuestion | None = None
    tags: tuple[Tag, ...] = ()


class AnnotationRemoved(msgspec.Struct, frozen=True):
    annotation: Id


class ReplyEdited(msgspec.Struct, frozen=True):
    annotation: Id
    reply: Id
    revision: int
    body: str


class ReplyRemoved(msgspec.Struct, frozen=True):
    annotation: Id
    reply: Id


EVENTS: Mapping[str, type[msgspec.Struct]] = {
    "annotation.edited": AnnotationEdited,
    "annotation.removed": AnnotationRemoved,
    "reply.edited": ReplyEdited,
    "reply.removed": ReplyRemoved,
}


def edit_annotation(
    lesson: LessonState, cycle: CycleState, command: EditAnnotation, *, by: str, tags: tuple[Tag, ...] = ()
) -> dict[str, Sequence[Any]]:
    refuse_if_closed(cycle)
    known = own(present(lesson, command.annotation), by)
    refuse_outside(lesson, command.start_ms, command.end_ms)
    anew = _anew(cycle, known, command, by=by, tags=tags)
    if not anew:
        return {}
    edited = AnnotationEdited(command.annotation, **anew)
    events: dict[str, Sequence[Any]] = {lesson_stream(lesson.id): [edited]}
    if known.body != command.body:
        kept = EarlierTextKept(lesson.id, command.annotation, known.revision, known.body)
        events[notebook_stream(cycle.id, by)] = [kept]
    return events


def remove_annotation(
    lesson: LessonState, cycle: CycleState, command: RemoveAnnotation, *, by: str
) -> dict[str, Sequence[Any]]:
    """Also in a closed cycle: nobody loses the right to their own words. A second time does nothing."""
    known = lesson.annotations.get(command.annotation)
    if known is not None and known.removed_at is not None and known.by == by:
        return {}
    own(present(lesson, command.annotation), by)
    return {lesson_stream(lesson.id): [AnnotationRemoved(command.annotation)]}


def edit_reply(lesson: LessonState, cycle: CycleState, command: EditReply, *, by: str) -> dict[str, Sequence[Any]]:
    refuse_if_closed(cycle)
    known = own(_reply(lesson, command.annotation, command.reply), by)
    if known.body == command.body:
        return {}
    if command.revision != known.revision:
        raise EditedMeanwhile(known.body, known.revision, known.by)
    edited = ReplyEdited(command.annotation, command.reply, known.revision + 1, command.body)
    kept = EarlierTextKept(lesson.id, command.reply, known.revision, known.body)
    return {lesson_stream(lesson.id): [edited], notebook_stream(cycle.id, by): [kept]}


def remove_reply(lesson: LessonState, cycle: CycleState, command: RemoveReply, *, by: str) -> dict[str, Sequence[Any]]:
    """Under an annotation that was removed an answer is still its author's."""
    annotation = lesson.annotations.get(command.annotation)
    known = next((one for one in annotation.replies if one.id == command.reply), None) if annotation else None
    if known is not None and known.removed_at is not None and known.by == by:
        return {}
    own(_reply(lesson, command.annotation, command.reply), by)
    return {lesson_stream(lesson.id): [ReplyRemoved(command.annotation, command.reply)]}


def edit_draft(
    lesson: LessonState,
    cycle: CycleState,
    notebook: NotebookState,
    command: EditDraft,
    *,
    by: str,
    tags: tuple[Tag, ...] = (),
) -> dict[str, Sequence[Any]]:
    """A draft that was published meanwhile is an annotation now, and is changed as one."""
    refuse_if_closed(cycle)
    known = notebook.drafts.get(command.draft)
    if known is None or known.lesson != lesson.id:
        raise NoLongerHere("This draft is no longer in your notebook: it was removed, or the other one reads it now.")
    refuse_outside(lesson, command.start_ms, command.end_ms)
    anew = _anew(cycle, known, command, by=by, tags=tags)
    if not anew:
        return {}
    return {notebook_stream(cycle.id, by): [DraftEdited(command.draft, **anew)]}


def dropped(notebook: NotebookState, of: str) -> Sequence[Any]:
    """What its author's notebook takes when an annotation or a reply is removed."""
    return [EarlierTextsDropped(of)] if of in notebook.earlier else []


def own(known: Words, by: str) -> Words:
    if known.by != by:
        raise NotYours("Only whoever wrote this changes or removes it.")
    return known


def _reply(lesson: LessonState, annotation_id: str, reply_id: str) -> Reply:
    annotation = lesson.annotations.get(annotation_id)
    for reply in annotation.replies if annotation else ():
        if reply.id == reply_id and reply.removed_at is None:
            return reply
    raise NoLongerHere("This answer is no longer there.")


def _kept(known: Annotation | Draft, question_id: str | None) -> AskedQuestion | None:
    """The copy stays where the question itself was taken away."""
    return known.question if known.question is not None and known.question.id == question_id else None


def _anew(
    cycle: CycleState, known: Annotation | Draft, command: EditAnnotation | EditDraft, *, by: str, tags: tuple[Tag, ...]
) -> dict[str, Any]:
    """The members of the event of an edit, beside the id; none where it changes nothing. Raises EditedMeanwhile."""
    anew = {
        "start_ms": command.start_ms,
        "end_ms": command.end_ms,
        "body": command.body,
        "kind": command.kind,
        "move": command.move if by == cycle.coach else None,
        "question": asked(cycle, command.question) or _kept(known, command.question),
        "tags": tags,
    }
    if all(getattr(known, name) == value for name, value in anew.items()):
        return {}
    if command.revision != known.revision:
        raise EditedMeanwhile(known.body, known.revision, known.by)
    return {"revision": known.revision + 1, **anew}


def _edited(state: LessonState, data: AnnotationEdited, entry: Entry) -> None:
    changes = msgspec.structs.asdict(data)
    known = state.annotations[changes.pop("annotation")]
    state.annotations[known.id] = msgspec.structs.replace(known, **changes, edited_at=entry.at)


def _removed(state: LessonState, data: AnnotationRemoved, entry: Entry) -> None:
    known = state.annotations[data.annotation]
    state.annotations[data.annotation] = msgspec.structs.replace(
        known, body="", removed_at=entry.at, flagged=False, done=None
    )
    state.removed += 1


def _change_reply(state: LessonState, annotation_id: str, reply_id: str, **changes: Any) -> None:
    annotation = state.annotations[annotation_id]
    replies = tuple(
        msgspec.structs.replace(one, **changes) if one.id == reply_id else one for one in annotation.replies
    )
    state.annotations[annotation_id] = msgspec.structs.replace(annotation, replies=replies)


def _reply_edited(state: LessonState, data: ReplyEdited, entry: Entry) -> None:
    changes = {"body": data.body, "revision": data.revision, "edited_at": entry.at}
    _change_reply(state, data.annotation, data.reply, **changes)


def _reply_removed(state: LessonState, data: ReplyRemoved, entry: Entry) -> None:
    _change_reply(state, data.annotation, data.reply, body="", removed_at=entry.at)


EVOLVE: Mapping[type, Callable[[LessonState, Any, Entry], None]] = {
    AnnotationEdited: _edited,
    AnnotationRemoved: _removed,
    ReplyEdited: _reply_edited,
    ReplyRemoved: _reply_removed,
}
