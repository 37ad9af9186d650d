"""What goes into the record: an act reads states, decides, and appends to one or several streams, all or nothing."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

import msgspec
from sqlalchemy import Select

from storage.engine import Write

Require = Select[Any]
"""A question of storage that must have an answer for an act to be done."""


class Entry(msgspec.Struct, frozen=True, gc=False):
    """A typed event in its place in a stream."""

    version: int
    at: datetime
    by: str
    data: Any


class Folding(Protocol):
    """How events become states. Given by the service: storage never knows the types of events."""

    def initial(self, stream: str) -> Any:
        """The state of a stream nobody has written."""
        ...

    def fork(self, state: Any) -> Any:
        """A copy that evolve may change in place without anybody seeing it in `state`."""
        ...

    def encode(self, data: Any) -> tuple[str, bytes]:
        """A typed event as (type, JSON object)."""
        ...

    def decode(self, type: str, data: bytes | msgspec.Raw) -> Any:  # noqa: A002
        """The typed event back; old shapes are upcast here."""
        ...

    def evolve(self, state: Any, entry: Entry) -> Any:
        """The state after the event. May change and return the state it was given; never fails."""
        ...


class Outcome(msgspec.Struct):
    """What an act came to. `answer` is JSON-like, holds no bodies, and shares nothing with a state."""

    events: Mapping[str, Sequence[Any]]
    writes: Sequence[Write] = ()
    answer: Mapping[str, Any] = msgspec.field(default_factory=dict)


States = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Act:
    """One thing somebody does. `decide` and `project` are pure and quick: they run on the event loop.

    by: person id, or "farfield" for the worker.
    streams: every stream it reads or appends to.
    decide: from the states by stream name and the time of the act; raising refuses it, and then nothing is written.
    project: rows computed from the states after the events; never refuses.
    command: (id, digest of the body). At most once per person for ever: a repeat gets the stored answer.
    require: must give a row inside the transaction, else the act is Superseded. Its rows are locked until the commit,
        so it is a plain SELECT: no aggregate, no UNION.
    """

    by: str
    streams: tuple[str, ...]
    decide: Callable[[States, datetime], Outcome]
    project: Callable[[States, datetime], Sequence[Write]] | None = None
    command: tuple[str, bytes] | None = None
    require: Select[Any] | None = None


class Acted(msgspec.Struct, frozen=True):
    """It is durable. `versions`: every stream of the act, at the version the act left it, now or at first."""

    answer: dict[str, Any]
    versions: dict[str, int]
    replayed: bool = False


class CommandReused(Exception):
    """This person sent this command id before, with another body."""


class Superseded(Exception):
    """What the act required is no longer so: somebody else holds the job."""


class WriteRefused(Exception):
    """A rule of the database refused one of the act's writes, as an id that is taken. Nothing of the act was kept."""
