"""The job `prepare_lesson`: from the blocks of an upload to a lesson that plays. Steps in the order they happen."""

import asyncio
import shutil
from pathlib import Path
from typing import Final, cast

from service.actions import media as actions
from service.coaching.lessons import FileRole
from service.media import blocks
from service.media.encoding import encode, examine, put_poster
from service.media.outcomes import Cancel, Done, Outcome, Retry
from service.media.probe import Probe, Refused
from service.media.publish import Publisher
from service.media.renditions import Ladder, plan
from service.wiring import Deps
from storage import lessons, uploads
from storage.jobs import Job
from storage.uploads import Upload

# Frames and sound rarely end at the same instant; less than this is no loss worth telling.
SHORT_MS: Final = 1000


async def prepare_lesson(deps: Deps, job: Job, folder: Path) -> Outcome:
    """Runs in `folder`, which is empty and ours. Transient trouble comes out as exceptions or Retry."""
    lesson_id, upload_id = job.data["lesson"], job.data["upload"]
    async with deps.db.read() as tx:
        upload, lesson = await uploads.by_id(tx, upload_id), await lessons.by_id(tx, lesson_id)
    if upload is None or lesson is None or upload.cover is None or upload.size is None:
        return Cancel("the upload or its lesson is gone")
    if no_room(folder, upload):
        return Retry("disk nearly full", ours=True)
    source = folder / "source"
    try:
        sha256 = await fetch(deps, lesson_id, upload, source)
        probe = await examine(source)
    except Refused as refusal:
        await actions.lesson_refused(deps, job, lesson_id, reason=refusal.reason.value, upload_id=upload_id)
        return Done()
    keeping = start_keeping(deps, job, lesson_id, upload, source, sha256)
    try:
        outcome = await _encode(deps, job, upload, lesson_id, source, probe, keeping)
    except Refused as refusal:
        await keeping
        await actions.lesson_refused(deps, job, lesson_id, reason=refusal.reason.value, upload_id=upload_id)
        return Done()
    finally:
        keeping.cancel()
        await asyncio.gather(keeping, return_exceptions=True)
    return outcome


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
    return await blocks.assemble(deps.objects, upload.id, blocks.parse_cover(upload.cover or "[]"), source)


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
) -> Outcome:
    assert probe.duration_ms is not None
    duration_ms, ladder = probe.duration_ms, plan(probe)

    async def watchable(publisher: Publisher) -> None:
        await put_poster(publisher, ladder)
        width, height = size_of(ladder)
        await actions.lesson_watchable(
            deps,
            job,
            lesson_id,
            attempt=publisher.attempt,
            duration_ms=duration_ms,
            width=width,
            height=height,
            source=cast("FileRole", upload.role),
        )

    publisher = await encode(deps, job, source, probe, ladder, begun=watchable)
    if isinstance(publisher, Retry):
        return publisher
    return await _finish(deps, job, upload, publisher, duration_ms, keeping)


def size_of(ladder: Ladder) -> tuple[int | None, int | None]:
    """Width and height of the best picture."""
    return (ladder.video[0].width, ladder.video[0].height) if ladder.video else (None, None)


async def _finish(
    deps: Deps, job: Job, upload: Upload, publisher: Publisher, duration_ms: int, keeping: "asyncio.Task[None]"
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
    missing_ms = missing(duration_ms, publisher)
    await actions.lesson_ready(
        deps,
        job,
        lesson_id,
        attempt=publisher.attempt,
        duration_ms=duration_ms - missing_ms,
        missing_ms=missing_ms,
        writes=writes,
    )
    return Done()


def missing(duration_ms: int, publisher: Publisher) -> int:
    """How much of the end is not there, in milliseconds, where it is worth telling."""
    short_ms = duration_ms - publisher.reached_ms
    return short_ms if short_ms > SHORT_MS else 0
