"""One transaction of acts: decide each in memory, gather what they write, send it table by table.

Nothing here commits, and no shared state is changed: states are forked once, before the first event, and the forks are
handed out (`states`) only for the caller to publish after its commit. An act that is refused leaves no trace. An error
anywhere else spoils the whole transaction (the forks are half changed): the caller rolls back and drops this object.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import Executable
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.sql.dml import Delete, Update

from storage import commands, log
from storage.acts import Act, Acted, CommandReused, Entry, Folding, Outcome, Superseded
from storage.appending import Appending, Row
from storage.engine import Write
from storage.states import States

Result = Acted | Exception


class Live(msgspec.Struct):
    """A stream within the transaction: at first the committed state, from the first event on a fork of it."""

    version: int
    state: Any
    forked: bool = False


class Deciding:
    """The acts of one transaction, in order."""

    def __init__(self, folding: Folding, tx: AsyncConnection, at: datetime, appending: Appending) -> None:
        self._folding = folding
        self._tx = tx
        self._appending = appending
        self._at = at
        self.states: dict[str, Live] = {}
        self._stored: dict[tuple[str, str], tuple[str, Acted]] = {}
        self._events: list[dict[str, Any]] = []
        self._commands: list[dict[str, Any]] = []
        self._writes: list[tuple[tuple[Executable, ...], list[list[dict[str, Any]]]]] = []

    async def load(self, acts: Sequence[Act], cache: States) -> None:
        """Fetch what the acts will need and is not in the cache: stored answers, and events to fold."""
        keys = [(act.by, act.command[0]) for act in acts if act.command is not None]
        held: dict[str, int | None] = {}
        for act in acts:
            for stream in act.streams:
                if stream not in held:
                    cached = cache.get(stream)
                    held[stream] = None if cached is None else cached[0]
                    self.states[stream] = Live(*(cached or (0, self._folding.initial(stream))))
        stored, events = await self._appending.load(self._tx, keys, held)
        for key, answer in stored.items():
            answered = msgspec.json.decode(answer.answer, type=Acted)
            self._stored[key] = answer.digest, msgspec.structs.replace(answered, replayed=True)
        ours = {stream for stream, version in held.items() if version is None}
        for event in events:
            live = self.states[event.stream]
            if event.stream not in ours:
                # Not `forked`: that says that this transaction appended.
                live.state = self._folding.fork(live.state)
                ours.add(event.stream)
            fold(self._folding, live, event)

    async def take(self, act: Act) -> Result:
        """Decide one act: its answer, or the exception that refuses it. Raises only what spoils the transaction."""
        digest = ""
        if act.command is not None:
            digest = act.command[1].hex()
            stored = self._stored.get((act.by, act.command[0]))
            if stored is not None:
                return stored[1] if stored[0] == digest else CommandReused(act.command[0])
        if act.require is not None:
            await self.flush()  # so that it sees what earlier acts of this transaction did
            # Locked, so that it stays so until the commit; SQLite, which locks the file, passes over that.
            if (await self._tx.execute(act.require.with_for_update())).first() is None:
                return Superseded()
        live = self.states
        before = {stream: live[stream].state for stream in act.streams}
        try:
            outcome = act.decide(before, self._at)
        except Exception as refusal:  # noqa: BLE001 - whatever decide raises is the answer
            return refusal
        self._append(act, outcome)
        writes = list(outcome.writes)
        if act.project is not None:
            writes += act.project({stream: live[stream].state for stream in act.streams}, self._at)
        if writes:
            self._gather(writes)
        acted = Acted(dict(outcome.answer), {stream: live[stream].version for stream in act.streams})
        if act.command is not None:
            self._keep(act.by, act.command[0], digest, acted)
        return acted

    def _append(self, act: Act, outcome: Outcome) -> None:
        folding, at, by = self._folding, self._at, act.by
        for stream, happened in outcome.events.items():
            if not happened:
                continue
            if stream not in act.streams:
                raise ValueError(f"the act appends to {stream}, which it does not name")
            live = self.states[stream]
            if not live.forked:
                live.state, live.forked = folding.fork(live.state), True
            for data in happened:
                type_, encoded = folding.encode(data)
                live.version = version = live.version + 1
                live.state = folding.evolve(live.state, Entry(version, at, by, data))
                self._events.append(
                    {"stream": stream, "version": version, "type": type_, "at": at, "by": by, "data": encoded.decode()}
                )

    def _keep(self, by: str, command: str, digest: str, acted: Acted) -> None:
        answer = msgspec.json.encode(acted).decode()
        self._commands.append(commands.row(by, command, digest, answer, self._at))
        self._stored[by, command] = digest, msgspec.structs.replace(acted, replayed=True)

    def _gather(self, writes: Iterable[Write]) -> None:
        """Merge with the act before where both make the same statements in the same order; else keep the order."""
        statements: list[Executable] = []
        rows: list[list[dict[str, Any]]] = []
        for statement, parameters in writes:
            if statements and statements[-1] is statement and rows[-1][0].keys() == parameters.keys():
                rows[-1].append(parameters)
            else:
                statements.append(statement)
                rows.append([parameters])
        signature = tuple(statements)
        if self._writes:
            last, gathered = self._writes[-1]
            if last == signature and all(
                ours[0].keys() == theirs[0].keys() for ours, theirs in zip(gathered, rows, strict=True)
            ):
                for ours, theirs in zip(gathered, rows, strict=True):
                    ours += theirs
                return
        self._writes.append((signature, rows))

    def in_one_statement(self) -> tuple[Sequence[Row], Sequence[Row], Write | None] | None:
        """What `flush` would send: (events, answers, a write), where that is all and no lock is needed; else None.

        None is needed where every stream is appended to: the key of the table says whether the state was the last. A
        stream that is only read could change before the statement is there, and what follows from it would be wrong.
        """
        if (self._events or self._writes) and not all(live.forked for live in self.states.values()):
            return None
        write: Write | None = None
        if self._writes:
            (statements, rows), *more = self._writes
            if more or len(statements) > 1 or len(rows[0]) > 1 or not isinstance(statements[0], Update | Delete):
                return None
            write = statements[0], rows[0][0]
        return self._events, self._commands, write

    async def flush(self) -> None:
        """Send everything gathered so far: events and commands, each at once, and the writes in order."""
        writes = [step for statements, rows in self._writes for step in zip(statements, rows, strict=True)]
        await self._appending.flush(self._tx, self._events, self._commands, writes)
        self._events, self._commands, self._writes = [], [], []


def fold(folding: Folding, live: Live, event: log.Event) -> None:
    """Take a stored event into a state that is ours to change."""
    data = folding.decode(event.type, event.data)
    live.state = folding.evolve(live.state, Entry(event.version, event.at, event.by, data))
    live.version = event.version
