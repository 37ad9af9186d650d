"""The command line. Exit codes: 0 done, 2 refused with one sentence that says what to do.

Commands import what they need when they run: `--help` should not wait for the database and the video code.
"""

import asyncio
import logging
import os
import sys
import threading
from collections.abc import Callable, Coroutine
from typing import Any

import typer

from service import telemetry
from service.config import Config, ConfigError, describe
from service.startup import StartRefused, check_database, holding, running_demo

app = typer.Typer(
    add_completion=False,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    help="Farfield: video coaching for teachers who are far from a coach. Settings are FARFIELD_* variables.",
)
REFUSED = 2


@app.command()
def demo() -> None:
    """Run everything on this machine with invented people, and print a sign-in link for each of them."""
    _serve(_config().as_demo())


@app.command()
def serve() -> None:
    """Run everything on this machine."""
    _serve(_config())


@app.command()
def migrate() -> None:
    """Bring the records to this version's schema."""
    from storage import migrations
    from storage.engine import DatabaseUnavailable

    config = _config()
    with _refusals(), holding(config):
        check_database(config.database_url)
        try:
            revision = asyncio.run(migrations.migrate(config.database_url))
        except DatabaseUnavailable as away:
            raise StartRefused(f"The database cannot be used: {away}.") from away
        except migrations.SchemaTooNew as newer:
            raise StartRefused("The records were written by a newer Farfield; nothing was changed.") from newer
    typer.echo(f"The records are at {revision}.")


@app.command("check-config")
def check_config() -> None:
    """Print every setting, its value and where it came from; passwords are struck out."""
    _config()
    for variable, value, source in describe(os.environ):
        typer.echo(f"{variable:27} {value or '-':42} {source}")


@app.command()
def links() -> None:
    """Print fresh sign-in links for the people of the demo that is running."""
    from service import telling

    config = _config().as_demo()
    with _refusals():
        origin = running_demo(config)
        for line in asyncio.run(telling.fresh(config, origin)):
            typer.echo(line)


def _config() -> Config:
    try:
        return Config.from_env(os.environ)
    except ConfigError as wrong:
        for error in wrong.errors:
            typer.echo(error, err=True)
        raise typer.Exit(REFUSED) from None


class _refusals:  # noqa: N801  reads as a word where it is used
    """Turns a refusal into its sentence and exit code 2."""

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: object, value: BaseException | None, trace: object) -> None:
        if isinstance(value, StartRefused):
            typer.echo(str(value), err=True)
            raise typer.Exit(REFUSED) from None


def _serve(config: Config) -> None:
    from service import serving, telling

    async def main() -> None:
        await serving.serve(config, telling.OnTerminal())

    os.umask(0o077)  # films of children: whatever we make is this user's alone
    with _refusals():
        with holding(config):  # the log file is in the data directory, so it must be ours first
            telemetry.set_up(file=config.log_dir / "farfield.log" if config.demo else None)
        _run(main)


def _run(main: Callable[[], Coroutine[Any, Any, None]]) -> None:
    asyncio.run(main())
    logging.shutdown()
    if any(thread is not threading.main_thread() and not thread.daemon for thread in threading.enumerate()):
        # A thread in a request to a store that is gone would hold the process for its whole time-out.
        sys.stdout.flush()
        os._exit(0)


if __name__ == "__main__":
    app()
