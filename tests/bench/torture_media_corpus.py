"""Every file of the hostile corpus is sent as a lesson, one worker prepares them, and traps tell what they reached.

An address of this machine at which nobody should knock, by TCP or UDP, and a file that nobody should open: both are
tried out first, so that a trap which does not work fails the run.
"""

import asyncio
import ctypes
import logging
import os
import random
import shutil
import socket
import struct
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import AsyncExitStack, ExitStack, contextmanager, suppress
from pathlib import Path

from service import access
from service.actions import lessons
from service.coaching.lessons import AddLesson
from service.coaching.streams import lesson_stream
from service.config import Config
from service.media.ffmpeg import FFMPEG, FFPROBE
from service.media.worker import run_worker
from service.wiring import Deps
from tests.bench.reporting import rounded
from tests.fixtures.cast import Cast, make_cast
from tests.fixtures.hostile import Hostile, Snares, corpus
from tests.fixtures.parts import parts
from tests.fixtures.prepared import event_types, send
from tests.fixtures.store import objects_of, running_store

REACH = {
    "files": (">=", 200.0),
    "knocks": ("<=", 0.0),
    "reads_outside": ("<=", 0.0),
    "worker_deaths": ("<=", 0.0),
    "jobs_that_failed": ("<=", 0.0),
    "not_ended": ("<=", 0.0),
    "other_than_expected": ("<=", 0.0),
    "slowest_s": ("<=", 60.0),
    "largest_gib": ("<=", 1.5),
}
QUICK = 20
TOGETHER = 2
PATIENCE_S = 300.0
LOOK_S = 0.05
_IN_ACCESS, _IN_OPEN = 1, 0x20
_ENDS = {"lesson.ready": "ready", "lesson.refused": "refused"}


async def part(*, seed: int, quick: bool) -> dict[str, float]:
    async with AsyncExitStack() as later:
        store = await later.enter_async_context(running_store())
        folder = Path(tempfile.mkdtemp(prefix="fft-", dir="/tmp"))
        later.callback(shutil.rmtree, folder, ignore_errors=True)
        objects = objects_of(store)
        later.push_async_callback(objects.close)
        (folder / "data").mkdir()
        config = Config.from_env({"FARFIELD_DATA_DIR": str(folder / "data")}).as_demo()
        deps = await later.enter_async_context(parts(config, objects))
        deps.store_ready.set()
        return await torture(deps, folder, seed=seed, quick=quick)


async def torture(deps: Deps, folder: Path, *, seed: int, quick: bool) -> dict[str, float]:
    with ExitStack() as traps:
        knocks = traps.enter_context(_listening())
        canary = folder / "canary"
        canary.write_text("canary")
        reads = traps.enter_context(_watched(canary))
        failures = traps.enter_context(_failures())
        making = folder / "making"
        making.mkdir()
        files = await asyncio.to_thread(corpus, making, Snares("127.0.0.1", knocks.port, canary), seed)
        if quick:
            files = _one_of_each(files, seed)
        assert (knocks.count(), reads()) == (0, 0)
        found = await _prepare(deps, await make_cast(deps), files, folder)
        # The traps do work.
        heard, seen = knocks.count(), reads()
        await asyncio.to_thread(canary.read_text)
        knocks.knock()
        assert (knocks.count() - heard, reads() > seen) == (2, True)
    print(f"  {dict(Counter(str(end) for end, _ in found.ends.values()))}", flush=True)
    other = [
        f"{one.name}: {found.ends[one.name][0]}, not {one.expected}"
        for one in files
        if one.expected not in (None, found.ends[one.name][0])
    ]
    for line in other:
        print(f"  {line}", flush=True)
    slowest = sorted(((seconds, name) for name, (_, seconds) in found.ends.items()), reverse=True)[:5]
    print(f"  slowest: {slowest}; largest: {found.largest_of}", flush=True)
    return rounded(
        {
            "files": len(files),
            "knocks": heard,
            "reads_outside": seen,
            "worker_deaths": float(found.died),
            "jobs_that_failed": len(failures),
            "not_ended": sum(end is None for end, _ in found.ends.values()),
            "other_than_expected": len(other),
            "slowest_s": slowest[0][0],
            "largest_gib": found.largest_bytes / 2**30,
        }
    )


def _one_of_each(files: list[Hostile], seed: int) -> list[Hostile]:
    """Some, of as many kinds as there are: no two whose names begin with the same word, as far as it goes."""
    kinds: dict[str, Hostile] = {}
    for one in files:
        if len(one.body) < 1 << 20:
            kinds.setdefault(one.name.split()[0], one)
    return random.Random(seed).sample(list(kinds.values()), min(QUICK, len(kinds)))


class _Found:
    """What came of each file, after how many seconds, and what the largest child took."""

    def __init__(self) -> None:
        self.ends: dict[str, tuple[str | None, float]] = {}
        self.largest_bytes = 0
        self.largest_of = ""
        self.died = False

    async def watch_children(self) -> None:
        while True:
            for pid, high in await asyncio.to_thread(_children):
                if high > self.largest_bytes:
                    self.largest_bytes, self.largest_of = high, f"process {pid} beside {len(self.ends)} that ended"
            await asyncio.sleep(LOOK_S)


async def _prepare(deps: Deps, cast: Cast, files: list[Hostile], folder: Path) -> _Found:
    found, stop = _Found(), asyncio.Event()
    worker = asyncio.create_task(run_worker(deps, stop, slots=TOGETHER))
    watching = asyncio.create_task(found.watch_children())
    room = asyncio.Semaphore(TOGETHER)

    async def one_of(number: int, one: Hostile) -> None:
        async with room:
            lesson, file = deps.new_id(), folder / f"sent-{number}.mp4"
            cycle = await access.access_cycle(deps, cast.teacher, cast.cycle)
            asked = AddLesson(deps.new_id(), lesson, one.name, release=False)
            await lessons.add_lesson(deps, cycle, asked, by=cast.teacher)
            if not one.body:
                return
            await asyncio.to_thread(file.write_bytes, one.body)
            await send(deps, cast.teacher, lesson, file)
            began = time.monotonic()
            end = await _end_of(deps, lesson)
            found.ends[one.name] = end, time.monotonic() - began
            await asyncio.to_thread(file.unlink)

    async def all_of() -> None:
        async with asyncio.TaskGroup() as group:
            for number, one in enumerate(files):
                group.create_task(one_of(number, one))

    sending = asyncio.create_task(all_of())
    await asyncio.wait((worker, sending), return_when=asyncio.FIRST_COMPLETED)
    found.died = worker.done()
    stop.set()
    for task in (sending, watching):
        task.cancel()
    await asyncio.gather(sending, watching, worker, return_exceptions=True)
    if sending.done() and not sending.cancelled():
        sending.result()
    for one in files:
        found.ends.setdefault(one.name, (None, 0.0))
    return found


async def _end_of(deps: Deps, lesson: str) -> str | None:
    woken, stream = asyncio.Event(), lesson_stream(lesson)
    deaf = deps.bus.listen(lambda name, _: woken.set() if name == stream else None)
    try:
        with suppress(TimeoutError):
            async with asyncio.timeout(PATIENCE_S):
                while True:
                    woken.clear()
                    for told in await event_types(deps, lesson):
                        if told in _ENDS:
                            return _ENDS[told]
                    await woken.wait()
    finally:
        deaf()
    return None


def _children() -> list[tuple[int, int]]:
    """The readers and encoders that this process runs, each with the most memory it had, in bytes."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        with suppress(OSError, IndexError, StopIteration):
            if int((process / "stat").read_text().rpartition(")")[2].split()[1]) != os.getpid():
                continue
            if (process / "cmdline").read_bytes().split(b"\0")[0].decode() not in (FFMPEG, FFPROBE):
                continue
            lines = (process / "status").read_text().splitlines()
            high = next(line for line in lines if line.startswith("VmHWM"))
            found.append((int(process.name), int(high.split()[1]) << 10))
    return found


class _Knocks:
    """Whoever connects, or sends a packet."""

    def __init__(self, stream: socket.socket, packets: socket.socket) -> None:
        self._sockets = stream, packets
        self.port: int = stream.getsockname()[1]
        self._count = 0

    def knock(self) -> None:
        """By ourselves, both ways."""
        with socket.create_connection(("127.0.0.1", self.port)):
            pass
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
            sender.sendto(b"knock", ("127.0.0.1", self.port))

    def count(self) -> int:
        """So far: the kernel keeps those that nobody took yet."""
        stream, packets = self._sockets
        with suppress(BlockingIOError):
            while True:
                stream.accept()[0].close()
                self._count += 1
        with suppress(BlockingIOError):
            while True:
                packets.recv(2048)
                self._count += 1
        return self._count


@contextmanager
def _listening() -> Iterator[_Knocks]:
    with (
        socket.socket(socket.AF_INET, socket.SOCK_STREAM) as stream,
        socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as packets,
    ):
        stream.bind(("127.0.0.1", 0))
        packets.bind(stream.getsockname())
        stream.listen(1000)
        for one in (stream, packets):
            one.setblocking(False)
        yield _Knocks(stream, packets)


@contextmanager
def _watched(file: Path) -> Iterator["_Reads"]:
    reads = _Reads(file)
    yield reads
    os.close(reads.watch)


class _Reads:
    """How often the file was opened or read, by whomever, as inotify tells it."""

    def __init__(self, file: Path) -> None:
        libc = ctypes.CDLL(None, use_errno=True)
        self.watch = libc.inotify_init1(os.O_NONBLOCK | os.O_CLOEXEC)
        assert libc.inotify_add_watch(self.watch, bytes(file), _IN_ACCESS | _IN_OPEN) >= 0
        self._count = 0

    def __call__(self) -> int:
        with suppress(BlockingIOError):
            while True:
                told = os.read(self.watch, 1 << 16)
                self._count += len(told) // struct.calcsize("iIII")
        return self._count


@contextmanager
def _failures() -> Iterator[list[str]]:
    """What the worker calls a job that ended as none should."""
    failed: list[str] = []

    class _Keep(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            if record.getMessage() in ("job.failed", "job.discarded"):
                failed.append(str(record.exc_info))
                print(f"  {record.getMessage()}: {record.exc_info}", flush=True)

    handler, logger = _Keep(), logging.getLogger("service.media.worker")
    logger.addHandler(handler)
    try:
        yield failed
    finally:
        logger.removeHandler(handler)
