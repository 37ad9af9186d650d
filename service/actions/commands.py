"""What every command of a person has in common: at most once, and rows computed from the states after it."""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, Protocol

import msgspec

from service.coaching.cycles import CycleState
from service.coaching.lessons import LessonState
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
                annotations=len(state.annotations),
                attempt=state.attempt,
                duration_ms=state.duration_ms,
            )
        ]

    return project


def cycle_row(stream: str) -> Project:
    """The cycle's row follows its stream."""

    def project(states: Mapping[str, Any], _at: datetime) -> Sequence[Write]:
        state: CycleState = states[stream]
        assert state.stage_since is not None
        closed_at = state.stage_since if state.closed else None
        return [cycles.set_stage(state.id, state.stage, since=state.stage_since, closed_at=closed_at)]

    return project
