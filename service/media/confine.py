"""Run a program on hostile input: its own process group and folder, limits on everything, and a sure end."""

import asyncio
import contextlib
import os
import shutil
import signal
import subprocess
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

_SAID_BYTES = 16 * 1024


@dataclass(frozen=True, slots=True)
class Limits:
    """What one child may use. Reaching any of them ends it; the caller sees the exit code (negative: a signal)."""

    wall_seconds: float
    cpu_seconds: int
    memory_bytes: int = 3 << 30
    file_bytes: int = 16 << 30


@dataclass(frozen=True, slots=True)
class Finished:
    """`code` is the exit code, or minus the signal; `said` the tail of stderr; `timed_out`: by the wall clock."""

    code: int
    said: str
    timed_out: bool = False


class OutputTooLong(Exception):
    """The child wrote more to stdout than the caller allowed."""


@cache
def without_network() -> tuple[str, ...]:
    """The prefix that takes the network away from a child, where this machine's kernel lets us; else nothing.

    Containers often forbid new namespaces. The file-only protocol whitelist stands in any case; this is a second wall.
    """
    unshare = shutil.which("unshare")
    if unshare is None:
        return ()
    prefix = (unshare, "--user", "--map-root-user", "--net", "--")
    tried = subprocess.run([*prefix, "true"], capture_output=True, check=False, timeout=10)
    return prefix if tried.returncode == 0 else ()


def confined(arguments: Sequence[str], limits: Limits) -> list[str]:
    """`arguments` wrapped so that the kernel holds `limits`; the child yields the processor to web and live."""
    return [
        *without_network(),
        # When Farfield itself is killed, nobody is left to end the child but the kernel.
        *(("setpriv", "--pdeathsig", "KILL", "--") if shutil.which("setpriv") else ()),
        "prlimit",
        f"--as={limits.memory_bytes}",
        f"--cpu={limits.cpu_seconds}",
        f"--fsize={limits.file_bytes}",
        "--core=0",
        "--",
        "nice",
        "-n",
        "5",
        *arguments,
    ]


async def run(
    arguments: Sequence[str],
    *,
    folder: Path,
    limits: Limits,
    on_line: Callable[[str], None] | None = None,
    environment: Mapping[str, str] = {},
) -> Finished:
    """Run to the end in `folder`, handing each line of stdout to `on_line`.

    Cancelling kills the whole process group before the cancellation goes on, so that no encoder outlives its job.
    """
    process = await asyncio.create_subprocess_exec(
        *confined(arguments, limits),
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        cwd=folder,
        env={"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C.UTF-8", **environment},
        start_new_session=True,
    )
    said = bytearray()
    timed_out = False
    try:
        try:
            async with asyncio.timeout(limits.wall_seconds):
                await asyncio.gather(_lines(process.stdout, on_line), _tail(process.stderr, said), process.wait())
        except TimeoutError:
            timed_out = True
    finally:
        await _end(process)
    code = process.returncode
    assert code is not None
    return Finished(code, said.decode(errors="replace").strip(), timed_out)


async def output_of(arguments: Sequence[str], *, folder: Path, limits: Limits, at_most: int) -> tuple[Finished, bytes]:
    """Run to the end and return everything it wrote to stdout; OutputTooLong above `at_most` bytes."""
    kept: list[str] = []
    size = 0

    def keep(line: str) -> None:
        nonlocal size
        size += len(line)
        if size > at_most:
            raise OutputTooLong
        kept.append(line)

    finished = await run(arguments, folder=folder, limits=limits, on_line=keep)
    return finished, "\n".join(kept).encode()


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
