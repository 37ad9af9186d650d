"""Jobs: one winner, leases that run out, and fences that keep the late one from doing harm."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest

from storage import jobs
from storage.engine import Database
from storage.jobs import Job
from tests.fixtures.database import NOW, Place

LEASE = timedelta(seconds=60)
LATER = NOW + timedelta(minutes=5)


async def enqueue(db: Database, job_id: str, kind: str = "prepare", payload: Any = None, **more: Any) -> None:
    async with db.write() as tx:
        await tx.execute(*jobs.enqueue(job_id, kind, payload or {}, at=NOW, **more))


async def claim(db: Database, now: Any = NOW, kinds: Any = ("prepare",)) -> Job | None:
    async with db.write() as tx:
        return await jobs.claim(tx, kinds=kinds, now=now, lease=LEASE)


async def claimed(db: Database, now: Any = NOW) -> Job:
    job = await claim(db, now)
    assert job is not None
    return job


async def settle(db: Database, write: Any) -> bool:
    async with db.write() as tx:
        return await jobs.settle(tx, write)


async def stored(db: Database, job_id: str) -> Job:
    async with db.read() as tx:
        job = await jobs.by_id(tx, job_id)
    assert job is not None
    return job


async def test_a_claimed_job_is_ours(db: Database) -> None:
    await enqueue(db, "j", payload={"lesson": "l"})
    job = await claimed(db)
    assert (job.id, job.data, job.state, job.attempt, job.fence) == ("j", {"lesson": "l"}, "running", 1, 1)
    assert job.lease_until == NOW + LEASE
    assert await claim(db) is None


async def test_of_two_claimers_one_wins(db: Database, place: Place) -> None:
    """Two databases open on one place are two processes as far as it can tell."""
    other = await Database.open(place.url)
    for n in range(20):
        await enqueue(db, f"j{n:02}")
    won: list[Job | None] = []
    for _ in range(20):
        won += await asyncio.gather(claim(db), claim(other))
    taken = [job.id for job in won if job is not None]
    assert sorted(taken) == [f"j{n:02}" for n in range(20)]
    await other.close()


async def test_only_due_jobs_of_our_kinds_the_longest_due_first(db: Database) -> None:
    await enqueue(db, "late", run_at=NOW)
    await enqueue(db, "early", run_at=NOW - timedelta(seconds=1))
    await enqueue(db, "tomorrow", run_at=NOW + timedelta(days=1))
    await enqueue(db, "other", kind="sweep")
    assert [(await claimed(db)).id for _ in range(2)] == ["early", "late"]
    assert await claim(db) is None


async def test_a_dedupe_key_is_taken_once_for_ever(db: Database) -> None:
    await enqueue(db, "a", dedupe_key="prepare/u")
    await enqueue(db, "b", dedupe_key="prepare/u")
    job = await claimed(db)
    assert await settle(db, jobs.complete(job, now=NOW))
    await enqueue(db, "c", dedupe_key="prepare/u")
    assert await claim(db) is None
    async with db.read() as tx:
        assert await jobs.by_id(tx, "b") is None


async def test_a_lost_lease_is_claimed_again_and_the_late_one_hits_nothing(db: Database) -> None:
    await enqueue(db, "j")
    slow = await claimed(db)
    assert await claim(db, NOW + LEASE) is None  # to the very end it is theirs
    quick = await claimed(db, LATER)
    assert (quick.id, quick.fence, quick.attempt) == ("j", 2, 2)
    for late in (
        jobs.complete(slow, now=LATER),
        jobs.cancel(slow, now=LATER, why="x"),
        jobs.retry(slow, now=LATER, run_at=LATER, why="x"),
        jobs.snooze(slow, run_at=LATER),
    ):
        assert not await settle(db, late)
    async with db.write() as tx:
        assert not await jobs.heartbeat(tx, slow, LATER, LEASE)
        assert (await tx.execute(jobs.still_mine(slow))).first() is None
        assert (await tx.execute(jobs.still_mine(quick))).first() is not None
    assert await settle(db, jobs.complete(quick, now=LATER))
    done = await stored(db, "j")
    assert (done.state, done.finished_at, done.lease_until) == ("completed", LATER, None)
    assert not await settle(db, jobs.complete(quick, now=LATER))


async def test_at_a_start_after_a_kill_nobody_waits_for_the_lease(db: Database) -> None:
    await enqueue(db, "a")
    await enqueue(db, "b", "once", max_attempts=1)
    async with db.write() as tx:
        before = await jobs.claim(tx, kinds=["prepare"], now=NOW, lease=LEASE)
        await jobs.claim(tx, kinds=["once"], now=NOW, lease=LEASE)
        assert before is not None
        assert await jobs.claim(tx, kinds=["prepare"], now=NOW, lease=LEASE) is None

        assert await jobs.release_all(tx) == 1

        again = await jobs.claim(tx, kinds=["prepare", "once"], now=NOW, lease=LEASE)
        assert again is not None
        assert (again.id, again.attempt, again.fence) == ("a", 2, before.fence + 1)
        assert not await jobs.heartbeat(tx, before, NOW, LEASE)


async def test_a_heartbeat_keeps_the_lease(db: Database) -> None:
    await enqueue(db, "j")
    job = await claimed(db)
    async with db.write() as tx:
        assert await jobs.heartbeat(tx, job, LATER, LEASE)
    assert await claim(db, LATER + LEASE) is None
    assert await claim(db, LATER + LEASE + timedelta(milliseconds=1)) is not None


async def test_a_retry_waits_and_the_last_one_is_discarded(db: Database) -> None:
    await enqueue(db, "j", max_attempts=2)
    first = await claimed(db)
    assert await settle(db, jobs.retry(first, now=NOW, run_at=LATER, why="no space"))
    assert await claim(db) is None
    assert ((await stored(db, "j")).state, (await stored(db, "j")).error) == ("available", "no space")
    second = await claimed(db, LATER)
    assert await settle(db, jobs.retry(second, now=LATER, run_at=LATER, why="no space"))
    assert ((await stored(db, "j")).state, (await stored(db, "j")).finished_at) == ("discarded", LATER)
    assert await claim(db, LATER + LEASE) is None


async def test_a_snooze_costs_no_attempt(db: Database) -> None:
    await enqueue(db, "j", max_attempts=1)
    for _ in range(3):
        job = await claimed(db)
        assert job.attempt == 1
        assert await settle(db, jobs.snooze(job, run_at=NOW))
    assert (await claimed(db)).fence == 4


async def test_a_cancelled_job_never_runs_again(db: Database) -> None:
    await enqueue(db, "j")
    assert await settle(db, jobs.cancel(await claimed(db), now=NOW, why="not a video"))
    assert (await stored(db, "j")).state == "cancelled"
    assert await claim(db, LATER) is None


async def test_a_job_lost_in_its_last_attempt_is_discarded(db: Database) -> None:
    await enqueue(db, "j", max_attempts=1)
    await enqueue(db, "k", max_attempts=2)
    await claimed(db)
    await claimed(db)
    async with db.write() as tx:
        assert await jobs.discard_lost(tx, NOW) == []
    async with db.write() as tx:
        (lost,) = await jobs.discard_lost(tx, LATER)
    assert (lost.id, lost.state) == ("j", "discarded")
    assert (await claimed(db, LATER)).id == "k"


async def test_a_job_is_enqueued_with_what_it_belongs_to_or_not_at_all(db: Database) -> None:
    async def failing() -> None:
        async with db.write() as tx:
            await tx.execute(*jobs.enqueue("j", "prepare", {}, at=NOW))
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await failing()
    assert await claim(db) is None
