"""Keeping `store_ready` true to its word, whoever's the object store is."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import Final

from service.waiting import first_of, pause
from service.wiring import Deps
from storage.objects import StoreUnavailable

logger = logging.getLogger(__name__)

_LOOK_SECONDS: Final = 10.0
_PROBE_KEY: Final = "probe"


async def watch_embedded(deps: Deps, exits: asyncio.Event, ready: Callable[[], None], stop: asyncio.Event) -> None:
    """Ready once a byte could be written: SeaweedFS answers before it can. `exits` is set when it dies."""

    async def begin() -> None:
        await deps.objects.ensure_bucket()
        await deps.objects.put(_PROBE_KEY, b"1", "text/plain")

    await _watch(deps, begin, exits, ready, stop, again_seconds=0.2)


async def watch_store(deps: Deps, stop: asyncio.Event, ready: Callable[[], None] = lambda: None) -> None:
    """Ready while it answers and the bucket is there. Many processes do this, so nothing is written."""
    await _watch(deps, deps.objects.ensure_bucket, asyncio.Event(), ready, stop, again_seconds=1.0)


async def _watch(
    deps: Deps,
    begin: Callable[[], Awaitable[None]],
    exits: asyncio.Event,
    ready: Callable[[], None],
    stop: asyncio.Event,
    *,
    again_seconds: float,
) -> None:
    told = mute = False
    while not stop.is_set():
        exits.clear()
        try:
            await begin()
        except StoreUnavailable as away:
            if not mute:
                logger.info("store_awaited", extra={"error": str(away)})
                mute = True
            await pause(stop, again_seconds)
            continue
        deps.store_ready.set()
        logger.info("store_ready")
        mute = False
        if not told:
            ready()
            told = True
        while not stop.is_set():
            await first_of(exits, stop, seconds=_LOOK_SECONDS)
            if exits.is_set() or stop.is_set():
                break
            try:
                await deps.objects.ping()
            except StoreUnavailable as away:
                logger.warning("store_away", extra={"error": str(away)})
                break
        deps.store_ready.clear()
