"""One role in a process of its own. Records, bus and store are shared with the others; the front door is elsewhere.

The end, on SIGTERM: /health/ready turns to 503, then what is under way is finished and nothing new is taken. `web`
answers what it took, `live` closes every socket so that it comes back, `worker` lets its jobs go to the next one.
"""

import asyncio
import contextlib
import logging
import os
import signal
from contextlib import AsyncExitStack
from typing import Final

from service import wiring
from service.collecting import collect_seldom
from service.config import Config
from service.config_checks import Role
from service.live.gateway import run_live
from service.mail.sender import LAST_SECONDS, run_sender, transport_of
from service.media.worker import run_worker
from service.metrics import Metrics
from service.opening import open_deps
from service.startup import check_sockets, holding, listening_at
from service.store_watch import watch_store
from service.sweeping import run_sweeper
from service.waiting import end, keep
from service.web.app import make_app
from service.web.listening import Listening, listen
from service.web.media_gate import make_gate_app
from service.web.ops import make_ops_app
from service.wiring import Deps
from storage.objects import Objects

logger = logging.getLogger(__name__)

DRAIN_SECONDS: Final = 10.0
"""How long what is under way may take at the end."""
# At least two, so that a short lesson does not wait for a long one; not many, because each may take 1.5 GB.
SLOTS: Final = min(4, max(2, os.cpu_count() or 1))


async def run_role(config: Config, role: Role) -> None:
    """Run until SIGINT or SIGTERM, and drain. Raises StartRefused with a sentence where it cannot start."""
    stop = stopping()
    collect_seldom()
    check_sockets(config, config.ops_of(role))
    metrics = Metrics()
    objects = wiring.open_objects(config, metrics)
    async with AsyncExitStack() as later:
        later.enter_context(holding(config, role))
        later.push_async_callback(close_quickly, objects)
        deps = await open_deps(config, objects, metrics, stop)
        later.push_async_callback(wiring.close, deps)
        with listening_at(config.ops_of(role)):
            ops = await listen(make_ops_app(deps, needs_store=role != "live"), config.ops_of(role))
        later.push_async_callback(ops.cleanup)
        tasks = [asyncio.create_task(_say_so(deps, stop))]
        if role != "live":
            tasks.append(asyncio.create_task(watch_store(deps, stop)))
        later.push_async_callback(end, tasks, seconds=1)
        later.callback(stop.set)
        logger.info("started", extra={"role": role})
        match role:
            case "web":
                await _web(deps, stop)
            case "live":
                with listening_at(config.live_listen):
                    await run_live(deps, config.live_listen, stop)
            case "worker":
                await _worker(deps, stop)
    logger.info("stopped", extra={"role": role})


async def _web(deps: Deps, stop: asyncio.Event) -> None:
    config = deps.config
    answering: list[Listening] = []
    try:
        for app, where in ((make_app(deps), config.web_listen), (make_gate_app(deps), config.gate_listen)):
            with listening_at(where):
                answering.append(await listen(app, where))
        await stop.wait()
    finally:
        deps.draining.set()
        await asyncio.gather(*(each.drain(DRAIN_SECONDS) for each in answering))


async def _worker(deps: Deps, stop: asyncio.Event) -> None:
    """Jobs, forgetting, and mail where this Farfield sends any."""
    beside = [asyncio.create_task(keep("sweeper", lambda: run_sweeper(deps, stop), stop))]
    if (transport := transport_of(deps.config)) is not None:
        beside.append(asyncio.create_task(keep("mail", lambda: run_sender(deps, stop, transport), stop)))
    try:
        await run_worker(deps, stop, slots=SLOTS)
    finally:
        await end(beside, seconds=LAST_SECONDS + 1)


async def _say_so(deps: Deps, stop: asyncio.Event) -> None:
    await stop.wait()
    logger.info("stopping")
    deps.draining.set()


def stopping() -> asyncio.Event:
    """Set by SIGINT, SIGTERM or SIGHUP from now on."""
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    return stop


async def close_quickly(objects: Objects) -> None:
    """A request to a store that hangs must not hold up the end; its thread dies with the process."""
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(0.5):
            await objects.close()
