"""Workers, each a process of its own, are killed (SIGKILL) at random moments of preparing a lesson.

The next one finishes the lesson and begins another, at which it is killed in turn. Hours pass with each of them, so
that leases run out. In the end every lesson must have come out once, and once the sweeps had their time there is
nothing in the store but what belongs to it. After each blow no process may work in the dead one's folder.
"""

import asyncio
import logging
import random
import shutil
import sys
import tempfile
import time
from contextlib import AsyncExitStack
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import msgspec

from service import access
from service.actions import lessons as actions
from service.coaching.lessons import AddLesson
from service.config import Config
from service.embedded.seaweedfs import Store
from service.media.ffmpeg import FFMPEG, FFPROBE
from service.media.worker import run_worker
from service.wiring import Deps
from storage import lessons, tables
from storage.jobs import Job
from storage.rows import many, rows_of
from tests.bench.reporting import rounded
from tests.fixtures.cast import Cast, make_cast
from tests.fixtures.clips import make_clip
from tests.fixtures.parts import parts
from tests.fixtures.prepared import event_types, later, running, send
from tests.fixtures.store import objects_of, running_store

REACH = {
    "kills": (">=", 50.0),
    "lessons_with_one_result": (">=", 1.0),
    "orphan_objects": ("<=", 0.0),
    "processes_left": ("<=", 0.0),
}
KILLS, QUICK = 50, 2
POLL_S = 0.1
PATIENCE_S = 120.0


async def part(*, seed: int, quick: bool) -> dict[str, float]:
    async with AsyncExitStack() as later_:
        store = await later_.enter_async_context(running_store())
        folder = Path(tempfile.mkdtemp(prefix="fft-", dir="/tmp"))
        later_.callback(shutil.rmtree, folder, ignore_errors=True)
        return await torture(store, folder, seed=seed, quick=quick)


async def torture(store: Store, folder: Path, *, seed: int, quick: bool) -> dict[str, float]:
    chance, kills = random.Random(seed), QUICK if quick else KILLS
    clip = await asyncio.to_thread(make_clip, folder / "clip.mp4", frames=60 if quick else 180, size=(640, 360))
    async with AsyncExitStack() as later_:
        objects = objects_of(store)
        later_.push_async_callback(objects.close)
        (folder / "data").mkdir(exist_ok=True)
        config = Config.from_env({"FARFIELD_DATA_DIR": str(folder / "data")}).as_demo()
        deps = await later_.enter_async_context(parts(config, objects))
        cast = await make_cast(deps)
        others = {info.key for info in await objects.list("")}
        sent: list[str] = []
        left = killed = 0
        worker = await _start(store, folder, hours=0)
        try:
            sent.append(await _send(deps, cast, clip))
            await _claimed(deps, sent[-1])
            most_s = await _ready(deps, sent[-1])
            while killed < kills:
                sent.append(await _send(deps, cast, clip))
                await _claimed(deps, sent[-1])
                await asyncio.sleep(chance.uniform(0, most_s))
                worker.kill()
                await worker.wait()
                # One that came after the end is no blow at a lesson being prepared.
                killed += "lesson.ready" not in await event_types(deps, sent[-1])
                left += await _left(folder)
                worker = await _start(store, folder, hours=len(sent))
                await _ready(deps, sent[-1])
        finally:
            if worker.returncode is None:
                worker.kill()
            await worker.wait()
        ends = [[told for told in await event_types(deps, one) if told == "lesson.ready"] for one in sent]
        orphans = await _orphans(later(deps, hours=len(sent) + 100), sent, others)
    for orphan in orphans[:20]:
        print(f"  orphan: {orphan}", flush=True)
    return rounded(
        {
            "kills": killed,
            "lessons_with_one_result": sum(len(end) == 1 for end in ends) / len(sent),
            "orphan_objects": len(orphans),
            "processes_left": left,
            "unhurt_s": most_s,
        }
    )


async def _send(deps: Deps, cast: Cast, clip: Path) -> str:
    lesson = deps.new_id()
    cycle = await access.access_cycle(deps, cast.teacher, cast.cycle)
    await actions.add_lesson(deps, cycle, AddLesson(deps.new_id(), lesson, "An ordeal", release=False), by=cast.teacher)
    await send(deps, cast.teacher, lesson, clip)
    return lesson


async def _ready(deps: Deps, lesson: str) -> float:
    """Seconds until it is. Another process says so, so it is asked for."""
    began = time.monotonic()
    async with asyncio.timeout(PATIENCE_S):
        while True:
            if "lesson.ready" in await event_types(deps, lesson):
                return time.monotonic() - began
            await asyncio.sleep(POLL_S)


async def _claimed(deps: Deps, lesson: str) -> None:
    async with asyncio.timeout(PATIENCE_S):
        while not await asyncio.to_thread(lambda: list((deps.config.data_dir / "work").rglob("source"))):
            if "lesson.ready" in await event_types(deps, lesson):
                return
            await asyncio.sleep(0.01)


async def _left(folder: Path) -> int:
    """Processes that go on for the dead one; the kernel has a moment to end them."""
    for _ in range(50):
        if not (found := await asyncio.to_thread(lambda: running(FFMPEG, folder) + running(FFPROBE, folder))):
            return 0
        await asyncio.sleep(POLL_S)
    return len(found)


async def _orphans(deps: Deps, sent: list[str], others: set[str]) -> list[str]:
    """What is in the store, once all sweeps ran, and belongs to nothing; `others` was there before."""
    stop = asyncio.Event()
    deps.store_ready.set()
    worker = asyncio.create_task(run_worker(deps, stop))
    async with asyncio.timeout(PATIENCE_S):
        while True:
            if not await _due(deps):
                break
            await asyncio.sleep(POLL_S)
    stop.set()
    await worker
    found = [info.key for prefix in ("uploads/", "lessons/", "originals/") for info in await deps.objects.list(prefix)]
    async with deps.db.read() as tx:
        known = {one: await lessons.by_id(tx, one) for one in sent}
    belongs = []
    for one, lesson in known.items():
        assert lesson is not None
        belongs += [key for key in found if key == lesson.original_key]
        whole = (".mp4", ".jpg", ".bin")
        mine = [key for key in found if key.startswith(f"lessons/{one}/{lesson.attempt}-") and key.endswith(whole)]
        belongs += [key for key in mine if not key.endswith("-init.mp4")]
    return sorted(set(found) - set(belongs) - others)


async def _due(deps: Deps) -> list[Job]:
    """What is left to do by now; what comes round every day counts once."""
    at = tables.jobs.c
    due = rows_of(tables.jobs, Job).where(at.state.in_(("available", "running")), at.run_at <= deps.clock())
    async with deps.db.read() as tx:
        return await many(tx, Job, due)


async def _start(store: Store, folder: Path, *, hours: int) -> asyncio.subprocess.Process:
    """A worker as a process, when so many hours have passed."""
    told = msgspec.json.encode([store.endpoint, store.bucket, store.access_key, store.secret_key, str(folder), hours])
    words = [sys.executable, "-m", "tests.bench.torture_media_kills"]
    process = await asyncio.create_subprocess_exec(*words, stdin=asyncio.subprocess.PIPE)
    assert process.stdin is not None
    process.stdin.write(told + b"\n")  # and stays open: where this process ends, so does that one
    return process


async def _work(told: bytes) -> None:
    """What the process does: the worker, until it is killed."""
    endpoint, bucket, access_key, secret_key, folder, hours = msgspec.json.decode(told)
    store = Store(endpoint=endpoint, bucket=bucket, access_key=access_key, secret_key=secret_key)
    config = Config.from_env({"FARFIELD_DATA_DIR": str(Path(folder) / "data")}).as_demo()
    said = logging.StreamHandler()
    said.setFormatter(logging.Formatter("  %(message)s %(code)s %(said)s", defaults={"said": "", "code": ""}))
    logging.basicConfig(handlers=[said], level=logging.WARNING)
    async with parts(config, objects_of(store)) as deps:
        deps.store_ready.set()
        stop = asyncio.Event()
        alone = asyncio.create_task(asyncio.to_thread(sys.stdin.buffer.read))
        alone.add_done_callback(lambda _: stop.set())
        await run_worker(replace(deps, clock=lambda: deps.clock() + timedelta(hours=hours)), stop)


if __name__ == "__main__":
    asyncio.run(_work(sys.stdin.buffer.readline()))
