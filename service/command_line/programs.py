"""`farfield program`: the programs of this server."""

from typing import Annotated

import typer

from service.coaching.cycle_state import ReleaseMode
from service.command_line.administering import JsonOption, administer, say, table

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


@app.command("list")
def listing(json: JsonOption = False) -> None:
    """List the programs."""
    from service.administration import programs

    found = administer(programs.listing)
    lines = table((program.id, program.release_mode, program.name) for program in found)
    say(found, *(lines or ["There is no program yet."]), json=json)
