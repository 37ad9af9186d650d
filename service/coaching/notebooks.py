"""A notebook: one person's private drafts in a cycle. Nobody else ever reads its stream."""

from collections.abc import Callable, Mapping
from typing import Any

import msgspec

from service.coaching.entries import Entry, Instant
from service.coaching.ids import Id
from service.coaching.lessons import Kind


class DraftAdded(msgspec.Struct, frozen=True):
    lesson: Id
    id: Id
    start_ms: int
    end_ms: int | None
    body: str
    kind: Kind
    made_at: Instant | None = None


class DraftsPublished(msgspec.Struct, frozen=True):
    lesson: Id
    ids: tuple[Id, ...]


EVENTS: Mapping[str, type[msgspec.Struct]] = {
    "draft.added": DraftAdded,
    "drafts.published": DraftsPublished,
}


class Draft(msgspec.Struct, frozen=True):
    """An annotation that is not yet one: the same fields, and the lesson it is about."""

    id: Id
    lesson: Id
    by: str
    at: Instant
    made_at: Instant | None
    start_ms: int
    end_ms: int | None
    body: str
    kind: Kind
    revision: int = 1
    replies: tuple[()] = ()


class NotebookState(msgspec.Struct):
    version: int = 0
    cycle: Id = ""
    person: Id = ""
    drafts: dict[Id, Draft] = {}


def initial(cycle: str, person: str) -> NotebookState:
    return NotebookState(cycle=cycle, person=person)


def fork(state: NotebookState) -> NotebookState:
    copy = msgspec.structs.replace(state)
    copy.drafts = dict(state.drafts)
    return copy


def _added(state: NotebookState, data: DraftAdded, entry: Entry) -> None:
    state.drafts[data.id] = Draft(by=entry.by, at=entry.at, **msgspec.structs.asdict(data))


def _published(state: NotebookState, data: DraftsPublished, _: Entry) -> None:
    for draft in data.ids:
        state.drafts.pop(draft, None)


EVOLVE: Mapping[type, Callable[[NotebookState, Any, Entry], None]] = {
    DraftAdded: _added,
    DraftsPublished: _published,
}
