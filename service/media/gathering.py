"""The job `await_upload`: while a film is being sent, its blocks are put together here as they come.

It holds no slot that a film could be prepared in. After ten seconds without a new block it is parked; the next block
that is let through, or the end of the upload, calls it back. Losing it loses nothing: whoever prepares the film fetches
what is not in place.
"""

import asyncio
from pathlib import Path
from typing import Final

from service.actions.uploads import PARKED
from service.media.following import Following
from service.media.outcomes import Cancel, Done, Outcome, Snooze
from service.waiting import first_of
from service.wiring import Deps
from storage import jobs, uploads
from storage.jobs import Job
from storage.uploads import Upload

IDLE_SECONDS: Final = 10.0
_LOOK_SECONDS: Final = 1.0


async def await_upload(deps: Deps, job: Job, folder: Path) -> Outcome:
    """Until the upload ends, or nothing comes. Raises StoreUnavailable, DatabaseUnavailable."""
    upload_id, woken, following = job.data["upload"], asyncio.Event(), Following(deps, job, folder)
    deaf = deps.bus.listen(lambda stream, _: woken.set() if stream == jobs.WAKE else None)
    try:
        upload = await _gather(deps, upload_id, woken, following)
        if upload is None or upload.state not in ("open", "completed"):
            deps.arrivals.forget(upload_id)
            return Cancel("the upload has ended")
        if upload.state == "open":
            return Snooze(PARKED)
        deps.arrivals.completed(upload_id)
        # Its preparing waits a moment for whoever has its parts.
        deps.bus.wake(jobs.WAKE, 0)
        await following.end(upload.size or 0)
        return Done()
    finally:
        deaf()
        await following.stop()


async def _gather(deps: Deps, upload_id: str, woken: asyncio.Event, following: Following) -> Upload | None:
    """The upload as it is when there is no more to do."""
    loop = asyncio.get_running_loop()
    came = loop.time()
    while True:
        woken.clear()
        async with deps.db.read() as tx:
            upload = await uploads.by_id(tx, upload_id)
        if upload is None or upload.state != "open":
            return upload
        if deps.arrivals.no_room(upload):
            deps.arrivals.forget(upload_id)
            return upload
        if await deps.arrivals.of(upload_id).gather(deps.objects):
            came = loop.time()
        elif loop.time() - came >= IDLE_SECONDS and not following.busy:
            return upload
        await following.look(upload)
        await first_of(woken, seconds=_LOOK_SECONDS)
