"""Opening the records: patient with a database server that is still starting, and plain about what is in the way."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import Final, TypeVar

from service import wiring
from service.config import Config
from service.metrics import Metrics
from service.startup import StartRefused
from service.waiting import pause
from service.wiring import Deps
from storage import migrations
from storage.engine import DatabaseUnavailable
from storage.migrations import SchemaTooNew, SchemaTooOld
from storage.objects import Objects

T = TypeVar("T")
logger = logging.getLogger(__name__)

PATIENCE_SECONDS: Final = 30.0
# What no waiting mends: no such user or database, a wrong password, nobody let in from here.
_FOR_GOOD: Final = ("does not exist", "authentication failed", "pg_hba.conf")


async def migrated(config: Config, stop: asyncio.Event) -> str:
    """Bring the records to this version's schema and return its revision. Raises StartRefused."""
    return await _patiently(config, lambda: migrations.migrate(config.database_url), stop)


async def open_deps(config: Config, objects: Objects, metrics: Metrics, stop: asyncio.Event) -> Deps:
    """The parts over records of exactly our schema; `wiring.close` ends them. Raises StartRefused."""

    async def build() -> Deps:
        deps = await wiring.build(config, objects, metrics=metrics)
        try:
            await migrations.check(deps.db)
        except BaseException:
            await wiring.close(deps)
            raise
        return deps

    return await _patiently(config, build, stop)


async def _patiently(config: Config, do: Callable[[], Awaitable[T]], stop: asyncio.Event) -> T:
    loop = asyncio.get_running_loop()
    until = loop.time() + PATIENCE_SECONDS
    said = False
    while True:
        try:
            return await do()
        except SchemaTooNew as newer:
            raise StartRefused(
                "The records were written by a newer Farfield; nothing was changed. Start that one instead."
            ) from newer
        except SchemaTooOld as older:
            raise StartRefused(
                "The records need this version's schema first. Run `farfield migrate`, once, and start this again."
            ) from older
        except DatabaseUnavailable as away:
            final = config.on_sqlite or any(words in str(away) for words in _FOR_GOOD)
            if final or stop.is_set() or loop.time() > until:
                raise StartRefused(f"The database cannot be used: {away}.") from away
            if not said:
                logger.warning(
                    "waiting_for_database",
                    extra={
                        "error": str(away),
                        "said": f"The database does not answer yet. Waiting for up to {PATIENCE_SECONDS:g} s.",
                    },
                )
                said = True
            await pause(stop, 0.5)
