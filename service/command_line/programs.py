"""`farfield program`: the programs of this server."""

from pathlib import Path
from typing import Annotated

import msgspec
import typer

from service.coaching.cycle_state import ReleaseMode
from service.command_line.administering import JsonOption, administer, say, table
from service.command_line.refusing import refusals

app = typer.Typer(no_args_is_help=True, help="The programs of this server.")


@app.command()
def add(
    name: str,
    release_mode: Annotated[
        ReleaseMode, typer.Option(help="Whether a coach sees a lesson once its teacher lets them in, or at once.")
    ] = "teacher_first",
    json: JsonOption = False,
) -> None:
    """Add a program."""
    from service.administration import programs

    made = administer(lambda deps: programs.add(deps, name=name, release_mode=release_mode))
    say(made, f"Added “{made.name}”, {made.id}.", json=json)


@app.command()
def settings(
    program: Annotated[str, typer.Argument(metavar="PROGRAM", help="Its exact name or its id.")],
    set_from: Annotated[
        Path | None, typer.Option("--set", metavar="FILE", help="Set all of it from JSON as this command writes it.")
    ] = None,
) -> None:
    """Show as JSON what a program sets for its cycles, or set it. Open cycles keep what they began with."""
    from service.administration import programs

    with refusals():
        document = None if set_from is None else _read(set_from)
    if document is None:
        found = administer(lambda deps: programs.settings(deps, program))
    else:
        found = administer(lambda deps: programs.put_settings(deps, program, document))
    typer.echo(msgspec.json.format(msgspec.json.encode(found)).decode())


def _read(file: Path) -> bytes:
    from service.startup import StartRefused

    try:
        return file.read_bytes()
    except OSError as unread:
        raise StartRefused(f"{file} cannot be read: {unread.strerror}.") from None


@app.command("list")
def listing(json: JsonOption = False) -> None:
    """List the programs."""
    from service.administration import programs

    found = administer(programs.listing)
    lines = table((program.id, program.release_mode, program.name) for program in found)
    say(found, *(lines or ["There is no program yet."]), json=json)
