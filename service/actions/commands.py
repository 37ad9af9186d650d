"""What every command of a person has in common: at most once, and rows computed from the states after it."""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, Protocol

import msgspec

from service.coaching.cycle_state import CycleState
from service.coaching.lessons import LessonState
from service.coaching.summaries import summary
from service.wiring import Deps
from storage import cycles, lessons
from storage.engine import Write
from storage.record import Act, Outcome

_encoder = msgspec.json.Encoder(order="sorted")

Events = Mapping[str, Sequence[Any]]
Project = Callable[[Mapping[str, Any], datetime], Sequence[Write]]


class Command(Protocol):
    """What a person sends: its id makes it happen at most once."""

    @property
    def id(self) -> str: ...


def digest(scope: str, command: Command) -> bytes:
    """Tells a command sent again from another one under the same id. It keeps no word of it."""
    return hashlib.sha256(scope.encode() + b"\0" + _encoder.encode(command)).digest()


async def act(
    deps: Deps,
    command: Command,
    *,
    by: str,
    to: str,
    streams: tuple[str, ...],
    decide: Callable[[Mapping[str, Any], datetime], Outcome],
    project: Project,
) -> dict[str, Any]:
    """Carry out a command sent to the stream `to` and return its answer; sent again it returns the stored one."""
    once = (command.id, digest(to, command))
    acted = await deps.record.act(Act(by=by, streams=streams, decide=decide, project=project, command=once))
    return dict(acted.answer)


def outcome(
    events: Events, states: Mapping[str, Any], *, home: str, writes: Sequence[Write] = (), **members: str
) -> Outcome:
    """The outcome whose answer names the stream that took the command's own event, and its version after it."""
    stream = home if home in events or not events else next(iter(events))
    version = states[stream].version + len(events.get(stream, ()))
    return Outcome(events=events, writes=writes, answer={"version": version, "stream": stream, **members})


def lesson_row(stream: str) -> Project:
    """The lesson's row follows its stream, whatever happened in it."""

    def project(states: Mapping[str, Any], _at: datetime) -> Sequence[Write]:
        state: LessonState = states[stream]
        return [
            lessons.follow(
                state.id,
                state=state.state,
                released_at=state.released_at,
                annotations=len(state.annotations) - state.removed,
                attempt=state.attempt,
                duration_ms=state.duration_ms,
                least_attempt=state.least_attempt,
            )
        ]

    return project


def cycle_row(*streams: str) -> Project:
    """The rows of these cycles follow their streams."""

    def project(states: Mapping[str, Any], _at: datetime) -> Sequence[Write]:
        return [cycles.follow(states[stream].id, row_of(states[stream])) for stream in streams]

    return project


def both(*projects: Project) -> Project:
    """The rows of all of these."""

    def project(states: Mapping[str, Any], at: datetime) -> Sequence[Write]:
        return [write for one in projects for write in one(states, at)]

    return project


def row_of(cycle: CycleState) -> dict[str, Any]:
    """The columns of a cycle's row that its stream decides."""
    told = summary(cycle)
    return {
        "coach_id": told.coach,
        "stage": told.stage,
        "stage_since_at": told.stage_since,
        "focus_category": told.focus_category,
        "closed_at": told.closed_at,
        "due_at": told.due,
        "paused_since_at": told.paused_since,
        "cancelled_at": told.cancelled_at,
        "waiting_on": told.waiting_on,
        "next_at": told.next,
        "meetings_planned": told.meetings_planned,
        "meetings_held": told.meetings_held,
        "commitments": told.commitments,
        "commitments_open": told.commitments_open,
        "turnaround_ms": told.turnaround_ms,
        "paused_ms": told.paused_ms,
        "meeting_at": told.meeting,
        "commitment_at": told.commitment,
        "closing_asked_by": told.closing_asked_by,
        "proposed_coach_id": told.proposed_coach,
        "next_id": told.next_cycle,
    }
