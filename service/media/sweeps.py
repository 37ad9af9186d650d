"""Jobs that clear away what nobody needs any more: blocks of ended uploads, segments of finished renditions."""

import logging
import re
from datetime import timedelta
from pathlib import Path

from service.actions import media as actions
from service.actions.uploads import LATE_BLOCKS
from service.coaching.streams import lesson_stream
from service.media import blocks, playlist
from service.media.outcomes import Done, Outcome
from service.wiring import Deps
from storage import previews, renditions, uploads
from storage.engine import apply
from storage.jobs import Job

log = logging.getLogger(__name__)

_OURS = re.compile(r"(?P<attempt>\d+)-(?P<rest>.+)")


async def sweep_blocks(deps: Deps, job: Job, folder: Path) -> Outcome:
    """The upload's original was read back a day ago, or the upload ended."""
    del folder
    await blocks.sweep(deps.objects, job.data["upload"])
    return Done()


async def sweep_strays(deps: Deps, job: Job, folder: Path) -> Outcome:
    """Blocks of uploads that are not known or ended long ago: a sweep that failed, a record from a backup.

    An upload is recorded before a block of it is let through, so a block without one has none.
    """
    del job, folder
    by_upload: dict[str, list[str]] = {}
    for info in await deps.objects.list(blocks.UPLOADS):
        by_upload.setdefault(info.key.removeprefix(blocks.UPLOADS).partition("/")[0], []).append(info.key)
    async with deps.db.read() as tx:
        known = await uploads.ends(tx, by_upload)
    now = deps.clock()
    for upload, keys in by_upload.items():
        state, ended = known.get(upload, ("", None))
        kept = actions.BLOCKS_KEPT if state == "assembled" else timedelta(0)
        if state and (ended is None or now < ended + kept + 2 * LATE_BLOCKS):
            continue
        log.warning("media.strays_swept", extra={"upload": upload, "blocks": len(keys)})
        await deps.objects.delete(keys)
    return Done()


async def sweep_segments(deps: Deps, job: Job, folder: Path) -> Outcome:
    """Of a finished attempt the whole renditions, the poster, sheets and peaks stay; of earlier attempts nothing does.

    Nor of the files that earlier ones were made of, where this one's has taken their place. Of attempts that failed
    the rows stay: their numbers are not given again.
    """
    del folder
    lesson_id = job.data["lesson"]
    prefix = playlist.object_key(lesson_id, "")
    found = [info.key for info in await deps.objects.list(prefix)]
    if "failed" in job.data:
        _, lesson = await deps.record.state(lesson_stream(lesson_id))
        failed = {one for one in job.data["failed"] if one != lesson.attempt}  # which may be shown by now
        gone = [key for key in found if _attempt_of(key.removeprefix(prefix)) in failed]
        await deps.objects.delete([*gone, *job.data.get("superseded", ())])
        return Done()
    attempt = job.data["attempt"]
    gone = [key for key in found if _superfluous(key.removeprefix(prefix), attempt)]
    await deps.objects.delete([*gone, *job.data.get("superseded", ())])
    async with deps.db.write() as tx:
        for earlier in range(1, attempt):
            await apply(tx, [*renditions.drop_attempt(lesson_id, earlier), previews.drop_attempt(lesson_id, earlier)])
    return Done()


def _attempt_of(file: str) -> int | None:
    match = _OURS.fullmatch(file)
    return int(match["attempt"]) if match else None


def _superfluous(file: str, attempt: int) -> bool:
    match = _OURS.fullmatch(file)
    if match is None or int(match["attempt"]) > attempt:
        return False
    return int(match["attempt"]) < attempt or file.endswith((".m4s", "-init.mp4"))
