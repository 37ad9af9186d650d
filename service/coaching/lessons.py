"""A lesson: a filmed class on its way from a phone to two people who watch it."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Literal

import msgspec

from service.coaching.cycle_state import CycleState
from service.coaching.cycles import LessonListed
from service.coaching.entries import Entry, Instant
from service.coaching.ids import Id
from service.coaching.refusals import IdTaken, NotYours
from service.coaching.streams import cycle_stream, lesson_stream
from service.coaching.words import Title
from service.coaching.writing import refuse_if_closed

Kind = Literal["question", "suggestion", "strength", "note"]
CoachMove = Literal["invitation", "suggestion", "explanation", "description", "evaluation"]
"""What a coach does with a comment, where they like to say so."""
LessonStatus = Literal["waiting", "arriving", "preparing", "watchable", "ready", "refused"]
TrackKind = Literal["captions", "chapters"]
FileRole = Literal["original", "small", "sound", "recording"]
"""What a file is to its lesson: the video as filmed; a smaller copy of it; its sound alone; one filmed in the page."""
LateOriginal = Literal["arriving", "preparing", "in_use", "set_aside"]
RefusedReason = Literal["not_a_video", "damaged", "too_long", "too_large", "unreadable_blocks", "no_decoder", "gave_up"]


class AddLesson(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag="add_lesson"):
    """Add a lesson to a cycle. With `release` the coach is let in from the first moment."""

    id: Id
    lesson: Id
    title: Title
    release: bool = False


class LessonAdded(msgspec.Struct, frozen=True):
    cycle: Id
    teacher: Id
    title: str


class Cut(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A part that others do not get: from the moment `start_ms` up to `end_ms`; null: to the end, wherever that is."""

    start_ms: int
    end_ms: int | None


class UploadStarted(msgspec.Struct, frozen=True):
    upload: Id
    role: str
    size: int | None


class UploadCompleted(msgspec.Struct, frozen=True):
    upload: Id
    size: int
    role: FileRole = "original"


class UploadEnded(msgspec.Struct, frozen=True):
    """It brings nothing: its sender gave it up, also while it was being prepared, nobody touched it for long, sound
    that cannot be heard, or another file has become the lesson."""

    upload: Id
    role: FileRole
    why: Literal["cancelled", "abandoned", "refused", "not_needed"]


class LessonListenable(msgspec.Struct, frozen=True):
    """The sound came first: it can be heard and written about while the picture is on its way."""

    attempt: int
    duration_ms: int


class LessonFollowable(msgspec.Struct, frozen=True):
    """What has arrived of `upload` can be watched in a small picture, and grows with it.

    `duration_ms`: of the whole film; null where it does not say before its end.
    """

    upload: Id
    attempt: int
    duration_ms: int | None
    width: int | None
    height: int | None


class LessonWatchable(msgspec.Struct, frozen=True):
    """`source`: the file it is played from; all files of a lesson have the same times."""

    attempt: int
    duration_ms: int
    width: int | None
    height: int | None
    source: FileRole = "original"


class OriginalSetAside(msgspec.Struct, frozen=True):
    """The original that came after a smaller copy does not take over. `other_times`: annotations would point elsewhere.

    It is kept as a file where it could be read.
    """

    upload: Id
    why: Literal["other_times"] | RefusedReason


class LessonReady(msgspec.Struct, frozen=True):
    attempt: int
    duration_ms: int
    missing_ms: int = 0


class LessonRefused(msgspec.Struct, frozen=True):
    reason: RefusedReason


class LessonReleased(msgspec.Struct, frozen=True):
    """From here on the coach may watch. `together`: both still write in their notebooks, until `lesson.shared`."""

    together: bool = False


class LessonShared(msgspec.Struct, frozen=True):
    """Both are done writing for themselves: from here on each sees the other's."""


EVENTS: Mapping[str, type[msgspec.Struct]] = {
    "lesson.added": LessonAdded,
    "upload.started": UploadStarted,
    "upload.completed": UploadCompleted,
    "upload.ended": UploadEnded,
    "lesson.listenable": LessonListenable,
    "lesson.followable": LessonFollowable,
    "lesson.watchable": LessonWatchable,
    "lesson.ready": LessonReady,
    "lesson.refused": LessonRefused,
    "lesson.original_set_aside": OriginalSetAside,
    "lesson.released": LessonReleased,
    "lesson.shared": LessonShared,
}


class Tag(msgspec.Struct, frozen=True):
    """A code of a framework, copied in with its label and version: what it meant when it was put on stays known."""

    framework: str
    version: str
    code: str
    label: str


class AskedQuestion(msgspec.Struct, frozen=True):
    """The focus question that an annotation is about, its text copied in."""

    id: Id
    text: str


class Reply(msgspec.Struct, frozen=True):
    id: Id
    by: Id
    at: Instant
    body: str
    revision: int = 1
    edited_at: Instant | None = None
    removed_at: Instant | None = None


class Settled(msgspec.Struct, frozen=True):
    """Somebody marked it as done."""

    by: Id
    at: Instant


class Annotation(msgspec.Struct, frozen=True):
    """`removed_at`: its words are gone for good; what others answered stays."""

    id: Id
    by: Id
    at: Instant
    made_at: Instant | None
    start_ms: int
    end_ms: int | None
    body: str
    kind: Kind
    move: CoachMove | None = None
    question: AskedQuestion | None = None
    tags: tuple[Tag, ...] = ()
    revision: int = 1
    edited_at: Instant | None = None
    removed_at: Instant | None = None
    flagged: bool = False
    done: Settled | None = None
    replies: tuple[Reply, ...] = ()


class Track(msgspec.Struct, frozen=True):
    """Captions or chapters of the lesson. Their words, and what the track is called, are in no stream."""

    id: Id
    kind: TrackKind
    language: str
    revision: int
    by: Id
    """Who changed it last."""


class LessonState(msgspec.Struct):
    version: int = 0
    id: Id = ""
    cycle: Id = ""
    teacher: Id = ""
    title: str = ""
    state: LessonStatus = "waiting"
    reason: RefusedReason | None = None
    attempt: int | None = None
    duration_ms: int | None = None
    missing_ms: int = 0
    width: int | None = None
    height: int | None = None
    source: FileRole | None = None
    """The file that the picture is played from, or will be once it is prepared."""
    listen: bool = False
    """`attempt` has no picture yet, only the sound that came first."""
    following: Id | None = None
    """`attempt` is a small picture of what has arrived of this file so far."""
    cuts: tuple[Cut, ...] = ()
    """Parts the teacher cut out, in order. They are black and silent in every copy but the file as it was sent."""
    least_attempt: int | None = None
    """Nobody but the teacher gets what was made before it. Above `attempt`: it is being prepared again."""
    original: LateOriginal | None = None
    """Where the original is that is sent after a smaller copy."""
    uploads: tuple[Id, ...] = ()
    """Files that are on their way here."""
    preparing: Id | None = None
    """The file that is here and is being prepared."""
    released_at: Instant | None = None
    shared_at: Instant | None = None
    """Since when what is written here is read by both; before that it goes into notebooks."""
    annotations: dict[Id, Annotation] = {}
    removed: int = 0
    """How many of these annotations their authors took away, so that a row need not walk through all of them."""
    tracks: dict[Id, Track] = {}


def initial(lesson: str) -> LessonState:
    return LessonState(id=lesson)


def fork(state: LessonState) -> LessonState:
    copy = msgspec.structs.replace(state)
    copy.annotations = dict(state.annotations)
    copy.tracks = dict(state.tracks)
    return copy


def add_lesson(lesson: LessonState, cycle: CycleState, command: AddLesson, *, by: str) -> dict[str, Sequence[Any]]:
    """The teacher's act. With `release` the coach is let in from the first moment, also while it uploads."""
    refuse_if_closed(cycle)
    if by != cycle.teacher:
        raise NotYours("Only the teacher adds a lesson to a cycle.")
    if lesson.version:
        raise IdTaken
    added: list[Any] = [LessonAdded(cycle.id, cycle.teacher, command.title)]
    if command.release or cycle.release_mode != "teacher_first":
        added.append(LessonReleased(cycle.release_mode == "together"))
        listed = LessonListed(lesson.id, command.title)
        return {lesson_stream(lesson.id): added, cycle_stream(cycle.id): [listed]}
    return {lesson_stream(lesson.id): added}


def _added(state: LessonState, data: LessonAdded, _: Entry) -> None:
    state.cycle, state.teacher, state.title = data.cycle, data.teacher, data.title


def takes(lesson: LessonState, role: FileRole) -> bool:
    """Whether such a file may be sent now. A second video would take over the time every annotation is pinned to.

    The original of a small copy may come at any time later: its times are compared before it takes over.
    """
    if lesson.state in ("waiting", "arriving", "refused"):
        return True
    if role == "sound":
        return lesson.state == "preparing" and not lesson.listen
    return lesson.state == "ready" and lesson.original != "preparing" and not useless(lesson.source, role)


def useless(source: FileRole | None, role: str) -> bool:
    """Whether a file that is on its way brings nothing any more, once the lesson is made from `source`: only the
    original of a smaller copy may follow."""
    return not (role == "original" and source == "small")


def may_follow(lesson: LessonState, upload: Id) -> bool:
    """Whether what arrives of the file can be the lesson for now. Sound that came first is all of it, and stays."""
    on_its_way = upload in lesson.uploads and lesson.state in ("arriving", "refused")
    here = lesson.state == "preparing" and lesson.preparing == upload
    return (on_its_way or here) and not lesson.listen and lesson.following in (None, upload)


def _is_late(lesson: LessonState, role: str) -> bool:
    """Whether the file is the original of a smaller copy that plays already."""
    return lesson.state in ("watchable", "ready") and not useless(lesson.source, role)


def _arriving(state: LessonState, data: UploadStarted, _: Entry) -> None:
    state.uploads = (*state.uploads, data.upload)
    if state.state in ("waiting", "refused"):
        state.state, state.reason = "arriving", None
    elif _is_late(state, data.role):
        state.original = "arriving"


def _arrived(state: LessonState, data: UploadCompleted, _: Entry) -> None:
    state.uploads = _without(state.uploads, data.upload)
    if data.role == "sound":
        return
    if state.state in ("waiting", "arriving", "refused"):
        state.state, state.reason, state.source, state.preparing = "preparing", None, data.role, data.upload
    elif _is_late(state, data.role):
        state.original, state.preparing = "preparing", data.upload


def _ended(state: LessonState, data: UploadEnded, _: Entry) -> None:
    state.uploads = _without(state.uploads, data.upload)
    if data.upload == state.following:
        _not_followed(state)
    if data.upload == state.preparing:
        state.preparing = None
        if state.original == "preparing":
            state.original = None
        else:
            state.state, state.source = ("arriving" if state.uploads else "waiting"), None
    elif data.role == "original" and state.original == "arriving" and not state.uploads:
        state.original = None
    elif state.state == "arriving" and not state.uploads:
        state.state = "waiting"


def _not_followed(state: LessonState) -> None:
    """What was made of the file while it arrived is of nothing any more. What was cut out of it stays so: the same film
    may come again, with the coach let in."""
    state.following = state.attempt = state.duration_ms = state.width = state.height = None


def _without(uploads: tuple[Id, ...], upload: Id) -> tuple[Id, ...]:
    return tuple(one for one in uploads if one != upload)


def least_with(state: LessonState, attempt: int) -> int | None:
    """The least attempt for others once this one is shown: the first that is made after parts were cut out counts.

    Attempts that were begun before and came to nothing may have numbers in between.
    """
    if state.least_attempt is None or (state.attempt or 0) >= state.least_attempt:
        return state.least_attempt
    return max(attempt, state.least_attempt)


def _listenable(state: LessonState, data: LessonListenable, _: Entry) -> None:
    state.least_attempt = least_with(state, data.attempt)
    state.attempt, state.duration_ms, state.listen = data.attempt, data.duration_ms, True


def _followable(state: LessonState, data: LessonFollowable, _: Entry) -> None:
    state.least_attempt = least_with(state, data.attempt)
    if state.state == "refused":  # another film was
        state.state, state.reason = "arriving", None
    state.following, state.attempt, state.duration_ms = data.upload, data.attempt, data.duration_ms
    state.width, state.height = data.width, data.height


def _watchable(state: LessonState, data: LessonWatchable, _: Entry) -> None:
    late = state.source == "small" and data.source == "original"
    state.least_attempt = least_with(state, data.attempt)
    state.original = "in_use" if late else state.original
    state.state, state.attempt, state.duration_ms = "watchable", data.attempt, data.duration_ms
    state.width, state.height = data.width, data.height
    state.source, state.listen, state.following = data.source, False, None


def _ready(state: LessonState, data: LessonReady, _: Entry) -> None:
    state.least_attempt = least_with(state, data.attempt)
    state.state, state.attempt, state.duration_ms = "ready", data.attempt, data.duration_ms
    state.missing_ms, state.preparing = data.missing_ms, None
    if state.source == "small" and state.uploads and state.original is None:
        state.original = "arriving"  # begun before its copy was here; nothing else is on its way any more


def _refused(state: LessonState, data: LessonRefused, _: Entry) -> None:
    if state.following is not None and state.following == state.preparing:
        _not_followed(state)
    state.state, state.reason, state.source, state.preparing = "refused", data.reason, None, None


def _set_aside(state: LessonState, _data: OriginalSetAside, _: Entry) -> None:
    state.original, state.preparing = "set_aside", None


def _released(state: LessonState, data: LessonReleased, entry: Entry) -> None:
    state.released_at = entry.at
    if not data.together:
        state.shared_at = entry.at


def _shared(state: LessonState, _data: LessonShared, entry: Entry) -> None:
    state.shared_at = entry.at


EVOLVE: Mapping[type, Callable[[LessonState, Any, Entry], None]] = {
    LessonAdded: _added,
    UploadStarted: _arriving,
    UploadCompleted: _arrived,
    UploadEnded: _ended,
    LessonListenable: _listenable,
    LessonFollowable: _followable,
    LessonWatchable: _watchable,
    LessonReady: _ready,
    LessonRefused: _refused,
    OriginalSetAside: _set_aside,
    LessonReleased: _released,
    LessonShared: _shared,
}
