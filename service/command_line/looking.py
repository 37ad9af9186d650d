"""Looking from outside: the settings as they are, and links into a demo that runs."""

import asyncio
import os

import typer

from service.command_line.refusing import refusals, setting_errors, settings
from service.config import describe
from service.startup import running_demo


def check_config() -> None:
    """Print every setting, its value and where it came from; passwords are struck out."""
    with setting_errors():
        lines = describe(os.environ)
    for variable, value, source in lines:
        typer.echo(f"{variable:27} {value or '-':42} {source}")


def links() -> None:
    """Print fresh sign-in links for the people of the demo that is running."""
    from service import telling

    config = settings().as_demo()
    with refusals():
        origin = running_demo(config)
        for line in asyncio.run(telling.fresh(config, origin)):
            typer.echo(line)
