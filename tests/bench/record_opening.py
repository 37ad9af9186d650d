"""A lesson with 10,000 events opens: `GET /api/lessons/{id}`, the whole snapshot, from a server that was just started.

The first request that it ever gets, so nothing is in memory: session, grants, 10,000 events to read and fold, one
answer of several MB. `again`: the same question once more, when the folded lesson is in memory. `read`: the bare limit,
the rows of those events from SQLite with its driver and nothing else.
"""

import json
import sqlite3
import tempfile
import time
from pathlib import Path

from tests.bench.record_load import Caller
from tests.bench.record_process import ALL_CORES, OTHER_CORES, server, stay_on
from tests.bench.reporting import medians, rounded

REACH = {"opening_cold_ms": ("<=", 300)}


async def part(*, seed: int, quick: bool) -> dict[str, float]:
    rounds, events = (1, 200) if quick else (5, 10_000)
    stay_on(OTHER_CORES)
    try:
        with tempfile.TemporaryDirectory(prefix="ffb-", dir="/tmp") as name:
            folder = Path(name)
            async with server(folder=folder) as served:
                await served.populate(seed=seed, cycles=1)
                world = served.world
                before = (await served.ask("kept"))[world.streams()[0]]
                await served.ask("annotate", writers=64, count=events - before)
            path = f"/api/lessons/{world.lessons[0]}".encode()
            measured = [await _opened(folder, world.cookies[world.coaches[0]], path, events) for _ in range(rounds)]
    finally:
        stay_on(ALL_CORES)
    return rounded(medians(measured))


async def _opened(folder: Path, cookie: str, path: bytes, events: int) -> dict[str, float]:
    async with server(folder=folder) as served:
        caller = Caller(served.web, cookie)
        await caller.open()
        times = []
        for _ in range(2):
            began = time.perf_counter()
            body = await caller.get(path)
            times.append((time.perf_counter() - began) * 1000)
            assert json.loads(body)["version"] == events
        caller.close()
    began = time.perf_counter()
    with sqlite3.connect(folder / "records.db") as plain:
        found = plain.execute("SELECT * FROM events WHERE stream LIKE 'lesson/%' ORDER BY stream, version").fetchall()
    assert len(found) == events
    return {
        "opening_cold_ms": times[0],
        "opening_again_ms": times[1],
        "opening_read_ms": (time.perf_counter() - began) * 1000,
        "opening_mb": len(body) / 1e6,
    }
