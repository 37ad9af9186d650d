"""What every command of a person has in common: at most once, and rows computed from the states after it."""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

import msgspec

from service.wiring import Deps
from storage import lessons
from storage.engine import Write
from storage.record import Act, Outcome

_encoder = msgspec.json.Encoder(order="sorted")

Events = Mapping[str, Sequence[Any]]


def digest(scope: str, command: msgspec.Struct) -> bytes:
    """Tells a command sent again from another one under the same id. It keeps no word of it."""
    return hashlib.sha256(scope.encode() + b"\0" + _encoder.encode(command)).digest()


async def act(
    deps: Deps,
    *,
    by: str,
    command_id: str,
    command_digest: bytes,
    streams: tuple[str, ...],
    decide: Callable[[Mapping[str, Any], datetime], Outcome],
    project: Callable[[Mapping[str, Any], datetime], Sequence[Write]] | None = None,
) -> dict[str, Any]:
    """Carry out a command and return its answer; sent again it returns the stored one."""
    acted = await deps.record.act(
        Act(by=by, streams=streams, decide=decide, project=project, command=(command_id, command_digest))
    )
    return dict(acted.answer)


def outcome(
    events: Events, states: Mapping[str, Any], *, home: str, writes: Sequence[Write] = (), **members: str
) -> Outcome:
    """The outcome whose answer names the stream that took the command's own event, and its version after it."""
    stream = home if home in events or not events else next(iter(events))
    version = states[stream].version + len(events.get(stream, ()))
    return Outcome(events=events, writes=writes, answer={"version": version, "stream": stream, **members})


def lesson_counts(stream: str) -> Callable[[Mapping[str, Any], datetime], Sequence[Write]]:
    """The lesson's row follows its stream: a count, never a word."""

    def project(states: Mapping[str, Any], _at: datetime) -> Sequence[Write]:
        state = states[stream]
        return [lessons.set_annotations(state.id, len(state.annotations))]

    return project
