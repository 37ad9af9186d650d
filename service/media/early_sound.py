"""The job `prepare_sound`: the sound of a lesson, sent before its picture, can be heard minutes after the lesson.

It is a favour: whatever happens to it, the lesson is not refused, and once the picture has begun nobody needs it.
"""

import logging
from pathlib import Path

from service.actions import media as actions
from service.coaching.streams import lesson_stream
from service.media.encoding import encode, examine
from service.media.outcomes import Cancel, Done, Outcome, Retry
from service.media.prepare import fetch, no_room
from service.media.probe import Reason, Refused
from service.media.publish import PictureBegun, picture_begun
from service.media.renditions import plan_early_sound
from service.wiring import Deps
from storage import uploads
from storage.jobs import Job
from storage.uploads import Upload

log = logging.getLogger(__name__)


async def prepare_sound(deps: Deps, job: Job, folder: Path) -> Outcome:
    """From the blocks to one rendition without a picture. The lesson's state stays what it is."""
    lesson_id = job.data["lesson"]
    async with deps.db.read() as tx:
        upload = await uploads.by_id(tx, job.data["upload"])
        begun = await picture_begun(tx, lesson_id)
    if upload is None or upload.state != "completed" or upload.cover is None:
        return Cancel("nothing to listen to")
    _, lesson = await deps.record.state(lesson_stream(lesson_id))
    if begun or lesson.following is not None:
        return await _drop(deps, job, upload)
    if no_room(folder, upload):
        return Retry("disk nearly full", ours=True)
    try:
        return await _make(deps, job, lesson_id, upload, folder)
    except PictureBegun:
        return await _drop(deps, job, upload)
    except Refused as refusal:
        log.warning("media.sound_refused", extra={"upload": upload.id, "reason": refusal.reason.value})
        await actions.sound_refused(deps, job, lesson_id, upload.id)
        return Done()


async def _make(deps: Deps, job: Job, lesson_id: str, upload: Upload, folder: Path) -> Outcome:
    source = folder / "source"
    sha256 = await fetch(deps, lesson_id, upload, source)
    probe = await examine(source)
    assert probe.duration_ms is not None
    if probe.audio is None:
        raise Refused(Reason.NOT_A_VIDEO)
    publisher = await encode(
        deps, job, source, folder / "renditions", plan_early_sound(probe), duration_ms=probe.duration_ms
    )
    if isinstance(publisher, Retry):
        return publisher
    writes = await publisher.join()
    await actions.sound_listenable(
        deps,
        job,
        lesson_id,
        upload.id,
        sha256=sha256,
        attempt=publisher.attempt,
        duration_ms=publisher.reached_ms,
        writes=writes,
        cuts=publisher.cuts,
    )
    return Done()


async def _drop(deps: Deps, job: Job, upload: Upload) -> Outcome:
    log.info("media.sound_not_needed", extra={"upload": upload.id})
    await actions.upload_dropped(deps, job, upload.id, "removed")
    return Done()


async def refuse_sound(deps: Deps, job: Job, folder: Path) -> Outcome:
    """Sound that was given up: the lesson waits for its picture as if there had been none."""
    del folder
    async with deps.db.read() as tx:
        upload = await uploads.by_id(tx, job.data["upload"])
    if upload is None or upload.state != "completed":
        return Cancel("it has ended otherwise")
    await actions.sound_refused(deps, job, job.data["lesson"], upload.id)
    return Done()
