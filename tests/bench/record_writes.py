"""Durable annotations a second through `actions`, on SQLite (`synchronous=FULL`) and one core.

`writes`: 500 people who each wait for their answer, over 200 lessons; `add_annotation` with all that it does in the
product. `bare`: `executemany` of the very rows that it wrote, events, answers and summary rows, 256 at a time in a
transaction, with SQLite's driver and nothing else, into an equal database. `one_each`: ours, a transaction for each.
"""

import asyncio
import dataclasses
import gc
import sqlite3
import tempfile
import time
from pathlib import Path
from typing import Any

from service import access, wiring
from service.coaching.folding import CoachingFolding
from service.collecting import collect_seldom
from service.config import Config
from service.wiring import Deps
from storage.migrations import migrate
from storage.record import Record
from tests.bench.record_process import ALL_CORES, SERVERS_CORE, stay_on
from tests.bench.record_world import Making, World, annotate, make_world
from tests.bench.reporting import medians, rounded
from tests.fixtures.parts import parts

BATCH = 256
REACH = {"writes_per_s": (">=", 12_000)}
_FOLLOW = "UPDATE lessons SET state=?, released_at=?, annotations=?, attempt=?, duration_ms=? WHERE id=?"


async def part(*, seed: int, quick: bool) -> dict[str, float]:
    stay_on(SERVERS_CORE)
    before = gc.get_threshold()
    collect_seldom()
    try:
        rounds, many, few = (1, 1_000, 50) if quick else (3, 25_000, 1_000)
        measured = [await _round(seed + nth, many, few) for nth in range(rounds)]
    finally:
        gc.unfreeze()
        gc.set_threshold(*before)
        stay_on(ALL_CORES)
    return rounded(medians(measured))


async def _round(seed: int, many: int, few: int) -> dict[str, float]:
    with tempfile.TemporaryDirectory(prefix="ffb-", dir="/tmp") as name:
        folder = Path(name)
        config = Config.from_env({"FARFIELD_DATA_DIR": name}).as_demo()
        making = Making("writes", seed)
        async with parts(config) as deps:
            world = await make_world(deps, making, 200)
            cpu = time.process_time()
            took = await _written(deps, making, world, writers=500, count=many)
            cpu = time.process_time() - cpu
            bare = await _bare(folder, many)
            alone = Record(deps.db, deps.bus, CoachingFolding(), wiring.utc_now, batch=1)
            await alone.start()
            each = await _written(dataclasses.replace(deps, record=alone), making, world, writers=16, count=few)
            await alone.close()
            kept = sum([(await deps.record.state(stream))[0] - 2 for stream in world.streams()])
            assert kept == many + few, f"{kept} of {many + few} are in the record"
    return {
        "writes_per_s": many / took,
        "writes_per_cpu_s": many / cpu,  # what the core would do if nobody else used it and the disk were free
        "writes_bare_per_s": many / bare,
        "writes_of_bare": bare / took,
        "writes_one_each_per_s": few / each,
        "writes_times_one_each": (many / took) / (few / each),
    }


async def _written(deps: Deps, making: Making, world: World, *, writers: int, count: int) -> float:
    """Seconds until so many are durable."""
    who = []
    for n in range(writers):
        person = (world.teachers, world.coaches)[n // 200 % 2][n % 200]
        who.append((await access.access_lesson(deps, person, world.lessons[n % 200]), person))
    began = time.perf_counter()
    await annotate(deps, making, who, count)
    return time.perf_counter() - began


async def _bare(folder: Path, count: int) -> float:
    """Seconds for the same rows."""
    with sqlite3.connect(folder / "farfield.db") as ours:
        events = ours.execute("SELECT * FROM events WHERE type = 'annotation.added' ORDER BY rowid").fetchall()
        answers = ours.execute("SELECT * FROM commands ORDER BY rowid DESC LIMIT ?", (count,)).fetchall()
        rows = ours.execute("SELECT state, released_at, annotations, attempt, duration_ms, id FROM lessons").fetchall()
    assert len(events) == len(answers) == count
    follows = [rows[n % len(rows)] for n in range(count)]
    await migrate(f"sqlite:///{folder / 'bare.db'}")
    return await asyncio.to_thread(_insert, folder / "bare.db", events, answers, follows)


def _insert(file: Path, events: list[Any], answers: list[Any], follows: list[Any]) -> float:
    bare = sqlite3.connect(file, isolation_level=None)
    for setting in ("journal_mode=WAL", "synchronous=FULL", "wal_autocheckpoint=4000", "cache_size=-65536"):
        bare.execute(f"PRAGMA {setting}")
    insert = "INSERT INTO {} VALUES ({})"
    into_events = insert.format("events", ",".join("?" * len(events[0])))
    into_answers = insert.format("commands", ",".join("?" * len(answers[0])))
    began = time.perf_counter()
    for first in range(0, len(events), BATCH):
        some = slice(first, first + BATCH)
        bare.execute("BEGIN IMMEDIATE")
        bare.executemany(into_events, events[some])
        bare.executemany(into_answers, answers[some])
        bare.executemany(_FOLLOW, follows[some])
        bare.execute("COMMIT")
    took = time.perf_counter() - began
    bare.close()
    return took
