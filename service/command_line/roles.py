"""What runs until it is stopped: everything in one process, or one role of it."""

import asyncio
import logging
import os
import sys
import threading
from collections.abc import Callable, Coroutine
from typing import Any

import typer

from service import telemetry
from service.command_line.refusing import refusals, setting_errors, settings
from service.config import Config
from service.config_checks import Role
from service.startup import StartRefused, holding

logger = logging.getLogger(__name__)


def demo() -> None:
    """Run everything on this machine with invented people, and print a sign-in link for each of them."""
    _serve(settings().as_demo())


def serve() -> None:
    """Run everything on this machine."""
    _serve(settings())


def web() -> None:
    """Run the role `web` and its gate in a process of its own."""
    _role("web")


def live() -> None:
    """Run the role `live` in a process of its own."""
    _role("live")


def worker() -> None:
    """Run the role `worker` in a process of its own."""
    _role("worker")


def _serve(config: Config) -> None:
    from service import serving, telling

    async def main() -> None:
        await serving.serve(config, telling.OnTerminal())

    os.umask(0o077)  # films of children: whatever we make is this user's alone
    with refusals():
        with holding(config):  # the log file is in the data directory, so it must be ours first
            telemetry.set_up(file=config.log_dir / "farfield.log" if config.demo else None)
        _run(main)


def _role(role: Role) -> None:
    config = settings()
    with setting_errors():
        config.check_role(role)
    from service import roles

    async def main() -> None:
        try:
            await roles.run_role(config, role)
        except StartRefused:
            raise
        except Exception:
            logger.exception("role_failed", extra={"role": role})
            raise typer.Exit(1) from None

    os.umask(0o077)
    telemetry.set_up()
    with refusals():
        _run(main)


def _run(main: Callable[[], Coroutine[Any, Any, None]]) -> None:
    asyncio.run(main())
    logging.shutdown()
    if any(thread is not threading.main_thread() and not thread.daemon for thread in threading.enumerate()):
        # A thread in a request to a store that is gone would hold the process for its whole time-out.
        sys.stdout.flush()
        os._exit(0)
