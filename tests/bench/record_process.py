"""Starting what is measured: the server on one core, the front door and whoever calls on the others.

With one core only, they share it, and the figures say so (`cores`).
"""

import asyncio
import contextlib
import os
import socket
import sys
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import msgspec

from service.embedded import caddy
from service.embedded.caddyfile import caddyfile
from service.embedded.supervisor import Child
from tests.bench.record_load import Address
from tests.bench.record_world import World
from tests.fixtures.front_door import make_pages
from tests.fixtures.processes import until
from tests.fixtures.running import ROOT, free_port

ALL_CORES = sorted(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else [0]


def stay_on(cores: list[int]) -> None:
    """This process, and what it starts from here on, uses only these, where the system lets us say so."""
    with contextlib.suppress(AttributeError, OSError):
        os.sched_setaffinity(0, set(cores))


SERVERS_CORE = ALL_CORES[:1]
OTHER_CORES = ALL_CORES[1:] or ALL_CORES


class Served:
    """A server that runs, and the people in it."""

    def __init__(self, folder: Path, process: asyncio.subprocess.Process) -> None:
        self.folder = folder
        self.web: Address = str(folder / "web.sock")
        self.live: Address = str(folder / "live.sock")
        self.bare: Address = str(folder / "bare.sock")
        self.world = World()
        self.guests: list[str] = []
        self._process = process

    async def ask(self, do: str, **how: Any) -> Any:
        """Tell it to do something; what came of it."""
        assert self._process.stdin is not None
        self._process.stdin.write(msgspec.json.encode({"do": do} | how) + b"\n")
        return await self.answer()

    async def answer(self) -> Any:
        assert self._process.stdout is not None
        line = await self._process.stdout.readline()
        assert line, (self.folder / "errors").read_text()
        return msgspec.json.decode(line)

    async def populate(self, *, seed: int, cycles: int, guests: int = 0) -> None:
        made = await self.ask("world", seed=seed, cycles=cycles, guests=guests)
        self.guests = made.pop("guests")
        self.world = msgspec.convert(made, World)


@asynccontextmanager
async def server(*, database: str | None = None, folder: Path | None = None) -> AsyncIterator[Served]:
    """On SQLite in `folder`, else at the address `database`; a folder that is given outlives it."""
    with tempfile.TemporaryDirectory(prefix="ffb-", dir="/tmp") as own:
        where = folder or Path(own)
        with (where / "errors").open("wb") as errors:
            process = await asyncio.create_subprocess_exec(
                sys.executable,
                "-m",
                "tests.bench.record_server",
                str(where),
                database or f"sqlite:///{where / 'records.db'}",
                cwd=ROOT,
                env=os.environ | {"BENCH_CORE": str(SERVERS_CORE[0])},
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
                stderr=errors,
                limit=2**24,
            )
        served = Served(where, process)
        try:
            await served.answer()
            yield served
        finally:
            if process.stdin is not None:
                process.stdin.close()
            await process.wait()


@asynccontextmanager
async def front_door(served: Served) -> AsyncIterator[Address]:
    """The product's own Caddy and Caddyfile before it; where it listens."""
    folder, port = served.folder, free_port()
    door = caddy.FrontDoor(
        port=port,
        bind="127.0.0.1",
        domain=None,
        local_https=False,
        data_dir=folder,
        static_dir=make_pages(folder),
        web=(f"unix/{served.web}",),
        gate=(f"unix/{folder / 'gate.sock'}",),
        live=(f"unix/{served.live}",),
        store="http://127.0.0.1:9",
    )
    child = Child(caddy.prepare(door, caddyfile(door), folder, folder))
    child.start()
    try:
        await until(lambda: _accepts(port))
        yield "127.0.0.1", port
    finally:
        await child.stop()


def _accepts(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0
