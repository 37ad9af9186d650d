"""The job `prepare_lesson`: from the blocks of an upload to a lesson that plays. Steps in the order they happen."""

import asyncio
import logging
import shutil
from pathlib import Path

from service.actions import media as actions
from service.media import blocks, ffmpeg
from service.media.confine import OutputTooLong
from service.media.ffmpeg import FfmpegFailed
from service.media.outcomes import Cancel, Done, Outcome, Retry
from service.media.probe import Probe, Reason, Refused, looks_like_media, parse_probe
from service.media.publish import Publisher
from service.media.renditions import Ladder, plan
from service.media.sweeps import SEGMENTS_KEPT
from service.wiring import Deps
from storage import jobs, lessons, uploads
from storage.jobs import Job

log = logging.getLogger(__name__)

# Frames and sound rarely end at the same instant; less than this is no loss worth telling.
_SHORT_MS = 1000
_POSTER_MS = 2000


async def prepare_lesson(deps: Deps, job: Job, folder: Path) -> Outcome:
    """Runs in `folder`, which is empty and ours. Transient trouble comes out as exceptions or Retry."""
    lesson_id, upload_id = job.data["lesson"], job.data["upload"]
    async with deps.db.read() as tx:
        upload, lesson = await uploads.by_id(tx, upload_id), await lessons.by_id(tx, lesson_id)
    if upload is None or lesson is None or upload.cover is None or upload.size is None:
        return Cancel("the upload or its lesson is gone")
    if shutil.disk_usage(folder).free < 3 * upload.size:
        return Retry("disk nearly full", ours=True)
    source = folder / "source"
    kept = upload.state == "assembled" and upload.sha256 is not None and lesson.original_key is not None
    try:
        if kept:
            assert lesson.original_key is not None
            assert upload.sha256 is not None
            await blocks.fetch_original(deps.objects, lesson.original_key, source, sha256=upload.sha256)
            sha256 = upload.sha256
        else:
            sha256 = await blocks.assemble(deps.objects, upload_id, blocks.parse_cover(upload.cover), source)
        probe = await examine(source)
    except Refused as refusal:
        await actions.lesson_refused(deps, job, lesson_id, reason=refusal.reason.value, upload_id=upload_id)
        return Done()
    keeping = asyncio.create_task(_keep(deps, job, source, sha256, upload.size)) if not kept else None
    try:
        outcome = await _encode(deps, job, lesson_id, source, probe, keeping)
    except Refused as refusal:
        if keeping is not None:
            await keeping
        await actions.lesson_refused(deps, job, lesson_id, reason=refusal.reason.value, upload_id=upload_id)
        return Done()
    finally:
        if keeping is not None:
            keeping.cancel()
            await asyncio.gather(keeping, return_exceptions=True)
    return outcome


async def examine(source: Path) -> Probe:
    """What the file is, with a duration. Raises Refused for what will never play."""
    head = await asyncio.to_thread(_first_bytes, source)
    if not looks_like_media(head):
        raise Refused(Reason.NOT_A_VIDEO)
    try:
        probe = parse_probe(await ffmpeg.read_streams(source))
        if probe.duration_ms is None:
            probe = probe.lasting(await ffmpeg.measure_duration_ms(source))
    except FfmpegFailed as failed:
        log.info("media.unreadable", extra={"code": failed.finished.code, "said": failed.finished.said[-500:]})
        raise Refused(Reason.NO_DECODER if ffmpeg.lacks_decoder(failed) else Reason.DAMAGED) from None
    except OutputTooLong:
        raise Refused(Reason.DAMAGED) from None
    return probe


async def _keep(deps: Deps, job: Job, source: Path, sha256: str, size: int) -> None:
    """The original into the store, read back; beside the encoding, because nobody waits for it."""
    lesson_id, upload_id = job.data["lesson"], job.data["upload"]
    key = blocks.original_key(lesson_id, upload_id)
    await blocks.keep_original(deps.objects, source, key, sha256=sha256, size=size)
    await actions.upload_assembled(deps, job, lesson_id, upload_id, key=key, size=size, sha256=sha256)


async def _encode(
    deps: Deps, job: Job, lesson_id: str, source: Path, probe: Probe, keeping: "asyncio.Task[None] | None"
) -> Outcome:
    folder = source.with_name("renditions")
    await asyncio.to_thread(folder.mkdir)
    ladder = plan(probe)
    publisher = await Publisher.begin(deps, job, lesson_id, ladder, folder)
    news = asyncio.Event()
    told = False

    def progressed(_: ffmpeg.Progress) -> None:
        news.set()

    assert probe.duration_ms is not None
    encoding = asyncio.create_task(
        ffmpeg.encode(source, ladder, folder, duration_ms=probe.duration_ms, on_progress=progressed)
    )
    encoding.add_done_callback(lambda _: news.set())
    try:
        over = False
        while not over:
            await news.wait()
            news.clear()
            # Asked before looking, so that the last look sees everything.
            over = encoding.done()
            await publisher.look()
            if publisher.watchable and not told:
                told = True
                await _tell_watchable(deps, job, lesson_id, publisher, ladder, probe.duration_ms)
        finished = await encoding
    finally:
        encoding.cancel()
        await asyncio.gather(encoding, return_exceptions=True)
    if finished.code:
        log.warning("media.encoder_failed", extra={"code": finished.code, "said": finished.said[-500:]})
        if ffmpeg.out_of_space(finished):
            return Retry("disk full", ours=True)
        if finished.code < 0 or finished.timed_out:
            return Retry(f"ffmpeg ended with {finished.code}")
    if not told:
        raise Refused(Reason.DAMAGED)
    return await _finish(deps, job, lesson_id, publisher, probe.duration_ms, keeping)


async def _tell_watchable(
    deps: Deps, job: Job, lesson_id: str, publisher: Publisher, ladder: Ladder, duration_ms: int
) -> None:
    best = ladder.video[0] if ladder.video else None
    if best is not None:
        beginning = await asyncio.to_thread(publisher.beginning)
        poster = beginning.with_name("poster.jpg")
        # The file may hold less than it says, so what there really is decides where to look.
        if await ffmpeg.take_poster(beginning, min(_POSTER_MS, publisher.beginning_ms // 2), poster):
            await publisher.put_poster(poster)
    await actions.lesson_watchable(
        deps,
        job,
        lesson_id,
        attempt=publisher.attempt,
        duration_ms=duration_ms,
        width=best.width if best else None,
        height=best.height if best else None,
    )


async def _finish(
    deps: Deps,
    job: Job,
    lesson_id: str,
    publisher: Publisher,
    duration_ms: int,
    keeping: "asyncio.Task[None] | None",
) -> Outcome:
    """One object a rendition, then ready: only once the original is safe, since that ends the job."""
    writes = await publisher.join()
    payload = {"lesson": lesson_id, "attempt": publisher.attempt}
    now = deps.clock()
    writes.append(jobs.enqueue(deps.new_id(), "sweep_segments", payload, at=now, run_at=now + SEGMENTS_KEPT))
    if keeping is not None:
        await keeping
    short_ms = duration_ms - publisher.reached_ms
    missing_ms = short_ms if short_ms > _SHORT_MS else 0
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


def _first_bytes(source: Path) -> bytes:
    with source.open("rb") as file:
        return file.read(200)
