"""Uploads that nobody goes on with: seen by their sender, told by mail, and at last removed with every block."""

import asyncio
import logging
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from service.actions import uploads as actions
from service.actions.media import WORKER
from service.coaching.streams import cycle_stream, lesson_stream
from service.wiring import Deps
from storage import grants, jobs, lessons, notices, people, uploads
from storage.engine import apply, hits
from storage.objects import StoreUnavailable
from storage.record import Superseded
from storage.uploads import Upload

logger = logging.getLogger(__name__)

KEPT: Final = timedelta(days=14)
"""How long an open upload waits for somebody to go on with it."""
BEFORE: Final = timedelta(days=3)
"""How long before that its sender is told, and how long they have at least from then on."""
SWEEPS_A_DAY: Final = 4


def goes_at(upload: Upload) -> datetime:
    """When the upload is removed if nobody goes on with it."""
    usual = upload.seen_at + KEPT
    return max(usual, upload.warned_at + BEFORE) if upload.warned_at is not None and is_warned(upload) else usual


def is_warned(upload: Upload) -> bool:
    """Whether its sender was told since somebody last went on with it."""
    return upload.warned_at is not None and upload.warned_at >= upload.seen_at


@dataclass(frozen=True, slots=True)
class Waiting:
    """An open upload as its sender sees it. `title`: the lesson's."""

    upload: Upload
    cycle_id: str
    title: str | None
    stored_bytes: int


async def open_uploads(deps: Deps, person: str) -> list[Waiting]:
    """The person's open uploads, of lessons that are theirs and cycles that they are in."""
    async with deps.db.read() as tx:
        mine = await uploads.open_of(tx, person)
        of = {one.id: one for one in await lessons.by_ids(tx, {one.lesson_id for one in mine if one.lesson_id})}
        roles = await grants.roles(tx, person, {_stream(one) for one in mine}, deps.clock())
    seen = [one for one in mine if _may(one, roles.get(_stream(one)))]
    stored = await asyncio.gather(*(_stored(deps, one) for one in seen))
    found = []
    for upload, count in zip(seen, stored, strict=True):
        lesson = of.get(upload.lesson_id) if upload.lesson_id else None
        cycle = lesson.cycle_id if lesson else upload.cycle_id or ""
        found.append(Waiting(upload, cycle, lesson.title if lesson else None, count))
    return found


def _may(upload: Upload, role: str | None) -> bool:
    """As `access_upload` has it."""
    return role == "teacher" or (role == "coach" and upload.lesson_id is None)


def _stream(upload: Upload) -> str:
    return lesson_stream(upload.lesson_id) if upload.lesson_id is not None else cycle_stream(upload.cycle_id or "")


async def _stored(deps: Deps, upload: Upload) -> int:
    """What the store has; while it is away, what was let through to it, of which a bad link may have lost some."""
    if deps.store_ready.is_set():
        try:
            return actions.covered(await actions.stored_blocks(deps, upload.id))
        except StoreUnavailable:
            pass
    return min(upload.granted_bytes, upload.size or upload.granted_bytes)


async def tidy(deps: Deps) -> None:
    """Tell the senders of uploads that wait for long, remove those that waited longer. Any number of processes may."""
    now = deps.clock()
    async with deps.db.read() as tx:
        found = await uploads.abandoned(tx, now - KEPT + BEFORE)
        senders = await people.by_ids(tx, {one.person_id for one in found})
    for upload in found:
        sender = senders[upload.person_id]
        told = deps.config.mails and sender.deactivated_at is None
        if told and not is_warned(upload):
            await _warn(deps, upload, sender.email)
        elif goes_at(upload) <= now:
            await _remove(deps, upload)
    window = now.hour * SWEEPS_A_DAY // 24
    key = f"sweep_strays/{now:%Y-%m-%d}/{window}"
    async with deps.db.write() as tx:
        await apply(tx, [jobs.enqueue(deps.new_id(), "sweep_strays", {}, at=now, dedupe_key=key)])


async def _warn(deps: Deps, upload: Upload, email: str) -> None:
    now = deps.clock()
    async with deps.db.write() as tx:
        if not await hits(tx, uploads.warn(upload, now)):
            return  # somebody goes on with it
        notice = notices.enqueue(deps.new_id(), "upload_waiting", email, {"upload": upload.id}, at=now)
        await apply(tx, [notice])
    deps.bus.wake(notices.WAKE, 0)


async def _remove(deps: Deps, upload: Upload) -> None:
    try:
        act = await actions.ending(deps, upload, "abandoned", by=WORKER, require=uploads.untouched(upload))
        await deps.record.act(act)
    except Superseded:
        return
    logger.info("upload.abandoned", extra={"upload": upload.id})
