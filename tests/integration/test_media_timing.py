"""A comment points at a frame. These tests read the number painted on every frame of every rendition, and its time."""

import struct
from pathlib import Path
from typing import Any

import pytest

from service.media import confine, ffmpeg
from service.media.encoding import examine
from service.media.renditions import AUDIO_NAME, Ladder, plan
from tests.fixtures.clips import beep_onsets_ms, container_start_ms, make_clip, read_frames


async def encode(source: Path, folder: Path) -> tuple[Ladder, dict[str, Path]]:
    """Every rendition as the one file it becomes: the init section and the segments behind each other."""
    probe = await examine(source)
    ladder = plan(probe)
    assert probe.duration_ms is not None
    out = folder / f"of-{source.name}"
    out.mkdir()
    finished = await ffmpeg.encode(source, ladder, out, duration_ms=probe.duration_ms, on_progress=lambda _: None)
    assert finished.code == 0, finished.said
    return ladder, {name: join(out, name) for name in ladder.names}


def join(folder: Path, name: str) -> Path:
    segments = sorted(folder.glob(f"{name}-*.m4s"), key=lambda path: int(path.stem.rpartition("-")[2]))
    whole = folder / f"{name}.mp4"
    whole.write_bytes(b"".join(path.read_bytes() for path in (folder / f"{name}-init.mp4", *segments)))
    return whole


def errors_ms(source: Path, rendition: Path) -> list[float]:
    """For every frame of the rendition but the first: when it is shown, minus when the source shows it."""
    zero = container_start_ms(source)
    wanted = {frame.number: frame.at_ms - zero for frame in read_frames(source)}
    shown = read_frames(rendition)
    assert len(shown) == len(wanted), "no frame lost, none doubled"
    return [frame.at_ms - wanted[frame.number] for frame in shown[1:]]


CLIPS: dict[str, tuple[str, dict[str, Any]]] = {
    "b-frames": ("mp4", {}),
    "picture starts late": ("mp4", {"late_picture_s": 0.5}),
    "picture starts a little late": ("mp4", {"late_picture_s": 0.04}),
    "varying rate": ("mp4", {"drop_every": 3}),
    "silent": ("mp4", {"sound": False}),
    "matroska": ("mkv", {}),
    "transport stream": ("ts", {}),
}


@pytest.mark.parametrize("kind", CLIPS)
async def test_every_frame_of_every_rendition_is_shown_when_the_source_shows_it(kind: str, folder: Path) -> None:
    suffix, made = CLIPS[kind]
    source = make_clip(folder / f"clip.{suffix}", **made)
    ladder, files = await encode(source, folder)
    assert [rung.name for rung in ladder.video] == ["360p", "240p"]
    assert kind != "picture starts late" or read_frames(source)[0].at_ms == 500
    assert ladder.sound is (kind != "silent")
    for rung in ladder.video:
        assert read_frames(files[rung.name])[0].at_ms == 0, (
            "the first from 0 on, also where the source shows nothing yet"
        )
        worst = max(map(abs, errors_ms(source, files[rung.name])))
        # A container that counts whole milliseconds rounds each frame's time by half of one.
        assert worst < (0.6 if source.suffix == ".mkv" else 0.05), rung.name


async def test_a_film_from_a_phone_held_upright_stays_upright_and_in_time(folder: Path) -> None:
    source = make_clip(folder / "clip.mp4", rotation=90, size=(640, 368))
    ladder, files = await encode(source, folder)
    assert [(rung.width, rung.height) for rung in ladder.video] == [(360, 626), (240, 418)]
    # The bars on the picture are turned with it and cannot be read; the times can.
    wanted = sorted(frame.at_ms for frame in read_frames(source))
    for rung in ladder.video:
        made = await examine(files[rung.name])
        assert made.video is not None
        assert (made.video.width, made.video.height, made.video.rotation) == (rung.width, rung.height, 0)
        assert [frame.at_ms for frame in read_frames(files[rung.name])] == pytest.approx(wanted, abs=0.05)


async def test_the_sound_stays_with_the_picture(folder: Path) -> None:
    source = make_clip(folder / "clip.mp4")
    _, files = await encode(source, folder)
    wanted = beep_onsets_ms(source)
    assert len(wanted) == 5
    for name, file in files.items():
        assert beep_onsets_ms(file) == pytest.approx(wanted, abs=2), name
    assert AUDIO_NAME in files


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
    ours = ffmpeg.encode_arguments(source, ladder)
    at = ours.index("-avoid_negative_ts")
    out = folder / "usual"
    out.mkdir()
    usual = [*ours[:at], *ours[at + 2 :]]
    limits = confine.Limits(wall_seconds=60, cpu_seconds=60)
    assert (await confine.run(usual, folder=out, limits=limits)).code == 0
    late = errors_ms(source, join(out, ladder.video[0].name))
    assert min(late) > 1000 / 30, "at least one frame late, all along"
