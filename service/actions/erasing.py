"""Erasing every word of one person, in every stream that has any: of what they did, who and when and how often stay.

A stream is one transaction: its events are rewritten, `words.erased` is appended for all who hold its state, an account
is left. A run that was cut short is run again; what is empty already is passed over.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, Final

import msgspec

from service.actions.redacting import FOLDING, TRIES, Moved, rewrites
from service.actions.tracks import erase_cues
from service.coaching import redaction
from service.coaching.cycle_state import CycleState
from service.coaching.lessons import LessonAdded
from service.coaching.redaction import Origins, WordsErased
from service.coaching.streams import cycle_stream, lesson_stream, parse_stream
from service.wiring import Deps
from storage import lessons, log, uploads
from storage.at_once import at_once
from storage.engine import apply
from storage.failures import Conflict
from storage.record import Act, Entry, Outcome

BY: Final = "farfield"
"""Whoever runs the server, in events and in the account."""
PASSES: Final = 5


class Erased(msgspec.Struct, frozen=True):
    """How many events, captions and chapters of how many streams no longer hold what they held."""

    streams: int
    events: int


async def erase_words(deps: Deps, person: str) -> Erased:
    """Also names of files they sent, titles of their lessons, and what they wrote as captions or chapters; all of those
    where the lesson is theirs. Files, names of people and dates stay."""
    cycles = await _cycles_with(deps, person)
    done: dict[str, int] = {}
    for cycle in cycles:
        origins = Origins(await _questions_of(deps, person, cycle), cycles)
        streams = await _streams_of(deps, cycle)
        # Somebody may copy a question of theirs while this goes on; the last look finds nothing any more.
        for _ in range(PASSES):
            found = {stream: await _erase(deps, person, cycle, stream, origins) for stream in streams}
            for stream, count in found.items():
                done[stream] = done.get(stream, 0) + count
            if not any(found.values()):
                break
        for stream in streams:
            name = parse_stream(stream)
            if name is not None and name.kind == "lesson":
                done[stream] = done.get(stream, 0) + await erase_cues(deps, person, name.id, by=BY)
    async with deps.db.write() as tx:
        await apply(tx, [uploads.forget_names(person)])
    return Erased(sum(1 for count in done.values() if count), sum(done.values()))


async def _cycles_with(deps: Deps, person: str) -> dict[str, CycleState]:
    """Every cycle that may hold words of theirs, and those before and after it, which took words over."""
    async with deps.db.read() as tx:
        written = [name for stream in await log.written_by(tx, person) if (name := parse_stream(stream))]
        of_lessons = await lessons.by_ids(tx, [name.id for name in written if name.kind == "lesson"])
        wanted = set(await uploads.cycles_with(tx, person))  # their files are told by the worker
    wanted |= {name.id for name in written if name.kind != "lesson"} | {lesson.cycle_id for lesson in of_lessons}
    found: dict[str, CycleState] = {}
    while wanted:
        cycle = wanted.pop()
        _, state = await deps.record.state(cycle_stream(cycle))
        assert isinstance(state, CycleState)
        found[cycle] = state
        wanted |= {other for other in (state.previous, state.next) if other is not None} - found.keys()
    return found


async def _streams_of(deps: Deps, cycle: str) -> list[str]:
    """The cycle's own last: it says which questions are theirs."""
    async with deps.db.read() as tx:
        here = await lessons.of_cycles(tx, [cycle])
        notebooks = await log.under(tx, f"notebook/{cycle}/")
    return [*(lesson_stream(lesson.id) for lesson in here), *notebooks, cycle_stream(cycle)]


async def _questions_of(deps: Deps, person: str, cycle: str) -> frozenset[tuple[str, str]]:
    async with deps.db.read() as tx:
        events = await at_once(tx, log.read_whole, [cycle_stream(cycle)])
    return redaction.questions_of(person, _entries(events))


async def _erase(deps: Deps, person: str, cycle: str, stream: str, origins: Origins) -> int:
    """How many events of the stream were emptied."""
    for _ in range(TRIES):
        async with deps.db.read() as tx:
            entries = _entries(await at_once(tx, log.read_whole, [stream]))
        without = [_with(entry, redaction.without_words_of(person, cycle, entry, origins)) for entry in entries]
        changed = {new.version: new.data for new, old in zip(without, entries, strict=True) if new is not old}
        if not changed:
            return 0
        emptied = redaction.emptied(*(msgspec.to_builtins(_folded(stream, all_)) for all_ in (entries, without)))
        happened = WordsErased(person, tuple(emptied))

        def decide(
            states: Mapping[str, Any],
            at: datetime,
            changed: Mapping[int, Any] = changed,
            happened: WordsErased = happened,
            head: int = entries[-1].version,
        ) -> Outcome:
            if states[stream].version != head:
                raise Moved
            about = {"person": person}
            writes = [*rewrites(deps, stream, changed, by=BY, at=at, told="erase", about=about)]
            if any(isinstance(data, LessonAdded) for data in changed.values()):
                writes.append(lessons.set_title(states[stream].id, ""))
            return Outcome({stream: [happened]}, writes)

        try:
            await deps.record.act(Act(by=BY, streams=(stream,), decide=decide))
        except Moved:
            continue
        return len(changed)
    raise Conflict("a stream never stood still")


def _entries(events: Iterable[log.Event]) -> list[Entry]:
    return [Entry(one.version, one.at, one.by, FOLDING.decode(one.type, one.data)) for one in events]


def _with(entry: Entry, data: Any) -> Entry:
    return entry if data is entry.data else msgspec.structs.replace(entry, data=data)


def _folded(stream: str, entries: Sequence[Entry]) -> Any:
    state = FOLDING.initial(stream)
    for entry in entries:
        state = FOLDING.evolve(state, entry)
    return state
