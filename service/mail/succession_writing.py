"""Letters about what comes after a cycle: the next one, and another coach. Each looks whether it is still so."""

from collections.abc import Mapping
from dataclasses import dataclass

from service.mail import letters
from service.mail.cycle_writing import Writer, reader_of
from service.mail.letters import Letter
from service.wiring import Deps
from storage import cycles, people, programs
from storage.engine import Transaction
from storage.notices import Notice
from storage.people import Person


async def _next_cycle(deps: Deps, tx: Transaction, notice: Notice) -> Letter | None:
    found = await _about(deps, tx, notice)
    if found is None or found.reader not in (found.teacher, found.coach):
        return None
    other = found.coach if found.reader == found.teacher else found.teacher
    return letters.next_cycle(found.reader.name, other.name, found.program, found.url)


async def _coach_proposed(deps: Deps, tx: Transaction, notice: Notice) -> Letter | None:
    found = await _about(deps, tx, notice)
    coach = await people.by_id(tx, found.cycle.proposed_coach_id) if found and found.cycle.proposed_coach_id else None
    if found is None or coach is None or found.reader != found.teacher:
        return None  # taken back, or chosen meanwhile
    return letters.coach_proposed(found.reader.name, coach.name, found.program, found.url)


async def _new_coach(deps: Deps, tx: Transaction, notice: Notice) -> Letter | None:
    found = await _about(deps, tx, notice)
    if found is None or found.reader != found.coach:
        return None
    return letters.new_coach(found.reader.name, found.teacher.name, found.program, found.url)


async def _coach_replaced(deps: Deps, tx: Transaction, notice: Notice) -> Letter | None:
    found = await _about(deps, tx, notice)
    if found is None:
        return None
    return letters.coach_replaced(found.reader.name, found.teacher.name, found.program, f"{deps.config.origin}/")


@dataclass(frozen=True, slots=True)
class _About:
    """A cycle that a letter is about, as its row has it, and who reads the letter."""

    reader: Person
    cycle: cycles.Cycle
    teacher: Person
    coach: Person
    program: str
    url: str


async def _about(deps: Deps, tx: Transaction, notice: Notice) -> _About | None:
    reader = await reader_of(tx, notice)
    cycle = await cycles.by_id(tx, notice.data["cycle"])
    program = await programs.by_id(tx, cycle.program_id) if cycle else None
    if reader is None or cycle is None or program is None:
        return None
    pair = await people.by_ids(tx, [cycle.teacher_id, cycle.coach_id])
    url = f"{deps.config.origin}/cycles/{cycle.id}"
    return _About(reader, cycle, pair[cycle.teacher_id], pair[cycle.coach_id], program.name, url)


WRITERS: Mapping[str, Writer] = {
    "next_cycle": _next_cycle,
    "coach_proposed": _coach_proposed,
    "new_coach": _new_coach,
    "coach_replaced": _coach_replaced,
}
