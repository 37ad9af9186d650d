"""An event in its place in a stream, as the folds see it."""

from datetime import datetime
from typing import Annotated, Any, Protocol

import msgspec

Instant = Annotated[datetime, msgspec.Meta(tz=True)]
"""A moment with its zone, on the wire RFC 3339."""


class Entry(Protocol):
    """Given by the record: the same for a new event and for one read back."""

    @property
    def version(self) -> int: ...
    @property
    def at(self) -> datetime: ...
    @property
    def by(self) -> str: ...
    @property
    def data(self) -> Any: ...
