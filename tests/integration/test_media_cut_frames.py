"""Parts that are cut out are black to the frame and silent, and everything else stays where it was."""

import dataclasses
import subprocess
from array import array
from pathlib import Path

import pytest

from service.coaching.lessons import Cut
from service.media import ffmpeg
from service.media.encoding import examine
from service.media.previews import peaks_of
from service.media.renditions import plan
from tests.fixtures.clips import RATE, beep_onsets_ms, make_clip, read_frames
from tests.integration.test_media_timing import join

SMALL = (320, 192)


async def encode(source: Path, folder: Path, *parts: Cut) -> dict[str, Path]:
    probe = await examine(source)
    assert probe.duration_ms is not None
    ladder, out = dataclasses.replace(plan(probe), cuts=parts), folder / f"of-{source.name}-{len(parts)}"
    out.mkdir()
    finished = await ffmpeg.encode(source, ladder, out, duration_ms=probe.duration_ms, on_progress=lambda _: None)
    assert finished.code == 0, finished.said
    return {name: join(out, name) for name in ladder.names} | {"peaks": out / "peaks.raw"}


def loud_ms(film: Path) -> list[float]:
    """Every moment at which anything at all is heard, to a thirtieth of what a beep has."""
    decode = [ffmpeg.FFMPEG, "-v", "error", "-i", str(film), "-map", "0:a:0", "-af", "aresample=async=1:first_pts=0"]
    raw = subprocess.run([*decode, "-ar", str(RATE), "-ac", "1", "-f", "s16le", "-"], check=True, capture_output=True)
    return [n * 1000 / RATE for n, value in enumerate(array("h", raw.stdout)) if abs(value) > 500]


@pytest.mark.parametrize(("suffix", "keep"), [("mp4", "1"), ("mp4", "mod(n,3)"), ("ts", "1")])
async def test_frames_in_a_part_are_black_and_no_other_frame_moves(suffix: str, keep: str, folder: Path) -> None:
    source = make_clip(folder / f"clip.{suffix}", frames=300, size=SMALL, keep=keep)
    plain = await encode(source, folder)
    cut = await encode(source, folder, Cut(1_000, 2_500), Cut(4_020, 4_300), Cut(9_000, None))
    before, after = read_frames(plain["192p"]), read_frames(cut["192p"])
    assert [one.at_ms for one in after] == [one.at_ms for one in before]
    for was, now in zip(before, after, strict=True):
        hidden = 999.5 <= was.at_ms < 2_500 or 4_019.5 <= was.at_ms < 4_300 or was.at_ms >= 8_999.5
        assert now.number == (0 if hidden else was.number), was
    assert sum(now.number == 0 for now in after) > 50


async def test_nothing_is_heard_of_a_part_and_everything_else_stays(folder: Path) -> None:
    """A beep at 2.5 s begins just before its part ends, one at 4.5 s lies around the beginning of the next."""
    source = make_clip(folder / "clip.mp4", frames=300, size=SMALL)
    cut = await encode(source, folder, Cut(1_000, 2_525), Cut(4_525, 6_000))
    for name, file in cut.items():
        if name == "peaks":
            continue
        heard = loud_ms(file)
        assert not [at for at in heard if 1_000 <= at < 2_525 or 4_525 <= at < 6_000], name
        # A little more than the part is silent, never less; the rest is where it was.
        assert [at for at in heard if 2_546 <= at < 2_549], name
        assert [at for at in heard if 4_500 <= at < 4_504], name
        onsets = beep_onsets_ms(file)
        assert len(onsets) == 8
        apart = [at for at in beep_onsets_ms(source) if at < 1_000 or at > 6_000]
        assert [at for at in onsets if at < 1_000 or at > 6_000] == pytest.approx(apart, abs=2), name
    peaks = peaks_of(cut["peaks"])
    assert [n for n, peak in enumerate(peaks) if (peak > 60 and 10 <= n < 25) or (peak > 60 and 46 <= n < 60)] == []
    assert peaks[5] > 100


async def test_sound_of_another_rate_is_cut_as_exactly(folder: Path) -> None:
    source = make_clip(folder / "clip.mkv", frames=150, picture=False, options=("-c:a", "flac", "-ar", "44100"))
    cut = await encode(source, folder, Cut(1_520, 2_530))
    heard = loud_ms(cut["audio"])
    assert not [at for at in heard if 1_520 <= at < 2_530]
    assert [at for at in heard if 1_500 <= at < 1_505]
    assert [at for at in heard if 2_546 <= at < 2_549]
