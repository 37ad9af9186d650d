"""A notebook: one person's private drafts and notes in a cycle. Nobody else ever reads its stream.

How far its owner has read is kept here too: that is nobody else's business either.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Annotated, Any, Final

import msgspec

from service.coaching.cycle_state import CycleState
from service.coaching.entries import Entry, Instant
from service.coaching.ids import Id
from service.coaching.lessons import AskedQuestion, CoachMove, Kind, Tag
from service.coaching.refusals import NoLongerHere
from service.coaching.streams import parse_stream
from service.coaching.words import Line, Text
from service.coaching.writing import rewritten

HIGHEST_VERSION: Final = 2**53
"""More than a page can count."""
Version = Annotated[int, msgspec.Meta(extra_json_schema={"minimum": 0, "maximum": HIGHEST_VERSION})]


class WriteNote(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag="write_note"):
    """A note for oneself, or a reflection that is not shared yet: then `prompt` is the question it answers."""

    id: Id
    note: Id
    text: Text
    revision: int
    prompt: Line = ""


class RemoveNote(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag="remove_note"):
    id: Id
    note: Id


class RemoveDraft(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag="remove_draft"):
    id: Id
    draft: Id


class MarkSeen(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag="mark_seen"):
    """One has read a stream of this cycle up to a version."""

    id: Id
    stream: Line
    version: Version


class DraftAdded(msgspec.Struct, frozen=True):
    lesson: Id
    id: Id
    start_ms: int
    end_ms: int | None
    body: str
    kind: Kind
    made_at: Instant | None = None
    move: CoachMove | None = None
    question: AskedQuestion | None = None
    tags: tuple[Tag, ...] = ()


class DraftEdited(msgspec.Struct, frozen=True):
    draft: Id
    revision: int
    start_ms: int
    end_ms: int | None
    body: str
    kind: Kind
    move: CoachMove | None = None
    question: AskedQuestion | None = None
    tags: tuple[Tag, ...] = ()


class DraftRemoved(msgspec.Struct, frozen=True):
    draft: Id


class DraftsPublished(msgspec.Struct, frozen=True):
    lesson: Id
    ids: tuple[Id, ...]


class NoteWritten(msgspec.Struct, frozen=True):
    note: Id
    text: str
    revision: int
    prompt: str = ""


class NoteRemoved(msgspec.Struct, frozen=True):
    """Removed, or shared as a reflection: then the cycle has it."""

    note: Id


class EarlierTextKept(msgspec.Struct, frozen=True):
    """What an annotation or a reply said before its author changed it."""

    lesson: Id
    of: Id
    revision: int
    body: str


class EarlierTextsDropped(msgspec.Struct, frozen=True):
    """Its author removed the annotation or the reply: nothing of it is kept."""

    of: Id


class StreamSeen(msgspec.Struct, frozen=True):
    stream: str
    version: int


EVENTS: Mapping[str, type[msgspec.Struct]] = {
    "draft.added": DraftAdded,
    "draft.edited": DraftEdited,
    "draft.removed": DraftRemoved,
    "drafts.published": DraftsPublished,
    "note.written": NoteWritten,
    "note.removed": NoteRemoved,
    "earlier_text.kept": EarlierTextKept,
    "stream.seen": StreamSeen,
    "earlier_texts.dropped": EarlierTextsDropped,
}


class Draft(msgspec.Struct, frozen=True):
    """An annotation that is not yet one: the same fields, and the lesson it is about."""

    id: Id
    lesson: Id
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
    removed_at: None = None
    flagged: bool = False
    done: None = None
    replies: tuple[()] = ()


class Note(msgspec.Struct, frozen=True):
    id: Id
    text: str
    prompt: str
    revision: int
    at: Instant


class EarlierText(msgspec.Struct, frozen=True):
    revision: int
    body: str
    until: Instant


class NotebookState(msgspec.Struct):
    version: int = 0
    cycle: Id = ""
    person: Id = ""
    drafts: dict[Id, Draft] = {}
    notes: dict[Id, Note] = {}
    earlier: dict[Id, tuple[EarlierText, ...]] = {}
    """By annotation or reply, oldest first."""
    seen: dict[str, int] = {}
    """By stream, the version up to which its owner has read it."""


def initial(cycle: str, person: str) -> NotebookState:
    return NotebookState(cycle=cycle, person=person)


def fork(state: NotebookState) -> NotebookState:
    copy = msgspec.structs.replace(state)
    copy.drafts, copy.notes = dict(state.drafts), dict(state.notes)
    copy.earlier, copy.seen = dict(state.earlier), dict(state.seen)
    return copy


def write_note(
    notebook: NotebookState, cycle: CycleState, command: WriteNote, *, by: str, at: datetime
) -> Sequence[Any]:
    """Also in a closed cycle: a notebook stays its owner's."""
    known = notebook.notes.get(command.note)
    if known is None and (command.revision or command.note in cycle.reflections):
        raise NoLongerHere("This note was removed or shared meanwhile. Your text is still with you.")
    now = None if known is None else (known.text, known.revision, by)
    return rewritten(
        now, command.text, command.revision, lambda n: NoteWritten(command.note, command.text, n, command.prompt)
    )


def remove_note(
    notebook: NotebookState, cycle: CycleState, command: RemoveNote, *, by: str, at: datetime
) -> Sequence[Any]:
    return [NoteRemoved(command.note)] if command.note in notebook.notes else []


def remove_draft(
    notebook: NotebookState, cycle: CycleState, command: RemoveDraft, *, by: str, at: datetime
) -> Sequence[Any]:
    return [DraftRemoved(command.draft)] if command.draft in notebook.drafts else []


def mark_seen(notebook: NotebookState, cycle: CycleState, command: MarkSeen, *, by: str, at: datetime) -> Sequence[Any]:
    """Reading on is kept, going back is not. Which lessons one may read is for whoever shows them to say."""
    name = parse_stream(command.stream)
    if name is None or name.kind == "notebook" or (name.kind == "cycle" and name.id != cycle.id):
        raise NoLongerHere("There is nothing of this cycle to read under this name.")
    if command.version > HIGHEST_VERSION:
        raise NoLongerHere("There is not so much to read there.")
    if command.version <= notebook.seen.get(command.stream, 0):
        return []
    return [StreamSeen(command.stream, command.version)]


def _added(state: NotebookState, data: DraftAdded, entry: Entry) -> None:
    state.drafts[data.id] = Draft(by=entry.by, at=entry.at, **msgspec.structs.asdict(data))


def _edited(state: NotebookState, data: DraftEdited, entry: Entry) -> None:
    changes = msgspec.structs.asdict(data)
    known = state.drafts[changes.pop("draft")]
    state.drafts[known.id] = msgspec.structs.replace(known, **changes, edited_at=entry.at)


def _removed(state: NotebookState, data: DraftRemoved, _: Entry) -> None:
    state.drafts.pop(data.draft, None)


def _published(state: NotebookState, data: DraftsPublished, _: Entry) -> None:
    for draft in data.ids:
        state.drafts.pop(draft, None)


def _note(state: NotebookState, data: NoteWritten, entry: Entry) -> None:
    state.notes[data.note] = Note(data.note, data.text, data.prompt, data.revision, entry.at)


def _note_removed(state: NotebookState, data: NoteRemoved, _: Entry) -> None:
    state.notes.pop(data.note, None)


def _kept(state: NotebookState, data: EarlierTextKept, entry: Entry) -> None:
    text = EarlierText(data.revision, data.body, entry.at)
    state.earlier[data.of] = (*state.earlier.get(data.of, ()), text)


def _dropped(state: NotebookState, data: EarlierTextsDropped, _: Entry) -> None:
    state.earlier.pop(data.of, None)


def _seen(state: NotebookState, data: StreamSeen, _: Entry) -> None:
    state.seen[data.stream] = data.version


DECIDE: Mapping[type, Callable[..., Sequence[Any]]] = {
    WriteNote: write_note,
    RemoveNote: remove_note,
    RemoveDraft: remove_draft,
    MarkSeen: mark_seen,
}

EVOLVE: Mapping[type, Callable[[NotebookState, Any, Entry], None]] = {
    DraftAdded: _added,
    DraftEdited: _edited,
    DraftRemoved: _removed,
    DraftsPublished: _published,
    NoteWritten: _note,
    NoteRemoved: _note_removed,
    EarlierTextKept: _kept,
    StreamSeen: _seen,
    EarlierTextsDropped: _dropped,
}
