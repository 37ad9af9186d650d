"""The blocks on the wire: one, and the next as soon as the body of the one before is handed over; never more."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

from service.client.api import Api
from service.client.plan import Block, Pace
from service.client.source import Source

_CAREFUL_SECONDS: Final = 300.0
"""After a cut only one block is unfinished at a time for so long: the next cut then costs no more than that one."""


@dataclass
class _Flight:
    block: Block
    begun: float
    task: asyncio.Task[None] = field(init=False)
    handed: int = 0

    @property
    def handed_over(self) -> bool:
        return self.handed == self.block.end - self.block.offset


class Lane:
    """Puts blocks of one file. `told` hears how many bytes under way were given to the network."""

    def __init__(self, api: Api, source: Source, pace: Pace, told: Callable[[int], None]) -> None:
        self._api = api
        self._source = source
        self._pace = pace
        self._told = told
        self._flights: list[_Flight] = []
        self._news = asyncio.Event()
        self._stored_at = 0.0
        self._careful_until = 0.0

    @property
    def blocks(self) -> list[Block]:
        """Those under way, in order."""
        return [flight.block for flight in self._flights]

    @property
    def room(self) -> bool:
        """Whether another may start now."""
        if not self._flights:
            return True
        careful = _now() < self._careful_until
        return not careful and len(self._flights) == 1 and self._flights[0].handed_over

    def start(self, upload: str, block: Block) -> None:
        flight = _Flight(block, _now())

        def handed(size: int) -> None:
            flight.handed = size
            self._told(sum(one.handed for one in self._flights))
            if flight.handed_over:
                self._news.set()

        flight.task = asyncio.create_task(
            self._api.put(upload, block, self._source, rate=self._pace.rate, handed=handed)
        )
        flight.task.add_done_callback(lambda _: self._news.set())
        self._flights.append(flight)

    async def settled(self) -> list[Block]:
        """Wait until there is news, and return what the store has got meanwhile. Raises what a block was lost to."""
        await self._news.wait()
        self._news.clear()
        stored: list[Block] = []
        for flight in tuple(self._flights):
            # A failure is raised only once what arrived before it is known.
            if flight.task.done() and not flight.task.cancelled() and flight.task.exception() is None:
                self._flights.remove(flight)
                # One that started behind another had the link for itself only once that one was stored.
                size = flight.block.end - flight.block.offset
                self._pace.stored(size, _now() - max(flight.begun, self._stored_at))
                self._stored_at = _now()
                stored.append(flight.block)
        if not stored:
            for flight in self._flights:
                if flight.task.done():
                    self._flights.remove(flight)
                    flight.task.result()
        elif any(flight.task.done() for flight in self._flights):
            self._news.set()
        return stored

    def cut(self) -> None:
        """The link broke: be careful for a while."""
        self._careful_until = _now() + _CAREFUL_SECONDS

    async def clear(self) -> None:
        """End what is under way. What became of it the listing says."""
        flights, self._flights = self._flights, []
        for flight in flights:
            flight.task.cancel()
        await asyncio.gather(*(flight.task for flight in flights), return_exceptions=True)
        self._news.clear()


def _now() -> float:
    return asyncio.get_running_loop().time()
