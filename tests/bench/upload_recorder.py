"""A lesson filmed in the page: the network is off for half of the take, then the page is killed.

What is left is what a later visit of the same browser sends. Lost is what was filmed (as the page said) and is not in
the file that Farfield then has; drift, how much longer or shorter a stretch is in it than it was before the camera.
"""

import asyncio
import random
import re
from pathlib import Path
from typing import Any

from playwright.async_api import Page, async_playwright

from tests.bench.upload_rig import CHROMIUM, OWN_CERTIFICATE, Rig
from tests.fixtures.filming import compare, crash, elapsed_s, furthest_ms, make_camera, set_up, start
from tests.fixtures.link import Road

TAKE_S = 180
QUICK_S = 8
FRAME_MS = 34
LINE = Road(up=4e6, down=8e6, rtt_s=0.2)
REACH: dict[str, tuple[str, float]] = {
    "recorder_lost_s": ("<=", 5),
    "recorder_drift_ms": ("<=", FRAME_MS),
    "recorder_rendition_off_ms": ("<=", FRAME_MS),
    "recorder_missing_share": ("<=", 0.01),
}


async def measure(rig: Rig, *, seed: int, quick: bool) -> dict[str, float]:
    take_s = QUICK_S if quick else TAKE_S
    off_from_s = take_s * random.Random(seed).uniform(0.2, 0.5)
    film = rig.folder / f"camera-{take_s}.mjpeg"
    flags = await asyncio.to_thread(make_camera, film, seconds=take_s + 60)
    state = await (await rig.context("Toni")).storage_state()
    link = await rig.link(LINE)
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path="/usr/bin/chromium", args=[*CHROMIUM, *OWN_CERTIFICATE, *flags]
        )
        context = await browser.new_context(
            ignore_https_errors=True, storage_state=state, permissions=["camera", "microphone"], reduced_motion="reduce"
        )
        page, title = await _opened(context, link.url), f"Recorder {seed}"
        await set_up(page, link.url + await _cycle(page), title)
        await start(page)
        await _filmed(page, off_from_s)
        link.cut()
        await _filmed(page, off_from_s + take_s / 2)
        link.mend()
        await _filmed(page, take_s)
        filmed_s, seen = await elapsed_s(page), await page.evaluate("seen")
        await crash(page)

        page = await _opened(context, link.url)
        await page.get_by_role("heading", name=title).wait_for()
        found, off = await _in_farfield(page, title, rig.folder, seen)
        await browser.close()
    return {
        "recorder_lost_s": max(0.0, filmed_s - found.last_ms / 1000),
        "recorder_drift_ms": abs(found.drift_ms),
        "recorder_rendition_off_ms": off,
        "recorder_missing_share": found.missing,
    }


async def _opened(context: Any, url: str) -> Page:
    page: Page = await context.new_page()
    page.set_default_timeout(120_000)
    await page.goto(url)
    return page


async def _cycle(page: Page) -> str:
    return await page.get_by_role("link", name=re.compile("^Cycle 1 with")).get_attribute("href") or ""


async def _filmed(page: Page, seconds: float) -> None:
    """Until the page says so."""
    said = "document.querySelector('[role=timer]').textContent.split(':').reduce((all, part) => all * 60 + +part, 0)"
    wait = f"async () => {{ while ({said} < {seconds}) await new Promise((again) => setTimeout(again, 100)) }}"
    await page.evaluate(wait)


async def _in_farfield(page: Page, title: str, folder: Path, seen: list[tuple[float, int]]) -> tuple[Any, float]:
    home = "/".join(page.url.split("/")[:3])
    cycle = (await _cycle(page)).rpartition("/")[2]
    while True:
        card = (await (await page.request.get(f"{home}/api/cycles/{cycle}")).json())["card"]
        lesson = next((one for one in card["lessons"] if one["title"] == title), None)
        if lesson and lesson["state"] in ("ready", "refused"):
            break
        await asyncio.sleep(1)
    assert lesson["state"] == "ready", lesson
    play = (await (await page.request.get(f"{home}/api/lessons/{lesson['id']}")).json())["play"]
    original, rendition = folder / f"{lesson['id']}.webm", folder / f"{lesson['id']}.mp4"
    await _fetch(page, f"{home}/media/lessons/{lesson['id']}/original", original)
    await _fetch(page, home + play["progressive"], rendition)
    found = await asyncio.to_thread(compare, original, seen)
    return found, await asyncio.to_thread(furthest_ms, original, rendition)


async def _fetch(page: Page, url: str, target: Path) -> None:
    """Piece by piece, as the gate hands it out."""
    with target.open("wb") as file:
        size = 1
        while file.tell() < size:
            answer = await page.request.get(url, headers={"Range": f"bytes={file.tell()}-"})
            assert answer.ok, f"{url}: {answer.status}"
            size = int(answer.headers["content-range"].rpartition("/")[2]) if answer.status == 206 else 0
            file.write(await answer.body())
