"""A comment points at a frame. These tests read the number painted on every frame of every rendition, and its time."""

import struct
from itertools import pairwise
from pathlib import Path

import pytest

from service.media import confine, ffmpeg
from service.media.encoding import examine
from service.media.renditions import AUDIO_NAME, plan
from tests.fixtures.clips import beep_onsets_ms, container_start_ms, make_clip, read_frames
from tests.fixtures.encoded import encode, errors_ms, join, kept_frames, own_frames
from tests.fixtures.films import packet_times_ms
from tests.fixtures.timed import FILMS


@pytest.mark.parametrize("kind", FILMS)
async def test_every_frame_of_every_rendition_is_shown_when_the_source_shows_it(kind: str, folder: Path) -> None:
    film = FILMS[kind]
    source = film.make(folder, frames=180)
    ladder, files = await encode(source, folder)
    assert [rung.name for rung in ladder.video] == ["360p", "240p"]
    assert ladder.sound is film.sound
    own = own_frames(source)
    assert kind != "late picture" or own[0].at_ms == 500
    gaps = [after.at_ms - before.at_ms for before, after in pairwise(own[1:])]
    assert film.varying is (max(gaps) - min(gaps) > 3)
    for rung in ladder.video:
        first = read_frames(files[rung.name])[0]
        assert first.at_ms == 0, "the first from 0 on, also where the source shows nothing yet"
        worst = max(map(abs, errors_ms(kept_frames(own), files[rung.name])))
        # A container that counts whole milliseconds rounds each frame's time by half of one.
        assert worst < (0.6 if source.suffix in {".mkv", ".webm"} else 0.05), rung.name
    if film.sound:
        zero = container_start_ms(source)
        wanted = [onset - zero for onset in beep_onsets_ms(source)]
        assert len(wanted) >= 2
        for name, file in files.items():
            assert beep_onsets_ms(file) == pytest.approx(wanted, abs=2), name


async def test_a_film_from_a_phone_held_upright_stays_upright(folder: Path) -> None:
    source = make_clip(folder / "clip.mp4", rotation=90, size=(640, 368))
    ladder, files = await encode(source, folder)
    assert [(rung.width, rung.height) for rung in ladder.video] == [(360, 626), (240, 418)]
    for rung in ladder.video:
        made = await examine(files[rung.name])
        assert made.video is not None
        assert (made.video.width, made.video.height, made.video.rotation) == (rung.width, rung.height, 0)


async def test_sound_that_starts_late_is_silence_until_then_in_the_copy_without_a_picture_too(folder: Path) -> None:
    """Players do not agree about what to do where a file begins with nothing."""
    _, files = await encode(FILMS["late sound"].make(folder, frames=90), folder)
    assert packet_times_ms(files[AUDIO_NAME], "a:0")[0] == 0


@pytest.mark.parametrize("late_picture_s", [0.0, 0.04, 0.5])
async def test_no_player_needs_more_of_an_edit_list_than_the_shift_that_b_frames_make(
    late_picture_s: float, folder: Path
) -> None:
    _, files = await encode(make_clip(folder / "clip.mp4", late_picture_s=late_picture_s), folder)
    for name, file in files.items():
        # -1 would be an empty edit, of which Chromium's MSE makes nothing; 0 is as good as no edit list.
        *picture, sound = edits(file)
        assert sound == [0], name
        assert [len(track) for track in picture] == ([] if name == AUDIO_NAME else [1]), name
        assert all(0 <= track[0] <= 3 * 3000 for track in picture), "three frames at most, in ninety thousandths"


def edits(film: Path) -> list[list[int]]:
    """For each track the media times of its edit list; -1 is an empty edit."""
    body, found, at = film.read_bytes(), [], 0
    while (at := body.find(b"elst", at + 1)) >= 0:
        assert body[at + 4] == 0, "version 0: times of 32 bits"
        (count,) = struct.unpack(">I", body[at + 8 : at + 12])
        found.append([struct.unpack(">Ii", body[at + 12 + 12 * n : at + 20 + 12 * n])[1] for n in range(count)])
    return found


async def test_without_our_timing_flags_every_frame_would_be_late(folder: Path) -> None:
    """The usual command, to show that the flag is what does it and that these tests would notice."""
    source = make_clip(folder / "clip.mp4")
    ladder = plan(await examine(source))
    ours = ffmpeg.encode_arguments(ladder)
    at = ours.index("-avoid_negative_ts")
    out = folder / "usual"
    out.mkdir()
    usual = [*ours[:at], *ours[at + 2 :]]
    limits = confine.Limits(wall_seconds=60, cpu_seconds=60)
    assert (await confine.run(usual, source=source, folder=out, limits=limits)).code == 0
    late = errors_ms(kept_frames(own_frames(source)), join(out, ladder.video[0].name))
    assert min(late) > 1000 / 30, "at least one frame late, all along"
