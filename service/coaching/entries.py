"""An event in its place in a stream, as the folds see it."""

from datetime import datetime
from typing import Any, Protocol


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
