"""Writing where one process has the database to itself: SQLite.

The acts that wait share a transaction. A commit that fails is answered to nobody: every act of the batch is then tried
once more in a transaction of its own, so that a poisonous act fails alone. Acts are decided one after another on states
that include the acts before, so none is ever stale.
"""

import logging
from collections.abc import Callable, Sequence
from datetime import datetime

from storage.acts import Act, Folding
from storage.appending import AnotherWrote, OneWriterAppending
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
        self._appending = OneWriterAppending()
        self._transactions = Transactions(bus, folding, clock, states, self._appending)
        self._generation = 0

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
        appending = self._appending
        appending.begun = False
        try:
            async with self._db.write() as tx:
                if self._generation != self._db.writer_generation:  # another connection, with a count of its own
                    self._generation, appending.seen = self._db.writer_generation, None
                    self.states.clear()
                try:
                    deciding, results = await self._transactions.decide(tx, acts)
                except AnotherWrote:
                    self.states.clear()
                    deciding, results = await self._transactions.decide(tx, acts)
                await deciding.flush()
        except BaseException as failure:
            self.states.clear()
            if isinstance(failure, DatabaseUnavailable) and not appending.begun:
                raise Unbegun(failure) from failure
            raise
        self._transactions.publish(deciding)
        return results


class Unbegun(Exception):
    """The database took no transaction at all, so trying the acts one by one would not help."""

    def __init__(self, reason: DatabaseUnavailable) -> None:
        super().__init__(str(reason))
        self.reason = reason
