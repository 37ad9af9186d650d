"""Files as phones, cameras and screens leave them: each becomes what every player shows, upright and at its times."""

import subprocess
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from service.media import ffmpeg
from service.media.encoding import examine
from service.media.probe import Probe
from service.media.publish import listed_segments
from service.media.renditions import Ladder, plan
from tests.fixtures.clips import BITS, FPS, Shown, beep_onsets_ms, container_start_ms, make_clip, read_frames
from tests.fixtures.films import read_film

SIZE = (320, 256)


def run(*words: str) -> bytes:
    return subprocess.run(words, check=True, capture_output=True).stdout


QUIET = (ffmpeg.FFMPEG, "-v", "error")
X264 = ("-c:v", "libx264", "-preset", "ultrafast")


async def encode(source: Path, folder: Path) -> tuple[Probe, Ladder, dict[str, Path]]:
    """Every rendition as the one file it becomes."""
    probe = await examine(source)
    ladder, out = plan(probe), folder / "out"
    assert probe.duration_ms is not None
    out.mkdir()
    finished = await ffmpeg.encode(source, ladder, out, duration_ms=probe.duration_ms, on_progress=lambda _: None)
    assert (finished.code, finished.said) == (0, "")
    for name in ladder.names:
        parts = [out / file for file, _ in listed_segments((out / f"{name}.m3u8").read_text())]
        (out / f"{name}.mp4").write_bytes(b"".join(part.read_bytes() for part in (out / f"{name}-init.mp4", *parts)))
    return probe, ladder, {name: out / f"{name}.mp4" for name in ladder.names}


def picture_of(film: Path) -> dict[str, Any]:
    found: dict[str, Any] = next(stream for stream in read_film(film)["streams"] if stream["codec_type"] == "video")
    return found


CLIPS: dict[str, tuple[str, dict[str, Any]]] = {
    "ten bits": ("mp4", {"options": (*X264, "-pix_fmt", "yuv420p10le")}),
    "4:2:2": ("mp4", {"options": (*X264, "-pix_fmt", "yuv422p")}),
    "full range": ("mp4", {"options": (*X264, "-vf", "scale=out_range=pc", "-color_range", "pc")}),
    "hevc, ten bits": (
        "mov",
        {
            "options": (
                "-c:v",
                "libx265",
                "-preset",
                "ultrafast",
                "-x265-params",
                "log-level=none",
                "-pix_fmt",
                "yuv420p10le",
            )
        },
    ),
    "av1": ("mp4", {"options": ("-c:v", "libsvtav1", "-preset", "12", "-crf", "30")}),
    "vp9 with alpha": (
        "webm",
        {"options": ("-c:v", "libvpx-vp9", "-deadline", "realtime", "-cpu-used", "8", "-pix_fmt", "yuva420p")},
    ),
    "prores": ("mov", {"options": ("-c:v", "prores_ks", "-pix_fmt", "yuv422p10le")}),
    "motion jpeg": ("avi", {"options": ("-c:v", "mjpeg", "-q:v", "4", "-pix_fmt", "yuvj420p", "-c:a", "pcm_s16le")}),
    "old camera's sound": ("avi", {"options": (*X264, "-bf", "0", "-c:a", "adpcm_ima_wav")}),
    "odd sizes": ("mp4", {"size": (323, 257), "options": (*X264, "-pix_fmt", "yuv444p")}),
    "a picture every ten seconds": ("mp4", {"frames": 615, "options": (*X264, "-vf", "select='not(mod(n,300))'")}),
}


@pytest.mark.parametrize("kind", CLIPS)
async def test_every_kind_of_picture_is_shown_at_its_times(kind: str, folder: Path) -> None:
    suffix, made = CLIPS[kind]
    source = make_clip(folder / f"clip.{suffix}", **({"frames": 45, "size": SIZE} | made))
    _, ladder, files = await encode(source, folder)
    zero = container_start_ms(source)
    # ffprobe shows no frames of AV1; all are there, at the camera's times.
    wanted = [Shown(n, n * 1000 / FPS) for n in range(45)] if kind == "av1" else read_frames(source)
    assert [rung.name for rung in ladder.video] == ["240p"]
    assert ladder.sound
    for rung in ladder.video:
        picture = picture_of(files[rung.name])
        assert (picture["width"], picture["height"]) == (rung.width, rung.height)
        assert (picture["pix_fmt"], picture["profile"]) == ("yuv420p", "Main")
        shown = read_frames(files[rung.name])
        assert [frame.number for frame in shown] == [frame.number for frame in wanted]
        apart = [abs(a.at_ms - (b.at_ms - zero)) for a, b in zip(shown[1:], wanted[1:], strict=True)]
        assert max(apart) < (0.6 if suffix == "webm" else 0.05)
        assert len(beep_onsets_ms(files[rung.name])) == len(beep_onsets_ms(source)) > 0


async def test_a_picture_that_stands_for_long_is_cut_into_segments_that_begin_with_it(folder: Path) -> None:
    source = make_clip(folder / "clip.mp4", frames=615, size=SIZE, options=(*X264, "-vf", "select='not(mod(n,300))'"))
    _, _, files = await encode(source, folder)
    listed = listed_segments((files["240p"].with_name("240p.m3u8")).read_text())
    assert [length for _, length in listed[:2]] == [10_000_000, 10_000_000]
    probe = [ffmpeg.FFPROBE, "-v", "error", "-select_streams", "v", "-show_entries", "packet=flags", "-of", "csv=p=0"]
    flags = run(*probe, str(files["240p"])).split()
    assert [flag[:1] for flag in flags] == [b"K", b"K", b"K"]


@pytest.mark.parametrize("rotation", [90, 180, 270])
async def test_a_film_is_upright_whichever_way_the_phone_was_held(rotation: int, folder: Path) -> None:
    """The bars lie across the film; turned, the least of them is on top or below."""
    options = (*X264, "-pix_fmt", "yuv444p")
    source = make_clip(folder / "clip.mp4", frames=20, size=(323, 257), rotation=-rotation, options=options)
    probe, ladder, files = await encode(source, folder)
    assert probe.video is not None
    assert probe.video.rotation == rotation
    [rung] = ladder.video
    assert (rung.width, rung.height) == ((302, 240) if rotation == 180 else (240, 302))
    picture = picture_of(files["240p"])
    assert (picture["width"], picture["height"]) == (rung.width, rung.height)
    assert not picture.get("side_data_list")
    across = f"{BITS}:1" if rotation == 180 else f"1:{BITS}"
    shrink = ["-vf", f"scale={across}:flags=area,format=gray", "-f", "rawvideo", "-"]
    raw = run(*QUIET, "-i", str(files["240p"]), *shrink)
    rows = [raw[start : start + BITS] for start in range(0, len(raw), BITS)]
    assert len(rows) == 20
    for number, row in enumerate(rows):
        # A quarter turn clockwise puts what was on the left on top; half a turn puts it on the right.
        bits = row if rotation == 90 else row[::-1]
        assert sum(1 << bit for bit in range(BITS) if bits[bit] > 125) == number


async def test_pixels_that_are_not_square_become_square(folder: Path) -> None:
    source = make_clip(folder / "clip.mp4", frames=20, size=(360, 288), options=(*X264, "-aspect", "16:9"))
    _, ladder, files = await encode(source, folder)
    assert [(rung.width, rung.height) for rung in ladder.video] == [(426, 240)]
    assert picture_of(files["240p"])["sample_aspect_ratio"] == "1:1"


async def test_sixty_large_pictures_a_second_become_thirty(folder: Path) -> None:
    options = (*X264, "-vf", "setpts=PTS/2,scale=3840:2160:flags=neighbor")
    source = make_clip(folder / "clip.mp4", frames=24, size=SIZE, sound=False, options=options)
    probe, ladder, files = await encode(source, folder)
    assert probe.video is not None
    assert (probe.video.width, probe.video.height, round(probe.video.fps)) == (3840, 2160, 60)
    assert [rung.name for rung in ladder.video] == ["720p", "480p", "360p", "240p"]
    for rung in ladder.video:
        shown = read_frames(files[rung.name])
        assert [frame.number for frame in shown] == list(range(0, 24, 2))
        assert [frame.at_ms for frame in shown] == pytest.approx([n * 1000 / 30 for n in range(12)], abs=0.05)


async def test_lines_of_two_moments_become_one_picture(folder: Path) -> None:
    """Every second line is of the next picture: black and white by turns would make a comb."""
    weave = ("-vf", "select=n,tinterlace=interleave_top,setfield=tff", "-flags", "+ilme+ildct", "-x264-params", "tff=1")
    source = make_clip(folder / "clip.mp4", frames=60, size=SIZE, sound=False, options=(*X264, *weave))
    probe, ladder, files = await encode(source, folder)
    assert probe.video is not None
    assert probe.video.interlaced
    assert ladder.deinterlace
    assert len(read_frames(files["240p"])) == len(read_frames(source))
    assert combed(source) > 200
    assert combed(files["240p"]) < 20


def combed(film: Path) -> float:
    """How much neighbouring lines of the third bar differ on the second picture, where it changes half way."""
    width, height = (picture_of(film)[side] for side in ("width", "height"))
    raw = run(*QUIET, "-i", str(film), "-vf", "format=gray", "-f", "rawvideo", "-")
    column = raw[width * height :][: width * height][5 * width // BITS // 2 :: width][8:-8]
    return sum(abs(above - below) for above, below in pairwise(column)) / len(column)


@pytest.mark.parametrize("transfer", ["arib-std-b67", "smpte2084"])
async def test_a_bright_film_keeps_its_greys_and_colours(transfer: str, folder: Path) -> None:
    """Colours as everybody's screen has them, filmed as a phone's HDR has them, and back."""
    colours = ["0x404040", "0xc0c0c0", "0xf0f0f0", "0xc03030", "0x3060b0"]
    inputs = [word for colour in colours for word in ("-f", "lavfi", "-i", f"color={colour}:s=64x256:d=0.5:r=30")]
    stack = "".join(f"[{n}]" for n in range(5)) + "hstack=5,scale=out_color_matrix=bt709,format=yuv420p,"
    tags = "setparams=color_primaries=bt709:color_trc=bt709:colorspace=bt709:range=tv,"
    bright = f"zscale=t=linear:npl=203,format=gbrpf32le,zscale=p=2020:t={transfer}:m=2020_ncl:r=tv:npl=203,"
    told = f"log-level=none:colorprim=bt2020:transfer={transfer}:colormatrix=bt2020nc"
    plain, source = folder / "plain.mkv", folder / "hdr.mov"
    x265 = ["-c:v", "libx265", "-preset", "ultrafast", "-crf", "6", "-x265-params", told, "-tag:v", "hvc1"]
    make = [*QUIET, *inputs]
    run(*make, "-filter_complex", f"{stack}{tags}null", "-c:v", "ffv1", str(plain))
    graph = f"{stack}{tags}{bright}format=yuv420p10le"
    run(*make, "-filter_complex", graph, *x265, str(source))

    probe, ladder, files = await encode(source, folder)
    assert probe.video is not None
    assert probe.video.hdr
    assert ladder.tone_map
    picture = picture_of(files["240p"])
    assert [picture[f"color_{name}"] for name in ("space", "transfer", "primaries")] == ["bt709"] * 3
    assert picture["pix_fmt"] == "yuv420p"
    for was, now in zip(patches(plain), patches(files["240p"]), strict=True):
        assert now == pytest.approx(was, abs=20)


def patches(film: Path) -> list[tuple[int, int, int]]:
    """Red, green and blue in the middle of each fifth of the first picture."""
    look = ["-frames:v", "1", "-vf", "crop=iw:ih/2,scale=5:1:flags=area,format=rgb24", "-f", "rawvideo", "-"]
    raw = run(*QUIET, "-i", str(film), *look)
    return [(raw[n], raw[n + 1], raw[n + 2]) for n in range(0, 15, 3)]


async def test_of_several_sounds_the_one_that_is_marked_is_heard(folder: Path) -> None:
    beeps = make_clip(folder / "beeps.mp4", frames=60, size=SIZE)
    source = folder / "two.mkv"
    quiet = ["-f", "lavfi", "-t", "2", "-i", "anullsrc=r=48000:cl=mono"]
    marks = ["-disposition:a:0", "0", "-disposition:a:1", "default"]
    chosen = ["-map", "1:v", "-map", "0:a", "-map", "1:a", "-c:v", "copy", "-c:a", "aac"]
    run(*QUIET, *quiet, "-i", str(beeps), *chosen, *marks, str(source))
    probe, _, files = await encode(source, folder)
    assert probe.audio is not None
    assert probe.audio.stream == 2
    for file in files.values():
        assert len(beep_onsets_ms(file)) == 2


async def test_a_cover_before_the_film_is_not_taken_for_it(folder: Path) -> None:
    film = make_clip(folder / "clip.mp4", frames=20, size=SIZE)
    cover, source = folder / "cover.jpg", folder / "with.mp4"
    run(*QUIET, "-f", "lavfi", "-i", "color=red:s=600x600", "-frames:v", "1", str(cover))
    mapped = ["-map", "1", "-map", "0", "-c", "copy", "-disposition:v:0", "attached_pic"]
    run(*QUIET, "-i", str(film), "-i", str(cover), *mapped, str(source))
    _, _, files = await encode(source, folder)
    assert [frame.number for frame in read_frames(files["240p"])] == list(range(20))


async def test_a_gap_in_the_sound_is_silence(folder: Path) -> None:
    """What comes after it is heard when the source has it."""
    film = make_clip(folder / "clip.mp4", frames=150, size=SIZE)
    source = folder / "gap.mkv"
    gap = ["-af", "aselect='lt(t,1)+gt(t,3)'", "-c:v", "copy", "-c:a", "pcm_s16le"]
    run(*QUIET, "-i", str(film), *gap, str(source))
    _, _, files = await encode(source, folder)
    for name, file in files.items():
        assert beep_onsets_ms(file) == pytest.approx([500, 3500, 4500], abs=3), name
        sound = next(stream for stream in read_film(file)["streams"] if stream["codec_type"] == "audio")
        assert float(sound["duration"]) == pytest.approx(5, abs=0.1), name
