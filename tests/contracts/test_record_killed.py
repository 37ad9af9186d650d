"""A writer that is killed: whatever it had answered is there, and nothing is half there."""

import asyncio
import sqlite3
import sys
from collections import Counter
from pathlib import Path

from storage.bus import InProcessBus
from storage.engine import Database
from storage.record import Record
from tests.fixtures.database import NOW
from tests.fixtures.ledger import LedgerFolding, note

ROOT = Path(__file__).parents[2]
WRITER = """
import asyncio, itertools, sys
from storage.bus import InProcessBus
from storage.engine import Database
from storage.record import Record
from tests.fixtures.database import NOW
from tests.fixtures.ledger import LedgerFolding, note

async def main(url):
    record = Record(await Database.open(url), InProcessBus(), LedgerFolding(), lambda: NOW)
    await record.start()
    numbers = itertools.count()
    async def caller():
        for n in numbers:
            acted = await record.act(note(f"lesson/{n % 5}", str(n), command=f"k{n}"))
            (stream, version), = acted.versions.items()
            print(n, stream, version, flush=True)
    await asyncio.gather(*(caller() for _ in range(40)))

asyncio.run(main(sys.argv[1]))
"""


async def test_what_was_answered_survives_a_kill(database_file: Path) -> None:
    url = f"sqlite:///{database_file}"
    writer = await asyncio.create_subprocess_exec(
        sys.executable, "-c", WRITER, url, cwd=ROOT, stdout=asyncio.subprocess.PIPE
    )
    assert writer.stdout is not None
    said = [await writer.stdout.readline() for _ in range(500)]
    writer.kill()
    said += (await writer.stdout.read()).splitlines(keepends=True)
    await writer.wait()
    answered = [line.decode().split() for line in said if line.endswith(b"\n")]
    assert len(answered) >= 500

    file = sqlite3.connect(database_file)
    stored = set(file.execute("SELECT stream, version FROM events"))
    commands = {row[0] for row in file.execute("SELECT id FROM commands")}
    file.close()
    assert {(stream, int(version)) for _, stream, version in answered} <= stored
    assert {f"k{n}" for n, _, _ in answered} <= commands
    assert len(stored) == len(commands)
    assert Counter(stream for stream, _ in stored) == {s: max(v for t, v in stored if t == s) for s, _ in stored}

    # The next process answers the last command from the store and goes on without a gap.
    database = await Database.open(url)
    record = Record(database, InProcessBus(), LedgerFolding(), lambda: NOW)
    await record.start()
    n, stream, version = answered[-1]
    again = await record.act(note(stream, n, command=f"k{n}"))
    assert (again.replayed, again.versions) == (True, {stream: int(version)})
    head = max(v for s, v in stored if s == stream)
    assert (await record.act(note(stream, "next"))).versions == {stream: head + 1}
    await record.close()
    await database.close()
