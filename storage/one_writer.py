"""Writing where one process has the database to itself: SQLite.

The acts that wait share a transaction. A commit that fails is answered to nobody: every act of the batch is then tried
once more in a transaction of its own, so that a poisonous act fails alone. Acts are decided one after another on states
that include the acts before, so none is ever stale.
"""

import logging
from collections.abc import Callable, Sequence
from datetime import datetime

from storage import dialect
from storage.acts import Act, Folding
from storage.appending import OneWriterAppending
from storage.at_once import Here, at_once
from storage.bus import Bus
from storage.deciding import Result
from storage.engine import Database
from storage.failures import DatabaseUnavailable
from storage.states import States
from storage.writing import Transactions, Waiting, answer, as_told

logger = logging.getLogger(__name__)


class OneWriter:
    """See Writer. Nothing else may put into `states`: they are trusted until another process has written."""

    def __init__(
        self, db: Database, bus: Bus, folding: Folding, clock: Callable[[], datetime], states: States, batch: int
    ) -> None:
        self._db = db
        self.states = states
        self.batch = batch
        self._transactions = Transactions(bus, folding, clock, states, OneWriterAppending())
        self._seen: tuple[int, int] = (0, 0)

    async def take(self, batch: Sequence[Waiting]) -> None:
        """One transaction, or one for each where that fails."""
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

    async def close(self) -> None:
        """Nothing is under way outside `take`."""

    async def _alone(self, waiting: Waiting) -> None:
        try:
            results = await self._transaction([waiting[0]])
        except Unbegun as failure:
            results = [failure.reason]
        except Exception as failure:  # noqa: BLE001 - it belongs to whoever sent the act
            results = [as_told(failure)]
        answer([waiting], results)

    async def _transaction(self, acts: Sequence[Act]) -> list[Result]:
        """Decide and commit the acts together, then publish. Raises, with nothing kept, where that failed."""
        began = False
        try:
            async with self._db.write() as tx:
                seen = self._db.writer_generation, await at_once(tx, _data_version)
                began = True
                if seen != self._seen:  # another process wrote, or this is another connection
                    self.states.clear()
                    self._seen = seen
                deciding, results = await self._transactions.decide(tx, acts)
                await deciding.flush()
        except BaseException as failure:
            self.states.clear()
            if isinstance(failure, DatabaseUnavailable) and not began:
                raise Unbegun(failure) from failure
            raise
        self._transactions.publish(deciding)
        return results


def _data_version(here: Here) -> int:
    return int(next(iter(here.fetch(dialect.DATA_VERSION, {})))[0])


class Unbegun(Exception):
    """The database took no transaction at all, so trying the acts one by one would not help."""

    def __init__(self, reason: DatabaseUnavailable) -> None:
        super().__init__(str(reason))
        self.reason = reason
