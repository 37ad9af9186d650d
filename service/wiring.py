"""The only place that builds engines, clients and clocks."""

import asyncio
import os
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

from service.coaching.folding import CoachingFolding
from service.config import Config
from storage.bus import Bus, InProcessBus
from storage.engine import Database
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


def utc_now() -> datetime:
    return datetime.now(UTC)


def new_id() -> str:
    """A UUID of version 7 (RFC 9562): sortable by time, 74 random bits."""
    milliseconds = time.time_ns() // 1_000_000
    random = int.from_bytes(os.urandom(10), "big")
    value = milliseconds << 80 | 0x7 << 76 | (random >> 68) << 64 | 0b10 << 62 | random & (1 << 62) - 1
    return str(uuid.UUID(int=value))


async def build(config: Config, objects: Objects, bus: Bus | None = None) -> Deps:
    """Open the database and start the record; `close` ends both, and the bus. The schema must be there already."""
    db = await Database.open(config.database_url)
    bus = bus or InProcessBus()
    record = Record(db, bus, CoachingFolding(), utc_now)
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
    )


async def close(deps: Deps) -> None:
    await deps.record.close()
    await deps.bus.close()
    await deps.db.close()
