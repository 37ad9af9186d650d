"""Children that are kept alive: restarted with back-off when they die, said so in the log, and surely ended.

A child gets its own session, so that Ctrl-C in a terminal reaches only Farfield, which then ends its children in order.
Where the kernel offers it (setpriv), a child also dies with Farfield when Farfield itself is killed.
"""

import asyncio
import contextlib
import logging
import os
import shutil
import signal
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

logger = logging.getLogger(__name__)

FIRST_PAUSE_SECONDS = 0.5
LONGEST_PAUSE_SECONDS = 30.0
STEADY_SECONDS = 60.0
"""A child that lived this long has recovered: its next death is met with the first pause again."""
_LOG_BYTES = 5_000_000
_LAST_WORDS_BYTES = 2_000


@dataclass(frozen=True, slots=True)
class Program:
    """What to run. `says` is how a person knows it ("the video store"); `grace_seconds` is from SIGTERM to SIGKILL."""

    name: str
    says: str
    arguments: Sequence[str]
    folder: Path
    log: Path
    environment: Mapping[str, str] = field(default_factory=dict)
    grace_seconds: float = 5.0
    before: Callable[[], None] = lambda: None
    after: Callable[[], None] = lambda: None
    """Called around every run, also before restarts: to clear away what a killed child left behind."""


class Child:
    """One supervised program. `start()` once, `stop()` once; in between it is running or about to run again."""

    def __init__(self, program: Program) -> None:
        self.program = program
        self.pid: int | None = None
        self.restarts = 0
        self.exits = asyncio.Event()
        """Set at each death; whoever waits for one clears it."""
        self._stopping = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        self._task = asyncio.create_task(self._keep_alive(), name=f"child {self.program.name}")

    async def stop(self) -> None:
        """End the child: SIGTERM, and SIGKILL to its whole group after the grace. Returns when nothing of it runs."""
        self._stopping.set()
        if self._task is not None:
            await self._task

    async def _keep_alive(self) -> None:
        pause = FIRST_PAUSE_SECONDS
        while not self._stopping.is_set():
            started = time.monotonic()
            code = await self._run_once()
            if self._stopping.is_set():
                return
            lived = time.monotonic() - started
            pause = FIRST_PAUSE_SECONDS if lived >= STEADY_SECONDS else pause
            self.restarts += 1
            logger.warning(
                "child_restarting",
                extra={
                    "child": self.program.name,
                    "code": code,
                    "lived_seconds": round(lived, 1),
                    "pause_seconds": pause,
                    "said": f"{self.program.says} stopped ({_how(code)}). Starting it again in {pause:g} s.",
                    "last_words": _last_words(self.program.log),
                },
            )
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(pause):
                    await self._stopping.wait()
            pause = min(pause * 2, LONGEST_PAUSE_SECONDS)

    async def _run_once(self) -> int | None:
        """Run until it dies or is to stop; returns the exit code, None if it could not be started."""
        program = self.program
        try:
            program.before()
            with _opened(program.log) as log:
                process = await asyncio.create_subprocess_exec(
                    *dies_with_parent(),
                    *program.arguments,
                    stdin=asyncio.subprocess.DEVNULL,
                    stdout=log,
                    stderr=log,
                    cwd=program.folder,
                    env={**_inherited(), **program.environment},
                    start_new_session=True,
                )
        except OSError:
            logger.exception("child_not_started", extra={"child": program.name})
            return None
        self.pid = process.pid
        logger.info("child_started", extra={"child": program.name, "pid": process.pid})
        exited = asyncio.create_task(process.wait())
        stopping = asyncio.create_task(self._stopping.wait())
        try:
            await asyncio.wait({exited, stopping}, return_when=asyncio.FIRST_COMPLETED)
            if not exited.done():
                _signal_group(process.pid, signal.SIGTERM)
                await asyncio.wait({exited}, timeout=program.grace_seconds)
        finally:
            # Also after it exited by itself: whatever it had started goes with it.
            _signal_group(process.pid, signal.SIGKILL)
            stopping.cancel()
            await exited
            self.pid = None
            self.exits.set()
            program.after()
        return process.returncode


def dies_with_parent() -> list[str]:
    """The prefix that lets the kernel end a child whose parent was killed without a chance to stop it."""
    setpriv = shutil.which("setpriv")
    return [setpriv, "--pdeathsig", "KILL", "--"] if setpriv else []


def _signal_group(pid: int, number: signal.Signals) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(pid, number)


def _inherited() -> dict[str, str]:
    """What a child may know of our surroundings; FARFIELD_* may hold passwords and is none of its business."""
    keep = ("PATH", "HOME", "LANG", "LC_ALL", "TZ", "TMPDIR", "SSL_CERT_FILE", "SSL_CERT_DIR")
    return {name: os.environ[name] for name in keep if name in os.environ}


def _opened(log: Path) -> IO[bytes]:
    if log.exists() and log.stat().st_size > _LOG_BYTES:
        log.replace(log.with_suffix(".old"))
    return log.open("ab")


def _last_words(log: Path) -> str:
    with contextlib.suppress(OSError), log.open("rb") as file:
        file.seek(max(0, log.stat().st_size - _LAST_WORDS_BYTES))
        return file.read().decode(errors="replace").strip()
    return ""


def _how(code: int | None) -> str:
    if code is None:
        return "it could not be started"
    if code < 0:
        return f"killed by {signal.Signals(-code).name}"
    return f"exit code {code}"
