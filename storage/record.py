"""The record: acts go in, states and events come out.

Acts wait in one queue, and a task takes as many of them at a time as the writer likes. There is a writer for a database
that one process has to itself (`one_writer`, SQLite) and one for a database that several write (`many_writers`,
PostgreSQL). Both decide several acts in one transaction, and only after its commit publish the new states, answer,
wake.
"""

import asyncio
import logging
from collections import deque
from collections.abc import Callable
from datetime import datetime
from typing import Any

from storage import log, postgresql_log
from storage.acts import (
    Act,
    Acted,
    CommandReused,
    Entry,
    Folding,
    Outcome,
    Require,
    Superseded,
    WriteRefused,
)
from storage.bus import Bus
from storage.deciding import Live, fold
from storage.engine import Database, DatabaseUnavailable, Write
from storage.log import Event
from storage.many_writers import ManyWriters
from storage.one_writer import OneWriter
from storage.states import States
from storage.writing import Waiting, Writer, answer

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
    "Require",
    "Superseded",
    "Write",
    "WriteRefused",
]

logger = logging.getLogger(__name__)


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
        self._db = db
        self._folding = folding
        states = States(cached_events)
        self._writer: Writer
        if db.one_writer:
            self._writer = OneWriter(db, bus, folding, clock, states, batch)
            self._read = States(cached_events)  # nobody but the writer puts into its cache
        else:
            self._writer = ManyWriters(db, bus, folding, clock, states, batch)
            self._read = states
        self._read_ranges = log.read_ranges if db.one_writer else postgresql_log.read_ranges
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
        cancelled while it waits does not know whether the act was done, nor does one that is told DatabaseUnavailable
        by PostgreSQL; with a command id it can ask again.
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
        held = [found for found in (self._writer.states.get(stream), self._read.get(stream)) if found is not None]
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
        return await self._db.together(self._read_ranges, (stream, after, limit)) or []

    async def _write(self) -> None:
        while True:
            if not self._waiting:
                if self._closing:
                    return await self._writer.close()
                self._wanted.clear()
                await self._wanted.wait()
                continue
            batch: list[Waiting] = []
            while self._waiting and len(batch) < self._writer.batch:
                waiting = self._waiting.popleft()
                if not waiting[1].done():  # its caller has gone
                    batch.append(waiting)
            try:
                await self._writer.take(batch)
            except Exception as failure:
                logger.exception("record.batch_failed")
                answer(batch, [failure] * len(batch))


def version_of(held: tuple[int, Any]) -> int:
    """The version of a cached state; the states themselves do not compare."""
    return held[0]
