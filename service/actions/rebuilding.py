"""The summary rows anew from the streams: after a new version that keeps more in them, or where one was spoilt.

Each row is an act that appends nothing: it is computed from the stream and written while nobody else writes there, so
that it may be done while Farfield runs.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

import msgspec

from service.actions.commands import lesson_row, row_of
from service.coaching.cycle_state import CycleState
from service.coaching.lessons import LessonState
from service.wiring import Deps
from storage import cycles, lessons, log
from storage.engine import Write
from storage.log import Event
from storage.record import Act, Outcome

_PAGE = 200
_BY = "farfield"


class Rebuilt(msgspec.Struct, frozen=True):
    """How many rows there are, and how many of them did not say what their streams say."""

    cycles: int
    lessons: int
    mended: int


async def rebuild(deps: Deps) -> Rebuilt:
    """Every row of a cycle and of a lesson. Cycles first: a lesson's row refers to one."""
    counts = {}
    mended = 0
    for prefix, one in (("cycle/", _cycle), ("lesson/", _lesson)):
        counts[prefix] = 0
        async for page in _pages(deps, prefix):
            ids = [event.stream.removeprefix(prefix) for event in page]
            before = await _rows(deps, prefix, ids)
            await asyncio.gather(*(_write(deps, event, one(event)) for event in page))
            after = await _rows(deps, prefix, ids)
            mended += sum(before.get(id_) != row for id_, row in after.items())
            counts[prefix] += len(page)
    return Rebuilt(counts["cycle/"], counts["lesson/"], mended)


Rows = Callable[[Any], list[Write]]


def _cycle(opened: Event) -> Rows:
    def rows(state: CycleState) -> list[Write]:
        row = cycles.Cycle(
            id=state.id,
            program_id=state.program,
            teacher_id=state.teacher,
            number=state.number,
            release_mode=state.release_mode,
            created_at=opened.at,
            previous_id=state.previous,
            **row_of(state),
        )
        return [cycles.rebuild(row)]

    return rows


def _lesson(added: Event) -> Rows:
    def rows(state: LessonState) -> list[Write]:
        row = lessons.Lesson(state.id, state.cycle, state.teacher, state.title, added.at)
        return [*lessons.rebuild(row), *lesson_row(added.stream)({added.stream: state}, added.at)]

    return rows


async def _write(deps: Deps, first: Event, rows: Rows) -> None:
    def project(states: Mapping[str, Any], _at: datetime) -> Sequence[Write]:
        return rows(states[first.stream])

    streams = (first.stream,)
    await deps.record.act(Act(by=_BY, streams=streams, decide=lambda _states, _at: Outcome({}), project=project))


async def _pages(deps: Deps, prefix: str) -> AsyncIterator[list[Event]]:
    after = ""
    while True:
        async with deps.db.read() as tx:
            page = await log.beginnings(tx, prefix, after, _PAGE)
        if not page:
            return
        yield page
        after = page[-1].stream


async def _rows(deps: Deps, prefix: str, ids: list[str]) -> dict[str, msgspec.Struct]:
    async with deps.db.read() as tx:
        if prefix == "cycle/":
            return {row.id: row for row in await cycles.by_ids(tx, ids)}
        return {row.id: row for row in await lessons.by_ids(tx, ids)}
