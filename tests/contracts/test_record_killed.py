"""A writer that is killed, or the server below it: whatever was answered is there, and nothing is half there."""

import asyncio
import contextlib
import signal
import sys
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from storage.bus import InProcessBus
from storage.engine import Database
from storage.record import Record
from tests.fixtures.database import NOW, Place, PostgresPlace, postgresql_only
from tests.fixtures.ledger import LedgerFolding, note
from tests.fixtures.postgres import running_postgres

ROOT = Path(__file__).parents[2]
WRITER = """
import asyncio, itertools, sys
from storage.bus import InProcessBus
from storage.engine import Database, DatabaseUnavailable
from storage.record import Record
from tests.fixtures.database import NOW
from tests.fixtures.ledger import LedgerFolding, note

async def main(url, name):
    record = Record(await Database.open(url), InProcessBus(), LedgerFolding(), lambda: NOW)
    await record.start()
    numbers = itertools.count()
    async def caller():
        for n in numbers:
            act = note(f"lesson/{n % 5}", f"{name}-{n}", command=f"{name}-{n}")
            acted = None
            while acted is None:
                try:
                    acted = await record.act(act)
                except DatabaseUnavailable:
                    print("unavailable", flush=True)
                    await asyncio.sleep(0.05)
            (stream, version), = acted.versions.items()
            print(f"{name}-{n}", stream, version, flush=True)
    await asyncio.gather(*(caller() for _ in range(40)))

asyncio.run(main(*sys.argv[1:]))
"""


class Writer:
    """A process that writes for ever and says what was answered."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process
        self.answered: list[tuple[str, str, int]] = []

    async def says(self, count: int) -> None:
        """Wait for so many more answers."""
        wanted = len(self.answered) + count
        while len(self.answered) < wanted:
            assert await self._line(), "the writer ended"

    async def says_unavailable(self) -> None:
        """Wait until it is told that the database is away."""
        while await self._line() != "unavailable":
            pass

    async def kill(self) -> None:
        with contextlib.suppress(ProcessLookupError):
            self._process.kill()
        while await self._line():
            pass
        await self._process.wait()

    async def _line(self) -> str:
        assert self._process.stdout is not None
        line = (await self._process.stdout.readline()).decode()
        if not line.endswith("\n"):  # the last one was cut
            return ""
        if len(words := line.split()) == 3:
            self.answered.append((words[0], words[1], int(words[2])))
        return line.strip()


@asynccontextmanager
async def writers(url: str, *names: str) -> AsyncIterator[list[Writer]]:
    started = [
        Writer(
            await asyncio.create_subprocess_exec(
                sys.executable, "-c", WRITER, url, name, cwd=ROOT, stdout=asyncio.subprocess.PIPE
            )
        )
        for name in names
    ]
    try:
        yield started
    finally:
        for writer in started:
            await writer.kill()


async def holds(url: str, place: Place, answered: list[tuple[str, str, int]]) -> None:
    """All that was answered is there once, without gaps; and the next process goes on from it."""
    stored = place.rows("SELECT stream, version FROM events")
    commands = [row[0] for row in place.rows("SELECT id FROM commands")]
    noted = [row[0] for row in place.rows("SELECT data FROM events")]
    assert {(stream, version) for _, stream, version in answered} <= set(stored)
    assert {command for command, _, _ in answered} <= set(commands)
    assert len(stored) == len(set(stored)) == len(commands) == len(set(commands)) == len(set(noted))
    assert Counter(stream for stream, _ in stored) == {s: max(v for t, v in stored if t == s) for s, _ in stored}

    database = await Database.open(url)
    record = Record(database, InProcessBus(), LedgerFolding(), lambda: NOW)
    await record.start()
    command, stream, version = answered[-1]
    again = await record.act(note(stream, command, command=command))
    assert (again.replayed, again.versions) == (True, {stream: version})
    head = max(v for s, v in stored if s == stream)
    assert (await record.act(note(stream, "next"))).versions == {stream: head + 1}
    await record.close()
    await database.close()


async def test_what_was_answered_survives_a_kill(place: Place) -> None:
    async with writers(place.url, "a") as (writer,):
        await writer.says(500)
        await writer.kill()
        assert len(writer.answered) >= 500
        await holds(place.url, place, writer.answered)


@postgresql_only
async def test_one_of_several_writers_is_killed_and_the_others_go_on(place: PostgresPlace) -> None:
    async with writers(place.url, "a", "b", "c") as several:
        await asyncio.gather(*(writer.says(150) for writer in several))
        await several[0].kill()
        await asyncio.gather(*(writer.says(150) for writer in several[1:]))
        for writer in several:
            await writer.kill()
        await holds(place.url, place, [said for writer in several for said in writer.answered])


async def test_the_server_is_killed_and_the_writers_go_on_once_it_is_back() -> None:
    async with running_postgres() as server:
        place = PostgresPlace(server, await server.fresh())
        async with writers(place.url, "a", "b", "c") as several:
            await asyncio.gather(*(writer.says(150) for writer in several))
            await server.stop(signal.SIGKILL)
            await asyncio.gather(*(writer.says_unavailable() for writer in several))
            await server.start()
            await asyncio.gather(*(writer.says(150) for writer in several))
            for writer in several:
                await writer.kill()
            await holds(place.url, place, [said for writer in several for said in writer.answered])
