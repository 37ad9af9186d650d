"""Preparing that somebody stops, that is told of while it goes on, or that is given up."""

import asyncio
import os
import subprocess
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from service import access
from service.actions import media
from service.actions import uploads as actions
from service.actions.cuts import set_cuts
from service.actions.releases import release_lesson
from service.coaching.cuts import SetCuts
from service.coaching.lessons import Cut
from service.coaching.releases import ReleaseLesson
from service.live.progress import progress_of
from service.media.blocks import original_key
from service.media.ffmpeg import FFMPEG
from service.media.outcomes import Done, Outcome
from service.media.worker import HANDLERS, run_worker
from service.problems import UploadEnded
from service.wiring import Deps
from storage import jobs, lessons, progress, uploads
from storage.jobs import Job
from tests.fixtures.cast import Cast
from tests.fixtures.clips import make_clip, read_frames
from tests.fixtures.prepared import (
    PATIENCE_SECONDS,
    event_types,
    jobs_of,
    last_event,
    later,
    run_one_job,
    run_until,
    running,
    send,
)
from tests.fixtures.visitors import Visitors


@asynccontextmanager
async def heard(deps: Deps, wanted: str) -> AsyncIterator[asyncio.Event]:
    event = asyncio.Event()
    deaf = deps.bus.listen(lambda stream, _: event.set() if stream == wanted else None)
    try:
        async with asyncio.timeout(PATIENCE_SECONDS):
            yield event
    finally:
        deaf()


def make_pattern(target: Path, size: str) -> Path:
    """A minute that takes its time to encode."""
    source = ["-f", "lavfi", "-i", f"testsrc2=size={size}:rate=30:duration=40"]
    subprocess.run([FFMPEG, "-v", "error", "-y", *source, "-preset", "ultrafast", str(target)], check=True)
    return target


async def gone(pid: int) -> None:
    """Returns once the process has ended: the kernel says so."""
    file, ended = os.pidfd_open(pid), asyncio.Event()
    asyncio.get_running_loop().add_reader(file, ended.set)
    try:
        async with asyncio.timeout(PATIENCE_SECONDS):
            await ended.wait()
    finally:
        asyncio.get_running_loop().remove_reader(file)
        os.close(file)


async def test_stopping_what_is_being_prepared_ends_its_encoder_and_leaves_nothing(
    ready: Deps, cast: Cast, folder: Path
) -> None:
    copy = make_pattern(folder / "copy.mp4", "320x180")
    await send(ready, cast.teacher, cast.lesson, copy, "small")
    await run_until(ready, cast.lesson, "lesson.ready")
    film = make_pattern(folder / "film.mp4", "1920x1080")
    upload, _ = await send(ready, cast.teacher, cast.lesson, film)
    found = await access.access_lesson(ready, cast.teacher, cast.lesson)
    stop = asyncio.Event()
    worker = asyncio.create_task(run_worker(ready, stop))
    async with heard(ready, progress.topic(cast.lesson)) as told:
        while (now := await progress_of(ready, cast.lesson)) is None or now.stage != "encoding":
            await told.wait()
            told.clear()
        assert now.percent is not None
        [encoder] = running(FFMPEG, folder)
        await actions.stop_preparing(ready, found, by=cast.teacher)
        await gone(encoder)
        while await progress_of(ready, cast.lesson) is not None:
            await told.wait()
            told.clear()
    stop.set()
    await worker
    assert (await event_types(ready, cast.lesson))[-1] == "upload.ended"
    assert [job.state for job in await jobs_of(ready, "prepare_original")] == ["cancelled"]
    with pytest.raises(UploadEnded):
        await actions.stop_preparing(ready, found, by=cast.teacher)  # said again: what plays is not stopped
    assert (await event_types(ready, cast.lesson)).count("upload.ended") == 1
    swept = later(ready, hours=2)
    for kind in ("sweep_segments", "sweep_blocks"):
        for _ in [job for job in await jobs_of(ready, kind) if job.run_at <= swept.clock()]:
            await run_one_job(swept, kind)
    left = {info.key for info in await ready.objects.list("")}
    assert not [key for key in left if upload in key or f"lessons/{cast.lesson}/2-" in key]
    assert f"lessons/{cast.lesson}/1-180p.mp4" in left


async def test_the_file_of_the_copy_that_plays_is_the_teachers_again_once_its_original_was_stopped(
    ready: Deps, cast: Cast, folder: Path
) -> None:
    copy = make_clip(folder / "copy.mp4")
    await send(ready, cast.teacher, cast.lesson, copy, "small")
    await run_until(ready, cast.lesson, "lesson.ready")
    film = make_clip(folder / "film.mp4", size=(640, 360))
    upload, _ = await send(ready, cast.teacher, cast.lesson, film)
    found = await access.access_lesson(ready, cast.teacher, cast.lesson)

    async def is_kept_and_then_stopped(deps: Deps, job: Job, _folder: Path) -> Outcome:
        key, size = original_key(cast.lesson, upload), film.stat().st_size
        await deps.objects.put(key, film.read_bytes(), "video/mp4")
        await media.upload_assembled(deps, job, cast.lesson, upload, key=key, size=size, sha256="0" * 64)
        await actions.stop_preparing(deps, found, by=cast.teacher)
        return Done()

    await run_one_job(ready, "prepare_original", is_kept_and_then_stopped)
    await run_one_job(ready, "sweep_segments")
    async with ready.db.read() as tx:
        lesson = await lessons.by_id(tx, cast.lesson)
    assert lesson is not None
    assert lesson.original_key is not None
    assert await ready.objects.get(lesson.original_key) == copy.read_bytes()
    assert lesson.original_bytes == copy.stat().st_size
    assert [info.key for info in await ready.objects.list(original_key(cast.lesson, upload))] == []


async def test_what_can_be_watched_is_not_stopped(ready: Deps, cast: Cast, folder: Path) -> None:
    upload, _ = await send(ready, cast.teacher, cast.lesson, make_clip(folder / "clip.mp4"))
    await run_until(ready, cast.lesson, "lesson.ready")
    found = await access.access_lesson(ready, cast.teacher, cast.lesson)
    with pytest.raises(UploadEnded):
        await actions.stop_preparing(ready, found, by=cast.teacher)
    async with ready.db.read() as tx:
        kept = await uploads.by_id(tx, upload)
    assert kept is not None
    assert kept.state == "assembled"


async def test_a_film_that_waits_for_its_turn_can_be_stopped_and_another_sent(
    ready: Deps, cast: Cast, folder: Path
) -> None:
    clip = make_clip(folder / "clip.mp4")
    await send(ready, cast.teacher, cast.lesson, clip)
    await actions.stop_preparing(ready, await access.access_lesson(ready, cast.teacher, cast.lesson), by=cast.teacher)
    async with ready.db.read() as tx:
        lesson = await lessons.by_id(tx, cast.lesson)
    assert lesson is not None
    assert lesson.state == "waiting"
    await send(ready, cast.teacher, cast.lesson, clip)
    await run_until(ready, cast.lesson, "lesson.ready")
    assert [job.state for job in await jobs_of(ready, "prepare_lesson")] == ["cancelled", "completed"]


async def test_only_its_teacher_stops_it_and_where_there_is_nothing_it_does_nothing(
    ready: Deps, cast: Cast, folder: Path, visitors: Visitors
) -> None:
    path = f"/api/lessons/{cast.lesson}/preparing"
    assert (await visitors.teacher.delete(path)).status == 204
    await send(ready, cast.teacher, cast.lesson, make_clip(folder / "clip.mp4"))
    for other in (visitors.coach, visitors.lead, visitors.outsider):
        assert (await other.delete(path)).status == 404
    assert (await event_types(ready, cast.lesson))[-1] == "upload.completed"
    for _ in range(2):
        assert (await visitors.teacher.delete(path)).status == 204
    assert (await event_types(ready, cast.lesson)).count("upload.ended") == 1


async def test_a_film_that_ends_its_encoder_three_times_is_parked_and_said(
    ready: Deps, cast: Cast, folder: Path
) -> None:
    await send(ready, cast.teacher, cast.lesson, make_clip(folder / "clip.mp4"))

    async def dies(_deps: Deps, _job: Job, _folder: Path) -> Outcome:
        raise MemoryError

    for hours in range(3):
        await run_one_job(later(ready, hours=hours), "prepare_lesson", dies)
    assert [(job.state, job.attempt) for job in await jobs_of(ready, "prepare_lesson")] == [("discarded", 3)]
    await run_until(later(ready, hours=3), cast.lesson, "lesson.refused")
    assert await last_event(ready, cast.lesson) == {"type": "lesson.refused", "reason": "gave_up"}


async def dies_once_it_is_watchable(deps: Deps, job: Job, folder: Path) -> Outcome:
    lesson = job.data["lesson"]
    before = (await event_types(deps, lesson)).count("lesson.watchable")
    async with heard(deps, f"lesson/{lesson}") as told:
        working = asyncio.create_task(HANDLERS[job.kind](deps, job, folder))
        while (await event_types(deps, lesson)).count("lesson.watchable") == before:
            await told.wait()
            told.clear()
        working.cancel()
        await asyncio.gather(working, return_exceptions=True)
    raise MemoryError


async def test_what_was_watchable_when_it_was_given_up_plays_as_far_as_it_goes(
    ready: Deps, cast: Cast, folder: Path
) -> None:
    clip = make_clip(folder / "clip.mp4", frames=1800)
    upload, _ = await send(ready, cast.teacher, cast.lesson, clip)

    for hours in range(3):
        await run_one_job(later(ready, hours=hours), "prepare_lesson", dies_once_it_is_watchable)
    await run_until(later(ready, hours=3), cast.lesson, "lesson.ready")
    end = await last_event(ready, cast.lesson)
    assert end["attempt"] == 3
    assert end["duration_ms"] + end["missing_ms"] == 60_000
    assert end["missing_ms"] > 1000
    (folder / "made.mp4").write_bytes(await ready.objects.get(f"lessons/{cast.lesson}/3-360p.mp4"))
    numbers = [frame.number for frame in read_frames(folder / "made.mp4")]
    assert numbers == list(range(len(numbers)))
    assert len(numbers) >= 55
    assert await ready.objects.get(f"originals/{cast.lesson}/{upload}") == clip.read_bytes()


async def test_a_lesson_that_was_cut_and_given_up_once_it_was_watchable_plays_as_far_as_it_goes(
    ready: Deps, cast: Cast, folder: Path
) -> None:
    lesson = cast.private_lesson
    await send(ready, cast.teacher, lesson, make_clip(folder / "clip.mp4", frames=900))
    await run_until(ready, lesson, "lesson.ready")
    found = await access.access_lesson(ready, cast.teacher, lesson)
    await set_cuts(ready, found, SetCuts(ready.new_id(), (Cut(0, 1_000),)), by=cast.teacher)
    await release_lesson(ready, found, ReleaseLesson(ready.new_id()), by=cast.teacher)
    for hours in range(3):
        await run_one_job(later(ready, hours=hours), "prepare_again", dies_once_it_is_watchable)
    await run_until(later(ready, hours=3), lesson, "lesson.ready", again=2)
    end = await last_event(ready, lesson)
    assert end["attempt"] == 4
    assert end["duration_ms"] + end["missing_ms"] == 30_000


async def test_ten_workers_share_one_queue(ready: Deps, cast: Cast) -> None:
    """Each job once, whoever takes it."""
    done: list[str] = []
    stop = asyncio.Event()

    async def sweep(_deps: Deps, job: Job, _folder: Path) -> Outcome:
        done.append(job.id)
        if len(done) == 40:
            stop.set()
        return Done()

    async with ready.db.write() as tx:
        for _ in range(40):
            await tx.execute(*jobs.enqueue(ready.new_id(), "sweep_blocks", {"upload": "u"}, at=ready.clock()))
    async with asyncio.timeout(PATIENCE_SECONDS):
        await asyncio.gather(*(run_worker(ready, stop, handlers={"sweep_blocks": sweep}) for _ in range(10)))
    assert len(set(done)) == 40
    assert {job.state for job in await jobs_of(ready, "sweep_blocks")} <= {"completed", "available"}
