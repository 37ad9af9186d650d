"""A minute of 1080p made smaller in the page, and a film that this browser cannot show.

What is measured is the very file that the page would send, taken from the browser's private folder, beside the film it
was made of: bytes, and the time of every frame and every packet of sound. The film that cannot be shown has to arrive
as it is.
"""

import asyncio
import re
import subprocess
import time
from pathlib import Path
from typing import Any

from playwright.async_api import Page

from service.media.ffmpeg import FFMPEG
from tests.bench.upload_rig import Rig, pick, press_start
from tests.fixtures.clips import make_clip
from tests.fixtures.films import fetch_kept, grainy, holding, on_a_line_of, packet_times_ms, read_film

SECONDS, QUICK_SECONDS = 60, 2
MBIT = 20
RATE = 40_000
"""Bytes a second that the page believes in, so that it looks whether a smaller copy pays."""
FAR = 1e9
"""Milliseconds where a frame is missing."""
ARRIVED = re.compile("It is being prepared|can be watched now")
HEVC = ("-c:v", "libx265", "-preset", "ultrafast", "-x265-params", "bitrate=12000:log-level=error", "-tag:v", "hvc1")
REACH: dict[str, tuple[str, float]] = {
    "smaller_fewer_bytes": (">=", 10),
    "smaller_times_off_ms": ("<=", 1),
    "smaller_lost": ("<=", 0),
    "smaller_sound_only_sent": ("<=", 0),
}


async def measure(rig: Rig, *, seed: int, quick: bool) -> dict[str, float]:
    seconds = QUICK_SECONDS if quick else SECONDS
    film, blind = await asyncio.to_thread(_films, rig.folder, seconds)
    page = await _picking(rig, film, f"Smaller {seed}")
    await page.get_by_role("radio", name=re.compile("Make it smaller first")).check()
    async with holding(page, "**/media/uploads/**") as held:
        await press_start(page)
        await page.wait_for_url("**/upload")
        began = time.monotonic()
        await held.seen.wait()
        made_s = time.monotonic() - began
        copy = await fetch_kept(page, f"small-{page.url.split('/')[-2]}", rig.folder / "smaller.mp4")
    await page.get_by_text(ARRIVED).first.wait_for()
    off = await asyncio.to_thread(_off_ms, film, copy)
    sent = await _sent(rig, blind, f"Cannot be shown {seed}")
    return {
        "smaller_fewer_bytes": film.stat().st_size / copy.stat().st_size,
        "smaller_times_off_ms": max(off.values()),
        "smaller_lost": sum(value >= FAR for value in off.values()),
        "smaller_sound_only_sent": sum(size != blind.stat().st_size for size in sent),
        "smaller_times_real": seconds / made_s,
    }


async def _picking(rig: Rig, film: Path, title: str) -> Page:
    page = await rig.page("Toni")
    page.set_default_timeout(300_000)
    await on_a_line_of(page, RATE)
    await pick(page, film, title)
    return page


def _films(folder: Path, seconds: int) -> tuple[Path, Path]:
    one = make_clip(folder / "smaller-second.mp4", frames=30, size=(1920, 1080))
    loop = ["-stream_loop", str(seconds - 1), "-i", str(one), "-c", "copy", str(folder / "smaller-plain.mp4")]
    subprocess.run([FFMPEG, "-v", "error", "-y", *loop], check=True)
    film = grainy(folder / "smaller-plain.mp4", folder / "smaller-film.mp4", mbit=MBIT)
    plain = make_clip(folder / "smaller-blind-plain.mp4", frames=60)
    return film, grainy(plain, folder / "smaller-blind.mp4", options=HEVC)


def _off_ms(film: Path, copy: Path) -> dict[str, float]:
    """How far the times are apart, at most, by stream; FAR where a frame is missing, or the size is not as asked."""
    off = {}
    for which in ("v:0", "a:0"):
        was, now = packet_times_ms(film, which), packet_times_ms(copy, which)
        same = len(was) == len(now) > 0
        off[which] = max(abs(a - b) for a, b in zip(was, now, strict=True)) if same else FAR
    picture: dict[str, Any] = read_film(copy)["streams"][0]
    if (picture["width"], picture["height"]) != (1280, 720):
        off["v:0"] = FAR
    return off


async def _sent(rig: Rig, film: Path, title: str) -> list[int]:
    """The size of each file that the page sends of it."""
    page = await _picking(rig, film, title)
    sizes: list[int] = []
    page.on(
        "request",
        lambda request: (
            sizes.append(request.post_data_json["size"])
            if request.method == "POST" and request.url.endswith("/uploads")
            else None
        ),
    )
    await page.get_by_text("This browser cannot show the video's format").wait_for()
    await press_start(page)
    await page.get_by_text(ARRIVED).first.wait_for()
    return sizes
