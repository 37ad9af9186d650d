"""The record's own statements on PostgreSQL: one message brings what acts need, one takes away what they did.

Rows go as arrays, a column each, so that one statement serves one act and a hundred.
"""

from collections.abc import Callable, Mapping, MutableMapping, Sequence
from typing import Any

import asyncpg
import msgspec
from sqlalchemy import ARRAY, BigInteger, Executable, Insert, Table, Text, bindparam, func, insert, select
from sqlalchemy.engine import Dialect
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.dml import Delete, Update
from sqlalchemy.util import LRUCache

from storage import log, postgresql, tables
from storage.appending import Key, Row, Rows
from storage.at_once import Here, Plain
from storage.commands import Stored
from storage.engine import Write
from storage.failures import StaleVersion
from storage.log import Event
from storage.tables import from_ms, to_ms

# LATERAL keeps the planner at one walk of the key a stream, also while its figures still say that the table is empty.
_LOAD = """
SELECT false, c.id, c.person_id, 0::bigint, 0::bigint, c.digest, c.answer
FROM commands c WHERE c.id = ANY($1::text[])
UNION ALL
SELECT true, e.stream, e.type, e.version, e.at, e.by, e.data
FROM unnest($2::text[], $3::bigint[]) AS held(stream, version)
CROSS JOIN LATERAL (
    SELECT * FROM events WHERE events.stream = held.stream AND events.version > held.version ORDER BY events.version
) e
"""

_READ_RANGES = """
SELECT e.stream, e.version, e.type, e.at, e.by, e.data
FROM unnest($1::text[], $2::bigint[], $3::bigint[]) AS asked(stream, after, until)
CROSS JOIN LATERAL (
    SELECT * FROM events
    WHERE events.stream = asked.stream AND events.version > asked.after AND events.version <= asked.until
    ORDER BY events.version
) e
"""


def read_ranges(here: Here, ranges: Sequence[log.Range]) -> dict[log.Range, list[Event]]:
    """See `log.read_ranges`."""
    streams, afters = [stream for stream, _, _ in ranges], [after for _, after, _ in ranges]
    untils = [after + limit for _, after, limit in ranges]
    assert isinstance(here, Plain)
    # Through SQLAlchemy, so that the reader's transaction begins as its others do.
    found = here.connection.exec_driver_sql(_READ_RANGES, (streams, afters, untils))
    return log.by_range(
        ranges,
        [log.event_of(name, version, type_, from_ms(at), by, data) for name, version, type_, at, by, data in found],
    )


def _arrays(table: Table, name: str) -> Insert:
    """INSERT as many rows as the arrays are long; their names are that of the table and of the column."""
    arrays = [
        func.unnest(bindparam(f"{name}_{c.name}", type_=ARRAY(Text if isinstance(c.type, Text) else BigInteger)))
        for c in table.columns
    ]
    return insert(table).from_select([c.name for c in table.columns], select(*arrays))


_APPEND = _arrays(tables.events, "event").add_cte(_arrays(tables.commands, "command").cte("answered"))
_KEYS = {"pk_events", "pk_commands"}
_EVENTS, _COMMANDS = tables.events.columns.keys(), tables.commands.columns.keys()


class Sent:
    """A statement compiled once, as it goes to the driver: SQLAlchemy's own way there costs as much as a small act."""

    def __init__(self, statement: Insert, dialect: Dialect) -> None:
        self._compiled = statement.compile(dialect=dialect)
        self.sql = self._compiled.string
        self._order = [(name, _processor(self._compiled, name)) for name in self._compiled.positiontup or ()]

    def arguments(self, parameters: Mapping[str, Any]) -> list[Any]:
        """The values in the order of $1, $2…"""
        values = self._compiled.construct_params(parameters)
        return [process(values[name]) if process else values[name] for name, process in self._order]


def _processor(compiled: SQLCompiler, name: str) -> Callable[[Any], Any] | None:
    """What turns a value into the driver's; our arrays are that already."""
    type_ = compiled.binds[name].type
    return None if isinstance(type_, ARRAY) else type_.dialect_impl(compiled.dialect).bind_processor(compiled.dialect)


class ManyWritersAppending:
    """Others write, too: what is in memory is completed each time. See Appending."""

    def __init__(self) -> None:
        # By the write that goes with it. Statements are made once at module level, so they are few.
        self._sent: MutableMapping[Executable | None, Sent] = LRUCache(100)

    async def load(
        self, tx: AsyncConnection, keys: Sequence[Key], held: Mapping[str, int | None]
    ) -> tuple[dict[Key, Stored], list[Event]]:
        ids, versions = [command for _, command in keys], [version or 0 for version in held.values()]
        async with postgresql.saying_unavailable():
            found = await postgresql.driver_of(tx).fetch(_LOAD, ids, list(held), versions)
        stored, events, wanted = {}, [], set(keys)
        for is_event, first, second, version, at, third, fourth in found:
            if is_event:
                data = msgspec.Raw(fourth.encode())
                events.append(Event(first, version, second, from_ms(at), third, data))
            elif (second, first) in wanted:
                stored[second, first] = Stored(third, fourth)
        events.sort(key=lambda event: (event.stream, event.version))
        return stored, events

    async def flush(
        self, tx: AsyncConnection, events: Sequence[Row], answers: Sequence[Row], writes: Sequence[Rows]
    ) -> None:
        """See Appending."""
        await self.append(tx, events, answers)
        for statement, rows in writes:
            await tx.execute(statement, rows if len(rows) > 1 else rows[0])

    async def append(
        self, tx: AsyncConnection, events: Sequence[Row], answers: Sequence[Row], write: Write | None = None
    ) -> None:
        """Insert them, and do a write that needs none of them, in one statement. StaleVersion where one is there."""
        if not (events or answers or write):
            return
        alone, parameters = write or (None, {})
        sent = self._sent.get(alone)
        if sent is None:
            statement = _APPEND
            if alone is not None:
                assert isinstance(alone, Update | Delete)
                statement = _APPEND.add_cte(alone.cte("written"))
            sent = self._sent[alone] = Sent(statement, tx.dialect)
        columns = {
            f"{name}_{c}": [to_ms(row[c]) if c == "at" else row[c] for row in rows]
            for name, of_table, rows in (("event", _EVENTS, events), ("command", _COMMANDS, answers))
            for c in of_table
        }
        try:
            async with postgresql.saying_unavailable():
                await postgresql.driver_of(tx).execute(sent.sql, *sent.arguments(columns | parameters))
        except asyncpg.UniqueViolationError as taken:
            if taken.constraint_name in _KEYS:
                raise StaleVersion(taken.constraint_name) from taken
            raise
