"""Opening a cycle and moving its stage; the summary row follows in the same transaction."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from service.access import CycleAccess
from service.actions.commands import act, digest, outcome
from service.coaching import cycles as rules
from service.coaching.streams import cycle_stream, notebook_stream
from service.wiring import Deps
from storage import cycles, grants
from storage.engine import Write
from storage.record import Act, Outcome


class _Move(rules.StageMoved, frozen=True):
    """The command's body, for its digest."""


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


async def move_stage(deps: Deps, found: CycleAccess, command_id: str, stage: rules.Stage, *, by: str) -> dict[str, Any]:
    stream = cycle_stream(found.cycle.id)

    def decide(states: Mapping[str, Any], _at: datetime) -> Outcome:
        return outcome(rules.move_stage(states[stream], stage, by=by), states, home=stream)

    def project(states: Mapping[str, Any], _at: datetime) -> Sequence[Write]:
        state = states[stream]
        closed_at = state.stage_since if state.closed else None
        return [cycles.set_stage(state.id, state.stage, since=state.stage_since, closed_at=closed_at)]

    return await act(
        deps,
        by=by,
        command_id=command_id,
        command_digest=digest(stream, _Move(stage)),
        streams=(stream,),
        decide=decide,
        project=project,
    )
