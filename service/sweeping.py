"""Forgetting, four times a day: what the doors have kept long enough, and uploads that nobody goes on with.

Any number of processes may do it.
"""

import asyncio
import logging
from typing import Final

from service.actions import abandoning
from service.waiting import pause
from service.wiring import Deps
from storage import forgetting
from storage.engine import DatabaseUnavailable, apply

logger = logging.getLogger(__name__)

EVERY_SECONDS: Final = 6 * 60 * 60.0


async def run_sweeper(deps: Deps, stop: asyncio.Event) -> None:
    """Forget, wait, and again, until `stop`. A database that is away is asked the next time."""
    while not stop.is_set():
        try:
            async with deps.db.write() as tx:
                await apply(tx, forgetting.forget(deps.clock()))
            await abandoning.tidy(deps)
        except DatabaseUnavailable as away:
            logger.warning("sweeper_database_unavailable", extra={"error": str(away)})
        await pause(stop, EVERY_SECONDS)
