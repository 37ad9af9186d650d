"""Writing where several processes append to the same streams: PostgreSQL.

Acts that wait in this process share a transaction here, too, while other processes have theirs. Each transaction has
its streams to itself (advisory locks, in one order), reads what is later than the copies in memory, decides, and
inserts at the next versions. The key of the table is the last word: whoever is not first there, because somebody wrote
without asking for the lock or a command names no stream, is undone, reads again and decides again, and the caller never
sees it.

An act that comes alone and appends to every stream it names is tried without locks first, in two messages where it
would be five. It can only lose against the others: they read nothing that it writes without being refused by the key.

One quick lane waits for locks only a moment. Where another process holds a stream for longer, those acts go on in a
lane of their own by the streams they name, so that nobody else waits for it.
"""

import asyncio
import logging
import random
from collections.abc import Callable, Sequence
from contextlib import AsyncExitStack
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from storage import postgresql
from storage.acts import Act, Folding
from storage.bus import Bus
from storage.deciding import Result
from storage.engine import Database
from storage.failures import Conflict, DatabaseUnavailable, Locked
from storage.postgresql import IDLE_S
from storage.postgresql_log import ManyWritersAppending
from storage.states import States
from storage.writing import Transactions, Waiting, answer, as_told, still_there

logger = logging.getLogger(__name__)

TRIES = 8
QUICK_S = 0.1
"""How long everybody waits for a stream that another process writes; its transaction takes a tenth of that."""
LANES = 3
"""Slow lanes that have a connection at a time. The others of the pool are for writes beside the record."""

Streams = tuple[str, ...]


class ManyWriters:
    """See Writer. `states` may hold any committed version: what is later is read each time."""

    def __init__(
        self, db: Database, bus: Bus, folding: Folding, clock: Callable[[], datetime], states: States, batch: int
    ) -> None:
        self._db = db
        self.states = states
        # Each stream of a transaction is a lock in a table all processes share (64 for each connection allowed).
        self.batch = min(batch, 128)
        self._appending = ManyWritersAppending()
        self._transactions = Transactions(bus, folding, clock, states, self._appending)
        self._kept = AsyncExitStack()
        self._single: AsyncConnection | None = None
        self._used_at = 0.0
        self._slow: dict[Streams, list[Waiting]] = {}
        self._lanes: set[asyncio.Task[None]] = set()
        self._connections = asyncio.Semaphore(LANES)

    async def take(self, batch: Sequence[Waiting]) -> None:
        """Do them together; those whose streams somebody holds, in their own lane."""
        quick = []
        for waiting in batch:
            if waiting[0].streams in self._slow:
                self._slow[waiting[0].streams].append(waiting)
            else:
                quick.append(waiting)
        try:
            await self._settle(quick, QUICK_S)
        except Locked:
            for waiting in quick:
                self._wait(waiting)

    async def close(self) -> None:
        """Wait for the slow lanes."""
        while self._lanes:
            await asyncio.wait(self._lanes)
        await self._kept.aclose()

    def _wait(self, waiting: Waiting) -> None:
        streams = waiting[0].streams
        if streams in self._slow:
            self._slow[streams].append(waiting)
            return
        self._slow[streams] = [waiting]
        lane = asyncio.create_task(self._lane(streams), name="record lane")
        self._lanes.add(lane)
        lane.add_done_callback(self._lanes.discard)

    async def _lane(self, streams: Streams) -> None:
        while self._slow[streams]:
            async with self._connections:
                batch = self._slow[streams][: self.batch]
                del self._slow[streams][: self.batch]
                try:
                    await self._settle(batch, None)
                except Exception as failure:
                    if not isinstance(failure, Locked):
                        logger.exception("record.lane_failed")
                    answer(batch, [failure] * len(batch))
        del self._slow[streams]

    async def _settle(self, batch: Sequence[Waiting], patience_s: float | None) -> None:
        """Answer all of them. Raises Locked, having done nothing."""
        for attempt in range(TRIES):
            batch = still_there(batch)
            if not batch:
                return None
            try:
                results = None
                if len(batch) == 1 and attempt == 0 and patience_s is not None:  # only the quick lane: one at a time
                    results = await self._at_once(batch[0][0])
                if results is None:
                    results = await self._transaction([act for act, _ in batch], patience_s)
            except Conflict as failure:
                logger.info("record.raced", extra={"acts": len(batch), "failure": type(failure).__name__})
                await asyncio.sleep(random.uniform(0, 0.005 * 2**attempt))  # noqa: S311
            except Locked:
                raise
            except DatabaseUnavailable as failure:
                return answer(batch, [failure] * len(batch))
            except Exception as failure:  # noqa: BLE001 - it belongs to one of the acts
                if len(batch) == 1:
                    return answer(batch, [as_told(failure)])
                # Each act alone will say whose it is.
                logger.warning("record.batch_retried", extra={"acts": len(batch), "failure": type(failure).__name__})
                for waiting in batch:
                    await self._alone(waiting)
                return None
            else:
                return answer(batch, results)
        return answer(batch, [Conflict("others were always quicker")] * len(batch))

    async def _alone(self, waiting: Waiting) -> None:
        try:
            await self._settle([waiting], None)
        except Locked as failure:
            answer([waiting], [failure])

    async def _transaction(self, acts: Sequence[Act], patience_s: float | None) -> list[Result]:
        """Decide and commit the acts together, then publish. Raises, with nothing kept, where that failed.

        Where the connection was lost in the very commit, nobody knows: DatabaseUnavailable, and whoever has a command
        id asks again.
        """
        streams = {stream for act in acts for stream in act.streams}
        async with self._db.write(locking=streams, patience_s=patience_s) as tx:
            deciding, results = await self._transactions.decide(tx, acts)
            await deciding.flush()
        self._transactions.publish(deciding)
        return results

    async def _at_once(self, act: Act) -> list[Result] | None:
        """A lone act without a transaction around it: one message to read, one to write, which is a transaction itself.

        None, with nothing done, where it takes more than that. Raises as `_transaction` does.
        """
        if act.require is not None:
            return None
        tx = await self._own()
        try:
            deciding, results = await self._transactions.decide(tx, [act])
            sending = deciding.in_one_statement()
            if sending is None:
                return None
            await self._appending.append(tx, *sending)
        except BaseException:
            await self._kept.aclose()
            self._single = None
            raise
        self._transactions.publish(deciding)
        return results

    async def _own(self) -> AsyncConnection:
        """A connection that is kept while one act follows another; the pool looks after it when nothing happens, and
        one that was cut meanwhile is given back."""
        now = asyncio.get_running_loop().time()
        kept = self._single
        if kept is None or now - self._used_at > IDLE_S or postgresql.driver_of(kept).is_closed():
            await self._kept.aclose()
            self._single = None
            kept = self._single = await self._kept.enter_async_context(self._db.single(patience_s=QUICK_S))
        self._used_at = now
        return kept
