"""Captions and chapters of a lesson. Their words live beside the stream, which tells only that they changed.

A track has a *revision* that grows with every change. Each cue knows the revision at which its words came, so that two
people may mend different cues at once, and only the same one is a clash.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

import msgspec

from service.coaching.annotations import Moment, refuse_outside
from service.coaching.cue_files import MOST_CUES, Cue
from service.coaching.cuts import hides
from service.coaching.cycle_state import CycleState
from service.coaching.entries import Entry
from service.coaching.ids import Id
from service.coaching.lessons import LessonState, Track, TrackKind
from service.coaching.refusals import EditedMeanwhile, IdTaken, NoLongerHere, NotPossible
from service.coaching.streams import lesson_stream
from service.coaching.words import CueFile, CueText, Language, Line
from service.coaching.writing import refuse_unless_pair

MOST_TRACKS: Final = 20


class AddTrack(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag="add_track"):
    """Begin captions or chapters without a file; cues follow one by one."""

    id: Id
    track: Id
    kind: TrackKind
    language: Language
    label: Line = ""


class ImportTrack(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag="import_track"):
    """A WebVTT or SRT file, up to 1 MB and 10,000 cues, as a new track, or in place of all that one has.

    `revision`: of the track, as it was seen; 0 for a new one.
    """

    id: Id
    track: Id
    kind: TrackKind
    language: Language
    file: CueFile
    label: Line = ""
    revision: int = 0


class NameTrack(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag="name_track"):
    id: Id
    track: Id
    revision: int
    language: Language
    label: Line


class RemoveTrack(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag="remove_track"):
    """With every word in it, for good."""

    id: Id
    track: Id
    revision: int


class AddCue(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag="add_cue"):
    """It takes nothing from anybody, so it names no revision."""

    id: Id
    track: Id
    cue: Id
    start_ms: Moment
    end_ms: Moment
    text: CueText


class EditCue(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag="edit_cue"):
    """All of it anew. `revision`: of the track, as the writer saw it."""

    id: Id
    track: Id
    cue: Id
    revision: int
    start_ms: Moment
    end_ms: Moment
    text: CueText


class RemoveCue(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag="remove_cue"):
    id: Id
    track: Id
    cue: Id
    revision: int


class TrackChanged(msgspec.Struct, frozen=True):
    """It has other words, times or another name; whoever shows it asks for it anew."""

    track: Id
    kind: TrackKind
    language: str
    revision: int


class TrackRemoved(msgspec.Struct, frozen=True):
    track: Id


EVENTS: Mapping[str, type[msgspec.Struct]] = {"track.changed": TrackChanged, "track.removed": TrackRemoved}

Events = dict[str, Sequence[Any]]


class Known(msgspec.Struct, frozen=True):
    """A cue as it is kept. `revision`: of its track, when these words came."""

    cue: Cue
    revision: int
    by: Id


def put_track(lesson: LessonState, cycle: CycleState, command: AddTrack | ImportTrack, *, by: str) -> Events:
    """A new track, or new words for all of one. Raises EditedMeanwhile where somebody changed it since."""
    refuse_unless_pair(cycle, by)
    known = lesson.tracks.get(command.track)
    seen = command.revision if isinstance(command, ImportTrack) else 0
    if known is None and seen:
        raise _no_longer_here()
    if known is None and len(lesson.tracks) >= MOST_TRACKS:
        raise NotPossible(f"A lesson has room for {MOST_TRACKS} tracks. Remove one first.")
    if known is not None and not seen:
        raise IdTaken
    if known is not None:
        _refuse_if_changed(known, seen)
    revision = known.revision + 1 if known else 1
    return _changed(lesson, TrackChanged(command.track, command.kind, command.language, revision))


def name_track(lesson: LessonState, cycle: CycleState, command: NameTrack, *, by: str) -> Events:
    refuse_unless_pair(cycle, by)
    known = track_of(lesson, command.track)
    _refuse_if_changed(known, command.revision)
    return _changed(lesson, TrackChanged(known.id, known.kind, command.language, known.revision + 1))


def remove_track(lesson: LessonState, cycle: CycleState, command: RemoveTrack, *, by: str) -> Events:
    refuse_unless_pair(cycle, by)
    if command.track not in lesson.tracks:
        return {}
    _refuse_if_changed(lesson.tracks[command.track], command.revision)
    return {lesson_stream(lesson.id): [TrackRemoved(command.track)]}


def add_cue(
    lesson: LessonState, cycle: CycleState, command: AddCue, known: Known | None, *, count: int, by: str
) -> Events:
    """count: how many cues the track has."""
    refuse_unless_pair(cycle, by)
    track = track_of(lesson, command.track)
    if known is not None:
        raise IdTaken
    if count >= MOST_CUES:
        raise NotPossible(f"There are {MOST_CUES:,} of these already, and no more fit.")
    refuse_outside(lesson, command.start_ms, command.end_ms)
    _refuse_what_is_cut_out(lesson, track, command, by)
    return _anew(lesson, track)


def edit_cue(lesson: LessonState, cycle: CycleState, command: EditCue, known: Known | None, *, by: str) -> Events:
    refuse_unless_pair(cycle, by)
    track = track_of(lesson, command.track)
    if known is None or _hidden(lesson, track, known.cue, by):
        raise NoLongerHere("This was removed meanwhile. Your words are still with you.")
    refuse_outside(lesson, command.start_ms, command.end_ms)
    _refuse_what_is_cut_out(lesson, track, command, by)
    if known.cue == Cue(command.start_ms, command.end_ms, command.text):
        return {}
    _refuse_if_rewritten(track, known, command.revision)
    return _anew(lesson, track)


def remove_cue(lesson: LessonState, cycle: CycleState, command: RemoveCue, known: Known | None, *, by: str) -> Events:
    refuse_unless_pair(cycle, by)
    track = track_of(lesson, command.track)
    if known is None or _hidden(lesson, track, known.cue, by):
        return {}
    _refuse_if_rewritten(track, known, command.revision)
    return _anew(lesson, track)


def without_words_of(lesson: LessonState, person: str, tracks_with: frozenset[str]) -> list[Any]:
    """The events after every word of this person is gone. What is said in a lesson is its teacher's.

    tracks_with: those with cues or a name by the person.
    """
    if person == lesson.teacher:
        return [TrackRemoved(track) for track in lesson.tracks]
    found = [track for track in lesson.tracks.values() if track.id in tracks_with]
    return [TrackChanged(track.id, track.kind, track.language, track.revision + 1) for track in found]


def track_of(lesson: LessonState, track: str) -> Track:
    """The track. Raises NoLongerHere."""
    if (known := lesson.tracks.get(track)) is None:
        raise _no_longer_here()
    return known


def _hidden(lesson: LessonState, track: Track, cue: Cue | AddCue | EditCue, by: str) -> bool:
    """Whether it lies in a part that only the teacher has."""
    return by != lesson.teacher and hides(lesson.cuts, track.kind, cue.start_ms, cue.end_ms)


def _refuse_what_is_cut_out(lesson: LessonState, track: Track, cue: AddCue | EditCue, by: str) -> None:
    if _hidden(lesson, track, cue, by):
        raise NotPossible("The teacher has cut out something of that time. Set the start and the end beside it.")


def _no_longer_here() -> NoLongerHere:
    return NoLongerHere("These captions or chapters were removed meanwhile.")


def _refuse_if_changed(track: Track, seen: int) -> None:
    if track.revision != seen:
        raise EditedMeanwhile("", track.revision, track.by)


def _refuse_if_rewritten(track: Track, known: Known, seen: int) -> None:
    if known.revision > seen:
        raise EditedMeanwhile(known.cue.text, track.revision, known.by)


def _anew(lesson: LessonState, track: Track) -> Events:
    return _changed(lesson, TrackChanged(track.id, track.kind, track.language, track.revision + 1))


def _changed(lesson: LessonState, event: TrackChanged) -> Events:
    return {lesson_stream(lesson.id): [event]}


def _track_changed(state: LessonState, data: TrackChanged, entry: Entry) -> None:
    state.tracks[data.track] = Track(data.track, data.kind, data.language, data.revision, entry.by)


def _track_removed(state: LessonState, data: TrackRemoved, _: Entry) -> None:
    state.tracks.pop(data.track, None)


EVOLVE: Mapping[type, Callable[[LessonState, Any, Entry], None]] = {
    TrackChanged: _track_changed,
    TrackRemoved: _track_removed,
}
