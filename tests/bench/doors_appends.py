"""Appends a second on PostgreSQL, beside raw inserts of the same row in the same run.

Ours: an act like an annotation: looked up by its command id, decided on the stream's state,
and in one transaction its event of about 200 bytes, its answer by command id, and a count in a summary row.
Raw: asyncpg inserts an equal event row and nothing else, each in a transaction of its own (BEGIN, INSERT, COMMIT);
as many connections as our pool has for writing, or as there are writers. `bare`: the same, but the INSERT is its own
transaction, one message instead of three: what no program that decides inside it can have; shown, not judged.
The server is a real one with fsync, and it is the same for all of them, in turns.
"""

import asyncio
import hashlib
import random
import statistics
import time
import uuid
from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, datetime
from typing import Any

import msgspec

from storage import cycles, lessons, people, programs
from storage.bus import InProcessBus
from storage.engine import Database, Write, apply
from storage.record import Act, Outcome, Record
from tests.bench.reporting import medians
from tests.fixtures.ledger import Ledger, LedgerFolding, Noted
from tests.fixtures.postgres import Postgres, running_postgres

POOL = 6
"""Connections for writing, as many as Database.open has by itself."""
WRITERS = (1, 50, 500)
REACH = {f"appends_{writers}_of_raw": (">=", 0.4) for writers in WRITERS}
INSERT = "INSERT INTO events (stream, version, type, at, by, data) VALUES ($1, $2, $3, $4, $5, $6)"


TEXT = "You waited nine seconds after the question, and four more hands went up. What would happen with ten more?"


class Annotating:
    """Makes the acts: the same ones for the same seed."""

    def __init__(self, seed: int, lesson_ids: Sequence[str]) -> None:
        self._random = random.Random(seed)
        self._lessons = lesson_ids

    def act(self) -> Act:
        lesson = self._random.choice(self._lessons)
        note_id = str(uuid.UUID(int=self._random.getrandbits(128)))
        command = str(uuid.UUID(int=self._random.getrandbits(128)))
        stream = f"lesson/{lesson}"
        data = Noted(note_id, TEXT, self._random.randrange(2_400_000))

        def decide(states: Any, at: datetime) -> Outcome:
            ledger: Ledger = states[stream]
            if note_id in ledger.notes:
                raise ValueError("taken")
            return Outcome({stream: (data,)}, answer={"note": note_id})

        def project(states: Any, at: datetime) -> list[Write]:
            count = len(states[stream].notes)
            row = lessons.follow(
                lesson, state="ready", released_at=at, annotations=count, attempt=1, duration_ms=2_400_000
            )
            return [row]

        digest = hashlib.blake2b(command.encode(), digest_size=16).digest()
        return Act(by="p-coach", streams=(stream,), decide=decide, project=project, command=(command, digest))


async def part(*, seed: int, quick: bool) -> dict[str, Any]:
    """The figures of this part."""
    async with running_postgres() as server:
        figures: dict[str, float] = {}
        for writers in WRITERS:
            rounds, count = (1, 200) if quick else (9, 1_000) if writers == 1 else (3, 10_000)
            # In turns, so that a busy moment of the machine does not meet only one of them.
            measured = [
                {
                    "appends": await appends(server, writers=writers, count=count, seed=seed + nth),
                    "raw": await inserts(server, writers=writers, count=count, seed=seed + nth, bare=False),
                    "bare": await inserts(server, writers=writers, count=count, seed=seed + nth, bare=True),
                }
                for nth in range(rounds)
            ]
            figures |= {f"{name}_{writers}_per_s": round(value, 1) for name, value in medians(measured).items()}
            for beside in ("raw", "bare"):
                ratio = statistics.median(one["appends"] / one[beside] for one in measured)
                figures[f"appends_{writers}_of_{beside}"] = round(ratio, 2)
    return figures


async def appends(server: Postgres, *, writers: int, count: int, seed: int) -> float:
    """Acts a second of so many callers that each wait for their answer."""
    name = await server.fresh()
    database = await Database.open(server.url(name), writers=POOL)
    names = await with_lessons(database, 100)
    record = Record(database, InProcessBus(), LedgerFolding(), lambda: datetime.now(UTC))
    await record.start()
    making = Annotating(seed, names)
    acts = iter([making.act() for _ in range(count)])

    async def writer() -> None:
        for act in acts:
            await record.act(act)

    took = await timed([writer] * writers)
    await record.close()
    kept = sum([(await record.state(f"lesson/{name}"))[0] for name in names])
    assert kept == count, f"{kept} of {count} are in the record"
    await database.close()
    await server.drop(name)
    return count / took


async def inserts(server: Postgres, *, writers: int, count: int, seed: int, bare: bool) -> float:
    """Rows a second."""
    name = await server.fresh()
    chance = random.Random(seed)
    connections = [await server.connect(name) for _ in range(min(writers, POOL))]
    streams = [f"lesson/{uuid.UUID(int=n + 1)}" for n in range(100)]
    encoded = msgspec.json.encode(Noted(str(uuid.UUID(int=chance.getrandbits(128))), TEXT, 1_200_000)).decode()
    at = 1_800_000_000_000
    rows = iter([(streams[n % 100], n // 100 + 1, "noted", at, "p-coach", encoded) for n in range(count)])

    def inserter(connection: Any) -> Callable[[], Awaitable[None]]:
        async def insert() -> None:
            for row in rows:
                if bare:
                    await connection.execute(INSERT, *row)
                else:
                    async with connection.transaction():
                        await connection.execute(INSERT, *row)

        return insert

    took = await timed([inserter(connection) for connection in connections])
    assert await connections[0].fetchval("SELECT count(*) FROM events") == count
    for connection in connections:
        await connection.close()
    await server.drop(name)
    return count / took


async def timed(together: Sequence[Callable[[], Awaitable[None]]]) -> float:
    """Seconds until all of them are done."""
    began = time.perf_counter()
    await asyncio.gather(*(work() for work in together))
    return time.perf_counter() - began


async def with_lessons(database: Database, lesson_count: int) -> list[str]:
    """A cycle and so many lessons in it; their ids."""
    now = datetime.now(UTC)
    names = [str(uuid.UUID(int=n + 1)) for n in range(lesson_count)]
    async with database.write() as tx:
        await apply(
            tx,
            [
                people.add(people.Person("p-teacher", "Amina", "amina@example.org", "UTC", "en", now)),
                people.add(people.Person("p-coach", "Bo", "bo@example.org", "UTC", "en", now)),
                programs.add(programs.Program("g", "North", "teacher_first", now)),
                cycles.add(
                    cycles.Cycle("c", "g", "p-teacher", "p-coach", 1, "review", now, "teacher_first", None, now)
                ),
                *[lessons.add(lessons.Lesson(name, "c", "p-teacher", "A lesson", now)) for name in names],
            ],
        )
    return names
