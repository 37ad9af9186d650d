"""Jobs that clear away what nobody needs any more: blocks of ended uploads, segments of finished renditions."""

import re
from datetime import timedelta
from pathlib import Path

from service.actions import media as actions
from service.media import blocks, playlist
from service.media.outcomes import Cancel, Done, Outcome
from service.media.probe import Reason
from service.wiring import Deps
from storage import lessons, renditions
from storage.engine import apply
from storage.jobs import Job

SEGMENTS_KEPT = timedelta(hours=24)
"""Players that began with separate segments may go on with them for so long after the rendition was finished."""

_OURS = re.compile(r"(?P<attempt>\d+)-(?P<rest>.+)")


async def sweep_blocks(deps: Deps, job: Job, folder: Path) -> Outcome:
    """The upload's original was read back a day ago, or the upload ended."""
    del folder
    await blocks.sweep(deps.objects, job.data["upload"])
    return Done()


async def sweep_segments(deps: Deps, job: Job, folder: Path) -> Outcome:
    """Of a finished attempt only the whole renditions and the poster stay; of earlier attempts nothing does."""
    del folder
    lesson_id, attempt = job.data["lesson"], job.data["attempt"]
    prefix = playlist.object_key(lesson_id, "")
    found = [info.key for info in await deps.objects.list(prefix)]
    await deps.objects.delete([key for key in found if _superfluous(key.removeprefix(prefix), attempt)])
    async with deps.db.write() as tx:
        for earlier in range(1, attempt):
            await apply(tx, renditions.drop_attempt(lesson_id, earlier))
    return Done()


async def refuse_lesson(deps: Deps, job: Job, folder: Path) -> Outcome:
    """A lesson whose preparation was given up: say so, instead of leaving the teacher waiting for ever.

    What can be watched already stays, as far as it goes: its annotations have their times from it.
    """
    del folder
    if "lesson" not in job.data:
        return Cancel("names no lesson")
    async with deps.db.read() as tx:
        lesson = await lessons.by_id(tx, job.data["lesson"])
    if lesson is None or lesson.state in ("watchable", "ready"):
        return Cancel("can be watched as far as it goes")
    await actions.lesson_refused(deps, job, job.data["lesson"], reason=Reason.DAMAGED.value)
    return Done()


def _superfluous(file: str, attempt: int) -> bool:
    match = _OURS.fullmatch(file)
    if match is None or int(match["attempt"]) > attempt:
        return False
    return int(match["attempt"]) < attempt or file.endswith((".m4s", "-init.mp4"))
