"""Opening a cycle and moving its stage; the summary row follows in the same transaction."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from service.access import CycleAccess
from service.actions.commands import act, cycle_row, outcome
from service.coaching import cycles as rules
from service.coaching.streams import cycle_stream, notebook_stream
from service.wiring import Deps
from storage import cycles, grants
from storage.record import Act, Outcome


async def open_cycle(deps: Deps, cycle_id: str, opened: rules.CycleOpened, *, by: str) -> None:
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
        return Outcome(events=rules.open_cycle(states[stream], opened), writes=writes)

    await deps.record.act(Act(by=by, streams=(stream,), decide=decide))
    deps.bus.wake(grants.WAKE, 0)


async def move_stage(deps: Deps, found: CycleAccess, command: rules.MoveStage, *, by: str) -> dict[str, Any]:
    stream = cycle_stream(found.cycle.id)

    def decide(states: Mapping[str, Any], _at: datetime) -> Outcome:
        return outcome(rules.move_stage(states[stream], command, by=by), states, home=stream)

    return await act(deps, command, by=by, to=stream, streams=(stream,), decide=decide, project=cycle_row(stream))
