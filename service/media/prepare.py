"""The job `prepare_lesson`: from the blocks of an upload to a lesson that plays. Steps in the order they happen."""

import asyncio
import shutil
from datetime import timedelta
from pathlib import Path
from typing import Final, cast

from service.actions import media as actions
from service.actions.cuts import PREPARE_AGAIN, CutAnew
from service.coaching.cuts import prepared_again
from service.coaching.lessons import FileRole, LessonWatchable
from service.coaching.streams import lesson_stream
from service.media import blocks
from service.media.encoding import encode, examine, put_poster
from service.media.outcomes import Cancel, Done, Outcome, Retry, Snooze
from service.media.probe import Probe, Refused
from service.media.progress import Telling
from service.media.publish import Publisher
from service.media.renditions import plan, size_of
from service.wiring import Deps
from storage import lessons, uploads
from storage.jobs import Job
from storage.uploads import Upload

_SHORT_MS: Final = 1000
_TURN: Final = timedelta(seconds=15)


async def prepare_lesson(deps: Deps, job: Job, folder: Path) -> Outcome:
    """Runs in `folder`, which is empty and ours. Transient trouble comes out as exceptions or Retry."""
    lesson_id, upload_id = job.data["lesson"], job.data["upload"]
    async with deps.db.read() as tx:
        upload, lesson = await uploads.by_id(tx, upload_id), await lessons.by_id(tx, lesson_id)
    if upload is None or lesson is None or upload.cover is None or upload.size is None:
        return Cancel("the upload or its lesson is gone")
    if no_room(folder, upload):
        return Retry("disk nearly full", ours=True)
    source, telling = folder / "source", Telling(deps, job)
    try:
        await telling.stage("fetching")
        sha256 = await fetch(deps, lesson_id, upload, source)
        await telling.stage("examining")
        probe = await examine(source)
    except Refused as refusal:
        await actions.lesson_refused(deps, job, lesson_id, reason=refusal.reason.value, upload_id=upload_id)
        return Done()
    keeping = start_keeping(deps, job, lesson_id, upload, source, sha256)
    try:
        outcome = await _encode(deps, job, upload, lesson_id, source, probe, keeping, telling)
    except CutAnew:
        return await _begin_again(deps, lesson_id)
    except Refused as refusal:
        await keeping
        await actions.lesson_refused(deps, job, lesson_id, reason=refusal.reason.value, upload_id=upload_id)
        return Done()
    finally:
        keeping.cancel()
        await asyncio.gather(keeping, return_exceptions=True)
    return outcome


async def _begin_again(deps: Deps, lesson_id: str) -> Outcome:
    """Its teacher has cut other parts out meanwhile. Of a lesson that plays that was made a job of its own."""
    async with deps.db.read() as tx:
        lesson = await lessons.by_id(tx, lesson_id)
    if lesson is None or lesson.state in ("watchable", "ready"):
        return Cancel("it is prepared again with other parts cut out")
    return Snooze()


def no_room(folder: Path, upload: Upload) -> bool:
    """Whether this machine's disk is too full for the file and what is made of it."""
    return shutil.disk_usage(folder).free < 3 * (upload.size or 0)


async def fetch(deps: Deps, lesson_id: str, upload: Upload, source: Path) -> str:
    """The whole file, from what an earlier try kept or from its blocks. Returns its SHA-256; raises Refused."""
    if is_kept(upload):
        assert upload.sha256 is not None
        key = blocks.original_key(lesson_id, upload.id)
        await blocks.fetch_original(deps.objects, key, source, sha256=upload.sha256)
        return upload.sha256
    return await deps.arrivals.take(deps.objects, upload.id, blocks.parse_cover(upload.cover or "[]"), source)


def is_kept(upload: Upload) -> bool:
    return upload.state == "assembled" and upload.sha256 is not None


def start_keeping(
    deps: Deps, job: Job, lesson_id: str, upload: Upload, source: Path, sha256: str
) -> "asyncio.Task[None]":
    """The original into the store, read back; beside the encoding, because nobody waits for it."""

    async def keep() -> None:
        if is_kept(upload):
            return
        key, size = blocks.original_key(lesson_id, upload.id), upload.size or 0
        await blocks.keep_original(deps.objects, source, key, sha256=sha256, size=size)
        await actions.upload_assembled(deps, job, lesson_id, upload.id, key=key, size=size, sha256=sha256)

    return asyncio.create_task(keep())


async def _encode(
    deps: Deps,
    job: Job,
    upload: Upload,
    lesson_id: str,
    source: Path,
    probe: Probe,
    keeping: "asyncio.Task[None]",
    telling: Telling,
) -> Outcome:
    assert probe.duration_ms is not None
    duration_ms, ladder = probe.duration_ms, plan(probe)
    width, height = size_of(ladder)

    def told(publisher: Publisher) -> LessonWatchable:
        return LessonWatchable(publisher.attempt, duration_ms, width, height, cast("FileRole", upload.role))

    shown = False

    async def watchable(publisher: Publisher) -> bool:
        nonlocal shown
        _, lesson = await deps.record.state(lesson_stream(lesson_id))
        if job.kind == PREPARE_AGAIN and lesson.released_at is None:
            return False  # its teacher, who may be half way through what there is, keeps that until all of it is there
        if not await publisher.reaches_as_far(lesson):
            return False
        await put_poster(publisher, ladder)
        await actions.lesson_watchable(deps, job, lesson_id, told(publisher), cuts=publisher.cuts)
        shown = True
        return True

    publisher = await encode(
        deps,
        job,
        source,
        source.with_name("renditions"),
        ladder,
        duration_ms=duration_ms,
        begun=watchable,
        telling=telling,
    )
    if isinstance(publisher, Retry):
        return publisher
    await telling.stage("finishing")
    if not shown:
        await put_poster(publisher, ladder)
    return await _finish(deps, job, upload, publisher, probe, told(publisher), keeping)


async def prepare_again(deps: Deps, job: Job, folder: Path) -> Outcome:
    """A lesson that plays is made again from the same file, because its teacher has cut other parts out."""
    _, lesson = await deps.record.state(lesson_stream(job.data["lesson"]))
    if prepared_again(lesson):
        if lesson.least_attempt != job.data["least"]:
            return Cancel("other parts were cut out since")
    elif lesson.state != "watchable":
        return Cancel("it was made with these parts cut out")
    if lesson.original == "preparing":
        return Snooze(_TURN)  # which takes over, and leaves the same parts out
    return await prepare_lesson(deps, job, folder)


async def _finish(
    deps: Deps,
    job: Job,
    upload: Upload,
    publisher: Publisher,
    probe: Probe,
    told: LessonWatchable,
    keeping: "asyncio.Task[None]",
) -> Outcome:
    """One object a rendition, then ready: only once the original is safe, since that ends the job.

    Films that were refused before go with the segments: nobody can reach them any more.
    """
    lesson_id = job.data["lesson"]
    async with deps.db.read() as tx:
        sent = await uploads.of_lessons(tx, [lesson_id])
    refused = [one.id for one in sent if one.state == "refused" and one.role != "sound" and one.id != upload.id]
    writes = await publisher.join()
    superseded = [blocks.original_key(lesson_id, one) for one in refused]
    writes.append(actions.sweep_segments(deps, lesson_id, publisher.attempt, superseded))
    await keeping
    assert probe.duration_ms is not None
    missing_ms = missing(probe, publisher)
    await actions.lesson_ready(
        deps,
        job,
        lesson_id,
        attempt=publisher.attempt,
        # Where the picture alone ends early, the lesson goes on with its sound.
        duration_ms=min(probe.duration_ms, publisher.reached_ms) if missing_ms else probe.duration_ms,
        missing_ms=missing_ms,
        writes=writes,
        watchable=told,
        cuts=publisher.cuts,
    )
    return Done()


def missing(probe: Probe, publisher: Publisher) -> int:
    """How much of the end is not there, in milliseconds, where it is worth telling: of all of it, or of the picture.

    A picture that is shorter than the sound, and says so, is whole: the camera stopped first.
    """
    assert probe.duration_ms is not None
    short_ms = probe.duration_ms - publisher.reached_ms
    if probe.video is not None and probe.video.duration_ms is not None:
        short_ms = max(short_ms, probe.video.duration_ms - publisher.picture_reached_ms)
    return worth_telling(short_ms)


def worth_telling(short_ms: int) -> int:
    """0 where frames and sound just did not end at the same instant."""
    return short_ms if short_ms > _SHORT_MS else 0
