"""What every command shares: the settings, and one sentence with exit code 2 where it cannot do what was asked."""

import os
from collections.abc import Iterator
from contextlib import contextmanager

import typer

from service.config import Config, ConfigError
from service.startup import StartRefused

REFUSED = 2


def settings() -> Config:
    """The settings of this process; each error on a line of its own, and exit code 2."""
    with setting_errors():
        return Config.from_env(os.environ)


@contextmanager
def setting_errors() -> Iterator[None]:
    """Turns ConfigError into a line for each error and exit code 2."""
    try:
        yield
    except ConfigError as wrong:
        for error in wrong.errors:
            typer.echo(error, err=True)
        raise typer.Exit(REFUSED) from None


@contextmanager
def refusals() -> Iterator[None]:
    """Turns StartRefused into its sentence and exit code 2. What somebody gave is in it, and steers no terminal."""
    try:
        yield
    except StartRefused as refused:
        typer.echo(plain(str(refused)), err=True)
        raise typer.Exit(REFUSED) from None


def plain(text: str, *, instead: str = "�") -> str:
    """One line for a terminal, whatever somebody once wrote: `instead` of what could steer it."""
    return "".join(c if c.isprintable() else instead for c in text)
