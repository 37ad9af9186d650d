"""What the commands for programs, people and tokens share."""

import logging
from collections.abc import Awaitable, Callable, Iterable
from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any, Literal, TypeVar

import msgspec
import typer

from service.command_line.refusing import plain, refusals, settings

if TYPE_CHECKING:
    from service.wiring import Deps

T = TypeVar("T")

Role = Literal["lead", "coach", "teacher"]
ProgramOption = Annotated[str, typer.Option("--program", metavar="NAME", help="The program: its exact name or its id.")]
RoleOption = Annotated[Role, typer.Option("--role", help="What they do in it.")]
EmailArgument = Annotated[str, typer.Argument(metavar="EMAIL")]
JsonOption = Annotated[bool, typer.Option("--json", help="As JSON.")]


def administer(work: "Callable[[Deps], Awaitable[T]]") -> T:
    """Do it in the records that the settings name. A refusal is one sentence and exit code 2."""
    from service.administration.records import administer as do

    config = settings()
    # What is logged, as that the bus is away, is for a server's log; here only what the command says is said.
    logging.getLogger().addHandler(logging.NullHandler())
    with refusals():
        return do(config, work)


def say(document: Any, *lines: str, json: bool) -> None:
    """The answer, for a program or for a person."""
    text = msgspec.json.encode(document).decode() if json else "\n".join(plain(line) for line in lines)
    typer.echo(text)


def table(rows: Iterable[tuple[str, ...]]) -> list[str]:
    """Lines of columns."""
    kept = list(rows)
    widths = [max(map(len, column)) for column in zip(*kept, strict=True)]
    return ["  ".join(f"{cell:{width}}" for cell, width in zip(row, widths, strict=True)).rstrip() for row in kept]


def minute(at: datetime) -> str:
    return f"{at:%Y-%m-%d %H:%M} UTC"
