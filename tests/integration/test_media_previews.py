"""The storyboard shows what the film shows at that moment, the peaks are loud when the film is: read from the clip."""

import asyncio
import subprocess
from pathlib import Path
from typing import Any

import pytest

from service.media import ffmpeg
from service.media.encoding import examine
from service.media.previews import peaks_of, sheets_in
from service.media.renditions import Ladder, plan
from service.wiring import Deps
from storage import previews
from storage.previews import Preview
from tests.fixtures.cast import Cast
from tests.fixtures.clips import BITS, beep_onsets_ms, container_start_ms, make_clip, read_frames
from tests.fixtures.films import late_sound
from tests.fixtures.prepared import last_event, later, run_one_job, run_until, send
from tests.fixtures.visitors import Visitors

SMALL = (320, 192)
EVERY_TEN_SECONDS = ("-vf", "select='not(mod(n,300))'")


async def encode(source: Path, folder: Path) -> tuple[Ladder, Path]:
    probe = await examine(source)
    assert probe.duration_ms is not None
    ladder, out = plan(probe), folder / "out"
    out.mkdir()
    finished = await ffmpeg.encode(source, ladder, out, duration_ms=probe.duration_ms, on_progress=lambda _: None)
    assert finished.code == 0, finished.said
    return ladder, out


def number_on(sheet: Path, tile: int, size: tuple[int, int]) -> int:
    """Which frame the tile is a picture of."""
    down, across = divmod(tile, 10)
    cut = f"crop={size[0]}:{size[1]}:{across * size[0]}:{down * size[1]},scale={BITS}:1:flags=area,format=gray"
    decode = [ffmpeg.FFMPEG, "-v", "error", "-i", str(sheet), "-vf", cut, "-f", "rawvideo", "-"]
    row = subprocess.run(decode, check=True, capture_output=True).stdout
    return sum(1 << bit for bit in range(BITS) if row[bit] > 125)


def on_the_screen(film: Path, at_ms: int) -> int:
    """The number of the frame that a player shows then; before the first one, the first."""
    zero = container_start_ms(film)
    first, *rest = read_frames(film)
    return max([first.number, *(frame.number for frame in rest if frame.at_ms - zero <= at_ms + 0.5)])


CLIPS: dict[str, tuple[str, dict[str, Any]]] = {
    "constant": ("mp4", {}),
    "varying rate": ("mp4", {"keep": "mod(n,3)"}),
    "picture starts late": ("mp4", {"late_picture_s": 0.5}),
    "transport stream": ("ts", {}),
    "a picture every ten seconds": ("mp4", {"options": EVERY_TEN_SECONDS}),
}


@pytest.mark.parametrize("kind", CLIPS)
async def test_a_tile_is_what_is_on_the_screen_at_its_moment(kind: str, folder: Path) -> None:
    suffix, made = CLIPS[kind]
    source = make_clip(folder / f"clip.{suffix}", frames=615, size=SMALL, **made)
    ladder, out = await encode(source, folder)
    board = ladder.storyboard
    assert board is not None
    assert (board.width, board.height) == (160, 96)
    [sheet] = sheets_in(out)
    shown = [number_on(sheet, tile, (160, 96)) for tile in range(5)]
    assert shown == [on_the_screen(source, at_ms) for at_ms in range(0, 25_000, 5_000)]
    assert number_on(sheet, 6, (160, 96)) == 0, "nothing beyond the end"


async def test_a_long_film_has_several_sheets(folder: Path) -> None:
    source = make_clip(folder / "clip.mp4", frames=6, size=SMALL, sound=False, options=("-vf", "setpts=PTS*3150"))
    _, out = await encode(source, folder)
    sheets = sheets_in(out)
    assert len(sheets) == 2
    # Frame n is shown from 105 n seconds on.
    assert number_on(sheets[0], 20, (160, 96)) == 0
    assert number_on(sheets[0], 21, (160, 96)) == 1
    assert number_on(sheets[1], 4, (160, 96)) == 4
    assert number_on(sheets[1], 5, (160, 96)) == 5


@pytest.mark.parametrize("starts_ms", [0, 500])
async def test_peaks_are_loud_when_the_film_is(starts_ms: int, folder: Path) -> None:
    """A beep of 50 ms at the half of every second, in silence, at half of what there could be."""
    source = make_clip(folder / "clip.mp4", frames=90, size=SMALL)
    if starts_ms:
        source = late_sound(source, folder / "late.mp4")
    _, out = await encode(source, folder)
    peaks = peaks_of(out / "peaks.raw")
    loud = {n for n, peak in enumerate(peaks) if peak > 100}
    onsets = beep_onsets_ms(source)
    assert len(onsets) == 3
    assert loud == {int(at_ms // 100) for onset in onsets for at_ms in (onset, onset + 49)}
    assert all(peak < 8 for n, peak in enumerate(peaks) if not loud & {n - 1, n, n + 1})
    assert max(peaks) == pytest.approx(16_000 / 128, abs=8)
    assert len(peaks) == pytest.approx((3_000 + starts_ms) / 100, abs=1), "AAC has whole frames only"


async def test_a_silent_film_has_no_peaks_and_sound_alone_no_storyboard(folder: Path) -> None:
    _, silent = await encode(make_clip(folder / "clip.mp4", frames=30, size=SMALL, sound=False), folder)
    assert peaks_of(silent / "peaks.raw") == b""
    assert len(sheets_in(silent)) == 1
    (folder / "b").mkdir()
    _, alone = await encode(make_clip(folder / "clip.m4a", frames=30, picture=False), folder / "b")
    assert len(peaks_of(alone / "peaks.raw")) == pytest.approx(10, abs=1)
    assert sheets_in(alone) == []


async def test_previews_are_there_when_the_lesson_is_ready_and_outlive_the_sweep(
    ready: Deps, cast: Cast, visitors: Visitors, folder: Path
) -> None:
    film = make_clip(folder / "clip.mp4", frames=210, size=SMALL)
    await send(ready, cast.teacher, cast.lesson, film)
    await run_until(ready, cast.lesson, "lesson.ready", "lesson.refused")
    assert (await last_event(ready, cast.lesson))["type"] == "lesson.ready"
    await run_one_job(later(ready, hours=25), "sweep_segments")

    async with ready.db.read() as tx:
        row = await previews.of_attempt(tx, cast.lesson, 1)
    assert row is not None
    assert row == Preview(cast.lesson, 1, 1, 160, 96, row.peaks)
    assert row.peaks == pytest.approx(70, abs=1)
    play = (await visitors.coach.get(f"/api/lessons/{cast.lesson}")).json["play"]
    assert play["storyboard"] == f"/api/lessons/{cast.lesson}/playlists/1-storyboard.vtt"
    assert (play["peaks"], play["peak_ms"]) == (f"/media/lessons/{cast.lesson}/1-peaks.bin", 100)
    assert play["silent"] is False
    assert len(await ready.objects.get(f"lessons/{cast.lesson}/1-peaks.bin")) == row.peaks
    sheet = folder / "sheet.jpg"
    await asyncio.to_thread(sheet.write_bytes, await ready.objects.get(f"lessons/{cast.lesson}/1-storyboard-0.jpg"))
    assert number_on(sheet, 1, (160, 96)) == 150

    told = await visitors.coach.get(play["storyboard"])
    assert (told.status, told.headers["Content-Type"], told.headers["Cache-Control"]) == (200, "text/vtt", "no-store")
    picture = f"/media/lessons/{cast.lesson}/1-storyboard-0.jpg"
    assert told.body.decode() == (
        f"WEBVTT\n\n00:00:00.000 --> 00:00:05.000\n{picture}#xywh=0,0,160,96\n"
        f"\n00:00:05.000 --> 00:00:07.000\n{picture}#xywh=160,0,160,96\n"
    )
    for stranger in visitors.strangers.values():
        assert (await stranger.get(play["storyboard"])).status == 404
    for none in ("2", "0", "999999999", "x", "1.5"):
        other = await visitors.coach.get(f"/api/lessons/{cast.lesson}/playlists/{none}-storyboard.vtt")
        assert (other.status, other.json["type"].rpartition("/")[2]) == (404, "not_found")


async def test_a_film_without_sound_is_told_to_be_silent(
    ready: Deps, cast: Cast, visitors: Visitors, folder: Path
) -> None:
    await send(ready, cast.teacher, cast.lesson, make_clip(folder / "clip.mp4", frames=30, size=SMALL, sound=False))
    await run_until(ready, cast.lesson, "lesson.ready", "lesson.refused")
    play = (await visitors.coach.get(f"/api/lessons/{cast.lesson}")).json["play"]
    assert (play["silent"], play["peaks"], play["peak_ms"]) == (True, None, None)
    assert play["storyboard"].endswith("/1-storyboard.vtt")
