"""Several processes append to the same streams of one PostgreSQL: the races nobody sees.

Two `Record`s over two `Database`s are two processes as far as the server can tell; `test_record_killed` has real ones.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import pytest
import pytest_asyncio

from storage import jobs, log
from storage.bus import InProcessBus
from storage.engine import Database, DatabaseUnavailable, Locked, Patience
from storage.log import Event
from storage.record import Act, Outcome, Record, Superseded
from tests.fixtures.database import NOW, Place
from tests.fixtures.ledger import LedgerFolding, Noted, Refused, note
from tests.fixtures.processes import until

S, T = "lesson/l", "lesson/m"


@pytest.fixture(params=["postgresql"])
def kind(request: pytest.FixtureRequest) -> str:
    """Races are between processes, and on SQLite they wait for each other."""
    return str(request.param)


Opening = Callable[[], Awaitable[Record]]


@pytest_asyncio.fixture
async def another(place: Place) -> AsyncIterator[Opening]:
    """Opens the record once more, as another process does."""
    opened: list[tuple[Database, Record]] = []

    async def opening(**more: Any) -> Record:
        database = await Database.open(place.url, **more)
        record = Record(database, InProcessBus(), LedgerFolding(), lambda: NOW)
        await record.start()
        opened.append((database, record))
        return record

    yield opening
    for database, record in opened:
        await record.close()
        await database.close()


async def all_of(record: Record, stream: str) -> list[Event]:
    return await record.events(stream, limit=10_000)


async def somebody_waits(place: Place, count: int = 1) -> None:
    """Return once so many wait for a lock in this database."""
    query = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
    await until(lambda: place.rows(query)[0][0] >= count)


async def test_two_that_append_to_the_same_streams_leave_no_gap(another: Opening) -> None:
    records = [await another(), await another(), await another()]
    acts = [note(f"lesson/{n % 4}", f"{n}", command=f"k{n}", by="ana") for n in range(600)]

    async def caller(which: int) -> list[Any]:
        return [await records[which % 3].act(act) for act in acts[which::30]]

    answers = [acted for some in await asyncio.gather(*(caller(n) for n in range(30))) for acted in some]

    assert not any(acted.replayed for acted in answers)
    for stream in (f"lesson/{n}" for n in range(4)):
        assert [event.version for event in await all_of(records[0], stream)] == list(range(1, 151))
        assert sorted(a.versions[stream] for a in answers if stream in a.versions) == list(range(1, 151))
        states = [await record.state(stream) for record in records]
        assert all(state == states[0] for state in states)


async def test_lone_acts_of_many_race_for_one_stream(another: Opening) -> None:
    """Each process has one caller, so every act is tried without a lock first, and most lose that."""
    records = [await another(readers=1, writers=2) for _ in range(5)]

    async def caller(which: int) -> None:
        for n in range(20):
            await records[which].act(note(S, f"{which}-{n}"))

    await asyncio.gather(*(caller(which) for which in range(5)))
    assert [event.version for event in await all_of(records[0], S)] == list(range(1, 101))


async def test_one_command_sent_to_two_at_once_is_done_once(another: Opening) -> None:
    one, two = await another(), await another()
    for n in range(30):
        answers = await asyncio.gather(*(record.act(note(S, f"{n}", command=f"k{n}")) for record in (one, two)))
        assert sorted(acted.replayed for acted in answers) == [False, True]
        assert answers[0].versions == answers[1].versions == {S: n + 1}
        assert answers[0].answer == answers[1].answer


async def test_one_command_that_names_no_stream_is_done_once(another: Opening) -> None:
    """Nothing but the key of the answers stands between the two."""
    one, two = await another(), await another()
    for n in range(30):

        def act(n: int = n) -> Act:
            write = jobs.enqueue(f"j{n}", "prepare", {}, at=NOW)
            return Act("ana", (), lambda states, at: Outcome({}, [write], {"n": n}), command=(f"k{n}", b"same"))

        answers = await asyncio.gather(*(record.act(act()) for record in (one, two)))
        assert sorted(acted.replayed for acted in answers) == [False, True]
        assert [acted.answer for acted in answers] == [{"n": n}, {"n": n}]


async def test_what_is_refused_is_decided_on_what_others_wrote(another: Opening) -> None:
    one, two = await another(), await another()
    for n in range(10):
        await one.act(note(S, f"{n}"))
        with pytest.raises(Refused):
            await two.act(note(S, f"{n}"))
    assert len((await two.state(S))[1].notes) == 10


async def test_a_stream_that_is_only_read_does_not_change_meanwhile(another: Opening) -> None:
    """Each of two acts is right only while the other has not happened: one must lose."""

    def unless(read: str, written: str) -> Act:
        def decide(states: Any, at: Any) -> Outcome:
            if states[read].notes:
                raise Refused(read)
            return Outcome({written: [Noted("a", "x")]})

        return Act("ana", (read, written), decide)

    one, two = await another(), await another()
    for n in range(25):
        left, right = f"lesson/left-{n}", f"lesson/right-{n}"
        answers = await asyncio.gather(
            one.act(unless(left, right)), two.act(unless(right, left)), return_exceptions=True
        )
        assert sorted(type(answer).__name__ for answer in answers) == ["Acted", "Refused"]


def row(stream: str, version: int, note_id: str) -> Event:
    _, data = LedgerFolding().encode(Noted(note_id, "x"))
    return Event(stream, version, "noted", NOW, "bo", data)  # type: ignore[arg-type]


async def test_two_transactions_that_commit_the_other_way_round_on_one_stream(
    db: Database, record: Record, place: Place
) -> None:
    """Somebody who does not ask for the lock has version 1 and has not committed. The record waits, and is second."""
    async with db.write() as theirs:
        await log.append(theirs, [row(S, 1, "theirs")])
        ours = asyncio.create_task(record.act(note(S, "ours")))
        await somebody_waits(place)
        assert await all_of(record, S) == []
    assert (await ours).versions == {S: 2}
    assert [event.by for event in await all_of(record, S)] == ["bo", "ana"]


async def test_two_transactions_that_commit_the_other_way_round_on_two_streams(db: Database, record: Record) -> None:
    """The later one, on T, is there before the earlier one, on S: who resumes does so by stream and misses nothing."""
    async with db.write() as theirs:
        await log.append(theirs, [row(S, 1, "theirs")])
        await record.act(note(T, "ours"))
        assert [len(await all_of(record, stream)) for stream in (S, T)] == [0, 1]
        assert (await record.state(S))[0] == 0
    assert [len(await record.events(stream, after=0)) for stream in (S, T)] == [1, 1]
    assert set((await record.state(S))[1].notes) == {"theirs"}
    assert (await record.act(note(S, "next"))).versions == {S: 2}


async def test_what_is_required_stays_so_until_the_commit(db: Database, record: Record, place: Place) -> None:
    """The job was claimed by another worker that has not committed: we wait, and then it is no longer ours."""
    late = NOW.replace(year=2027)
    async with db.write() as tx:
        await tx.execute(*jobs.enqueue("j", "prepare", {}, at=NOW))
        job = await jobs.claim(tx, kinds=["prepare"], now=NOW, lease=NOW - NOW)
    assert job is not None
    completing = Act(
        "farfield",
        (S,),
        lambda states, at: Outcome({S: [Noted("a", "x")]}, [jobs.complete(job, now=at)]),
        require=jobs.still_mine(job),
    )
    async with db.write() as tx:
        assert await jobs.claim(tx, kinds=["prepare"], now=late, lease=NOW - NOW) is not None
        waiting = asyncio.create_task(record.act(completing))
        await somebody_waits(place)
    with pytest.raises(Superseded):
        await waiting
    assert await all_of(record, S) == []


async def test_a_job_that_is_just_ending_is_not_claimed(db: Database) -> None:
    late = NOW.replace(year=2027)
    async with db.write() as tx:
        await tx.execute(*jobs.enqueue("j", "prepare", {}, at=NOW))
        job = await jobs.claim(tx, kinds=["prepare"], now=NOW, lease=NOW - NOW)
    assert job is not None
    async with db.write() as ours, db.write() as theirs:
        assert (await ours.execute(jobs.still_mine(job))).first() is not None
        assert await jobs.claim(theirs, kinds=["prepare"], now=late, lease=NOW - NOW) is None
        assert await jobs.settle(ours, jobs.complete(job, now=NOW))


async def test_a_stream_that_somebody_holds_keeps_nobody_else_waiting(
    db: Database, another: Opening, place: Place
) -> None:
    record = await another()
    async with db.write(locking=[S]):
        # Several at once: an act that comes alone asks for no lock.
        held = [asyncio.create_task(record.act(note(S, f"{n}"))) for n in range(3)]
        await somebody_waits(place)
        for n in range(20):
            assert (await record.act(note(T, f"{n}"))).versions == {T: n + 1}
        # One slow lane, whatever comes to it.
        held += [asyncio.create_task(record.act(note(S, f"{n}"))) for n in range(3, 6)]
        await record.act(note(T, "more"))
        assert not any(task.done() for task in held)
    assert sorted([(await task).versions[S] for task in held]) == list(range(1, 7))


async def test_whoever_waits_too_long_for_a_stream_is_told_and_nothing_is_kept(db: Database, another: Opening) -> None:
    record = await another(patience=Patience(lock_s=0.2))

    async def holding() -> None:
        async with db.write(locking=[S]) as tx:
            await log.append(tx, [row(S, 1, "never")])
            with pytest.raises(Locked):
                await record.act(note(S, "a"))
            two = await asyncio.gather(record.act(note(S, "a")), record.act(note(S, "b")), return_exceptions=True)
            assert [type(failure) for failure in two] == [Locked, Locked]
            assert isinstance(two[0], DatabaseUnavailable)
            assert (await record.act(note(T, "a"))).versions == {T: 1}
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await holding()
    assert (await record.act(note(S, "a"))).versions == {S: 1}


async def test_a_record_that_closes_answers_those_in_the_slow_lane(db: Database, place: Place) -> None:
    database = await Database.open(place.url)
    record = Record(database, InProcessBus(), LedgerFolding(), lambda: NOW)
    await record.start()
    async with db.write(locking=[S]):
        waiting = [asyncio.create_task(record.act(note(S, f"{n}"))) for n in range(3)]
        await somebody_waits(place)
        closing = asyncio.create_task(record.close())
        await asyncio.sleep(0)
    await closing
    assert sorted([(await task).versions[S] for task in waiting]) == [1, 2, 3]
    await database.close()


async def test_no_job_is_given_to_two(place: Place) -> None:
    databases = [await Database.open(place.url) for _ in range(4)]
    async with databases[0].write() as tx:
        for n in range(60):
            await tx.execute(*jobs.enqueue(f"j{n}", "prepare", {}, at=NOW))

    async def worker(database: Database) -> list[str]:
        mine: list[str] = []
        while True:
            async with database.write() as tx:
                job = await jobs.claim(tx, kinds=["prepare"], now=NOW, lease=NOW - NOW.replace(year=2025))
            if job is None:
                return mine
            mine.append(job.id)

    taken = await asyncio.gather(*(worker(database) for database in databases for _ in range(3)))
    assert sorted(job for some in taken for job in some) == sorted(f"j{n}" for n in range(60))
    for database in databases:
        await database.close()


async def test_a_claim_passes_over_what_another_one_is_just_taking(db: Database) -> None:
    async with db.write() as tx:
        for name in ("a", "b"):
            await tx.execute(*jobs.enqueue(name, "prepare", {}, at=NOW))
    async with db.write() as one, db.write() as two:
        first = await jobs.claim(one, kinds=["prepare"], now=NOW, lease=NOW - NOW)
        second = await jobs.claim(two, kinds=["prepare"], now=NOW, lease=NOW - NOW)
        assert first is not None
        assert second is not None
        assert (first.id, second.id) == ("a", "b")


async def test_a_dedupe_key_used_by_two_at_once_makes_one_job(db: Database, place: Place) -> None:
    async def enqueue(name: str) -> None:
        async with db.write() as tx:
            await tx.execute(*jobs.enqueue(name, "prepare", {}, at=NOW, dedupe_key="prepare/u"))

    async with db.write() as tx:
        await tx.execute(*jobs.enqueue("a", "prepare", {}, at=NOW, dedupe_key="prepare/u"))
        later = asyncio.create_task(enqueue("b"))
        await somebody_waits(place)
    await later
    async with db.read() as tx:
        assert await jobs.by_id(tx, "a") is not None
        assert await jobs.by_id(tx, "b") is None
