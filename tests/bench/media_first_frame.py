"""From the last byte of a long film to its first frame in somebody's review room, which was open all the time.

The running product over its front door, the page that sends and the page that watches in two browsers of their own. All
but the last blocks are there, and put together, before those are let go: over a rural line they come an hour before
them. What remains of each film is stopped once its first frame was seen, so that the next has the machine.
"""

import asyncio
import os
import signal
import sqlite3
import statistics
from contextlib import AsyncExitStack
from pathlib import Path

from playwright.async_api import Page, Request

from service.media.ffmpeg import FFMPEG
from tests.bench import media_sources
from tests.bench.first_light import FRAME, last_block
from tests.bench.reporting import rounded
from tests.bench.upload_rig import Rig, pick, press_start, rigged
from tests.fixtures.link import RELAY
from tests.fixtures.prepared import running as processes

ROUNDS = 3
QUICK_S = 4
LARGEST_BLOCK = 8 * 2**20
LAST = 2**20
"""So much of the film comes last."""
MOST_UNDER_WAY = 3
TOGETHER_S = 15
KINDS = (("h264", False), ("h264", True), ("hevc", False), ("hevc", True))
REACH = {
    f"last_byte_to_first_frame_{codec}_moov_{'first' if moov_first else 'last'}_s": ("<=", 6.0)
    for codec, moov_first in KINDS
}


async def part(*, seed: int, quick: bool) -> dict[str, float]:
    async with AsyncExitStack() as later:
        rig = await later.enter_async_context(rigged())
        await rig.farfield.says("The demo lesson can be watched")
        return await measure(rig, seed=seed, quick=quick)


async def measure(rig: Rig, *, seed: int, quick: bool) -> dict[str, float]:
    figures: dict[str, float] = {}
    seconds, kinds = (QUICK_S, KINDS[:1]) if quick else (media_sources.LONG_S, KINDS)
    for (codec, moov_first), name in zip(kinds, REACH, strict=False):
        film = await asyncio.to_thread(
            media_sources.long_film, codec, moov_first=moov_first, seconds=seconds, seed=seed
        )
        waits = []
        for n in range(1 if quick else ROUNDS):
            waits.append(await _wait(rig, film, f"{codec} {moov_first} {n}"))
            await asyncio.to_thread(_stop_preparing, rig.farfield.data_dir)
        print(f"  {name}: {[round(wait, 2) for wait in waits]}", flush=True)
        figures[name] = statistics.median(waits)
        if not quick:
            await asyncio.to_thread(film.unlink)
    return rounded(figures)


async def _wait(rig: Rig, film: Path, title: str) -> float:
    """Seconds, below 0 where a film can be watched while it comes."""
    size = (await asyncio.to_thread(film.stat)).st_size
    # What is held is held on the line: a browser that asks somebody about each request sends a tenth as quickly.
    link = await rig.link(RELAY)
    page, room = await rig.page("Toni", link), await (await rig.context("Toni")).new_page()
    page.set_default_timeout(180_000)
    await pick(page, film, title)
    stored, answered = Stored(page), last_block(page, size)
    most = size - LAST
    link.stall_after(link.bytes_up + most)
    await press_start(page)
    await page.wait_for_url("**/upload")
    await room.goto(rig.farfield.url + page.url.removeprefix(link.url).removesuffix("/upload"))
    shown = asyncio.create_task(room.evaluate(FRAME))
    await _together(rig.farfield.data_dir / "work", stored, most - MOST_UNDER_WAY * LARGEST_BLOCK)
    await link.flow()
    last_byte = await answered
    wait = (await shown - last_byte) / 1000
    await page.context.close()
    await room.context.close()
    return wait


class Stored:
    """The blocks of a page's upload that are in the store, as they get there."""

    def __init__(self, page: Page) -> None:
        self._blocks: set[tuple[int, int]] = set()
        self._news = asyncio.Event()
        page.on("requestfinished", self._finished)

    def _finished(self, request: Request) -> None:
        if request.method == "PUT" and "/media/uploads/" in request.url:
            offset, _, end = request.url.rpartition("/")[2].partition("-")
            self._blocks.add((int(offset), int(end)))
            self._news.set()

    @property
    def reached(self) -> int:
        """Up to where there is no gap."""
        end = 0
        for offset, after in sorted(self._blocks):
            if offset > end:
                break
            end = max(end, after)
        return end

    async def up_to(self, end: int) -> None:
        while self.reached < end:
            self._news.clear()
            await self._news.wait()


async def _together(work: Path, stored: Stored, least: int) -> None:
    """Until all that went through is in the store, and was put together behind each other."""
    async with asyncio.timeout(180):
        await stored.up_to(least)
    for _ in range(10 * TOGETHER_S):
        if await asyncio.to_thread(_largest, work) >= stored.reached:
            return
        await asyncio.sleep(0.1)


def _largest(work: Path) -> int:
    """Of the films that a worker has parts of, in the folder of its own."""
    return max((path.stat().st_size for path in work.glob("*/arriving/*")), default=0)


def _stop_preparing(data_dir: Path) -> None:
    """Nobody wants the rest of it: the jobs are over in the table, and then their encoders end."""
    with sqlite3.connect(data_dir / "farfield.db", timeout=30) as db:
        over = "UPDATE jobs SET state = 'cancelled', fence = fence + 1 WHERE state IN ('running', 'available')"
        db.execute(f"{over} AND kind IN ('prepare_lesson', 'await_upload')")
    for pid in processes(FFMPEG, data_dir):
        os.kill(pid, signal.SIGKILL)
