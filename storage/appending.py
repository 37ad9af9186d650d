"""How a transaction of acts gets at what it needs and leaves what happened: one form for each kind of database."""

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from sqlalchemy.ext.asyncio import AsyncConnection

from storage import commands, log
from storage.commands import Stored
from storage.log import Event

Row = dict[str, Any]
Key = tuple[str, str]


class Appending(Protocol):
    """Reads and inserts inside a transaction."""

    async def load(
        self, tx: AsyncConnection, keys: Sequence[Key], held: Mapping[str, int | None]
    ) -> tuple[dict[Key, Stored], list[Event]]:
        """The stored answers of these (person, command id), and the events that are missing: `held` names the streams
        and the version at which each is in memory, None where it is not. Of each stream in order."""
        ...

    async def append(self, tx: AsyncConnection, events: Sequence[Row], answers: Sequence[Row]) -> None:
        """Insert them. Raises StaleVersion, or IntegrityError, where one is there already: roll back."""
        ...


class OneWriterAppending:
    """Whoever writes has the file to itself, so what is in memory is all there is."""

    async def load(
        self, tx: AsyncConnection, keys: Sequence[Key], held: Mapping[str, int | None]
    ) -> tuple[dict[Key, Stored], list[Event]]:
        stored = await commands.find(tx, keys) if keys else {}
        missing = [stream for stream, version in held.items() if version is None]
        return stored, await log.read_whole(tx, missing) if missing else []

    async def append(self, tx: AsyncConnection, events: Sequence[Row], answers: Sequence[Row]) -> None:
        if events:
            await tx.execute(log.INSERT, events)
        if answers:
            await tx.execute(commands.INSERT, answers)
