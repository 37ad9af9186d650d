"""People who write and people who watch: how many commands a second, and how long from sending one to its being seen.

Every annotation that was answered must have been seen by the second viewer of its lesson; one that was not is an error.
"""

import asyncio
import random
import statistics
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass

import msgspec

from service.coaching.streams import lesson_stream
from tests.bench.record_load import Address, Caller, Viewer
from tests.bench.record_process import Served
from tests.bench.record_world import Making

SETTLE_S = 30
"""How long what was answered may take to be seen, before it counts as lost."""


@dataclass(frozen=True)
class Writer:
    """A person and the lesson they write in."""

    person: str
    lesson: str


def writers(served: Served, count: int, cycles: int) -> list[Writer]:
    """So many people over so many lessons: the teachers, the coaches, and then guests or second devices of those."""
    world = served.world
    if cycles == 1:
        people = [world.teachers[0], world.coaches[0], *served.guests]
        return [Writer(people[n % len(people)], world.lessons[0]) for n in range(count)]
    groups = (world.teachers, world.coaches)
    return [Writer(groups[n // cycles % 2][n % cycles], world.lessons[n % cycles]) for n in range(count)]


class Room:
    """The callers of the writers, and a second viewer in each of their lessons."""

    def __init__(self, callers: Sequence[tuple[Writer, Caller]], making: Making) -> None:
        self.callers = callers
        self._making = making
        self._loop = asyncio.get_running_loop()
        self._sent: dict[str, float] = {}
        self.answers: list[float] = []
        self.sights: list[float] = []
        self._all_seen = asyncio.Event()

    def seen(self, annotation: str, now: float) -> None:
        """A viewer saw it."""
        began = self._sent.pop(annotation, None)
        if began is not None:
            self.sights.append(now - began)
        if not self._sent:
            self._all_seen.set()

    async def write(self, writer: Writer, caller: Caller, due: float | None = None) -> None:
        """One annotation, from when it was due on the loop's clock."""
        command = self._making.annotation()
        began = self._loop.time() if due is None else due
        self._sent[command.annotation] = began
        self._all_seen.clear()
        path = f"/api/lessons/{writer.lesson}/commands".encode()
        await caller.post(path, msgspec.json.encode(command))
        self.answers.append(self._loop.time() - began)

    async def settled(self) -> None:
        """Return when everything that was sent has been seen."""
        if self._sent:
            async with asyncio.timeout(SETTLE_S):
                await self._all_seen.wait()
        assert len(self.sights) == len(self.answers), (len(self.sights), len(self.answers))


@asynccontextmanager
async def room(
    served: Served, who: Sequence[Writer], seed: int, *, web: Address | None = None, live: Address | None = None
) -> AsyncIterator[Room]:
    """Everybody is connected, and follows from where the lesson stands."""
    world = served.world
    callers = [(writer, Caller(web or served.web, world.cookies[writer.person])) for writer in who]
    here = Room(callers, Making("room", seed))
    viewers: list[Viewer] = []
    at = await served.ask("kept")
    coach_of = dict(zip(world.lessons, world.coaches, strict=True))
    try:
        for lesson in dict.fromkeys(writer.lesson for writer in who):
            viewer = Viewer(live or served.live, world.cookies[coach_of[lesson]], here.seen)
            viewers.append(viewer)
            await viewer.open()
            await viewer.follow(lesson_stream(lesson), at[lesson_stream(lesson)])
        for _, caller in callers:
            await caller.open()
        yield here
    finally:
        for each in (*viewers, *(caller for _, caller in callers)):
            each.close()


async def flat_out(here: Room, count: int) -> float:
    """So many annotations, each writer waiting for an answer before the next; the seconds until all were seen."""
    left = iter(range(count))
    began = asyncio.get_running_loop().time()

    async def one(writer: Writer, caller: Caller) -> None:
        for _ in left:
            await here.write(writer, caller)

    async with asyncio.TaskGroup() as group:
        for writer, caller in here.callers:
            group.create_task(one(writer, caller))
    await here.settled()
    return asyncio.get_running_loop().time() - began


async def evenly(here: Room, count: int, per_s: float, seed: int) -> None:
    """One annotation every 1/per_s s, whether or not the one before was answered, from whoever is free; what has to
    wait for somebody free has waited: its time counts from when it was due."""
    loop, chance = asyncio.get_running_loop(), random.Random(seed)
    free = list(here.callers)
    chance.shuffle(free)
    freed = asyncio.Event()
    began = loop.time()

    async def one(writer: Writer, caller: Caller, due: float) -> None:
        await here.write(writer, caller, due)
        free.insert(0, (writer, caller))
        freed.set()

    async with asyncio.TaskGroup() as group:
        for number in range(count):
            due = began + number / per_s
            if (early := due - loop.time()) > 0:
                await asyncio.sleep(early)
            while not free:
                freed.clear()
                await freed.wait()
            group.create_task(one(*free.pop(), due))
    await here.settled()


def waits(name: str, seconds: Sequence[float]) -> dict[str, float]:
    """The median and the slowest hundredth, in ms."""
    return {
        f"{name}_p50_ms": statistics.median(seconds) * 1000,
        f"{name}_p99_ms": statistics.quantiles(seconds, n=100)[98] * 1000,
    }
