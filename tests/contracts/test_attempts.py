"""Counted attempts: free ones, then waits that double up to a limit, and no more than one of many at once."""

import asyncio

import pytest

from storage import attempts
from storage.attempts import Limit
from storage.engine import Database, DatabaseUnavailable, apply

LIMIT = Limit(free=3, longest_ms=60_000, forgotten_ms=3_600_000)
DAY = 86_400_000


async def count(db: Database, now_ms: int, limit: Limit = LIMIT, key: str = "k") -> int:
    async with db.write() as tx:
        return await attempts.count(tx, key, limit, now_ms)


async def test_some_are_free_and_each_after_that_waits_twice_as_long(db: Database) -> None:
    now = DAY
    assert [await count(db, now) for _ in range(4)] == [0, 0, 0, 0]
    assert await count(db, now) == 1_000
    waits = []
    for _ in range(8):
        wait = await count(db, now)
        waits.append(wait)
        assert await count(db, now + wait - 1) == 1, "not a millisecond early"
        now += wait
        assert await count(db, now) == 0
    assert waits == [1_000, 2_000, 4_000, 8_000, 16_000, 32_000, 60_000, 60_000]


async def test_a_limit_far_above_eleven_doublings_is_kept(db: Database) -> None:
    limit, now = Limit(free=0, longest_ms=10_000_000, forgotten_ms=DAY), DAY
    waits = []
    for _ in range(14):
        assert await count(db, now, limit) == 0
        waits.append(await count(db, now, limit))
        now += waits[-1]
    assert waits[:3] == [1_000, 2_000, 4_000]
    assert waits[10:] == [1_024_000, 10_000_000, 10_000_000, 10_000_000]


async def test_a_long_pause_forgives(db: Database) -> None:
    for _ in range(4):
        await count(db, DAY)
    later = DAY + LIMIT.forgotten_ms + 1
    assert [await count(db, later) for _ in range(4)] == [0, 0, 0, 0]
    assert await count(db, later) == 1_000


async def test_keys_are_counted_apart_cleared_and_taken_back(db: Database) -> None:
    for _ in range(4):
        await count(db, DAY)
    assert await count(db, DAY) > 0
    assert await count(db, DAY, key="other") == 0
    async with db.write() as tx:
        await apply(tx, [attempts.take_back("k")])
    assert await count(db, DAY) == 0, "one is given back"
    assert await count(db, DAY) > 0
    async with db.write() as tx:
        await apply(tx, [attempts.clear("k")])
    assert [await count(db, DAY) for _ in range(3)] == [0, 0, 0]
    async with db.write() as tx:
        await apply(tx, [attempts.forget(DAY + 1)])
    assert [await count(db, DAY) for _ in range(3)] == [0, 0, 0]


@pytest.mark.parametrize("guessers", [40])
async def test_of_many_at_once_no_more_are_let_through_than_one_after_another(db: Database, guessers: int) -> None:
    async def guess() -> int:
        while True:
            try:
                return await count(db, DAY)
            except DatabaseUnavailable:  # a database that makes writers wait may tell some to come back
                continue

    waits = await asyncio.gather(*(guess() for _ in range(guessers)))
    assert waits.count(0) == LIMIT.free + 1
