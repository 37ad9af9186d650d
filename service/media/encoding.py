"""One run of the encoder with what it makes going out beside it: what a lesson, its early sound and a late original
have in common."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from pathlib import Path

from service.media import ffmpeg
from service.media.confine import OutputTooLong
from service.media.ffmpeg import FfmpegFailed
from service.media.outcomes import Retry
from service.media.probe import Probe, Reason, Refused, looks_like_media, parse_probe
from service.media.publish import Publisher
from service.media.renditions import Ladder
from service.wiring import Deps
from storage.jobs import Job

log = logging.getLogger(__name__)

_POSTER_MS = 2000


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


async def encode(
    deps: Deps,
    job: Job,
    source: Path,
    probe: Probe,
    ladder: Ladder,
    begun: Callable[[Publisher], Awaitable[None]] | None = None,
) -> Publisher | Retry:
    """Encode beside `source`, publishing what is finished; `begun` once every rendition has its first segment.

    Raises Refused where nothing of the file decodes, Superseded, PictureBegun.
    """
    assert probe.duration_ms is not None
    folder = source.with_name("renditions")
    await asyncio.to_thread(folder.mkdir)
    publisher = await Publisher.begin(deps, job, job.data["lesson"], ladder, folder)
    news = asyncio.Event()
    told = False

    def progressed(_: ffmpeg.Progress) -> None:
        news.set()

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
                if begun is not None:
                    await begun(publisher)
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
    return publisher


async def put_poster(publisher: Publisher, ladder: Ladder) -> None:
    """One picture of the beginning, where there are pictures."""
    if not ladder.video:
        return
    beginning = await asyncio.to_thread(publisher.beginning)
    poster = beginning.with_name("poster.jpg")
    # The file may hold less than it says, so what there really is decides where to look.
    if await ffmpeg.take_poster(beginning, min(_POSTER_MS, publisher.beginning_ms // 2), poster):
        await publisher.put_poster(poster)


def _first_bytes(source: Path) -> bytes:
    with source.open("rb") as file:
        return file.read(200)
