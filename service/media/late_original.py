"""The job `prepare_original`: the film as it was filmed, sent after a smaller copy of it, takes over from the copy.

Only where its times are those of the copy, which everything that was written points to. Else it is kept as a file and
the copy goes on playing; and whatever is wrong with it, the lesson is not refused.
"""

import asyncio
import logging
from pathlib import Path
from typing import Literal

from service.actions import media as actions
from service.coaching.lessons import RefusedReason
from service.media import blocks
from service.media.encoding import encode, examine, put_poster
from service.media.outcomes import Cancel, Done, Outcome, Retry
from service.media.prepare import fetch, missing, no_room, start_keeping
from service.media.probe import Probe, Reason, Refused, same_times
from service.media.progress import Telling
from service.media.renditions import plan, size_of
from service.wiring import Deps
from storage import lessons, uploads
from storage.jobs import Job
from storage.uploads import Upload

log = logging.getLogger(__name__)


async def prepare_original(deps: Deps, job: Job, folder: Path) -> Outcome:
    """Nobody sees anything of it before all of it is there: who watches the copy keeps all of that until then."""
    lesson_id = job.data["lesson"]
    async with deps.db.read() as tx:
        upload, lesson = await uploads.by_id(tx, job.data["upload"]), await lessons.by_id(tx, lesson_id)
        sent = await uploads.of_lessons(tx, [lesson_id])
    if upload is None or lesson is None or upload.cover is None or upload.state not in ("completed", "assembled"):
        return Cancel("the upload or its lesson is gone")
    if no_room(folder, upload):
        return Retry("disk nearly full", ours=True)
    source, telling = folder / "source", Telling(deps, job)
    kept = [one for one in sent if one.state == "assembled" and one.id != upload.id]
    try:
        await telling.stage("fetching")
        sha256 = await fetch(deps, lesson_id, upload, source)
        probe = await examine(source)
    except Refused as refusal:
        return await _set_aside(deps, job, upload, refusal.reason.value, kept=False)
    keeping = start_keeping(deps, job, lesson_id, upload, source, sha256)
    try:
        copy = [one for one in kept if one.role == "small"][-1]
        if not await _has_the_times_of(deps, lesson_id, copy, probe, folder):
            await keeping
            return await _set_aside(deps, job, upload, "other_times")
        return await _take_over(deps, job, upload, source, probe, keeping, kept, telling)
    except Refused as refusal:
        await keeping
        return await _set_aside(deps, job, upload, refusal.reason.value)
    finally:
        keeping.cancel()
        await asyncio.gather(keeping, return_exceptions=True)


async def _has_the_times_of(deps: Deps, lesson_id: str, copy: Upload, probe: Probe, folder: Path) -> bool:
    """The kept copy is looked at again: what it says of itself needs to be written down nowhere else."""
    assert copy.sha256 is not None
    small = folder / "small"
    await blocks.fetch_original(deps.objects, blocks.original_key(lesson_id, copy.id), small, sha256=copy.sha256)
    now = await examine(small)
    await asyncio.to_thread(small.unlink)
    same = same_times(probe, now)
    log.info("media.times_compared", extra={"upload": copy.id, "same": same})
    return same


async def _take_over(
    deps: Deps,
    job: Job,
    upload: Upload,
    source: Path,
    probe: Probe,
    keeping: "asyncio.Task[None]",
    kept: list[Upload],
    telling: Telling,
) -> Outcome:
    lesson_id, ladder = job.data["lesson"], plan(probe)
    assert probe.duration_ms is not None
    publisher = await encode(
        deps, job, source, source.with_name("renditions"), ladder, duration_ms=probe.duration_ms, telling=telling
    )
    if isinstance(publisher, Retry):
        return publisher
    await telling.stage("finishing")
    if missing(probe, publisher):
        raise Refused(Reason.DAMAGED)  # what was written about its end would have no picture
    await put_poster(publisher, ladder)
    writes = await publisher.join()
    superseded = [blocks.original_key(lesson_id, one.id) for one in kept if one.role in ("small", "original")]
    writes.append(actions.sweep_segments(deps, lesson_id, publisher.attempt, superseded))
    await keeping
    width, height = size_of(ladder)
    await actions.original_in_use(
        deps,
        job,
        lesson_id,
        attempt=publisher.attempt,
        duration_ms=probe.duration_ms,
        width=width,
        height=height,
        writes=writes,
        cuts=publisher.cuts,
    )
    return Done()


async def _set_aside(
    deps: Deps, job: Job, upload: Upload, why: Literal["other_times"] | RefusedReason, *, kept: bool = True
) -> Outcome:
    log.info("media.original_set_aside", extra={"upload": upload.id, "reason": why, "kept": kept})
    await actions.original_set_aside(deps, job, job.data["lesson"], upload.id, why=why, kept=kept)
    return Done()


async def refuse_original(deps: Deps, job: Job, folder: Path) -> Outcome:
    """An original that was given up: the copy goes on playing, and its teacher hears of it."""
    del folder
    async with deps.db.read() as tx:
        upload = await uploads.by_id(tx, job.data["upload"])
    if upload is None or upload.state not in ("completed", "assembled"):
        return Cancel("it has ended otherwise")
    return await _set_aside(deps, job, upload, Reason.DAMAGED.value, kept=upload.state == "assembled")
