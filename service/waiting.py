"""Waiting that an end cuts short, and roles that are started again."""

import asyncio
import contextlib
import logging
from collections.abc import Awaitable, Callable
from typing import Final

logger = logging.getLogger(__name__)

_LONGEST_PAUSE_SECONDS: Final = 30.0


async def pause(stop: asyncio.Event, seconds: float) -> None:
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            await stop.wait()


async def first_of(*events: asyncio.Event, seconds: float | None = None) -> None:
    """Return when one of the events is set, or the time is over."""
    waiting = [asyncio.create_task(event.wait()) for event in events]
    try:
        await asyncio.wait(waiting, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in waiting:
            task.cancel()


async def keep(role: str, run: Callable[[], Awaitable[None]], stop: asyncio.Event) -> None:
    """A role that fails is started again: the others go on, and nothing is kept in it that is not in the records."""
    seconds = 0.5
    while not stop.is_set():
        try:
            await run()
        except Exception:
            said = f"The role {role} stopped on a fault. Starting it again in {seconds:g} s; the log has the reason."
            logger.exception("role_restarting", extra={"role": role, "said": said})
            await pause(stop, seconds)
            seconds = min(seconds * 2, _LONGEST_PAUSE_SECONDS)


async def end(tasks: list["asyncio.Task[None]"], *, seconds: float) -> None:
    """The tasks have heard that it is over; who does not end in time is cancelled."""
    if tasks:
        _, late = await asyncio.wait(tasks, timeout=seconds)
        for task in late:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
