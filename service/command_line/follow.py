"""`farfield follow`: a stream's events as they come, one line each."""

import re
from collections.abc import Mapping
from contextlib import aclosing
from typing import Annotated, Any, Final

import msgspec
import typer

from service.client.api import Server, connected
from service.client.following import follow as events_of
from service.client.patience import Patience
from service.client.shapes import CyclePage, LessonPage, Session, StreamEvent
from service.client.trouble import Trouble
from service.command_line.as_client import (
    JsonOption,
    PatienceOption,
    Refused,
    ServerOption,
    TokenOption,
    check_id,
    run,
    say_json,
    seconds_of,
    sentence,
    server_of,
)
from service.command_line.refusing import plain

_SUBJECT: Final = re.compile(r"(lesson|cycle|notebook)/([^/]+)")


def follow(
    stream: Annotated[str, typer.Argument(help="lesson/ID, cycle/ID, or notebook/CYCLE-ID: your own notebook there.")],
    server: ServerOption = None,
    token_file: TokenOption = None,
    after: Annotated[int, typer.Option(min=0, help="Begin after this version; 0 is from the start.")] = 0,
    patience: PatienceOption = None,
    json: JsonOption = False,
) -> None:
    """Print what happens in a lesson, a cycle or your own notebook, as it happens, until it is stopped."""
    subject = stream.strip().partition("/")[0]

    async def main() -> None:
        found = _SUBJECT.fullmatch(stream.strip())
        if found is None:
            raise Refused("What to follow is lesson/ID, cycle/ID or notebook/CYCLE-ID.")
        named = check_id(found[2], what=f"The ID in {found[1]}/ID")
        there, longest = server_of(server, token_file), seconds_of(patience)
        waiting = Patience(longest, lambda trouble, seconds: _say_waiting(trouble, seconds, quiet=json))
        full, names = await _looked_up(there, waiting, found[1], named)
        async with aclosing(events_of(there, full, after, waiting)) as events:
            async for event in events:
                if json:
                    say_json(msgspec.to_builtins(event))
                else:
                    typer.echo(line_of(event, names))

    run(main, json=json, about=subject)


async def _looked_up(server: Server, patience: Patience, kind: str, named: str) -> tuple[str, Mapping[str, str]]:
    """The stream's full name, and the names of the people in it."""
    async with connected(server) as api:
        match kind:
            case "lesson":
                lesson = await patience.persist(lambda: api.get(f"/api/lessons/{named}", LessonPage))
                return f"lesson/{named}", {person.id: person.name for person in lesson.people.values()}
            case "cycle":
                card = (await patience.persist(lambda: api.get(f"/api/cycles/{named}", CyclePage))).card
                return f"cycle/{named}", {person.id: person.name for person in (card.teacher, card.coach)}
            case _:
                me = (await patience.persist(lambda: api.get("/api/session", Session))).person
                return f"notebook/{named}/{me.id}", {me.id: me.name}


def _say_waiting(trouble: Trouble, seconds: float, *, quiet: bool) -> None:
    if not quiet:
        said = sentence(trouble, "server")
        typer.echo(f"{said} The next try is in {seconds:.0f} s; nothing is missed.", err=True)


def line_of(event: StreamEvent, names: Mapping[str, str]) -> str:
    """One event on one line. Words of people are on it, so nothing in them may steer a terminal."""
    when = event.at.replace("T", " ")[:19]
    by = names.get(event.by, event.by[:8] if event.by else "-")
    line = f"{event.version:>5}  {when}Z  {event.type:18}  {by}: {_said(event.data)}".rstrip(" :")
    return plain(line, instead=" ")


def _said(data: Mapping[str, Any]) -> str:
    rest = dict(data)
    parts = []
    if isinstance(start := rest.pop("start_ms", None), int):
        end = rest.pop("end_ms", None)
        parts.append(_clock(start) + (f"–{_clock(end)}" if isinstance(end, int) else ""))
    words = rest.pop("body", rest.pop("text", None))
    parts += [f"{name}={_value(value)}" for name, value in rest.items() if value not in (None, [])]
    if isinstance(words, str):
        parts.append(f"“{words}”")
    return " ".join(parts)


def _value(value: Any) -> str:
    return value if isinstance(value, str) else msgspec.json.encode(value).decode()


def _clock(ms: int) -> str:
    minutes, rest = divmod(ms, 60_000)
    hours, minutes = divmod(minutes, 60)
    clock = f"{minutes:02}:{rest // 1000:02}.{rest % 1000:03}"
    return f"{hours}:{clock}" if hours else clock
