"""Wake-ups: "stream s has reached version n". Sent after the commit, at most once; the stream heals a lost one."""

import logging
from collections.abc import Callable
from typing import Protocol

Callback = Callable[[str, int], None]
log = logging.getLogger(__name__)


class Bus(Protocol):
    """Carries wake-ups to every listener. Losing one loses nothing."""

    def wake(self, stream: str, version: int) -> None:
        """Tell listeners, without waiting and without failing."""
        ...

    def listen(self, callback: Callback) -> Callable[[], None]:
        """Call back for every wake-up of every stream, until the returned function is called."""
        ...

    async def close(self) -> None:
        """Tell nobody any more."""
        ...


class InProcessBus:
    """Listeners of this process, called at once, in the order they came."""

    def __init__(self) -> None:
        self._listeners: dict[object, Callback] = {}

    def wake(self, stream: str, version: int) -> None:
        """Call every listener; one that raises is logged and does not keep the others from hearing."""
        for callback in tuple(self._listeners.values()):
            try:
                callback(stream, version)
            except Exception:
                log.exception("bus.listener_failed")

    def listen(self, callback: Callback) -> Callable[[], None]:
        """See Bus. Stopping twice is harmless."""
        key = object()
        self._listeners[key] = callback

        def stop() -> None:
            self._listeners.pop(key, None)

        return stop

    async def close(self) -> None:
        """Forget the listeners."""
        self._listeners.clear()
