"""The record: acts go in, states and events come out.

On SQLite one task writes. It takes the acts that wait, at most a batch at a time, into one transaction, and only after
its commit publishes the new states, answers, and wakes. A commit that fails is answered to nobody: every act of the
batch is then tried once more in a transaction of its own, so that a poisonous act fails alone. Acts are decided one
after another on states that include the acts before, so none is ever stale.

On PostgreSQL (to come) each act will be a transaction: the same `Deciding` with one act, again on StaleVersion.
"""

import asyncio
import logging
from collections import deque
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy.exc import IntegrityError

from storage import dialect, log
from storage.acts import (
    Act,
    Acted,
    CommandReused,
    Entry,
    Folding,
    Outcome,
    Superseded,
    WriteRefused,
)
from storage.bus import Bus
from storage.deciding import Deciding, Live, Result, fold
from storage.engine import Database, DatabaseUnavailable, Write
from storage.log import Event
from storage.states import States
from storage.tables import from_ms, to_ms

__all__ = [
    "Act",
    "Acted",
    "CommandReused",
    "DatabaseUnavailable",
    "Entry",
    "Event",
    "Folding",
    "Outcome",
    "Record",
    "Superseded",
    "Write",
    "WriteRefused",
]

logger = logging.getLogger(__name__)
Waiting = tuple[Act, "asyncio.Future[Acted]"]


class Record:
    """The writer and reader of streams. `start()` before the first act, `close()` after the last."""

    def __init__(
        self,
        db: Database,
        bus: Bus,
        folding: Folding,
        clock: Callable[[], datetime],
        *,
        batch: int = 256,
        cached_events: int = 200_000,
    ) -> None:
        if not db.one_writer:
            raise NotImplementedError("the record is written through one connection; PostgreSQL comes later")
        self._db = db
        self._bus = bus
        self._folding = folding
        self._clock = clock
        self._batch = batch
        # Two caches: the writer trusts what it holds until another process has written, so nobody else puts in there.
        self._states = States(cached_events)
        self._read = States(cached_events)
        self._seen: tuple[int, int] = (0, 0)
        self._waiting: deque[Waiting] = deque()
        self._wanted = asyncio.Event()
        self._closing = False
        self._task: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Start the writer."""
        self._task = asyncio.create_task(self._write(), name="record writer")

    async def close(self) -> None:
        """Refuse new acts, finish those that wait, stop."""
        self._closing = True
        self._wanted.set()
        if self._task is not None:
            await self._task
            self._task = None

    async def act(self, act: Act) -> Acted:
        """Do it, durably, and return; or raise, having done nothing.

        Raises what `decide` raised, CommandReused, Superseded, WriteRefused, or DatabaseUnavailable. A caller that is
        cancelled while it waits does not know whether the act was done; with a command id it can ask again.
        """
        if self._closing or self._task is None:
            raise DatabaseUnavailable("the record is closed")
        done: asyncio.Future[Acted] = asyncio.get_running_loop().create_future()
        self._waiting.append((act, done))
        self._wanted.set()
        return await done

    async def state(self, stream: str) -> tuple[int, Any]:
        """The committed (version, state), also of what another process wrote; do not change it.

        An empty stream is at version 0 in its initial state.
        """
        held = [found for found in (self._states.get(stream), self._read.get(stream)) if found is not None]
        # An initial state nobody else has is ours to change.
        live = Live(*max(held, key=version_of)) if held else Live(0, self._folding.initial(stream), forked=True)
        page = 1_000
        more = True
        while more:
            async with self._db.read() as tx:
                later = await log.read(tx, stream, live.version, page)
            more = len(later) == page
            if not later:
                break
            if not live.forked:
                live.state, live.forked = self._folding.fork(live.state), True
            for event in later:
                fold(self._folding, live, event)
        if live.forked:
            self._read.put(stream, live.version, live.state)
        return live.version, live.state

    async def events(self, stream: str, after: int = 0, limit: int = 500) -> list[Event]:
        """The stream's events after a version, in order, at most `limit`."""
        async with self._db.read() as tx:
            return await log.read(tx, stream, after, limit)

    async def _write(self) -> None:
        while True:
            if not self._waiting:
                if self._closing:
                    return
                self._wanted.clear()
                await self._wanted.wait()
                continue
            batch: list[Waiting] = []
            while self._waiting and len(batch) < self._batch:
                waiting = self._waiting.popleft()
                if not waiting[1].done():  # its caller has gone
                    batch.append(waiting)
            try:
                await self._together(batch)
            except Exception as failure:
                logger.exception("record.batch_failed")
                answer(batch, [failure] * len(batch))

    async def _together(self, batch: Sequence[Waiting]) -> None:
        try:
            results = await self._transaction([act for act, _ in batch])
        except Unbegun as failure:
            answer(batch, [failure.reason] * len(batch))
        except Exception as failure:  # noqa: BLE001 - each act alone will say whose it is
            if len(batch) > 1:
                logger.warning("record.batch_retried", extra={"acts": len(batch), "failure": type(failure).__name__})
            for waiting in batch:
                await self._alone(waiting)
        else:
            answer(batch, results)

    async def _alone(self, waiting: Waiting) -> None:
        try:
            results = await self._transaction([waiting[0]])
        except Unbegun as failure:
            results = [failure.reason]
        except IntegrityError as failure:
            results = [WriteRefused(str(failure.orig))]
        except Exception as failure:  # noqa: BLE001 - it belongs to whoever sent the act
            results = [failure]
        answer([waiting], results)

    async def _transaction(self, acts: Sequence[Act]) -> list[Result]:
        """Decide and commit the acts together, then publish and wake. Raises, with nothing kept, where that failed."""
        at = from_ms(to_ms(self._clock()))
        began = False
        try:
            async with self._db.write() as tx:
                began = True
                seen = self._db.writer_generation, await dialect.data_version(tx)
                if seen != self._seen:  # another process wrote, or this is another connection
                    self._states.clear()
                    self._seen = seen
                deciding = Deciding(self._folding, tx, at)
                await deciding.load(acts, self._states)
                results = [await deciding.take(act) for act in acts]
                await deciding.flush()
        except BaseException as failure:
            self._states.clear()
            if isinstance(failure, DatabaseUnavailable) and not began:
                raise Unbegun(failure) from failure
            raise
        for stream, live in deciding.states.items():
            self._states.put(stream, live.version, live.state)
        for stream, live in deciding.states.items():
            if live.forked:
                self._bus.wake(stream, live.version)
        return results


class Unbegun(Exception):
    """The database took no transaction at all, so trying the acts one by one would not help."""

    def __init__(self, reason: DatabaseUnavailable) -> None:
        super().__init__(str(reason))
        self.reason = reason


def version_of(held: tuple[int, Any]) -> int:
    """The version of a cached state; the states themselves do not compare."""
    return held[0]


def answer(batch: Sequence[Waiting], results: Sequence[Result]) -> None:
    """Give each waiting caller its result, unless it has gone."""
    for (_, done), result in zip(batch, results, strict=True):
        if not done.done():
            if isinstance(result, Exception):
                done.set_exception(result)
            else:
                done.set_result(result)
