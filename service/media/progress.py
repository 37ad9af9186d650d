"""What a worker tells of how far it is: to everybody who waits for the lesson, at most once a second.

It is no event: a lesson's stream would fill with what nobody asks for later. Losing one loses nothing.
"""

from collections import deque
from time import monotonic
from typing import Final, Literal

from service.wiring import Deps
from storage import jobs, progress
from storage.engine import apply
from storage.jobs import Job

Stage = Literal["fetching", "examining", "encoding", "finishing"]

_EVERY_SECONDS: Final = 1.0
_WINDOW_SECONDS: Final = 10.0
"""How fast it has been lately tells more than how fast it was: another film may share the processor by now."""
_LEAST_SECONDS: Final = 2.0


class Pace:
    """How long the rest will take, from how far it came in the last seconds. Pure: it is told the time."""

    def __init__(self) -> None:
        self._seen: deque[tuple[float, int]] = deque()

    def at(self, now: float, done: int) -> None:
        """So much was done by `now`, in seconds of any clock."""
        self._seen.append((now, done))
        while len(self._seen) > 2 and now - self._seen[1][0] >= _WINDOW_SECONDS:
            self._seen.popleft()

    def left_ms(self, total: int) -> int | None:
        """None until something is known."""
        (began, first), (now, last) = self._seen[0], self._seen[-1]
        if now - began < _LEAST_SECONDS or last <= first:
            return None
        return round(1000 * max(0, total - last) * (now - began) / (last - first))


class Telling:
    """One job's progress."""

    def __init__(self, deps: Deps, job: Job) -> None:
        self._deps = deps
        self._job = job
        self._lesson = job.data["lesson"]
        self._told_at = -_EVERY_SECONDS
        self._pace = Pace()

    async def stage(self, stage: Stage) -> None:
        """Another kind of work begins; told at once."""
        await self._tell(stage, None, None)

    async def encoded(self, out_ms: int, duration_ms: int) -> None:
        """So much of the film is done."""
        now = monotonic()
        self._pace.at(now, out_ms)
        if now - self._told_at < _EVERY_SECONDS or duration_ms <= 0:
            return
        percent = min(99, 100 * out_ms // duration_ms)
        await self._tell("encoding", percent, self._pace.left_ms(duration_ms))

    async def _tell(self, stage: Stage, percent: int | None, left_ms: int | None) -> None:
        self._told_at = monotonic()
        row = progress.Progress(self._lesson, self._job.id, stage, percent, left_ms, self._deps.clock())
        async with self._deps.db.write() as tx:
            if (await tx.execute(jobs.still_mine(self._job))).first() is None:
                return  # whoever has the job tells
            await apply(tx, [progress.put(row)])
        self._deps.bus.wake(progress.topic(self._lesson), 0)
