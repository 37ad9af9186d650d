"""Everything in one process: the three roles, with the front door and the object store as children.

Start: the store begins first because it takes longest; the page answers before it is ready. Stop, within 6 s: the front
door lets requests under way end (4 s) while the roles end beside it, then the store, to which nobody writes any more.
"""

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Final, Protocol

from service import wiring
from service.collecting import collect_seldom
from service.config import Config
from service.embedded import caddy, demo, seaweedfs
from service.embedded.caddyfile import caddyfile
from service.embedded.supervisor import Child, Program
from service.live.gateway import run_live
from service.mail.sender import run_sender, transport_of
from service.media.worker import run_worker
from service.metrics import Metrics
from service.opening import migrated, open_deps
from service.roles import SLOTS, close_quickly, stopping
from service.startup import (
    StartRefused,
    announced,
    check_client,
    check_database,
    check_port,
    check_sockets,
    holding,
    listening_at,
    writing,
)
from service.store_watch import watch_embedded, watch_store
from service.sweeping import run_sweeper
from service.waiting import end, first_of, keep, pause
from service.web.app import make_app
from service.web.listening import Listening, listen
from service.web.media_gate import make_gate_app
from service.wiring import Deps
from storage import jobs
from storage.objects import Objects, StoreUnavailable

logger = logging.getLogger(__name__)

_FIRST_ANSWER_SECONDS: Final = 20.0


class Telling(Protocol):
    """Who is told how the start goes on."""

    async def answering(self, deps: Deps, origin: str) -> None: ...
    def store_ready(self) -> None: ...
    def film_ready(self) -> None: ...


async def serve(config: Config, telling: Telling) -> None:
    """Run until SIGINT or SIGTERM. Raises StartRefused with a sentence where it cannot start."""
    stop = stopping()
    collect_seldom()
    check_database(config.database_url)
    check_sockets(config)
    check_client(config.static_dir)
    check_port(config.bind, config.port)
    with holding(config), announced(config, config.origin):
        async with _everything(config, telling, stop) as deps:
            await telling.answering(deps, config.origin)
            await stop.wait()
            logger.info("stopping")
    logger.info("stopped")


@asynccontextmanager
async def _everything(config: Config, telling: Telling, stop: asyncio.Event) -> AsyncIterator[Deps]:
    metrics = Metrics()
    async with AsyncExitStack() as later:
        store: Child | None = None
        if config.s3_url is None:
            here, program = _embedded_store(config)
            store = Child(program)
            store.start()
            later.push_async_callback(store.stop)
            objects = wiring.open_objects(config, metrics, here)
        else:
            objects = wiring.open_objects(config, metrics)
        later.push_async_callback(close_quickly, objects)
        deps = await _records(config, objects, metrics, stop)
        later.push_async_callback(wiring.close, deps)
        # Everything from here on ends at the same time, before the store and the records do.
        async with _roles(config, deps, store, telling, stop):
            if config.demo:
                await demo.seed(deps)
            yield deps


def _embedded_store(config: Config) -> tuple[seaweedfs.Store, Program]:
    try:
        with writing(config.data_dir):
            return seaweedfs.prepare(config.data_dir, config.log_dir)
    except seaweedfs.NoPorts as none:
        raise StartRefused("No free ports are left on this machine for the video store.") from none


async def _records(config: Config, objects: Objects, metrics: Metrics, stop: asyncio.Event) -> Deps:
    await migrated(config, stop)
    deps = await open_deps(config, objects, metrics, stop)
    if config.on_sqlite:
        # Whoever holds the data directory holds these records, so whoever had these leases is dead: nobody waits for
        # them to run out. On a shared database others may be at work, and only time tells.
        async with deps.db.write() as tx:
            await jobs.release_all(tx)
    return deps


@asynccontextmanager
async def _roles(
    config: Config, deps: Deps, store: Child | None, telling: Telling, stop: asyncio.Event
) -> AsyncIterator[None]:
    answering: list[Listening] = []
    door = caddy.front_door(config, deps.objects.endpoint)
    with writing(config.data_dir):
        front = Child(caddy.prepare(door, caddyfile(door), config.run_dir, config.log_dir))
    tasks: list[asyncio.Task[None]] = []
    film: asyncio.Task[None] | None = None
    try:
        for app, where in ((make_app(deps), config.web_listen), (make_gate_app(deps), config.gate_listen)):
            with listening_at(where):
                answering.append(await listen(app, where))
        front.start()
        watching = (
            watch_store(deps, stop, telling.store_ready)
            if store is None
            else watch_embedded(deps, store.exits, telling.store_ready, stop)
        )
        tasks += [
            asyncio.create_task(keep("live", lambda: run_live(deps, config.live_listen, stop), stop)),
            asyncio.create_task(keep("worker", lambda: run_worker(deps, stop, slots=SLOTS), stop)),
            asyncio.create_task(watching),
        ]
        tasks.append(asyncio.create_task(keep("sweeper", lambda: run_sweeper(deps, stop), stop)))
        if (transport := transport_of(config)) is not None:
            tasks.append(asyncio.create_task(keep("mail", lambda: run_sender(deps, stop, transport), stop)))
        await _first_answer(config, front, stop)
        if config.demo:
            film = asyncio.create_task(_send_film(deps, telling, stop))
            tasks.append(film)
        yield
    finally:
        stop.set()
        deps.store_ready.clear()
        if film is not None:
            film.cancel()  # half a film is of no use; the next start makes it again
        deps.draining.set()
        await asyncio.gather(front.stop(), *(each.cleanup() for each in answering), end(tasks, seconds=3))


async def _send_film(deps: Deps, telling: Telling, stop: asyncio.Event) -> None:
    try:
        while not stop.is_set():
            await first_of(deps.store_ready, stop)
            if stop.is_set():
                return
            try:
                await demo.send_film(deps)
            except StoreUnavailable:
                await pause(stop, 2)
            else:
                break
        watching, stopping = asyncio.create_task(demo.film_watchable(deps)), asyncio.create_task(stop.wait())
        await asyncio.wait({watching, stopping}, return_when=asyncio.FIRST_COMPLETED)
        if not stop.is_set():
            watching.result()
            telling.film_ready()
        watching.cancel()
        stopping.cancel()
    except Exception:
        logger.exception("demo_film_failed", extra={"said": "The demo film could not be made; the log has the reason."})


async def _first_answer(config: Config, front: Child, stop: asyncio.Event) -> None:
    """Return when the front door takes connections. Raises StartRefused if it dies again and again, or never does."""
    host = config.bind if config.bind not in ("", "0.0.0.0", "::") else "127.0.0.1"  # noqa: S104
    try:
        async with asyncio.timeout(_FIRST_ANSWER_SECONDS):
            while not stop.is_set() and front.restarts < 3:
                with contextlib.suppress(OSError):
                    _, writer = await asyncio.open_connection(host, config.port)
                    writer.close()
                    return
                await pause(stop, 0.05)
    except TimeoutError:
        pass
    if not stop.is_set():
        raise StartRefused(f"The front door does not start; {front.program.log} says why.")
