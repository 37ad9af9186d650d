"""The server that is measured: `web` and `live` of the product in a process of its own, on a core of its own.

`python -m tests.bench.record_server`, told what to do on standard input, a JSON object a line, and answering with one:
`open` makes or takes up the records and answers where it listens; `annotate` writes through `actions`; `broadcast` is
the bare limit: a plain `websockets` server in this very process hands ready frames to whoever is connected.
"""

import asyncio
import contextlib
import os
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import msgspec
from websockets.asyncio.server import ServerConnection, broadcast, unix_serve

from service import access, telemetry
from service.config import Config
from service.config_values import Listen
from service.live.gateway import run_live
from service.web.app import make_app
from service.web.listening import listen
from service.wiring import Deps
from tests.bench.record_world import Making, World, annotate, let_in, make_world
from tests.fixtures.parts import parts


@asynccontextmanager
async def serving(deps: Deps, folder: Path) -> AsyncIterator[None]:
    """Both roles on unix sockets, as the front door finds them."""
    stop = asyncio.Event()
    web = await listen(make_app(deps), Listen(path=folder / "web.sock"))
    live = asyncio.create_task(run_live(deps, Listen(path=folder / "live.sock"), stop))
    while not (folder / "live.sock").exists():
        await asyncio.sleep(0.01)
        assert not live.done(), live.result()
    try:
        yield
    finally:
        stop.set()
        await web.cleanup()
        await live


class Bare:
    """Who is connected to the plain server."""

    def __init__(self) -> None:
        self.sockets: set[ServerConnection] = set()

    async def handle(self, socket: ServerConnection) -> None:
        self.sockets.add(socket)
        await socket.wait_closed()
        self.sockets.discard(socket)

    async def send(self, frame: bytes, count: int) -> None:
        """The frame so often, as quickly as the sockets take it: each gets as much room as the product gives it."""
        for _ in range(count):
            broadcast(self.sockets, frame, text=True)
            while any(socket.transport.get_write_buffer_size() > 512 * 1024 for socket in self.sockets):
                await asyncio.sleep(0)
            await asyncio.sleep(0)


class Server:
    def __init__(self, deps: Deps, bare: Bare) -> None:
        self._deps = deps
        self._bare = bare
        self._making = Making(0)
        self._world = World()

    async def world(self, *, seed: int, cycles: int, guests: int) -> dict[str, Any]:
        """Make the people; answer all ids. `guests` more may write in the first lesson."""
        self._making = Making(seed)
        self._world = await make_world(self._deps, self._making, cycles)
        let = await let_in(self._deps, self._making, self._world, 0, guests)
        return msgspec.to_builtins(self._world) | {"guests": let}

    async def annotate(self, *, writers: int, count: int) -> dict[str, float]:
        """Write in the first lesson through `actions`."""
        world = self._world
        found = await access.access_lesson(self._deps, world.teachers[0], world.lessons[0])
        began, cpu = time.perf_counter(), time.process_time()
        await annotate(self._deps, self._making, [(found, world.teachers[0])] * writers, count)
        return {"seconds": time.perf_counter() - began, "cpu": time.process_time() - cpu}

    async def broadcast(self, *, frame: str, count: int) -> dict[str, float]:
        """Send it to everybody at the plain server."""
        began, cpu = time.perf_counter(), time.process_time()
        await self._bare.send(frame.encode(), count)
        return {"seconds": time.perf_counter() - began, "cpu": time.process_time() - cpu}

    async def kept(self) -> dict[str, int]:
        """The version each lesson has reached."""
        return {name: (await self._deps.record.state(name))[0] for name in self._world.streams()}

    async def cpu(self) -> float:
        """Seconds of a core this process has used."""
        return time.process_time()


async def run(folder: Path, database: str) -> None:
    config = Config.from_env({"FARFIELD_DATA_DIR": str(folder), "FARFIELD_DATABASE_URL": database}).as_demo()
    telemetry.set_up(file=folder / "server.log")  # as in the product, every request is a line of it
    bare = Bare()
    async with (
        parts(config) as deps,
        serving(deps, folder),
        unix_serve(bare.handle, str(folder / "bare.sock"), compression=None),
    ):
        server = Server(deps, bare)
        reader = asyncio.StreamReader(limit=2**24)
        await asyncio.get_running_loop().connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
        print("{}", flush=True)
        while line := await reader.readline():
            asked: dict[str, Any] = msgspec.json.decode(line)
            answer = await getattr(server, asked.pop("do"))(**asked)
            print(msgspec.json.encode(answer).decode(), flush=True)


if __name__ == "__main__":
    if core := os.environ.get("BENCH_CORE"):
        with contextlib.suppress(AttributeError, OSError):
            os.sched_setaffinity(0, {int(core)})
    asyncio.run(run(Path(sys.argv[1]), sys.argv[2]))
