"""Commands after which earlier events no longer hold some words: the events are rewritten as the new one is appended.

What is to be rewritten is read first. The act holds only if none of the streams moved since; else it is read again.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, Final

import msgspec

from service.actions.commands import Command, Events, Project, act, outcome
from service.coaching.folding import CoachingFolding
from service.coaching.redaction import author, redacted, subject
from service.wiring import Deps
from storage import audit, log
from storage.engine import Write
from storage.failures import Conflict
from storage.record import Outcome

TRIES: Final = 40
FOLDING: Final = CoachingFolding()


class Moved(Exception):
    """A stream went on since its events were read."""


async def act_redacting(
    deps: Deps,
    command: Command,
    *,
    by: str,
    to: str,
    streams: tuple[str, ...],
    words_of: Mapping[str, str],
    told: str,
    rule: Callable[[Mapping[str, Any]], Events],
    home: str,
    project: Project,
) -> dict[str, Any]:
    """Append what the rule says; where it says anything, empty the words of `words_of` in every earlier event.

    Only words of whoever does it: an id is its sender's choice, and may be that of somebody else's thing as well.

    words_of: by stream, the id of the thing whose words go. told: the act in the account of it: edit or remove.
    """
    for _ in range(TRIES):
        async with deps.db.read() as tx:
            heads = await log.heads(tx, words_of)
            found = [event for stream, of in words_of.items() for event in await log.naming(tx, stream, of)]

        def decide(
            states: Mapping[str, Any], at: datetime, heads: dict[str, int] = heads, found: list[log.Event] = found
        ) -> Outcome:
            if any(states[stream].version != heads.get(stream, 0) for stream in words_of):
                raise Moved
            events = rule(states)
            if not events:
                return outcome({}, states, home=home)
            writes = [
                write
                for stream, of in words_of.items()
                for write in rewrites(
                    deps, stream, _without(stream, of, found, by), by=by, at=at, told=told, about={"of": of}
                )
            ]
            return outcome(events, states, home=home, writes=writes)

        try:
            return await act(deps, command, by=by, to=to, streams=streams, decide=decide, project=project)
        except Moved:
            continue
    raise Conflict("the streams of a correction never stood still")


def rewrites(
    deps: Deps,
    stream: str,
    changed: Mapping[int, Any],
    *,
    by: str,
    at: datetime,
    told: str,
    about: Mapping[str, Any],
) -> Sequence[Write]:
    """Give the events of these versions other data, and leave an account of it; nothing where there is none."""
    if not changed:
        return []
    said = msgspec.json.encode({**about, "versions": sorted(changed)}).decode()
    return [
        *(log.rewrite(stream, version, FOLDING.encode(data)[1]) for version, data in changed.items()),
        audit.add(audit.Account(deps.new_id(), at, by, told, stream, said)),
    ]


def _without(stream: str, of: str, found: Sequence[log.Event], by: str) -> dict[int, Any]:
    """By version, the events of the stream that hold words of this person's thing, without them."""
    changed = {}
    for event in found:
        if event.stream == stream:
            data = FOLDING.decode(event.type, event.data)
            if (subject(data), author(data, event.by)) == (of, by) and (without := redacted(data)) is not data:
                changed[event.version] = without
    return changed
