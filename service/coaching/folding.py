"""Every event type and every fold in one place: what `storage/record.py` needs to keep states without knowing them."""

from collections.abc import Callable, Mapping
from types import ModuleType
from typing import Any

import msgspec

from service.coaching import (
    annotations,
    conversations,
    corrections,
    cuts,
    cycle_state,
    cycles,
    debriefs,
    lessons,
    meetings,
    notebooks,
    observing,
    plans,
    redaction,
    reflections,
    releases,
    stages,
    successions,
    tracks,
)
from service.coaching.entries import Entry
from service.coaching.streams import parse_stream

FEATURES: tuple[ModuleType, ...] = (
    cycles,
    stages,
    plans,
    meetings,
    debriefs,
    conversations,
    reflections,
    observing,
    successions,
    lessons,
    annotations,
    corrections,
    releases,
    cuts,
    tracks,
    notebooks,
    redaction,
)

EVENTS: Mapping[str, type[msgspec.Struct]] = {
    name: struct for feature in FEATURES for name, struct in feature.EVENTS.items()
}
_NAMES: Mapping[type, str] = {struct: name for name, struct in EVENTS.items()}
_EVOLVE: Mapping[type, Callable[[Any, Any, Entry], None]] = {
    struct: step for feature in FEATURES for struct, step in feature.EVOLVE.items()
}
_FORK: Mapping[type, Callable[[Any], Any]] = {
    cycle_state.CycleState: cycle_state.fork,
    lessons.LessonState: lessons.fork,
    notebooks.NotebookState: notebooks.fork,
}
_DECODERS = {name: msgspec.json.Decoder(struct) for name, struct in EVENTS.items()}
_ENCODER = msgspec.json.Encoder()


class CoachingFolding:
    """Satisfies `storage.record.Folding`."""

    def initial(self, stream: str) -> Any:
        name = parse_stream(stream)
        if name is None:
            raise LookupError(f"not a stream: {stream}")
        if name.kind == "cycle":
            return cycle_state.initial(name.id)
        if name.kind == "lesson":
            return lessons.initial(name.id)
        return notebooks.initial(name.id, name.person or "")

    def fork(self, state: Any) -> Any:
        return _FORK[type(state)](state)

    def encode(self, data: Any) -> tuple[str, bytes]:
        return _NAMES[type(data)], _ENCODER.encode(data)

    def decode(self, type: str, data: bytes | msgspec.Raw) -> Any:  # noqa: A002 - the word of the wire
        return _DECODERS[type].decode(data)

    def evolve(self, state: Any, entry: Entry) -> Any:
        """Never fails. The state given is the caller's own copy; it is changed in place and returned."""
        _EVOLVE[type(entry.data)](state, entry.data, entry)
        state.version = entry.version
        return state
