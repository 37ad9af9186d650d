"""Everything in one process: the three roles, with the front door and the object store as children.

Start: the store begins first because it takes longest; the page answers before it is ready. Stop, within 6 s: the front
door lets requests under way end (4 s) while the roles end beside it, then the store, to which nobody writes any more.
"""

import asyncio
import contextlib
import logging
import os
import signal
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Protocol

from aiohttp import web

from service import wiring
from service.config import Config
from service.embedded import caddy, demo, seaweedfs
from service.embedded.caddyfile import caddyfile
from service.embedded.supervisor import Child
from service.live.gateway import run_live
from service.mail.sender import run_sender, transport_of
from service.media.worker import run_worker
from service.startup import (
    StartRefused,
    announced,
    check_client,
    check_database,
    check_port,
    check_sockets,
    holding,
    writing,
)
from service.web.app import make_app
from service.web.listening import listen
from service.web.media_gate import make_gate_app
from service.wiring import Deps
from storage import jobs
from storage.engine import DatabaseUnavailable
from storage.migrations import SchemaTooNew, migrate
from storage.objects import Objects, StoreUnavailable

logger = logging.getLogger(__name__)

# At least two, so that a short lesson does not wait for a long one; not many, because each may take 1.5 GB.
_SLOTS = min(4, max(2, os.cpu_count() or 1))
_STORE_LOOK_SECONDS = 10.0
_FIRST_ANSWER_SECONDS = 20.0
_LONGEST_PAUSE_SECONDS = 30.0
_PROBE_KEY = "probe"


class Telling(Protocol):
    """Who is told how the start goes on."""

    async def answering(self, deps: Deps, origin: str) -> None: ...
    def store_ready(self) -> None: ...
    def film_ready(self) -> None: ...


async def serve(config: Config, telling: Telling) -> None:
    """Run until SIGINT or SIGTERM. Raises StartRefused with a sentence where it cannot start."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        loop.add_signal_handler(number, stop.set)
    check_database(config.database_url)
    check_sockets(config.data_dir)
    check_client(config.static_dir)
    check_port(config.bind, config.port)
    with holding(config), announced(config, origin_of(config)):
        async with _everything(config, telling, stop) as deps:
            await telling.answering(deps, origin_of(config))
            await stop.wait()
            logger.info("stopping")
    logger.info("stopped")


def origin_of(config: Config) -> str:
    """The address as a person on this machine types it."""
    scheme, usual = ("https", 443) if config.secure else ("http", 80)
    host = config.domain or (config.bind if config.bind not in ("", "0.0.0.0", "::") else "localhost")  # noqa: S104
    host = f"[{host}]" if ":" in host else host
    return f"{scheme}://{host}" + ("" if config.port == usual else f":{config.port}")


@asynccontextmanager
async def _everything(config: Config, telling: Telling, stop: asyncio.Event) -> AsyncIterator[Deps]:
    try:
        with writing(config.data_dir):
            store, store_program = seaweedfs.prepare(config.data_dir, config.log_dir)
    except seaweedfs.NoPorts as none:
        raise StartRefused("No free ports are left on this machine for the video store.") from none
    async with AsyncExitStack() as later:
        store_child = Child(store_program)
        store_child.start()
        later.push_async_callback(store_child.stop)
        objects = Objects(
            store.endpoint, bucket=store.bucket, access_key=store.access_key, secret_key=store.secret_key
        )
        later.push_async_callback(_close_quickly, objects)
        deps = await _records(config, objects)
        later.push_async_callback(wiring.close, deps)
        # Everything from here on ends at the same time, before the store and the records do.
        async with _roles(config, deps, store, store_child, telling, stop):
            if config.demo:
                await demo.seed(deps)
            yield deps


async def _records(config: Config, objects: Objects) -> Deps:
    try:
        await migrate(config.database_url)
        deps = await wiring.build(config, objects)
        # We hold the data directory, so whoever had these leases is dead: nobody waits for them to run out.
        async with deps.db.write() as tx:
            await jobs.release_all(tx)
    except SchemaTooNew as newer:
        raise StartRefused(
            f"The records in {config.data_dir} were written by a newer Farfield. Start that one instead."
        ) from newer
    except DatabaseUnavailable as away:
        raise StartRefused(f"The database cannot be used: {away}.") from away
    return deps


@asynccontextmanager
async def _roles(
    config: Config, deps: Deps, store: seaweedfs.Store, store_child: Child, telling: Telling, stop: asyncio.Event
) -> AsyncIterator[None]:
    sockets = {name: config.run_dir / f"{name}.sock" for name in ("web", "gate", "live")}
    runners: list[web.AppRunner] = []
    door = caddy.FrontDoor(
        port=config.port,
        bind=config.bind,
        domain=config.domain,
        local_https=config.https == "local",
        data_dir=config.data_dir,
        static_dir=config.static_dir,
        web_socket=sockets["web"],
        gate_socket=sockets["gate"],
        live_socket=sockets["live"],
        store_host=store.host,
    )
    with writing(config.data_dir):
        front = Child(caddy.prepare(door, caddyfile(door), config.run_dir, config.log_dir))
    tasks: list[asyncio.Task[None]] = []
    film: asyncio.Task[None] | None = None
    try:
        for app, name in ((make_app(deps), "web"), (make_gate_app(deps), "gate")):
            runners.append(await listen(app, sockets[name]))
        front.start()
        tasks += [
            asyncio.create_task(_keep("live", lambda: run_live(deps, sockets["live"], stop), stop)),
            asyncio.create_task(_keep("worker", lambda: run_worker(deps, stop, slots=_SLOTS), stop)),
            asyncio.create_task(_watch_store(deps, store_child, telling, stop)),
        ]
        if (transport := transport_of(config)) is not None:
            tasks.append(asyncio.create_task(_keep("mail", lambda: run_sender(deps, stop, transport), stop)))
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
        await asyncio.gather(front.stop(), *(runner.cleanup() for runner in runners), _end(tasks))


async def _end(tasks: list[asyncio.Task[None]]) -> None:
    """The tasks have heard `stop`; who does not end in time is cancelled."""
    if tasks:
        _, late = await asyncio.wait(tasks, timeout=3)
        for task in late:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def _keep(role: str, run: Callable[[], Awaitable[None]], stop: asyncio.Event) -> None:
    """A role that fails is started again: the others go on, and nothing is kept in it that is not in the records."""
    pause = 0.5
    while not stop.is_set():
        try:
            await run()
        except Exception:
            said = f"The role {role} stopped on a fault. Starting it again in {pause:g} s; the log has the reason."
            logger.exception("role_restarting", extra={"role": role, "said": said})
            await _pause(stop, pause)
            pause = min(pause * 2, _LONGEST_PAUSE_SECONDS)


async def _watch_store(deps: Deps, child: Child, telling: Telling, stop: asyncio.Event) -> None:
    """Keep `store_ready` true to its word: set once a byte could be written, cleared when the store died or is mute."""
    told = False
    while not stop.is_set():
        child.exits.clear()
        try:
            await deps.objects.ensure_bucket()
            await deps.objects.put(_PROBE_KEY, b"1", "text/plain")
        except StoreUnavailable:
            await _pause(stop, 0.2)
            continue
        deps.store_ready.set()
        logger.info("store_ready")
        if not told:
            telling.store_ready()
            told = True
        while not stop.is_set() and not await _happens(child.exits, stop, _STORE_LOOK_SECONDS):
            try:
                await deps.objects.ping()
            except StoreUnavailable:
                break
        deps.store_ready.clear()


async def _send_film(deps: Deps, telling: Telling, stop: asyncio.Event) -> None:
    try:
        while not stop.is_set():
            await _happens(deps.store_ready, stop, None)
            if stop.is_set():
                return
            try:
                await demo.send_film(deps)
            except StoreUnavailable:
                await _pause(stop, 2)
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
                await _pause(stop, 0.05)
    except TimeoutError:
        pass
    if not stop.is_set():
        raise StartRefused(f"The front door does not start; {front.program.log} says why.")


async def _pause(stop: asyncio.Event, seconds: float) -> None:
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            await stop.wait()


async def _happens(event: asyncio.Event, stop: asyncio.Event, seconds: float | None) -> bool:
    """Whether `event` was set before `stop` or the time was over."""
    waiting = [asyncio.create_task(each.wait()) for each in (event, stop)]
    await asyncio.wait(waiting, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
    for task in waiting:
        task.cancel()
    return event.is_set()


async def _close_quickly(objects: Objects) -> None:
    """A request to a store that hangs must not hold up the end; its thread dies with the process."""
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(0.5):
            await objects.close()
