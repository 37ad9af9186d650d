"""One run of the encoder with what it makes going out beside it: what a lesson, its early sound and a late original
have in common."""

import asyncio
import dataclasses
import logging
import signal
from collections.abc import Awaitable, Callable
from pathlib import Path

import msgspec

from service.coaching.streams import lesson_stream
from service.media import ffmpeg
from service.media.confine import Feed, OutputTooLong, Stopped
from service.media.ffmpeg import FfmpegFailed
from service.media.outcomes import Retry
from service.media.probe import Probe, Reason, Refused, looks_like_media, parse_probe
from service.media.progress import Telling
from service.media.publish import Publisher
from service.media.renditions import Ladder
from service.wiring import Deps
from storage.jobs import Job

log = logging.getLogger(__name__)

_POSTER_MS = 1000


async def examine(source: Path) -> Probe:
    """What the file is, with a duration. Raises Refused for what will never play."""
    return await look_at(source, measure=True)


async def look_at(source: Path, *, measure: bool = False) -> Probe:
    """The same of a file that may not be all there, and of which the duration need not be known."""
    head = await asyncio.to_thread(_first_bytes, source)
    if not looks_like_media(head):
        raise Refused(Reason.NOT_A_VIDEO)
    try:
        probe = parse_probe(await ffmpeg.read_streams(source))
        if measure and probe.duration_ms is None:
            probe = probe.lasting(await ffmpeg.measure_duration_ms(source))
    except FfmpegFailed as failed:
        if failed.finished.stopped is Stopped.WALL or failed.finished.code == -signal.SIGKILL:
            raise  # a busy machine, or one without memory: that may be another one's doing, so it is tried again
        log.info("media.unreadable", extra={"code": failed.finished.code, "said": failed.finished.said[-500:]})
        raise Refused(Reason.NO_DECODER if ffmpeg.lacks_decoder(failed) else Reason.DAMAGED) from None
    except (OutputTooLong, msgspec.DecodeError, ValueError, OverflowError):  # numbers that are none, too
        raise Refused(Reason.DAMAGED) from None
    return probe


async def encode(
    deps: Deps,
    job: Job,
    source: Path | Feed,
    folder: Path,
    ladder: Ladder,
    *,
    duration_ms: int,
    begun: Callable[[Publisher], Awaitable[bool]] | None = None,
    telling: Telling | None = None,
) -> Publisher | Retry:
    """Encode in `folder`, which is made, publishing what is finished, without what the teacher cut out.

    `begun` once every rendition has a first segment with something left, and again until it says that this is known.
    Raises Refused where nothing of the file decodes, Superseded, PictureBegun, CutAnew.
    """
    await asyncio.to_thread(folder.mkdir)
    _, lesson = await deps.record.state(lesson_stream(job.data["lesson"]))
    ladder = dataclasses.replace(ladder, cuts=lesson.cuts)
    publisher = await Publisher.begin(deps, job, lesson.id, ladder, folder, least=lesson.least_attempt)
    news = asyncio.Event()
    told = False

    def progressed(_: ffmpeg.Progress) -> None:
        news.set()

    encoding = asyncio.create_task(
        ffmpeg.encode(source, ladder, folder, duration_ms=duration_ms, on_progress=progressed)
    )
    encoding.add_done_callback(lambda _: news.set())
    try:
        over = False
        while not over:
            await news.wait()
            news.clear()
            # Asked before looking, so that the last look sees everything.
            over = encoding.done()
            await publisher.look(last=over)
            if telling is not None and not over:
                await telling.encoded(publisher.reached_ms, duration_ms)
            if not told and (publisher.watchable or (over and publisher.begun)):
                told = begun is None or await begun(publisher)
        finished = await encoding
    finally:
        encoding.cancel()
        await asyncio.gather(encoding, return_exceptions=True)
    if finished.code:
        log.warning("media.encoder_failed", extra={"code": finished.code, "said": finished.said[-500:]})
        if ffmpeg.out_of_space(finished):
            return Retry("disk full", ours=True)
        # What asked for too much is taken as far as it came; what a busy machine ended may come further.
        if not finished.excessive and (finished.code < 0 or finished.stopped):
            return Retry(f"ffmpeg ended with {finished.code}")
    if not publisher.begun:
        raise Refused(Reason.DAMAGED)
    return publisher


async def put_poster(publisher: Publisher, ladder: Ladder) -> None:
    """One picture of the beginning, where there are pictures."""
    if not ladder.video:
        return
    # The file may hold less than it says, so what there really is decides where to look.
    beginning, at_ms = await asyncio.to_thread(publisher.beginning, _POSTER_MS)
    poster = beginning.with_name("poster.jpg")
    if await ffmpeg.take_poster(beginning, at_ms, poster):
        await publisher.put_poster(poster)


def _first_bytes(source: Path) -> bytes:
    with source.open("rb") as file:
        return file.read(200)
