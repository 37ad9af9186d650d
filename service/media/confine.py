"""Run a program on hostile input: its own process group, user and folder, limits on everything, and a sure end."""

import asyncio
import contextlib
import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import AsyncIterable, Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import IO

_SAID_BYTES = 16 * 1024
_WALLS = str(Path(__file__).with_name("walls.py"))
# Numbers that no system gives to people or services: one for each folder, so that jobs cannot reach each other.
_FIRST_USER, _USERS = 0x7000_0000, 0x0FFF_FFFF
_LOOK_SECONDS = 0.1
_TICKS = os.sysconf("SC_CLK_TCK")
_PAGE = os.sysconf("SC_PAGE_SIZE")


@dataclass(frozen=True, slots=True)
class Limits:
    """What one child may use. Reaching any of them ends it; the caller sees the exit code (negative: a signal)."""

    wall_seconds: float
    """A machine that is busy with other things reaches this too, so it says nothing about the file."""
    cpu_seconds: int
    stalled_cpu_seconds: float | None = None
    """The most it may work without a line of which `on_line` says that it is progress."""
    resident_bytes: int = 1200 << 20
    memory_bytes: int = 3 << 30
    """Address space: what it may reserve, of which a program with many threads uses a small part."""
    file_bytes: int = 16 << 30
    processes: int = 256
    """And threads; held where the child has its own user."""


Feed = AsyncIterable[bytes]
"""A standard input that is not all there yet."""


class Stopped(StrEnum):
    """Why we ended a child."""

    WALL = "wall clock"
    STALLED = "no progress"
    MEMORY = "memory"


@dataclass(frozen=True, slots=True)
class Finished:
    """`code` is the exit code, or minus the signal; `said` the tail of stderr; `stopped`: by us, and why."""

    code: int
    said: str
    stopped: Stopped | None = None

    @property
    def excessive(self) -> bool:
        """The input asked for more than anything may, and would again."""
        return self.stopped in (Stopped.STALLED, Stopped.MEMORY) or self.code in (-signal.SIGXCPU, -signal.SIGXFSZ)


class OutputTooLong(Exception):
    """The child wrote more to stdout than the caller allowed."""


@cache
def walls() -> Mapping[str, bool]:
    """Which walls stand on this machine: `network`, `folder`, `user`. Blocks for a moment the first time.

    Containers often forbid new namespaces, and only root has users to give. Any of them keeps most of what can be
    feared away; the whitelists stand in any case.
    """
    asked = json.dumps({"user": _FIRST_USER if os.geteuid() == 0 else None, "parent": os.getpid(), "folder": None})
    told = subprocess.run([*_walled(asked), "--tell"], cwd="/", capture_output=True, check=True, timeout=30)
    found: dict[str, bool] = json.loads(told.stdout)
    return found


def confined(arguments: Sequence[str], limits: Limits, user: int | None, folder: Path | None) -> list[str]:
    """`arguments` wrapped so that the kernel holds `limits`; the child yields the processor to web and live."""
    held = {
        "AS": limits.memory_bytes,
        "CPU": limits.cpu_seconds,
        "FSIZE": limits.file_bytes,
        "NOFILE": 256,
        "CORE": 0,
    }
    asked = {
        "user": user,
        "parent": os.getpid(),
        "folder": str(folder) if folder else None,
        "limits": held,
        "processes": limits.processes,
    }
    return [*_walled(json.dumps(asked)), *arguments]


async def run(
    arguments: Sequence[str],
    *,
    source: Path | Feed,
    folder: Path | None,
    limits: Limits,
    on_line: Callable[[str], object] | None = None,
) -> Finished:
    """Run to the end, handing each line of stdout to `on_line`, which returns True for progress.

    The child sees its standard input, which is `source`, and may do what it likes in `folder`, which becomes its own;
    no other file, no network, nothing of our environment. Cancelling kills the whole process group before the
    cancellation goes on, so that no encoder outlives its job.
    """
    user, owned = None, folder if folder is not None else source
    if os.geteuid() == 0 and isinstance(owned, Path):
        user = await asyncio.to_thread(_user_of, owned, give=folder is not None)
    walled, at = confined(arguments, limits, user, folder), folder or Path("/")
    if not isinstance(source, Path):
        return await _attend(await _start(walled, at, stdin=asyncio.subprocess.PIPE), limits, on_line, source)
    with await asyncio.to_thread(source.open, "rb") as stdin:
        process = await _start(walled, at, stdin=stdin)
    return await _attend(process, limits, on_line)


async def run_ours(
    arguments: Sequence[str], *, folder: Path, limits: Limits, environment: Mapping[str, str]
) -> Finished:
    """The same for a program of ours on nothing strange: no walls, and of the limits only those on time and memory."""
    # When Farfield itself is killed, nobody is left to end the child but the kernel.
    last = ("setpriv", "--pdeathsig", "KILL", "--") if shutil.which("setpriv") else ()
    return await _attend(await _start([*last, *arguments], folder, environment), limits, None)


async def _start(
    arguments: Sequence[str],
    folder: Path,
    environment: Mapping[str, str] = {},
    stdin: int | IO[bytes] = asyncio.subprocess.DEVNULL,
) -> asyncio.subprocess.Process:
    return await asyncio.create_subprocess_exec(
        *arguments,
        stdin=stdin,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        cwd=folder,
        env={"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C.UTF-8", **environment},
        start_new_session=True,
    )


async def _attend(
    process: asyncio.subprocess.Process,
    limits: Limits,
    on_line: Callable[[str], object] | None,
    feed: Feed | None = None,
) -> Finished:
    said = bytearray()
    usage = _Usage(process.pid)

    def line(text: str) -> None:
        if on_line is not None and on_line(text) is True:
            usage.progress()

    async def to_the_end() -> None:
        reading = asyncio.gather(_lines(process.stdout, line), _tail(process.stderr, said), process.wait())
        feeding = asyncio.create_task(_fed(process.stdin, feed)) if feed is not None else None
        try:
            if feeding is not None:
                await asyncio.wait((reading, feeding), return_when=asyncio.FIRST_COMPLETED)
                if feeding.done():
                    feeding.result()  # one that failed ends the child, which would wait for the rest
            await reading
        finally:
            reading.cancel()
            if feeding is not None:
                feeding.cancel()
            await asyncio.gather(reading, *([feeding] if feeding else []), return_exceptions=True)

    ending = asyncio.create_task(to_the_end())
    watching = asyncio.create_task(_watch(usage, limits))
    try:
        await asyncio.wait((ending, watching), return_when=asyncio.FIRST_COMPLETED)
        stopped = None if ending.done() else watching.result()
        if ending.done():
            ending.result()
    finally:
        for task in (ending, watching):
            task.cancel()
        await _end(process)
        await asyncio.gather(ending, watching, return_exceptions=True)
    code = process.returncode
    assert code is not None
    return Finished(code, said.decode(errors="replace").strip(), stopped)


class _Usage:
    """What a child that was started has used so far, as the kernel counts it."""

    def __init__(self, pid: int) -> None:
        self._folder = Path(f"/proc/{pid}")
        self._at_progress = 0.0

    def progress(self) -> None:
        self._at_progress = self.cpu_seconds()

    def since_progress(self) -> float:
        """Seconds of processor time, so that a busy machine takes nothing away."""
        return self.cpu_seconds() - self._at_progress

    def cpu_seconds(self) -> float:
        with contextlib.suppress(OSError, IndexError):
            told = (self._folder / "stat").read_text().rpartition(")")[2].split()
            return (int(told[11]) + int(told[12])) / _TICKS
        return 0.0

    def resident_bytes(self) -> int:
        with contextlib.suppress(OSError, IndexError):
            return int((self._folder / "statm").read_text().split()[1]) * _PAGE
        return 0


async def _watch(usage: _Usage, limits: Limits) -> Stopped:
    """Returns when a limit is reached that the kernel does not hold by itself."""
    until = asyncio.get_running_loop().time() + limits.wall_seconds
    while asyncio.get_running_loop().time() < until:
        if usage.resident_bytes() > limits.resident_bytes:
            return Stopped.MEMORY
        if limits.stalled_cpu_seconds is not None and usage.since_progress() > limits.stalled_cpu_seconds:
            return Stopped.STALLED
        await asyncio.sleep(_LOOK_SECONDS)
    return Stopped.WALL


def _walled(asked: str) -> list[str]:
    return [sys.executable, "-I", "-S", _WALLS, asked]


def _user_of(owned: Path, *, give: bool) -> int:
    """Whoever works on `owned`, and nobody else, is this user. A folder that is given is theirs, closed to others."""
    user = _FIRST_USER + owned.stat().st_ino % _USERS
    if give and walls()["user"]:
        os.chown(owned, user, user)
        owned.chmod(0o700)
    return user


async def output_of(arguments: Sequence[str], *, source: Path, limits: Limits, at_most: int) -> tuple[Finished, bytes]:
    """Run to the end without any folder and return what it wrote to stdout; OutputTooLong above `at_most` bytes."""
    kept: list[str] = []
    size = 0

    def keep(line: str) -> None:
        nonlocal size
        size += len(line)
        if size > at_most:
            raise OutputTooLong
        kept.append(line)

    finished = await run(arguments, source=source, folder=None, limits=limits, on_line=keep)
    return finished, "\n".join(kept).encode()


async def _fed(stdin: asyncio.StreamWriter | None, feed: Feed) -> None:
    """All of it, as quickly as the child takes it. A child that has gone wants no more."""
    assert stdin is not None
    try:
        with contextlib.suppress(BrokenPipeError, ConnectionResetError):
            async for piece in feed:
                stdin.write(piece)
                await stdin.drain()
    finally:
        stdin.close()


async def _lines(stream: asyncio.StreamReader | None, on_line: Callable[[str], None] | None) -> None:
    assert stream is not None
    try:
        async for line in stream:
            if on_line is not None:
                on_line(line.decode(errors="replace").rstrip("\n"))
    except ValueError as endless:  # what a stream raises for a line beyond its limit of 64 KiB
        raise OutputTooLong from endless


async def _tail(stream: asyncio.StreamReader | None, said: bytearray) -> None:
    """Read stderr to its end, so that the child never blocks on it, and keep only the tail."""
    assert stream is not None
    while chunk := await stream.read(8192):
        said += chunk
        del said[:-_SAID_BYTES]


async def _end(process: asyncio.subprocess.Process) -> None:
    """Kill what is left of the group (also of one whose leader has gone) and wait for the leader."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    await process.wait()
