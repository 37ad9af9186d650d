"""How heavy each rung is, and how near to the film scaled to its size: SSIM of the brightness, and VMAF."""

import asyncio
import json
import os
import re
import subprocess
import tempfile
from pathlib import Path

import imageio_ffmpeg

from service.media.ffmpeg import FFMPEG
from service.media.renditions import AUDIO_NAME, VideoRung
from tests.bench import media_sources
from tests.bench.reporting import rounded
from tests.fixtures.encoded import encode

SECONDS = 10
REACH: dict[str, tuple[str, float]] = {}
_SSIM = re.compile(r"SSIM Y:([0-9.]+)")


async def part(*, seed: int, quick: bool) -> dict[str, float]:
    seconds = media_sources.QUICK_SECONDS if quick else media_sources.SECONDS
    take = await asyncio.to_thread(media_sources.take, seconds, seed)
    compared = 1 if quick else SECONDS
    figures: dict[str, float] = {}
    with tempfile.TemporaryDirectory(prefix="ffb-", dir="/tmp") as name:
        ladder, files = await encode(take, Path(name))
        figures[f"{AUDIO_NAME}_mb_a_minute"] = _mb(files[AUDIO_NAME], seconds)
        for rung in ladder.video:
            made = files[rung.name]
            figures[f"{rung.name}_mb_a_minute"] = _mb(made, seconds)
            figures[f"{rung.name}_ssim"] = await asyncio.to_thread(_ssim, made, take, rung, compared)
            figures[f"{rung.name}_vmaf"] = await asyncio.to_thread(_vmaf, made, take, rung, compared)
    return rounded(figures)


def _mb(file: Path, seconds: int) -> float:
    """With the sound that it carries."""
    return file.stat().st_size * 60 / seconds / 1e6


def _compare(program: str, made: Path, take: Path, rung: VideoRung, seconds: int, measure: str) -> str:
    scaled = f"[1:v]scale={rung.width}:{rung.height}:flags=bicubic,format=yuv420p[film];[0:v][film]{measure}"
    inputs = ["-t", str(seconds), "-i", str(made), "-t", str(seconds), "-i", str(take)]
    command = [program, "-hide_banner", "-nostats", *inputs, "-lavfi", scaled, "-f", "null", "-"]
    return subprocess.run(command, check=True, capture_output=True, text=True).stderr


def _ssim(made: Path, take: Path, rung: VideoRung, seconds: int) -> float:
    found = _SSIM.search(_compare(FFMPEG, made, take, rung, seconds, "ssim"))
    assert found is not None
    return float(found[1])


def _vmaf(made: Path, take: Path, rung: VideoRung, seconds: int) -> float:
    """Of every fifth picture. The log goes to a file of the caller's folder, since nothing else says it in full."""
    log = made.with_suffix(".json")
    measure = f"libvmaf=n_threads={os.cpu_count()}:n_subsample=5:log_fmt=json:log_path={log}"
    _compare(imageio_ffmpeg.get_ffmpeg_exe(), made, take, rung, seconds, measure)
    return float(json.loads(log.read_text())["pooled_metrics"]["vmaf"]["mean"])
