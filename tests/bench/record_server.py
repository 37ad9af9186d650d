"""The server that is measured: `web` and `live` of the product in a process of its own, on a core of its own.

`python -m tests.bench.record_server`, told what to do on standard input, a JSON object a line, and answering with one:
`open` makes or takes up the records and answers where it listens; `annotate` writes through `actions`; `broadcast` is
the bare limit: a plain `websockets` server in this very process hands ready frames to whoever is connected.
"""

import asyncio
import contextlib
import os
import sqlite3
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import asyncpg
import msgspec
from websockets.asyncio.server import ServerConnection, broadcast, unix_serve

from service import access, telemetry
from service.collecting import collect_seldom
from service.config import Config
from service.config_values import Listen
from service.live.gateway import run_live
from service.web.app import make_app
from service.web.listening import listen
from service.wiring import Deps
from tests.bench.record_world import BODY, Making, World, annotate, let_in, make_world
from tests.fixtures.parts import parts

ROOM = 512 * 1024
COLUMNS = "stream TEXT, version BIGINT, type TEXT, at BIGINT, by TEXT, data TEXT, PRIMARY KEY (stream, version)"
BARE = msgspec.json.encode({"id": "0" * 36, "start_ms": 1_000_000, "end_ms": None, "body": BODY}).decode()


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

    async def send(self, frame: bytes, count: int, *, in_turn: bool) -> None:
        """The frame so often to all, together or one after another, as quickly as the sockets take it: each gets half
        the room that the product gives it."""
        groups = [[socket] for socket in self.sockets] if in_turn else [list(self.sockets)]
        for _ in range(count):
            for sockets in groups:
                broadcast(sockets, frame, text=True)
                while any(socket.transport.get_write_buffer_size() > ROOM for socket in sockets):  # noqa: ASYNC110
                    await asyncio.sleep(0)
                await asyncio.sleep(0)


class Server:
    def __init__(self, deps: Deps, bare: Bare, folder: Path) -> None:
        self._deps = deps
        self._folder = folder
        self._bare = bare
        self._making = Making("nothing", 0)
        self._world = World()

    async def world(self, *, seed: int, cycles: int, guests: int) -> dict[str, Any]:
        """Make the people; answer all ids. `guests` more may write in the first lesson."""
        self._making = Making("world", seed)
        self._world = await make_world(self._deps, self._making, cycles)
        let = await let_in(self._deps, self._making, self._world, 0, guests)
        return msgspec.to_builtins(self._world) | {"guests": let}

    async def annotate(self, *, writers: int, count: int) -> None:
        """Write in the first lesson through `actions`."""
        world = self._world
        found = await access.access_lesson(self._deps, world.teachers[0], world.lessons[0])
        await annotate(self._deps, self._making, [(found, world.teachers[0])] * writers, count)

    async def broadcast(self, *, frame: str, count: int, in_turn: bool = False) -> None:
        """Send it to everybody at the plain server."""
        await self._bare.send(frame.encode(), count, in_turn=in_turn)

    async def inserts(self, *, batch: int, count: int) -> float:
        """Event rows a second that the driver alone inserts, so many in a transaction."""
        rows = [(f"bare/{self._deps.new_id()}", 1, "annotation.added", 0, "nobody", BARE) for _ in range(count)]
        batches = [rows[first : first + batch] for first in range(0, count, batch)]
        if self._deps.config.on_sqlite:
            took = await asyncio.to_thread(_into_sqlite, self._folder / "bare.db", batches)
        else:
            took = await _into_postgresql(self._deps.config.database_url, batches)
        return count / took

    async def kept(self) -> dict[str, int]:
        """The version each lesson has reached."""
        return {name: (await self._deps.record.state(name))[0] for name in self._world.streams()}

    async def cpu(self) -> float:
        """Seconds of a core this process has used."""
        return time.process_time()


def _into_sqlite(file: Path, batches: list[list[tuple[Any, ...]]]) -> float:
    bare = sqlite3.connect(file, isolation_level=None)
    bare.execute("PRAGMA journal_mode=WAL")
    bare.execute("PRAGMA synchronous=FULL")
    bare.execute(f"CREATE TABLE IF NOT EXISTS events ({COLUMNS})")
    began = time.perf_counter()
    for rows in batches:
        bare.execute("BEGIN IMMEDIATE")
        bare.executemany("INSERT INTO events VALUES (?, ?, ?, ?, ?, ?)", rows)
        bare.execute("COMMIT")
    took = time.perf_counter() - began
    bare.close()
    return took


async def _into_postgresql(url: str, batches: list[list[tuple[Any, ...]]]) -> float:
    bare = await asyncpg.connect(url)
    await bare.execute(f"CREATE TABLE IF NOT EXISTS bare ({COLUMNS})")
    began = time.perf_counter()
    for rows in batches:
        async with bare.transaction():
            await bare.executemany("INSERT INTO bare VALUES ($1, $2, $3, $4, $5, $6)", rows)
    took = time.perf_counter() - began
    await bare.close()
    return took


async def run(folder: Path, database: str) -> None:
    config = Config.from_env({"FARFIELD_DATA_DIR": str(folder), "FARFIELD_DATABASE_URL": database}).as_demo()
    telemetry.set_up(file=folder / "server.log")  # as in the product, every request is a line of it
    collect_seldom()
    bare = Bare()
    async with (
        parts(config) as deps,
        serving(deps, folder),
        unix_serve(bare.handle, str(folder / "bare.sock"), compression=None),
    ):
        server = Server(deps, bare, folder)
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
