"""What the two writers share: an act with the caller that waits for it, and one transaction of acts."""

import asyncio
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from typing import Protocol

from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from storage import postgresql
from storage.acts import Act, Acted, Folding, WriteRefused
from storage.appending import Appending
from storage.bus import Bus
from storage.deciding import Deciding, Result
from storage.states import States
from storage.tables import from_ms, to_ms

Waiting = tuple[Act, "asyncio.Future[Acted]"]


class Writer(Protocol):
    """Does acts, several together where that is right."""

    states: States
    """Committed states only."""
    batch: int
    """How many acts are worth taking at once."""

    async def take(self, batch: Sequence[Waiting]) -> None:
        """See that each of them is answered, now or soon; what this raises is answered to those that were not."""
        ...

    async def close(self) -> None:
        """Return once everything taken is answered."""
        ...


class Transactions:
    """Decides acts inside a transaction somebody else begins and ends, and publishes after its commit."""

    def __init__(
        self, bus: Bus, folding: Folding, clock: Callable[[], datetime], states: States, appending: Appending
    ) -> None:
        self._bus = bus
        self._folding = folding
        self._clock = clock
        self._states = states
        self._appending = appending

    async def decide(self, tx: AsyncConnection, acts: Sequence[Act]) -> tuple[Deciding, list[Result]]:
        """Decide the acts one after another; `flush` is left to the caller. Raises what spoils the transaction."""
        deciding = Deciding(self._folding, tx, from_ms(to_ms(self._clock())), self._appending)
        await deciding.load(acts, self._states)
        return deciding, [await deciding.take(act) for act in acts]

    def publish(self, deciding: Deciding) -> None:
        """It is committed: keep the states and wake whoever listens."""
        for stream, live in deciding.states.items():
            self._states.put(stream, live.version, live.state)
        for stream, live in deciding.states.items():
            if live.forked:
                self._bus.wake(stream, live.version)


def still_there(batch: Iterable[Waiting]) -> list[Waiting]:
    """Those whose caller has not gone."""
    return [waiting for waiting in batch if not waiting[1].done()]


def answer(batch: Sequence[Waiting], results: Sequence[Result]) -> None:
    """Give each waiting caller its result, unless it has gone."""
    for (_, done), result in zip(batch, results, strict=True):
        if not done.done():
            if isinstance(result, Exception):
                done.set_exception(result)
            else:
                done.set_result(result)


def as_told(failure: Exception) -> Exception:
    """What the caller of an act that failed alone is told: a refused row by the rule's name, never with the row."""
    if (broken := postgresql.broken_rule(failure)) is not None:
        return WriteRefused(broken)
    if isinstance(failure, IntegrityError):
        return WriteRefused(str(failure.orig))
    return failure
