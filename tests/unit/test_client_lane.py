"""The blocks on the wire: when the next may start, what is known of those that ended, and care after a cut."""

import asyncio
from collections.abc import Callable
from typing import Any

import pytest

from service.client.lane import Lane
from service.client.patience import Backoff, Patience
from service.client.plan import Block, Pace
from service.client.trouble import Trouble, unreachable

MIB = 1 << 20
FIRST, SECOND, THIRD = (Block(at * MIB, (at + 1) * MIB, f"{at}") for at in range(3))


class Wire:
    """What `Api.put` is to a lane: each block ends when the test says so."""

    def __init__(self) -> None:
        self.ends: dict[Block, asyncio.Future[None]] = {}
        self.handed: dict[Block, Callable[[int], None]] = {}

    async def put(self, _upload: str, block: Block, _source: Any, *, rate: float | None, handed: Any) -> None:
        self.handed[block] = handed
        self.ends[block] = asyncio.get_running_loop().create_future()
        await self.ends[block]


@pytest.fixture
def wire() -> Wire:
    return Wire()


async def started(lane: Lane, *blocks: Block) -> None:
    for block in blocks:
        lane.start("upload", block)
    await asyncio.sleep(0)


async def test_the_next_starts_when_the_body_is_handed_over_and_no_third(wire: Wire) -> None:
    told: list[int] = []
    lane = Lane(wire, None, Pace(), told.append)  # type: ignore[arg-type]
    assert lane.room
    await started(lane, FIRST)
    before = lane.room
    wire.handed[FIRST](MIB // 2)
    half = lane.room
    wire.handed[FIRST](MIB)
    assert (before, half, lane.room) == (False, False, True)
    assert await lane.settled() == []

    await started(lane, SECOND)
    wire.handed[SECOND](MIB)
    assert not lane.room
    assert told == [MIB // 2, MIB, 2 * MIB]
    assert lane.blocks == [FIRST, SECOND]
    wire.ends[FIRST].set_result(None)
    await asyncio.sleep(0)
    assert FIRST in [*await lane.settled(), *await _if_any(lane)]
    assert lane.blocks == [SECOND]
    assert lane.room
    await lane.clear()


async def _if_any(lane: Lane) -> list[Block]:
    """The news of a body that was handed over may come before that of the block."""
    return await lane.settled() if FIRST in lane.blocks else []


async def test_what_arrived_before_a_cut_is_known_before_the_cut(wire: Wire) -> None:
    lane = Lane(wire, None, Pace(), lambda size: None)  # type: ignore[arg-type]
    await started(lane, FIRST, SECOND)
    wire.ends[FIRST].set_exception(unreachable("cut"))
    wire.ends[SECOND].set_result(None)
    await asyncio.sleep(0)
    await asyncio.sleep(0)

    assert await lane.settled() == [SECOND]
    with pytest.raises(Trouble, match="unreachable"):
        await lane.settled()
    assert lane.blocks == []


async def test_after_a_cut_one_is_unfinished_at_a_time(wire: Wire) -> None:
    lane = Lane(wire, None, Pace(), lambda size: None)  # type: ignore[arg-type]
    lane.cut()
    assert lane.room
    await started(lane, FIRST)
    wire.handed[FIRST](MIB)
    assert not lane.room
    await lane.clear()
    assert wire.ends[FIRST].cancelled()
    assert lane.room
    await started(lane, THIRD)
    assert lane.blocks == [THIRD]
    await lane.clear()


async def test_a_link_that_is_back_is_used_within_two_seconds() -> None:
    waits: list[float] = []
    patience = Patience(None, lambda trouble, seconds: waits.append(seconds), Backoff(lambda: 1.0))
    for _ in range(6):
        waiting = asyncio.create_task(patience.wait(unreachable("dark")))
        await asyncio.sleep(0)
        waiting.cancel()
    assert waits == [0.5, 1, 2, 2, 2, 2]
