"""What `upload` and `follow` share: which server and token, how long to try, how they end.

Exit codes: 0 done; 2 refused, with one sentence; 3 gave up waiting for the network; 4 of many files some were refused;
130 by Ctrl-C, 143 by SIGTERM.
"""

import asyncio
import os
import re
import signal
import sys
from collections.abc import Callable, Coroutine
from contextlib import suppress
from pathlib import Path
from typing import Annotated, Any, Final

import msgspec
import typer

from service.client.api import Server, proxy_for
from service.client.source import SourceChanged, SourceRefused
from service.client.trouble import GaveUp, Trouble
from service.coaching.ids import ID_PATTERN
from service.command_line.refusing import REFUSED, plain, setting_errors
from service.config import from_client_env

GAVE_UP: Final = 3
SOME_REFUSED: Final = 4
ENDINGS: Final = (
    "Exit codes: 0 done, 2 refused with one sentence, 3 gave up (--patience), 4 some of several files refused, "
    "130 Ctrl-C, 143 SIGTERM."
)

_DURATION: Final = re.compile(r"(\d{1,6})(s|m|h|d)", re.ASCII)
_SECONDS: Final = {"s": 1, "m": 60, "h": 3600, "d": 86400}

ServerOption = Annotated[
    str | None,
    typer.Option("--server", metavar="URL", help="Its address, as https://coaching.example.org; or FARFIELD_SERVER."),
]
TokenOption = Annotated[
    Path | None,
    typer.Option("--token-file", metavar="FILE", help="A file with a personal token; or FARFIELD_TOKEN."),
]
PatienceOption = Annotated[
    str | None,
    typer.Option(metavar="TIME", help="Give up once nothing has answered for so long, as 90s or 2h. Without: never."),
]
JsonOption = Annotated[bool, typer.Option("--json", help="One JSON object a line on standard output.")]


class Refused(Exception):
    """What was asked for cannot be; the text is a sentence. `members`: what a program reads beside it."""

    def __init__(self, detail: str, **members: Any) -> None:
        super().__init__(detail)
        self.members = members


Main = Callable[[], Coroutine[Any, Any, int | None]]
"""What a command does; its exit code, None for 0."""


def server_of(server: str | None, token_file: Path | None) -> Server:
    """From the options, else from the environment. Refuses with a sentence where either is missing or wrong."""
    environ = dict(os.environ)
    if server is not None:
        environ["FARFIELD_SERVER"] = server
    if token_file is not None:
        environ.pop("FARFIELD_TOKEN", None)
        environ["FARFIELD_TOKEN_FILE"] = str(token_file)
    with setting_errors():
        found = from_client_env(environ)
    if found["server"] is None:
        raise Refused("Which Farfield? Give --server https://coaching.example.org, or set FARFIELD_SERVER.")
    if found["token"] is None:
        raise Refused(
            "There is no token: name its file with --token-file, or set FARFIELD_TOKEN. "
            "Whoever runs the server makes one with `farfield token add`."
        )
    proxy = proxy_for(found["server"])
    if proxy is not None and not proxy.startswith(("http://", "https://")):
        raise Refused("The proxy in the environment is no HTTP proxy, and others are not supported here.")
    return Server(found["server"], found["token"])


def check_id(value: str, *, what: str) -> str:
    """An id as the server writes it; capitals are forgiven."""
    if not re.fullmatch(ID_PATTERN, value.strip().lower()):
        raise Refused(f"{what} is an id such as 0195e0a0-0000-7000-8000-0000000000c1, the last part of its address.")
    return value.strip().lower()


def seconds_of(patience: str | None) -> float | None:
    """None: for ever."""
    if patience is None:
        return None
    found = _DURATION.fullmatch(patience)
    if found is None:
        raise Refused("--patience is a number with s, m, h or d behind it, as 90s or 2h.")
    return float(found[1]) * _SECONDS[found[2]]


def run(main: Main, *, json: bool, about: str, stopped: str = "") -> None:
    """Run it to its end, and end the process as the module says.

    about: what was asked for, for its sentences. stopped: what to say when somebody stops it.
    """
    try:
        code, problem = asyncio.run(_ended(main, about))
        if code > 128 and stopped:
            typer.echo(stopped, err=True)
        if problem is not None:
            typer.echo(problem["detail"], err=True)
            if json:
                say_json(problem | {"exit": code})
    except BrokenPipeError:
        # Whoever read has seen enough. What Python still holds for them must not be tried again at the end.
        with suppress(OSError):
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        code = 0
    if code:
        raise typer.Exit(code)


def say_json(document: dict[str, Any]) -> None:
    """One line, at once: a program reads along."""
    sys.stdout.write(msgspec.json.encode(document).decode() + "\n")
    sys.stdout.flush()


async def _ended(main: Main, about: str) -> tuple[int, dict[str, Any] | None]:
    """The exit code, and what is to be said with it."""
    task = asyncio.ensure_future(main())
    caught: list[int] = []

    def stop(number: int) -> None:
        caught.append(number)
        task.cancel()

    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop, number)
    try:
        return await task or 0, None
    except asyncio.CancelledError:
        return (128 + caught[0] if caught else 1), None
    except Refused as refused:
        return REFUSED, _problem("refused", str(refused)) | refused.members
    except (SourceRefused, SourceChanged) as wrong:
        return REFUSED, _problem("file", str(wrong))
    except GaveUp as gave_up:
        return GAVE_UP, _problem("gave_up", f"Gave up waiting. {gave_up}")
    except Trouble as trouble:
        return REFUSED, _problem(trouble.slug, sentence(trouble, about))


def _problem(slug: str, detail: str) -> dict[str, Any]:
    return {"type": "problem", "problem": slug, "detail": detail}


def sentence(trouble: Trouble, about: str) -> str:
    """For somebody at a terminal; the server's own words are for a page where they are not about signing in."""
    match trouble.slug:
        case "signed_out":
            return "The token is not valid at this server: it was revoked, has expired, or belongs to another one."
        case "scope_missing":
            return "The token is of too narrow a scope: `upload` needs upload and read, `follow` needs read."
        case "not_found":
            return f"There is no {about} here for the person of this token."
        case "revoked":
            return f"The {about} is no longer open to you."
        case "version_ahead":
            return f"The {about} has no such version yet: --after is ahead of the record."
    said = plain(trouble.detail, instead=" ")
    return said or f"The server refuses (HTTP {trouble.status})."
