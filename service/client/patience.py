"""Trying again: waits that grow, and an end to it where somebody asked for one."""

import asyncio
import random
from collections.abc import Awaitable, Callable
from typing import Final, TypeVar

from service.client.trouble import GaveUp, Trouble

T = TypeVar("T")

_FIRST_SECONDS: Final = 0.5
_LONGEST_SECONDS: Final = 8.0
_LONGEST_UNREACHABLE_SECONDS: Final = 2.0
"""Where nothing answers at all, trying again costs a packet or two, and a link that is back is to be used at once."""
_PORTAL_SECONDS: Final = 15.0
Draw = Callable[[], float]


class Backoff:
    """Waits that double up to 8 s, each drawn at random between a fifth of the step and all of it.

    So many clients that a server lost at once do not return at once.
    """

    def __init__(self, draw: Draw = random.random) -> None:
        self._draw = draw
        self._tries = 0

    def next(self) -> float:
        """Seconds to wait before the next try."""
        step = min(_LONGEST_SECONDS, _FIRST_SECONDS * 2.0**self._tries)
        self._tries = min(self._tries + 1, 20)
        return step * (0.2 + 0.8 * self._draw())

    def reset(self) -> None:
        self._tries = 0


Told = Callable[[Trouble, float], None]
"""Hears of each wait: why, and for how many seconds."""


class Patience:
    """Waits out what passes by itself, for ever or until nothing has answered for `longest` seconds.

    Until the server has answered once, an answer that is not Farfield's, or a certificate nobody trusts, is taken for a
    wrong address; after that, for a log-in page or a filter on the way, which goes again.
    """

    def __init__(self, longest: float | None, told: Told, backoff: Backoff | None = None) -> None:
        self._longest = longest
        self._told = told
        self._backoff = backoff or Backoff()
        self._away_since: float | None = None
        self._known = False

    def answered(self) -> None:
        """Farfield answered: whatever was away is back."""
        self._known = True
        self._away_since = None
        self._backoff.reset()

    def mends(self, trouble: Trouble) -> bool:
        """Whether waiting can mend it."""
        if trouble.slug in ("not_farfield", "not_trusted") and not self._known:
            return False
        return trouble.passing

    async def wait(self, trouble: Trouble) -> None:
        """Pause before the next try. Raises GaveUp where that would be too long."""
        now = asyncio.get_running_loop().time()
        if self._away_since is None:
            self._away_since = now
        seconds = trouble.retry_after or self._backoff.next()
        if trouble.slug == "unreachable":
            seconds = min(seconds, _LONGEST_UNREACHABLE_SECONDS)
        if trouble.slug in ("not_farfield", "not_trusted"):
            seconds = _PORTAL_SECONDS
        if self._longest is not None:
            left = self._away_since + self._longest - now
            if left <= 0:
                raise GaveUp(trouble.detail)
            seconds = min(seconds, left)  # the last try is at the very end
        self._told(trouble, seconds)
        await asyncio.sleep(seconds)

    async def persist(self, attempt: Callable[[], Awaitable[T]]) -> T:
        """Repeat a call until it is answered by Farfield. Raises Trouble that waiting cannot mend, GaveUp."""
        while True:
            try:
                answer = await attempt()
            except Trouble as trouble:
                if not self.mends(trouble):
                    raise
                await self.wait(trouble)
            else:
                self.answered()
                return answer
