"""What a file is to its lesson: its sound first, a smaller copy and later its original, one filmed in the page."""

import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from service import access
from service.actions import uploads as actions
from service.actions.uploads import StartUpload
from service.coaching import lessons as rules
from service.media import ffmpeg
from service.problems import LessonHasVideo, LessonNotReady
from service.wiring import Deps
from storage import lessons, renditions, uploads
from tests.fixtures.cast import Cast
from tests.fixtures.clips import beep_onsets_ms, make_clip, read_frames
from tests.fixtures.films import late_sound
from tests.fixtures.prepared import (
    complete,
    event_types,
    fail_every_time,
    jobs_of,
    last_event,
    later,
    run_one_job,
    run_until,
    send,
    store,
)
from tests.fixtures.visitors import Visitors


def run_ffmpeg(*words: str) -> None:
    subprocess.run([ffmpeg.FFMPEG, "-v", "error", "-y", *words], check=True)


def lift_sound(film: Path, target: Path) -> Path:
    """The sound with the times that it has in the film, as the browser lifts it out."""
    run_ffmpeg("-i", str(film), "-vn", "-c", "copy", str(target))
    return target


def smaller(film: Path, target: Path, *options: str) -> Path:
    run_ffmpeg("-i", str(film), "-vf", "scale=320:-2", "-fps_mode", "passthrough", *options, str(target))
    return target


async def whole(deps: Deps, lesson: str, attempt: int, name: str, target: Path) -> Path:
    await deps.objects.download(f"lessons/{lesson}/{attempt}-{name}.mp4", target)
    return target


async def names(deps: Deps, lesson: str, attempt: int) -> list[str]:
    async with deps.db.read() as tx:
        return [row.name for row in await renditions.of_attempt(tx, lesson, attempt)]


async def state_of(deps: Deps, lesson: str) -> Any:
    return (await deps.record.state(f"lesson/{lesson}"))[1]


async def upload_state(deps: Deps, upload: str) -> str:
    async with deps.db.read() as tx:
        found = await uploads.by_id(tx, upload)
    assert found is not None
    return found.state


async def test_sound_that_comes_first_is_heard_on_the_times_of_the_picture(
    ready: Deps, cast: Cast, folder: Path, visitors: Visitors
) -> None:
    """The microphone started 0.5 s after the camera: what is heard at a moment is what is seen there later."""
    film = late_sound(make_clip(folder / "straight.mp4", frames=150, size=(320, 192)), folder / "film.mp4")
    sound = lift_sound(film, folder / "sound.m4a")
    silent_room = (await visitors.coach.get(f"/api/lessons/{cast.lesson}")).json

    upload, _ = await send(ready, cast.teacher, cast.lesson, sound, "sound")
    await run_until(ready, cast.lesson, "lesson.listenable")
    room = (await visitors.coach.get(f"/api/lessons/{cast.lesson}")).json
    listing = (await visitors.coach.get(room["play"]["playlist"])).body.decode()

    assert silent_room["play"] is None
    assert (room["lesson"]["state"], room["lesson"]["listen"]) == ("arriving", True)
    assert (room["play"]["attempt"], room["play"]["poster"]) == (1, None)
    assert room["play"]["progressive"] == f"/media/lessons/{cast.lesson}/1-sound.mp4"
    assert room["play"]["duration_ms"] == pytest.approx(5_500, abs=60)
    assert 'CODECS="mp4a.40.2"' in listing
    assert "RESOLUTION" not in listing
    home = (await visitors.coach.get("/api/home")).json
    assert {card["poster"] for cycle in home["cycles"] for card in cycle["lessons"] if card["id"] == cast.lesson} == {
        None
    }
    heard = beep_onsets_ms(await whole(ready, cast.lesson, 1, "sound", folder / "heard.mp4"))

    await send(ready, cast.teacher, cast.lesson, film)
    await run_until(ready, cast.lesson, "lesson.ready")
    seen = beep_onsets_ms(await whole(ready, cast.lesson, 2, "192p", folder / "seen.mp4"))
    room = (await visitors.coach.get(f"/api/lessons/{cast.lesson}")).json

    assert heard == pytest.approx([1000, 2000, 3000, 4000, 5000], abs=2)
    assert heard == pytest.approx(seen, abs=2)
    assert (room["lesson"]["state"], room["lesson"]["listen"], room["play"]["attempt"]) == ("ready", False, 2)
    assert await upload_state(ready, upload) == "assembled"


async def test_a_day_after_the_picture_nothing_is_left_of_its_sound(ready: Deps, cast: Cast, folder: Path) -> None:
    film = make_clip(folder / "film.mp4", frames=60, size=(320, 192))
    sound, _ = await send(ready, cast.teacher, cast.lesson, lift_sound(film, folder / "s.m4a"), "sound")
    await run_until(ready, cast.lesson, "lesson.listenable")
    await send(ready, cast.teacher, cast.lesson, film)
    await run_until(ready, cast.lesson, "lesson.ready")
    tomorrow = later(ready, hours=25)
    for kind in ("sweep_segments", "sweep_segments", "sweep_blocks", "sweep_blocks"):
        await run_one_job(tomorrow, kind)

    left = {info.key.rpartition("/")[2] for info in await ready.objects.list(f"lessons/{cast.lesson}/")}
    assert left == {"2-192p.mp4", "2-audio.mp4", "2-poster.jpg", "2-storyboard-0.jpg", "2-peaks.bin"}
    assert await ready.objects.list(f"uploads/{sound}/") == []
    assert await names(ready, cast.lesson, 1) == []


def no_sound(path: Path) -> Path:
    return make_clip(path, frames=30, size=(320, 192), sound=False)


def no_film(path: Path) -> Path:
    path.write_text("Good morning, class.\n" * 100)
    return path


@pytest.mark.parametrize("make", [no_sound, no_film])
async def test_bad_sound_is_no_refusal_of_the_lesson(
    make: Callable[[Path], Path], ready: Deps, cast: Cast, folder: Path
) -> None:
    upload, _ = await send(ready, cast.teacher, cast.lesson, make(folder / "sound.mp4"), "sound")
    await run_until(ready, cast.lesson, "upload.ended")

    assert (await last_event(ready, cast.lesson))["why"] == "refused"
    assert (await state_of(ready, cast.lesson)).state == "waiting"
    assert await upload_state(ready, upload) == "refused"
    await send(ready, cast.teacher, cast.lesson, make_clip(folder / "film.mp4", frames=30, size=(320, 192)))
    assert "lesson.refused" not in await run_until(ready, cast.lesson, "lesson.ready")


async def test_sound_that_was_slower_than_its_picture_is_dropped_without_a_word(
    ready: Deps, cast: Cast, folder: Path
) -> None:
    film = make_clip(folder / "film.mp4", frames=60, size=(320, 192))
    sound, _ = await send(ready, cast.teacher, cast.lesson, lift_sound(film, folder / "s.m4a"), "sound")
    await send(ready, cast.teacher, cast.lesson, film)
    await run_one_job(ready, "prepare_lesson")
    before = await event_types(ready, cast.lesson)
    await run_one_job(ready, "prepare_sound")

    assert await upload_state(ready, sound) == "removed"
    assert await event_types(ready, cast.lesson) == before
    assert (await state_of(ready, cast.lesson)).attempt == 1
    assert await names(ready, cast.lesson, 2) == []


async def test_sound_that_fails_every_time_is_given_up_and_the_lesson_waits(
    ready: Deps, cast: Cast, folder: Path
) -> None:
    film = make_clip(folder / "film.mp4", frames=30, size=(320, 192))
    await send(ready, cast.teacher, cast.lesson, lift_sound(film, folder / "s.m4a"), "sound")
    await run_until(await fail_every_time(ready, "prepare_sound"), cast.lesson, "upload.ended")
    assert (await state_of(ready, cast.lesson)).state == "waiting"


async def rendered(deps: Deps, lesson: str) -> set[str]:
    """Which attempts the store has something of."""
    found = await deps.objects.list(f"lessons/{lesson}/")
    return {info.key.rpartition("/")[2].partition("-")[0] for info in found}


def nothing_to_see(film: Path, target: Path) -> Path:
    """The film, of which nothing decodes; it is only found out once the encoder is at work."""
    run_ffmpeg("-i", str(film), "-c", "copy", "-movflags", "+faststart", str(target))
    body = target.read_bytes()
    start = body.index(b"mdat") + 4
    target.write_bytes(body[:start] + bytes(len(body) - start))
    return target


async def test_after_a_film_that_was_refused_sound_comes_first_again(ready: Deps, cast: Cast, folder: Path) -> None:
    film = make_clip(folder / "film.mp4", frames=60, size=(320, 192))
    await send(ready, cast.teacher, cast.lesson, nothing_to_see(film, folder / "bad.mp4"))
    assert (await run_until(ready, cast.lesson, "lesson.refused", "lesson.ready"))[-1] == "lesson.refused"
    assert await names(ready, cast.lesson, 1) != []
    sound, _ = await send(ready, cast.teacher, cast.lesson, lift_sound(film, folder / "s.m4a"), "sound")
    await run_one_job(ready, "prepare_sound")
    listens = await state_of(ready, cast.lesson)

    assert (await upload_state(ready, sound), listens.listen, listens.attempt) == ("assembled", True, 2)
    await send(ready, cast.teacher, cast.lesson, film)
    await run_until(ready, cast.lesson, "lesson.ready")
    assert (await state_of(ready, cast.lesson)).attempt == 3


async def test_a_film_that_was_refused_does_not_outlive_the_one_that_came_after(
    ready: Deps, cast: Cast, folder: Path
) -> None:
    film = make_clip(folder / "film.mp4", frames=60, size=(320, 192))
    first, _ = await send(ready, cast.teacher, cast.lesson, nothing_to_see(film, folder / "bad.mp4"))
    await run_until(ready, cast.lesson, "lesson.refused", "lesson.ready")
    second, _ = await send(ready, cast.teacher, cast.lesson, film)
    await run_until(ready, cast.lesson, "lesson.ready")
    both = {info.key.rpartition("/")[2] for info in await ready.objects.list(f"originals/{cast.lesson}/")}
    tomorrow = later(ready, hours=25)
    for _ in await jobs_of(ready, "sweep_segments"):
        await run_one_job(tomorrow, "sweep_segments")

    assert both == {first, second}
    [left] = await ready.objects.list(f"originals/{cast.lesson}/")
    assert left.key == f"originals/{cast.lesson}/{second}"


async def test_nothing_stays_of_an_original_that_broke_off_half_way(ready: Deps, cast: Cast, folder: Path) -> None:
    film = make_clip(folder / "film.mp4", frames=300, size=(320, 192))
    run_ffmpeg("-i", str(film), "-c", "copy", "-movflags", "+faststart", str(folder / "half.mp4"))
    body = (folder / "half.mp4").read_bytes()
    (folder / "half.mp4").write_bytes(body[: len(body) // 2])
    await send_small_and(ready, cast, smaller(film, folder / "small.mp4"), folder / "half.mp4")
    await run_until(ready, cast.lesson, "lesson.original_set_aside", "lesson.ready", again=2)
    assert (await last_event(ready, cast.lesson))["why"] == "damaged"
    half = await rendered(ready, cast.lesson)
    soon = later(ready, hours=2)
    await run_one_job(soon, "sweep_segments")

    assert (half, await rendered(ready, cast.lesson)) == ({"1", "2"}, {"1"})


async def begin(deps: Deps, cast: Cast, role: rules.FileRole, name: str) -> str:
    """A file on its way of which nothing has arrived; its name is its fingerprint."""
    found = await access.access_lesson(deps, cast.teacher, cast.lesson)
    asked = StartUpload(deps.new_id(), role, 1_000, name, fingerprint=name)
    return (await actions.start_upload(deps, found, asked, by=cast.teacher)).id


async def test_files_that_are_overtaken_end_with_the_lesson_that_became_ready(
    ready: Deps, cast: Cast, folder: Path, visitors: Visitors
) -> None:
    """Nobody sends on for hours what will be refused, or is asked by mail to go on with it."""
    film = make_clip(folder / "film.mp4", frames=60, size=(640, 384))
    others = [await begin(ready, cast, "sound", "s"), await begin(ready, cast, "recording", "r")]
    original = await begin(ready, cast, "original", "o")
    await send(ready, cast.teacher, cast.lesson, smaller(film, folder / "small.mp4"), "small")
    told = await run_until(ready, cast.lesson, "lesson.ready")
    state = await state_of(ready, cast.lesson)

    assert told[-3:] == ["upload.ended", "upload.ended", "lesson.ready"]
    assert (state.state, state.uploads) == ("ready", (original,))
    assert [await upload_state(ready, one) for one in others] == ["cancelled", "cancelled"]
    [waiting] = (await visitors.teacher.get("/api/uploads")).json["uploads"]
    assert waiting["id"] == original
    assert await begin(ready, cast, "original", "o") == original

    await send(ready, cast.teacher, cast.lesson, film)
    with pytest.raises(LessonNotReady):  # what is looked at may prove to be of another lesson
        await begin(ready, cast, "original", "o")
    await run_until(ready, cast.lesson, "lesson.ready", again=2)
    state = await state_of(ready, cast.lesson)
    assert (state.state, state.original, state.uploads) == ("ready", "in_use", ())
    assert (await visitors.teacher.get("/api/uploads")).json["uploads"] == []


async def test_an_original_that_is_quicker_than_its_copy_is_taken_once_that_can_be_watched(
    ready: Deps, cast: Cast, folder: Path
) -> None:
    """Sent at the same time, from two devices. Nobody hears that the lesson has its video before it has."""
    film = make_clip(folder / "film.mp4", frames=60, size=(640, 384))
    original, cover = await store(ready, cast.teacher, cast.lesson, film)
    await send(ready, cast.teacher, cast.lesson, smaller(film, folder / "small.mp4"), "small")
    with pytest.raises(LessonNotReady) as early:
        await complete(ready, cast.teacher, original, cover)
    with pytest.raises(LessonNotReady):
        await begin(ready, cast, "original", "another")
    with pytest.raises(LessonHasVideo):
        await begin(ready, cast, "small", "another")

    assert early.value.headers == {"Retry-After": "5"}
    await run_until(ready, cast.lesson, "lesson.ready")
    assert await upload_state(ready, original) == "open"
    await complete(ready, cast.teacher, original, cover)
    await run_until(ready, cast.lesson, "lesson.ready", "lesson.original_set_aside", again=2)
    assert (await state_of(ready, cast.lesson)).original == "in_use"


async def test_where_the_smaller_copy_is_no_video_the_original_becomes_the_lesson(
    ready: Deps, cast: Cast, folder: Path
) -> None:
    film = make_clip(folder / "film.mp4", frames=30, size=(320, 192))
    original, cover = await store(ready, cast.teacher, cast.lesson, film)
    await send(ready, cast.teacher, cast.lesson, no_film(folder / "small.mp4"), "small")
    with pytest.raises(LessonNotReady):
        await complete(ready, cast.teacher, original, cover)
    await run_until(ready, cast.lesson, "lesson.refused", "lesson.ready")
    await complete(ready, cast.teacher, original, cover)
    await run_until(ready, cast.lesson, "lesson.ready")
    state = await state_of(ready, cast.lesson)

    assert (state.state, state.source, state.original) == ("ready", "original", None)


async def send_small_and(ready: Deps, cast: Cast, small: Path, original: Path) -> tuple[str, str]:
    """The copy becomes the lesson; then its original comes."""
    first, _ = await send(ready, cast.teacher, cast.lesson, small, "small")
    await run_until(ready, cast.lesson, "lesson.ready")
    second, _ = await send(ready, cast.teacher, cast.lesson, original)
    return first, second


@pytest.mark.parametrize("kind", ["fragments", "webm"])
async def test_an_original_takes_over_from_its_smaller_copy(ready: Deps, cast: Cast, folder: Path, kind: str) -> None:
    """Also from a copy that does not say how long it is."""
    film = make_clip(folder / "film.mp4", frames=60, size=(854, 480), late_picture_s=0.2)
    if kind == "webm":
        to_pipe = ("-c:v", "libvpx", "-deadline", "realtime", "-c:a", "libopus", "-f", "webm", "-live", "1")
        small = smaller(film, folder / "small.webm", *to_pipe)
    else:
        flags = ("-movflags", "+frag_keyframe+empty_moov+delay_moov+default_base_moof")
        small = smaller(film, folder / "small.mp4", *flags)
    first, second = await send_small_and(ready, cast, small, film)
    assert (await state_of(ready, cast.lesson)).original == "preparing"
    told = await run_until(ready, cast.lesson, "lesson.ready", "lesson.original_set_aside", again=2)
    state = await state_of(ready, cast.lesson)

    assert told[-3:] == ["upload.completed", "lesson.watchable", "lesson.ready"]
    assert (state.state, state.source, state.original, state.attempt) == ("ready", "original", "in_use", 2)
    assert "480p" in await names(ready, cast.lesson, 2)
    async with ready.db.read() as tx:
        row = await lessons.by_id(tx, cast.lesson)
    assert row is not None
    assert row.original_key == f"originals/{cast.lesson}/{second}"
    before = read_frames(await whole(ready, cast.lesson, 1, "180p", folder / "before.mp4"))
    after = read_frames(await whole(ready, cast.lesson, 2, "480p", folder / "after.mp4"))
    shown = {frame.number: frame.at_ms for frame in before}
    assert len(shown) > 55
    assert all(abs(frame.at_ms - shown[frame.number]) <= 34 for frame in after if frame.number in shown)

    tomorrow = later(ready, hours=25)
    for _ in range(2):
        await run_one_job(tomorrow, "sweep_segments")
    kept = [info.key for info in await ready.objects.list(f"originals/{cast.lesson}/")]
    assert kept == [f"originals/{cast.lesson}/{second}"]
    assert first != second


def other_take(folder: Path, film: Path) -> Path:
    del film
    return make_clip(folder / "other.mp4", frames=90, size=(320, 192))


def starts_later(folder: Path, film: Path) -> Path:
    del film
    return make_clip(folder / "later.mp4", frames=60, size=(320, 192), late_picture_s=0.5)


def cut_short(folder: Path, film: Path) -> Path:
    target = folder / "cut.mp4"
    target.write_bytes(film.read_bytes()[: film.stat().st_size // 2])
    return target


def its_sound(folder: Path, film: Path) -> Path:
    return lift_sound(film, folder / "sound.m4a")


def a_letter(folder: Path, film: Path) -> Path:
    del film
    return no_film(folder / "letter.mp4")


@pytest.mark.parametrize(
    ("make", "why", "kept"),
    [
        (other_take, "other_times", True),
        (starts_later, "other_times", True),
        (its_sound, "other_times", True),
        (cut_short, "damaged", False),
        (a_letter, "not_a_video", False),
    ],
)
async def test_an_original_that_is_not_of_this_lesson_is_set_aside_and_the_copy_plays_on(
    ready: Deps, cast: Cast, folder: Path, make: Callable[[Path, Path], Path], why: str, kept: bool
) -> None:
    film = make_clip(folder / "film.mp4", frames=60, size=(640, 384))
    copy, sent = await send_small_and(ready, cast, smaller(film, folder / "small.mp4"), make(folder, film))
    ends = ("lesson.original_set_aside", "lesson.refused", "lesson.watchable")
    told = await run_until(ready, cast.lesson, *ends, again=2)
    state = await state_of(ready, cast.lesson)

    assert told[-1] == "lesson.original_set_aside"
    assert (await last_event(ready, cast.lesson))["why"] == why
    assert (state.state, state.source, state.original, state.attempt) == ("ready", "small", "set_aside", 1)
    assert await upload_state(ready, sent) == ("assembled" if kept else "refused")
    keys = {info.key.rpartition("/")[2] for info in await ready.objects.list(f"originals/{cast.lesson}/")}
    assert keys == ({copy, sent} if kept else {copy})
    async with ready.db.read() as tx:
        row = await lessons.by_id(tx, cast.lesson)
    assert row is not None
    assert row.original_key == f"originals/{cast.lesson}/{sent if kept else copy}"
    assert [job.state for job in await jobs_of(ready, "prepare_original")] == ["completed"]

    if why == "damaged":  # the whole one may still come
        await send(ready, cast.teacher, cast.lesson, film)
        await run_until(ready, cast.lesson, "lesson.ready", again=2)
        assert (await state_of(ready, cast.lesson)).original == "in_use"


async def test_an_original_that_fails_every_time_is_given_up_and_the_copy_plays_on(
    ready: Deps, cast: Cast, folder: Path
) -> None:
    film = make_clip(folder / "film.mp4", frames=30, size=(640, 384))
    await send_small_and(ready, cast, smaller(film, folder / "small.mp4"), film)
    await run_until(await fail_every_time(ready, "prepare_original"), cast.lesson, "lesson.original_set_aside")
    state = await state_of(ready, cast.lesson)
    assert (state.state, state.original) == ("ready", "set_aside")


async def test_what_was_filmed_in_the_page_has_exact_times(ready: Deps, cast: Cast, folder: Path) -> None:
    """As a browser's recorder leaves it: no length in the header, no index, sent while it grew."""
    film = make_clip(folder / "film.mp4", frames=90, size=(640, 384), keep="mod(n,7)")
    live = ("-c:v", "libvpx", "-deadline", "realtime", "-b:v", "2M", "-c:a", "libopus", "-f", "webm", "-live", "1")
    run_ffmpeg("-i", str(film), "-fps_mode", "passthrough", *live, str(folder / "take.webm"))
    await send(ready, cast.teacher, cast.lesson, folder / "take.webm", "recording")
    await run_until(ready, cast.lesson, "lesson.ready", "lesson.refused")
    state = await state_of(ready, cast.lesson)

    assert (state.state, state.source, state.missing_ms) == ("ready", "recording", 0)
    assert state.duration_ms == pytest.approx(3_000, abs=60)
    filmed = {frame.number: frame.at_ms for frame in read_frames(film)}
    shown = read_frames(await whole(ready, cast.lesson, 1, "360p", folder / "shown.mp4"))
    assert [frame.number for frame in shown] == sorted(filmed)
    # Of a picture that starts late the first one is shown from 0 on.
    assert [frame.at_ms for frame in shown[1:]] == pytest.approx([filmed[frame.number] for frame in shown[1:]], abs=1)
