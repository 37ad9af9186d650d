"""Looking from outside: the settings as they are, and links into a demo that runs."""

import asyncio
import os

import typer

from service.command_line.refusing import refusals, settings
from service.config import describe
from service.startup import running_demo


def check_config() -> None:
    """Print every setting, its value and where it came from; passwords are struck out."""
    settings()
    lines = describe(os.environ)
    widths = [max(len(line[column]) for line in lines) for column in (0, 1)]
    for variable, value, source in lines:
        typer.echo(f"{variable:{widths[0]}}  {value or '-':{widths[1]}}  {source}")


def caddyfile() -> None:
    """Print the front door's configuration for docker/compose.yaml, as docker/Caddyfile has it."""
    from service.embedded.caddy import compose_front_door
    from service.embedded.caddyfile import caddyfile as written

    typer.echo(written(compose_front_door()), nl=False)


def links() -> None:
    """Print fresh sign-in links for the people of the demo that is running."""
    from service import telling

    config = settings().as_demo()
    with refusals():
        origin = running_demo(config)
        for line in asyncio.run(telling.fresh(config, origin)):
            typer.echo(line)
