"""Words beside pictures: somebody watches the copy on their device and writes, while the file goes up over a bad line.

From pressing "Save" to the server's answer that it has the words, several times in one upload, at moments that the seed
picks. The upload has to be under way each time; else it would say nothing.
"""

import asyncio
import random
import statistics
import time

from playwright.async_api import Page, Request, Route

from tests.bench.upload_rig import MIB, Rig, Watched, pick, press_start, said
from tests.fixtures.link import Road

REACH = {"words_acknowledged_s": ("<=", 8.0)}
BAD = Road(up=0.5e6, down=0.5e6, rtt_s=0.6)
TIMES = 6


async def measure(rig: Rig, *, seed: int, quick: bool) -> dict[str, float]:
    road = Road(up=4e6, down=4e6, rtt_s=0.1) if quick else BAD
    times, gap_s, size = (1, 0.5, 2 * MIB) if quick else (TIMES, 12.0, 7 * MIB)
    chance = random.Random(seed)
    link = await rig.link(road)
    page = await rig.page("Toni", link)
    in_room = asyncio.Event()

    async def hold(route: Route) -> None:
        await in_room.wait()
        await route.continue_()

    if quick:
        # A short upload may be over before a busy machine has opened the room: its blocks wait until it is.
        await page.route("**/media/uploads/**", hold)
    await pick(page, rig.file(size, seed + 300), f"words {seed}")
    watched = Watched(page, link, size)
    await press_start(page)
    await watched.begun.wait()
    await page.get_by_role("link", name="Watch and write meanwhile").click()
    await page.get_by_placeholder("What do you see here?").wait_for()
    in_room.set()
    took: list[float] = []
    while len(took) < times:
        await asyncio.sleep(chance.uniform(0, gap_s))
        seconds = await _written(page, f"moment {len(took)} of {seed}")
        if not (watched.under_way or quick):
            break
        took.append(seconds)
    assert len(took) > times / 2, "the upload was over before enough was written beside it"
    sent = await watched.complete()
    said(f"words, seed {seed}", sent, road)
    await page.close()
    # The worst, not the mean: whoever waits does so alone.
    return {"words_acknowledged_s": max(took), "words_acknowledged_median_s": statistics.median(took)}


async def _written(page: Page, words: str) -> float:
    """Seconds until the server says that it has them."""
    answered: asyncio.Future[float] = asyncio.get_running_loop().create_future()

    def over(request: Request) -> None:
        if request.method == "POST" and words in (request.post_data or "") and not answered.done():
            answered.set_result(time.monotonic())

    page.on("requestfinished", over)
    await page.get_by_placeholder("What do you see here?").fill(words)
    began = time.monotonic()
    await page.get_by_role("button", name="Save", exact=True).click()
    at = await answered
    page.remove_listener("requestfinished", over)
    return at - began
