"""How many durable acts a second the batching writer takes on one core, beside one transaction for each.

An act is like an annotation: a command id, one event of about 200 bytes, a count in a summary row; 100 lessons,
512 callers that each wait for their answer. `python -m tests.bench.record [--quick] [--seed n]`; the last line is JSON,
and the exit status is 1 where a reach is missed.
"""

import argparse
import asyncio
import contextlib
import hashlib
import json
import os
import random
import statistics
import sys
import tempfile
import time
import uuid
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from storage import cycles, lessons, people, programs
from storage.bus import InProcessBus
from storage.engine import Database, Write, apply
from storage.migrations import migrate
from storage.record import Act, Outcome, Record
from tests.fixtures.ledger import Ledger, LedgerFolding, Noted

REACH = {"batched_per_s": (">=", 10_000), "times_one_each": (">=", 10)}
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


async def prepared(folder: Path, lesson_count: int) -> tuple[Database, list[str]]:
    """A fresh database with a cycle and lessons in it."""
    url = f"sqlite:///{folder / 'records.db'}"
    await migrate(url)
    database = await Database.open(url)
    return database, await with_lessons(database, lesson_count)


async def with_lessons(database: Database, lesson_count: int) -> list[str]:
    """A cycle and lessons in it; their ids."""
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


async def measure(*, batch: int, acts: int, callers: int, seed: int) -> dict[str, float]:
    """Run the acts through a record of its own; acts a second, waits in ms, acts per second of CPU."""
    with tempfile.TemporaryDirectory(prefix="ff-bench-") as folder:
        database, names = await prepared(Path(folder), 100)
        bus = InProcessBus()
        record = Record(database, bus, LedgerFolding(), lambda: datetime.now(UTC), batch=batch)
        await record.start()
        making = Annotating(seed, names)
        queue = iter([making.act() for _ in range(acts)])
        waits: list[float] = []

        async def caller() -> None:
            for act in queue:
                began = time.perf_counter()
                await record.act(act)
                waits.append(time.perf_counter() - began)

        cpu, began = time.process_time(), time.perf_counter()
        async with asyncio.TaskGroup() as group:
            for _ in range(callers):
                group.create_task(caller())
        took, cpu = time.perf_counter() - began, time.process_time() - cpu
        await record.close()
        kept = 0
        for name in names:
            version, state = await record.state(f"lesson/{name}")
            assert version == len(state.notes)
            kept += version
        assert kept == acts, f"{kept} of {acts} are in the record"
        await database.close()
    return {
        "per_s": round(acts / took, 1),
        "p50_ms": round(statistics.median(waits) * 1000, 1),
        "p99_ms": round(statistics.quantiles(waits, n=100)[98] * 1000, 1),
        "per_cpu_s": round(acts / cpu, 1),  # what the core would do if nobody else used it and the disk were free
    }


def medians(rounds: Sequence[dict[str, float]]) -> dict[str, float]:
    """The median of each figure."""
    return {name: statistics.median(measured[name] for measured in rounds) for name in rounds[0]}


async def run(*, seed: int, quick: bool) -> dict[str, Any]:
    """The figures, beside what they should reach."""
    many, few, rounds = (5_000, 200, 1) if quick else (25_000, 1_000, 3)
    batched_rounds, alone_rounds = [], []
    for nth in range(rounds):  # in turns, so that a busy moment of the machine does not meet only one of the two
        batched_rounds.append(await measure(batch=256, acts=many, callers=512, seed=seed + nth))
        alone_rounds.append(await measure(batch=1, acts=few, callers=16, seed=seed + nth))
    batched, alone = medians(batched_rounds), medians(alone_rounds)
    figures = {
        **{f"batched_{name}": value for name, value in batched.items()},
        **{f"one_each_{name}": value for name, value in alone.items()},
        "times_one_each": round(batched["per_s"] / alone["per_s"], 1),
    }
    return {"bench": "record", "seed": seed, "quick": quick, "figures": figures, "reach": REACH}


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="seconds, for a test; the reach is not judged")
    parser.add_argument("--seed", type=int, default=2)
    options = parser.parse_args(arguments)
    if not options.quick:
        with contextlib.suppress(AttributeError, OSError):  # one core, where the system lets us say so
            os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    result = asyncio.run(run(seed=options.seed, quick=options.quick))
    for name, value in result["figures"].items():
        print(f"{name:24} {value:>12,}")
    print(json.dumps(result))
    reached = all(result["figures"][name] >= least for name, (_, least) in REACH.items())
    return 0 if options.quick or reached else 1


if __name__ == "__main__":
    sys.exit(main())
