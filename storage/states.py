"""Folded states by stream, the least recently used dropped first, bounded by the events they were folded from."""

from collections import OrderedDict
from typing import Any


class States:
    """A cache: stream -> (version, state). What it gives out belongs to everybody and is never changed."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._held: OrderedDict[str, tuple[int, Any]] = OrderedDict()
        self._events = 0

    def get(self, stream: str) -> tuple[int, Any] | None:
        """The state and its version, which now counts as used."""
        found = self._held.get(stream)
        if found is not None:
            self._held.move_to_end(stream)
        return found

    def put(self, stream: str, version: int, state: Any) -> None:
        """Keep the state, unless a later one is already here."""
        before = self._held.pop(stream, None)
        if before is not None:
            self._events -= before[0] + 1
            if before[0] > version:
                version, state = before
        self._held[stream] = (version, state)
        self._events += version + 1
        while self._events > self._limit and len(self._held) > 1:
            _, (dropped, _) = self._held.popitem(last=False)
            self._events -= dropped + 1

    def clear(self) -> None:
        """Forget everything."""
        self._held.clear()
        self._events = 0

    def __len__(self) -> int:
        return len(self._held)
