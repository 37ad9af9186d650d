"""How a transaction of acts gets at what it needs and leaves what happened: one form for each kind of database."""

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from sqlalchemy import Executable
from sqlalchemy.ext.asyncio import AsyncConnection

from storage import commands, dialect, log
from storage.at_once import Here, at_once
from storage.commands import Stored
from storage.log import Event

Row = dict[str, Any]
Rows = tuple[Executable, Sequence[Row]]
"""A statement, and the parameters of each time it runs."""
Key = tuple[str, str]


class Appending(Protocol):
    """Reads and inserts inside a transaction."""

    async def load(
        self, tx: AsyncConnection, keys: Sequence[Key], held: Mapping[str, int | None]
    ) -> tuple[dict[Key, Stored], list[Event]]:
        """The stored answers of these (person, command id), and the events that are missing: `held` names the streams
        and the version at which each is in memory, None where it is not. Of each stream in order."""
        ...

    async def flush(
        self, tx: AsyncConnection, events: Sequence[Row], answers: Sequence[Row], writes: Sequence[Rows]
    ) -> None:
        """Insert them, and then do the writes in order. Raises StaleVersion, or IntegrityError, where one is there
        already: roll back."""
        ...


class AnotherWrote(Exception):
    """Another process has changed the file since this one last looked: what is in memory may be old."""


class OneWriterAppending:
    """Whoever writes has the file to itself, so what is in memory is all there is, unless AnotherWrote.

    `seen`: the file's data_version as it was last; None after the connection changed. `begun`: SQLite has begun the
    transaction, because the first statement went well.
    """

    def __init__(self) -> None:
        self.seen: int | None = None
        self.begun = False

    async def load(
        self, tx: AsyncConnection, keys: Sequence[Key], held: Mapping[str, int | None]
    ) -> tuple[dict[Key, Stored], list[Event]]:
        missing = [stream for stream, version in held.items() if version is None]
        version, stored, events = await at_once(tx, _load, keys, missing)
        self.begun = True
        before, self.seen = self.seen, version
        if before not in (None, version):
            raise AnotherWrote
        return stored, events

    async def flush(
        self, tx: AsyncConnection, events: Sequence[Row], answers: Sequence[Row], writes: Sequence[Rows]
    ) -> None:
        steps = [(log.INSERT, events), (commands.INSERT, answers), *writes]
        if steps := [step for step in steps if step[1]]:
            await at_once(tx, _run, steps)


def _load(here: Here, keys: Sequence[Key], missing: Sequence[str]) -> tuple[int, dict[Key, Stored], list[Event]]:
    return (
        next(iter(here.fetch(dialect.DATA_VERSION, {})))[0],
        commands.find(here, keys) if keys else {},
        log.read_whole(here, missing) if missing else [],
    )


def _run(here: Here, steps: Sequence[Rows]) -> None:
    for statement, rows in steps:
        here.run(statement, rows)
