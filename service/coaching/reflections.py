"""Reflections: written in one's notebook to one of the program's prompts, shared with the other one when ready."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import msgspec

from service.coaching.cycle_state import CycleState, Reflection
from service.coaching.entries import Entry
from service.coaching.ids import Id
from service.coaching.notebooks import NotebookState, NoteRemoved
from service.coaching.refusals import IdTaken, NoLongerHere, NotYours
from service.coaching.streams import cycle_stream, notebook_stream
from service.coaching.writing import refuse_unless_pair


class ShareNote(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag="share_note"):
    """A note becomes a reflection that the other one reads; its id stays."""

    id: Id
    note: Id


class RemoveReflection(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag="remove_reflection"):
    """One's own words are blotted out everywhere they are kept."""

    id: Id
    reflection: Id


class ReflectionShared(msgspec.Struct, frozen=True):
    reflection: Id
    prompt: str
    text: str


class ReflectionRemoved(msgspec.Struct, frozen=True):
    reflection: Id


EVENTS: Mapping[str, type[msgspec.Struct]] = {
    "reflection.shared": ReflectionShared,
    "reflection.removed": ReflectionRemoved,
}


def share_note(cycle: CycleState, notebook: NotebookState, command: ShareNote, *, by: str) -> dict[str, Sequence[Any]]:
    refuse_unless_pair(cycle, by)
    note = notebook.notes.get(command.note)
    if note is None:
        if command.note in cycle.reflections:
            return {}
        raise NoLongerHere("This note is no longer in your notebook.")
    if command.note in cycle.reflections:
        raise IdTaken
    return {
        cycle_stream(cycle.id): [ReflectionShared(note.id, note.prompt, note.text)],
        notebook_stream(cycle.id, by): [NoteRemoved(note.id)],
    }


def remove_reflection(cycle: CycleState, command: RemoveReflection, *, by: str) -> Sequence[Any]:
    """Whoever carries this out redacts the words in the same transaction. A second time does nothing."""
    known = cycle.reflections.get(command.reflection)
    if known is None:
        raise NoLongerHere("This reflection is no longer there.")
    if known.by != by:
        raise NotYours("Only whoever wrote a reflection removes it.")
    return [] if known.removed_at is not None else [ReflectionRemoved(command.reflection)]


def _shared(state: CycleState, data: ReflectionShared, entry: Entry) -> None:
    state.reflections[data.reflection] = Reflection(data.reflection, data.prompt, data.text, entry.by, entry.at)


def _removed(state: CycleState, data: ReflectionRemoved, entry: Entry) -> None:
    known = state.reflections[data.reflection]
    state.reflections[data.reflection] = msgspec.structs.replace(known, prompt="", text="", removed_at=entry.at)


EVOLVE: Mapping[type, Callable[[CycleState, Any, Entry], None]] = {
    ReflectionShared: _shared,
    ReflectionRemoved: _removed,
}
