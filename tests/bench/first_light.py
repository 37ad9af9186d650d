"""What two people feel: from "send" to "seen" in the other browser, and from the last byte to the first frame.

The running product, two real browsers, one machine. `python -m tests.bench.first_light [--rounds n]`; the last line is
JSON, and the exit status is 1 where a reach is missed.
"""

import argparse
import asyncio
import json
import shutil
import statistics
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any
from uuid import uuid4

from playwright.async_api import Page, Request, async_playwright

from tests.fixtures.running import running

SAMPLE = Path(__file__).parent.parent / "fixtures" / "media" / "bigbuckbunny.mp4"
REACH = {"send_to_seen_ms": ["<=", 1000], "last_byte_to_first_frame_s": ["<=", 6]}
OpenPage = Callable[[str], Awaitable[Page]]

# The clocks of two pages of one machine are one clock; text is looked for at every change of the page.
_SEEN = """(text) => new Promise((seen) => {
  const look = () => document.body.innerText.includes(text) && seen(performance.timeOrigin + performance.now());
  new MutationObserver(look).observe(document.body, { childList: true, subtree: true, characterData: true });
  look();
})"""
_SEND = """() => {
  const send = [...document.querySelectorAll("button")].find((button) => button.textContent.trim() === "Send");
  const at = performance.timeOrigin + performance.now();
  send.click();
  return at;
}"""
FRAME = """() => new Promise((shown) => {
  const look = () => {
    const video = document.querySelector("video");
    if (video && video.readyState >= 2 && video.videoWidth) shown(performance.timeOrigin + performance.now());
    else requestAnimationFrame(look);
  };
  look();
})"""


async def send_to_seen(open_page: OpenPage, rounds: int) -> list[float]:
    """Milliseconds from the click on "Send" in the coach's browser to the words in the teacher's, each round."""
    teacher, coach = await open_page("Tess"), await open_page("Cole")
    for page in (teacher, coach):
        await page.get_by_role("link", name="Watch the lesson").first.click()
        await page.get_by_text("Up to date").wait_for()
    measured = []
    for n in range(rounds):
        words = f"Round {n}, {uuid4()}"
        await coach.get_by_placeholder("What do you see here?").fill(words)
        seen = asyncio.create_task(teacher.evaluate(_SEEN, words))
        sent = await coach.evaluate(_SEND)
        measured.append(await seen - sent)
    return measured


async def last_byte_to_first_frame(open_page: OpenPage, rounds: int) -> list[float]:
    """Seconds from the answer to the last block to a frame in the review room, which was open all the time."""
    measured = []
    for n in range(rounds):
        page = await open_page("Toni")
        await page.get_by_role("link", name="Cycle 1 with Cole Coachman").click()
        await page.get_by_role("link", name="Add a lesson").click()
        await page.get_by_label("Pick the video").set_input_files(SAMPLE)
        await page.get_by_label("What was the lesson").fill(f"Round {n}")
        answered = last_block(page, SAMPLE.stat().st_size)
        await page.get_by_role("button", name="Start the upload").click()
        await page.wait_for_url("**/upload")
        room = await page.context.new_page()
        await room.goto(page.url.removesuffix("/upload"))
        shown = asyncio.create_task(room.evaluate(FRAME))
        last_byte = await answered
        measured.append((await shown - last_byte) / 1000)
        await page.close()
        await room.close()
    return measured


def last_block(page: Page, size: int) -> asyncio.Future[float]:
    """When the answer to the last block of a file of so many bytes was in, in ms of the wall clock."""
    answered: asyncio.Future[float] = asyncio.get_running_loop().create_future()

    def finished(request: Request) -> None:
        if request.method == "PUT" and request.url.endswith(f"-{size}") and not answered.done():
            # Of a request that was held back on the way the browser's own times count the holding twice.
            answered.set_result(time.time() * 1000)

    page.on("requestfinished", finished)
    return answered


async def run(rounds: int) -> dict[str, float]:
    folder = Path(tempfile.mkdtemp(prefix="ff-", dir="/tmp"))
    try:
        async with running(folder) as farfield, async_playwright() as playwright:
            await farfield.says("The demo lesson can be watched")
            browser = await playwright.chromium.launch(
                executable_path=shutil.which("chromium"), args=["--no-sandbox", "--disable-background-networking"]
            )
            contexts: dict[str, Any] = {}

            async def open_page(name: str) -> Page:
                if name not in contexts:
                    contexts[name] = await browser.new_context()
                    page: Page = await contexts[name].new_page()
                    await page.goto(farfield.url + farfield.links[name])
                    await page.get_by_role("button", name="Sign in").click()
                    await page.get_by_role("button", name="Sign out").wait_for()
                    return page
                page = await contexts[name].new_page()
                await page.goto(farfield.url)
                return page

            figures = await measure(open_page, rounds)
            await browser.close()
            return figures
    finally:
        shutil.rmtree(folder)


async def measure(open_page: OpenPage, rounds: int) -> dict[str, float]:
    seen = await send_to_seen(open_page, 3 * rounds)
    frames = await last_byte_to_first_frame(open_page, rounds)
    return {
        "send_to_seen_ms": round(statistics.median(seen), 1),
        "send_to_seen_worst_ms": round(max(seen), 1),
        "last_byte_to_first_frame_s": round(statistics.median(frames), 2),
        "last_byte_to_first_frame_worst_s": round(max(frames), 2),
    }


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    figures = asyncio.run(run(parser.parse_args().rounds))
    print(json.dumps({"bench": "first-light", "seed": 0, "figures": figures, "reach": REACH}))
    return 0 if all(figures[name] <= most for name, (_, most) in REACH.items()) else 1


if __name__ == "__main__":
    sys.exit(main())
