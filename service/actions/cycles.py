"""Opening a cycle and moving its stage; the summary row follows in the same transaction."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, cast

from service.access import CycleAccess
from service.actions.commands import Command, act, cycle_row, digest, outcome
from service.coaching import cycles as rules
from service.coaching.streams import cycle_stream, notebook_stream
from service.problems import NotInProgram
from service.wiring import Deps
from storage import cycles, grants, notices, people, programs
from storage.engine import Write
from storage.programs import Program
from storage.record import Act, Outcome, WriteRefused

_TRIES = 10


async def open_for(deps: Deps, program: Program, command: rules.OpenCycle, *, by: str) -> dict[str, Any]:
    """A lead opens a cycle for two people of the program, who get a letter; the lead gets no grant by it.

    Answers `{version, stream, cycle}`. Raises NotInProgram.
    """
    async with deps.db.read() as tx:
        roles = [await programs.roles(tx, program.id, person) for person in (command.teacher, command.coach)]
        found = await people.by_ids(tx, [command.teacher, command.coach])
    here = {person.id: person for person in found.values() if person.deactivated_at is None}
    if command.teacher not in here or "teacher" not in roles[0]:
        raise NotInProgram("The teacher of a cycle is one of the program's teachers. Invite them first.")
    if command.coach not in here or "coach" not in roles[1]:
        raise NotInProgram("The coach of a cycle is one of the program's coaches. Invite them first.")
    now = deps.clock()
    letters = [
        notices.enqueue(deps.new_id(), "cycle_opened", person.email, {"cycle": command.cycle}, at=now)
        for person in here.values()
        if deps.config.mails and person.id != by
    ]
    mode = cast("rules.ReleaseMode", program.release_mode)
    for left in reversed(range(_TRIES)):
        async with deps.db.read() as tx:
            number = await cycles.last_number(tx, program.id, command.teacher) + 1
        opened = rules.CycleOpened(program.id, command.teacher, command.coach, number, mode)
        try:
            answer = await open_cycle(deps, command.cycle, opened, by=by, command=command, more=letters)
            break
        except WriteRefused:  # another lead opened a cycle of this number for the same teacher just now
            if not left:
                raise
    deps.bus.wake(notices.WAKE, 0)
    return answer


async def open_cycle(
    deps: Deps,
    cycle_id: str,
    opened: rules.CycleOpened,
    *,
    by: str,
    command: Command | None = None,
    more: Sequence[Write] = (),
) -> dict[str, Any]:
    """Open a cycle for a teacher and a coach: its stream, its row, and the grants of the two."""
    stream = cycle_stream(cycle_id)

    def decide(states: Mapping[str, Any], at: datetime) -> Outcome:
        writes = [
            cycles.add(
                cycles.Cycle(
                    id=cycle_id,
                    program_id=opened.program,
                    teacher_id=opened.teacher,
                    coach_id=opened.coach,
                    number=opened.number,
                    stage="planning",
                    stage_since_at=at,
                    release_mode=opened.release_mode,
                    focus_category=None,
                    created_at=at,
                )
            )
        ]
        for person, role in ((opened.teacher, "teacher"), (opened.coach, "coach")):
            writes += grants.grant(person, stream, role, at=at)
            writes += grants.grant(person, notebook_stream(cycle_id, person), role, at=at)
        events = rules.open_cycle(states[stream], opened)
        return outcome(events, states, home=stream, writes=[*writes, *more], cycle=cycle_id)

    once = None if command is None else (command.id, digest(opened.program, command))
    acted = await deps.record.act(Act(by=by, streams=(stream,), decide=decide, command=once))
    deps.bus.wake(grants.WAKE, 0)
    return dict(acted.answer)


async def move_stage(deps: Deps, found: CycleAccess, command: rules.MoveStage, *, by: str) -> dict[str, Any]:
    stream = cycle_stream(found.cycle.id)

    def decide(states: Mapping[str, Any], _at: datetime) -> Outcome:
        return outcome(rules.move_stage(states[stream], command, by=by), states, home=stream)

    return await act(deps, command, by=by, to=stream, streams=(stream,), decide=decide, project=cycle_row(stream))
