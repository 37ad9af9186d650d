"""A sent file becomes a lesson: the real worker, the real ffmpeg, the real object store."""

import asyncio
import dataclasses
import hashlib
import subprocess
from datetime import timedelta
from pathlib import Path

import pytest

from service import wiring
from service.media import ffmpeg
from service.media.outcomes import Done, Outcome, Retry
from service.media.prepare import prepare_lesson
from service.media.publish import Publisher
from service.media.renditions import plan
from service.media.worker import run_worker
from service.wiring import Deps
from storage import jobs, lessons, renditions, uploads
from storage.jobs import Job
from storage.record import Superseded
from tests.fixtures.cast import Cast
from tests.fixtures.clips import make_clip, read_frames
from tests.fixtures.prepared import (
    block_key,
    event_types,
    fail_every_time,
    jobs_of,
    last_event,
    later,
    run_one_job,
    run_until,
    running,
    send,
)
from tests.unit.test_renditions import film


async def test_a_sent_film_becomes_watchable_and_then_ready(ready: Deps, cast: Cast, folder: Path) -> None:
    clip = make_clip(folder / "clip.mp4", frames=300, size=(1280, 720))
    upload, cover = await send(ready, cast.teacher, cast.lesson, clip)
    told = await run_until(ready, cast.lesson, "lesson.ready")

    assert told[-3:] == ["upload.completed", "lesson.watchable", "lesson.ready"]
    assert await last_event(ready, cast.lesson) == {
        "type": "lesson.ready",
        "attempt": 1,
        "duration_ms": 10_000,
        "missing_ms": 0,
    }
    async with ready.db.read() as tx:
        lesson = await lessons.by_id(tx, cast.lesson)
        sent = await uploads.by_id(tx, upload)
        rows = await renditions.of_attempt(tx, cast.lesson, 1)
        pieces = {row.name: await renditions.segments(tx, cast.lesson, 1, row.name) for row in rows}
    assert lesson is not None
    assert sent is not None
    assert (lesson.state, lesson.attempt, lesson.duration_ms) == ("ready", 1, 10_000)
    digest = hashlib.sha256(clip.read_bytes()).hexdigest()
    assert (sent.state, sent.sha256, lesson.original_bytes) == ("assembled", digest, clip.stat().st_size)
    assert lesson.original_key is not None
    assert await ready.objects.get(lesson.original_key) == clip.read_bytes()

    assert [(row.name, row.kind, row.width, row.height, row.finished) for row in rows] == [
        ("240p", "video", 426, 240, True),
        ("360p", "video", 640, 360, True),
        ("480p", "video", 854, 480, True),
        ("720p", "video", 1280, 720, True),
        ("audio", "audio", None, None, True),
    ]
    for row in rows:
        assert row.object_key is not None
        whole = await ready.objects.get(row.object_key)
        assert len(whole) == row.object_bytes
        parts = pieces[row.name]
        assert [part.number for part in parts] == [0, 1, 2, 3]
        lengths = [part.duration_us for part in parts]
        assert lengths == pytest.approx([2_000_000, 2_000_000, 4_000_000, 2_000_000], abs=50_000)
        assert whole.startswith(await ready.objects.get(row.init_key))
        assert parts[0].start_byte == len(await ready.objects.get(row.init_key))
        for part in parts:
            assert part.start_byte is not None
            assert whole[part.start_byte : part.start_byte + part.bytes] == await ready.objects.get(part.object_key)
        if row.kind == "video":
            assert row.codecs.startswith("avc1.4d40")
            assert row.codecs.endswith(",mp4a.40.2")
            (folder / "whole.mp4").write_bytes(whole)
            shown = read_frames(folder / "whole.mp4")
            assert [frame.number for frame in shown] == list(range(300))
            assert [frame.at_ms for frame in shown] == pytest.approx([n * 1000 / 30 for n in range(300)], abs=0.05)
    poster = await ready.objects.get(f"lessons/{cast.lesson}/1-poster.jpg")
    assert poster.startswith(b"\xff\xd8\xff")
    assert [block_key(upload, block) for block in cover] == sorted(
        (info.key for info in await ready.objects.list(f"uploads/{upload}/")),
        key=lambda key: int(key[45:].split("-")[0]),
    )
    assert [job.state for job in await jobs_of(ready, "prepare_lesson")] == ["completed"]
    assert list((ready.config.data_dir / "work").iterdir()) == []


async def test_a_day_later_blocks_and_segments_are_gone_and_the_lesson_still_plays(
    ready: Deps, cast: Cast, folder: Path
) -> None:
    upload, _ = await send(ready, cast.teacher, cast.lesson, make_clip(folder / "clip.mp4"))
    await run_until(ready, cast.lesson, "lesson.ready")
    before = {info.key for info in await ready.objects.list(f"lessons/{cast.lesson}/")}
    early = later(ready, hours=23)
    async with early.db.write() as tx:
        assert await jobs.claim(tx, kinds=SWEEPS, now=early.clock(), lease=timedelta(minutes=1)) is None

    tomorrow = later(ready, hours=25)
    for kind in SWEEPS:
        await run_one_job(tomorrow, kind)

    assert await ready.objects.list(f"uploads/{upload}/") == []
    after = {info.key for info in await ready.objects.list(f"lessons/{cast.lesson}/")}
    assert after == {key for key in before if key.endswith((".mp4", ".jpg", ".bin")) and not key.endswith("-init.mp4")}
    wanted = {"360p.mp4", "240p.mp4", "audio.mp4", "poster.jpg", "storyboard-0.jpg", "peaks.bin"}
    assert {key.rpartition("/")[2] for key in after} == {f"1-{name}" for name in wanted}
    assert len(await ready.objects.list(f"originals/{cast.lesson}/")) == 1


SWEEPS = ("sweep_blocks", "sweep_segments")


async def test_sound_alone_becomes_a_lesson(ready: Deps, cast: Cast, folder: Path) -> None:
    await send(ready, cast.teacher, cast.lesson, make_clip(folder / "clip.m4a", picture=False))
    await run_until(ready, cast.lesson, "lesson.ready", "lesson.refused")
    async with ready.db.read() as tx:
        rows = await renditions.of_attempt(tx, cast.lesson, 1)
    assert [(row.name, row.codecs, row.finished) for row in rows] == [("audio", "mp4a.40.2", True)]


def text_file(path: Path) -> None:
    path.write_text("Good morning, class.\n" * 100)


def cut_short(path: Path) -> None:
    """A film whose index stands at its end, and that was cut before it."""
    make_clip(path, frames=60)
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def list_of_other_files(path: Path) -> None:
    path.write_text(f"ffconcat version 1.0\nfile '{path.with_name('secret.mp4')}'\n")
    make_clip(path.with_name("secret.mp4"), frames=30)


def list_of_addresses(path: Path) -> None:
    path.write_text("#EXTM3U\n#EXT-X-TARGETDURATION:4\n#EXTINF:4,\nhttp://127.0.0.1:9/a.ts\n#EXT-X-ENDLIST\n")


def no_picture_we_can_read(path: Path) -> None:
    make_clip(path, frames=10, size=(320, 192), options=("-c:v", "ffv1", "-f", "matroska"))


def no_frames(path: Path) -> None:
    """A film with an index and nothing in it that decodes."""
    make_clip(path, frames=30, sound=False, options=("-movflags", "+faststart"))
    body = path.read_bytes()
    at = body.index(b"mdat") + 4
    path.write_bytes(body[:at] + bytes(len(body) - at))


@pytest.mark.parametrize(
    ("make", "reason"),
    [
        (text_file, "not_a_video"),
        (list_of_other_files, "not_a_video"),
        (list_of_addresses, "not_a_video"),
        (cut_short, "damaged"),
        (no_frames, "damaged"),
        (no_picture_we_can_read, "no_decoder"),
    ],
)
async def test_a_bad_file_is_refused_once_and_in_plain_terms(
    make: object, reason: str, ready: Deps, cast: Cast, folder: Path
) -> None:
    file = folder / "lesson.mp4"
    assert callable(make)
    make(file)
    await send(ready, cast.teacher, cast.lesson, file)
    told = await run_until(ready, cast.lesson, "lesson.refused", "lesson.ready")

    assert told[-1] == "lesson.refused"
    assert (await last_event(ready, cast.lesson))["reason"] == reason
    [job] = await jobs_of(ready, "prepare_lesson")
    assert (job.state, job.attempt) == ("completed", 1)
    assert [sweep.state for sweep in await jobs_of(ready, "sweep_blocks")] == ["available"]


async def test_a_lesson_does_not_wait_for_the_one_before(ready: Deps) -> None:
    async with ready.db.write() as tx:
        for name in ("long", "short"):
            await tx.execute(*jobs.enqueue(name, "prepare_lesson", {"lesson": name}, at=ready.clock()))
    stop, both = asyncio.Event(), asyncio.Barrier(2)

    async def meet(_deps: Deps, _job: Job, _folder: Path) -> Outcome:
        await both.wait()
        stop.set()
        return Done()

    async with asyncio.timeout(30):
        await run_worker(ready, stop, slots=2, handlers={"prepare_lesson": meet})


async def test_a_film_whose_end_is_missing_plays_as_far_as_it_goes(ready: Deps, cast: Cast, folder: Path) -> None:
    file = make_clip(folder / "lesson.mp4", frames=600, options=("-movflags", "+faststart"))
    file.write_bytes(file.read_bytes()[: file.stat().st_size // 2])
    await send(ready, cast.teacher, cast.lesson, file)
    await run_until(ready, cast.lesson, "lesson.ready", "lesson.refused")
    told = await last_event(ready, cast.lesson)
    assert told["type"] == "lesson.ready"
    assert 5_000 < told["missing_ms"] < 15_000
    assert told["duration_ms"] + told["missing_ms"] == 20_000


@pytest.mark.parametrize(
    ("frames", "kept", "options"),
    [(1, 1.0, ()), (180, 0.2, ("-movflags", "+faststart")), (90, 1.0, ())],
    ids=["one frame", "little left of it", "the sound goes on"],
)
async def test_a_film_that_is_shorter_than_it_says_still_becomes_a_lesson(
    ready: Deps, cast: Cast, folder: Path, frames: int, kept: float, options: tuple[str, ...]
) -> None:
    file = make_clip(folder / "lesson.mp4", frames=frames, sound=frames > 1, options=options)
    if frames == 90:
        longer = make_clip(folder / "sound.mp4", frames=180, picture=False)
        file = join_sound(file, longer, folder / "both.mp4")
    file.write_bytes(file.read_bytes()[: int(file.stat().st_size * kept)])
    await send(ready, cast.teacher, cast.lesson, file)
    await run_until(ready, cast.lesson, "lesson.ready", "lesson.refused")
    told = await last_event(ready, cast.lesson)
    assert told["type"] == "lesson.ready"
    assert (told["missing_ms"] > 0) == (kept < 1)


def join_sound(picture: Path, sound: Path, target: Path) -> Path:
    """Three seconds of picture with six of sound, as a camera leaves it whose storage was full."""
    inputs = ["-i", str(picture), "-i", str(sound), "-map", "0:v", "-map", "1:a", "-c", "copy"]
    subprocess.run([ffmpeg.FFMPEG, "-v", "error", *inputs, str(target)], check=True)
    return target


async def test_a_film_whose_picture_alone_ends_early_says_so_and_its_sound_goes_on(
    ready: Deps, cast: Cast, folder: Path
) -> None:
    """Ten seconds of each; the last six of the picture are gone, as where a card could not be read."""
    whole = make_clip(folder / "whole.mkv", frames=300, size=(320, 192), options=("-x264-params", "keyint=30"))
    file = without_pictures_from(4, whole, folder / "lesson.mkv")
    await send(ready, cast.teacher, cast.lesson, file)
    await run_until(ready, cast.lesson, "lesson.ready", "lesson.refused")
    told = await last_event(ready, cast.lesson)
    assert told["type"] == "lesson.ready"
    assert told["missing_ms"] == pytest.approx(6_000, abs=500)
    assert told["duration_ms"] == pytest.approx(10_000, abs=100)


def without_pictures_from(second: int, film: Path, target: Path) -> Path:
    """The same film, whose header says that its picture is whole."""
    drop = rf"noise=drop=gte(pts\,{second * 1000})"
    words = ["-i", str(film), "-c", "copy", "-bsf:v", drop, str(target)]
    subprocess.run([ffmpeg.FFMPEG, "-v", "error", *words], check=True)
    body = target.read_bytes()
    ends = f"00:00:0{second}.000000000".encode()
    assert body.count(ends) == 1
    target.write_bytes(body.replace(ends, b"00:00:10.000000000"))
    return target


async def test_a_film_that_is_damaged_in_its_middle_plays_to_its_end(ready: Deps, cast: Cast, folder: Path) -> None:
    file = make_clip(folder / "lesson.mp4", frames=300, size=(320, 192), options=("-movflags", "+faststart"))
    body = bytearray(file.read_bytes())
    middle = len(body) // 2
    body[middle : middle + 2000] = bytes(range(250)) * 8
    file.write_bytes(body)
    await send(ready, cast.teacher, cast.lesson, file)
    await run_until(ready, cast.lesson, "lesson.ready", "lesson.refused")
    told = await last_event(ready, cast.lesson)
    assert (told["type"], told["missing_ms"], told["duration_ms"]) == ("lesson.ready", 0, 10_000)


@pytest.mark.parametrize("harm", ["missing", "other bytes", "shorter"])
async def test_blocks_that_are_not_what_was_named_are_never_made_into_a_lesson(
    harm: str, ready: Deps, cast: Cast, folder: Path
) -> None:
    upload, cover = await send(ready, cast.teacher, cast.lesson, make_clip(folder / "clip.mp4", size=(1280, 720)))
    key = block_key(upload, cover[-1])
    body = await ready.objects.get(key)
    if harm == "missing":
        await ready.objects.delete([key])
    else:
        await ready.objects.put(key, body[:-1] + (b"" if harm == "shorter" else b"\0"), "application/octet-stream")
    await run_until(ready, cast.lesson, "lesson.refused", "lesson.ready")
    assert (await last_event(ready, cast.lesson))["reason"] == "unreadable_blocks"


async def test_a_store_that_is_away_costs_a_try_and_not_the_lesson(ready: Deps, cast: Cast, folder: Path) -> None:
    await send(ready, cast.teacher, cast.lesson, make_clip(folder / "clip.mp4"))
    away = wiring.open_objects(ready.config, ready.metrics)
    await run_one_job(dataclasses.replace(ready, objects=away), "prepare_lesson")
    await away.close()
    [job] = await jobs_of(ready, "prepare_lesson")
    assert (job.state, job.attempt) == ("available", 1)
    assert job.error is not None
    assert job.error.startswith("StoreUnavailable")
    assert job.run_at > job.created_at

    soon = later(ready, hours=0.1)
    await run_until(soon, cast.lesson, "lesson.ready")
    [job] = await jobs_of(ready, "prepare_lesson")
    assert (job.state, job.attempt) == ("completed", 2)


async def test_trouble_that_is_not_the_jobs_fault_never_uses_it_up(ready: Deps, cast: Cast, folder: Path) -> None:
    await send(ready, cast.teacher, cast.lesson, make_clip(folder / "clip.mp4", frames=30))

    async def disk_full(_deps: Deps, _job: Job, _folder: Path) -> Outcome:
        return Retry("disk full", ours=True)

    for n in range(8):
        await run_one_job(later(ready, hours=n), "prepare_lesson", disk_full)
    [job] = await jobs_of(ready, "prepare_lesson")
    assert job.state == "available"
    assert "lesson.refused" not in await event_types(ready, cast.lesson)


async def test_a_job_that_fails_every_time_is_given_up_and_the_teacher_is_told(
    ready: Deps, cast: Cast, folder: Path, caplog: pytest.LogCaptureFixture
) -> None:
    await send(ready, cast.teacher, cast.lesson, make_clip(folder / "clip.mp4", frames=30))

    afterwards = await fail_every_time(ready, "prepare_lesson")
    [job] = await jobs_of(ready, "prepare_lesson")
    assert (job.state, job.error) == ("discarded", "ZeroDivisionError")
    assert [record.message for record in caplog.records].count("job.failed") == 3

    await run_until(afterwards, cast.lesson, "lesson.refused")
    assert (await last_event(ready, cast.lesson))["reason"] == "gave_up"


async def test_a_worker_that_dies_every_time_is_given_up_too(ready: Deps, cast: Cast, folder: Path) -> None:
    await send(ready, cast.teacher, cast.lesson, make_clip(folder / "clip.mp4", frames=30))
    for n in range(3):
        async with ready.db.write() as tx:
            now = later(ready, hours=n).clock()
            assert await jobs.claim(tx, kinds=["prepare_lesson"], now=now, lease=timedelta(minutes=1)) is not None
    afterwards = later(ready, hours=6)
    await run_until(afterwards, cast.lesson, "lesson.refused")


async def test_stopping_ends_the_encoder_at_once_and_the_next_start_goes_on(
    ready: Deps, cast: Cast, folder: Path
) -> None:
    short = make_clip(folder / "short.mp4", frames=300, size=(1280, 720))
    long = folder / "long.mp4"
    again = [ffmpeg.FFMPEG, "-v", "error", "-stream_loop", "5", "-i", str(short), "-c", "copy", str(long)]
    await asyncio.to_thread(subprocess.run, again, check=True)
    await send(ready, cast.teacher, cast.lesson, long)

    told = await run_until(ready, cast.lesson, "lesson.watchable")

    assert running(ffmpeg.FFMPEG, folder) == []
    assert "lesson.ready" not in told
    [job] = await jobs_of(ready, "prepare_lesson")
    assert (job.state, job.attempt) == ("available", 0)
    assert list((ready.config.data_dir / "work").iterdir()) == []

    told = await run_until(ready, cast.lesson, "lesson.ready")
    assert told.count("lesson.watchable") == 2
    assert (await last_event(ready, cast.lesson))["attempt"] == 2


async def test_who_lost_the_job_writes_nothing_more(ready: Deps, cast: Cast, folder: Path) -> None:
    await send(ready, cast.teacher, cast.lesson, make_clip(folder / "clip.mp4"))
    async with ready.db.write() as tx:
        slow = await jobs.claim(tx, kinds=["prepare_lesson"], now=ready.clock(), lease=timedelta(seconds=1))
    async with ready.db.write() as tx:
        an_hour_on = later(ready, hours=1).clock()
        quick = await jobs.claim(tx, kinds=["prepare_lesson"], now=an_hour_on, lease=timedelta(hours=1))
    assert slow is not None
    assert quick is not None
    before = await event_types(ready, cast.lesson)
    for name in ("slow", "quick"):
        (folder / name).mkdir()

    with pytest.raises(Superseded):
        await Publisher.begin(ready, slow, cast.lesson, plan(film(640, 360)), folder)
    with pytest.raises(Superseded):
        await prepare_lesson(ready, slow, folder / "slow")
    assert await event_types(ready, cast.lesson) == before

    await prepare_lesson(ready, quick, folder / "quick")
    assert (await event_types(ready, cast.lesson))[-1] == "lesson.ready"


async def test_nothing_is_claimed_before_the_store_is_there(deps: Deps, cast: Cast) -> None:
    stop = asyncio.Event()
    async with deps.db.write() as tx:
        await tx.execute(*jobs.enqueue(deps.new_id(), "sweep_blocks", {"upload": "u"}, at=deps.clock()))
    worker = asyncio.create_task(run_worker(deps, stop))
    for _ in range(20):
        await deps.db.ping()
    stop.set()
    await worker
    assert [job.state for job in await jobs_of(deps, "sweep_blocks")] == ["available"]
