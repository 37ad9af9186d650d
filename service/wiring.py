"""The only place that builds engines, clients and clocks."""

import asyncio
import os
import time
import uuid
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from service.coaching.folding import CoachingFolding
from service.config import Config
from service.embedded.seaweedfs import Store
from service.media.arrivals import Arrivals
from service.metrics import Metrics
from storage.acts import Act, Acted
from storage.bus import Bus, InProcessBus
from storage.engine import Conflict, Database, DatabaseUnavailable
from storage.objects import Objects
from storage.record import Record


@dataclass(frozen=True, slots=True)
class Deps:
    config: Config
    db: Database
    record: Record
    objects: Objects
    bus: Bus
    clock: Callable[[], datetime]
    new_id: Callable[[], str]
    store_ready: asyncio.Event
    """Set while the object store answers and its bucket exists; uploads and the worker wait for it."""
    metrics: Metrics
    arrivals: Arrivals
    """What this process has of films that are still being sent."""
    draining: asyncio.Event
    """Set once this process is about to end: what is under way is finished, and nobody should send more."""


def utc_now() -> datetime:
    return datetime.now(UTC)


def new_id() -> str:
    """A UUID of version 7 (RFC 9562): sortable by time, 74 random bits."""
    milliseconds = time.time_ns() // 1_000_000
    random = _random_bits()
    value = milliseconds << 80 | 0x7 << 76 | (random >> 68) << 64 | 0b10 << 62 | random & (1 << 62) - 1
    return str(uuid.UUID(int=value))


_drawn: deque[int] = deque()
os.register_at_fork(after_in_child=_drawn.clear)


def _random_bits() -> int:
    """80 bits of the system, drawn for many ids at once: each draw gives up Python's lock and waits to get it back."""
    try:
        return _drawn.popleft()
    except IndexError:
        many = os.urandom(10 * 256)
        _drawn.extend(int.from_bytes(many[first : first + 10], "big") for first in range(10, len(many), 10))
        return int.from_bytes(many[:10], "big")


_NOWHERE: Final = "http://127.0.0.1:9"


class CountedRecord(Record):
    """The record, with its acts counted by what became of them."""

    metrics: Metrics

    async def act(self, act: Act) -> Acted:
        outcome = "refused"
        try:
            acted = await super().act(act)
        except DatabaseUnavailable as away:
            outcome = "conflict" if isinstance(away, Conflict) else "unavailable"
            raise
        else:
            outcome = "replayed" if acted.replayed else "done"
            return acted
        finally:
            self.metrics.acts.labels(outcome).inc()


def open_objects(config: Config, metrics: Metrics, embedded: Store | None = None) -> Objects:
    """A client of the embedded object store, or of the one in the settings. Nothing is contacted yet.

    Without either it is one that nobody may ask: for `live`, and for commands that only need the records.
    """
    where = embedded or Store(
        config.s3_url or _NOWHERE, config.s3_access_key or "nobody", config.s3_secret_key or "nothing", config.s3_bucket
    )
    return Objects(
        where.endpoint,
        bucket=where.bucket,
        access_key=where.access_key,
        secret_key=where.secret_key,
        region=config.s3_region,
        timed=metrics.store_call,
    )


async def open_bus(config: Config) -> Bus:
    """The bus of the settings, at once: one that is away is waited for in the background, and the streams heal."""
    if config.nats_url is None:
        return InProcessBus()
    from storage.nats_bus import NatsBus  # here, because one process alone does not need to load it

    return await NatsBus.open(config.nats_url)


async def build(config: Config, objects: Objects, bus: Bus | None = None, *, metrics: Metrics | None = None) -> Deps:
    """Open the database and the bus and start the record; `close` ends them. The schema must be there already."""
    metrics = metrics or Metrics()
    db = await Database.open(config.database_url)
    bus = bus or await open_bus(config)
    record = CountedRecord(db, bus, CoachingFolding(), utc_now)
    record.metrics = metrics
    await record.start()
    return Deps(
        config=config,
        db=db,
        record=record,
        objects=objects,
        bus=bus,
        clock=utc_now,
        new_id=new_id,
        store_ready=asyncio.Event(),
        metrics=metrics,
        arrivals=Arrivals(),
        draining=asyncio.Event(),
    )


async def close(deps: Deps) -> None:
    await deps.record.close()
    await deps.bus.close()
    await deps.db.close()
