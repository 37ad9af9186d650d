"""One large file, and everything on its way is killed: `python -m tests.bench.torture [--quick] [--seed n]`.

The services of docker/compose.yaml as processes of this machine, a real Chromium, a link before the front door over
HTTPS and HTTP/2. At moments spread over the file, in an order that the seed gives, the link is cut, the browser, web,
the front door or the object store is killed (SIGKILL) and started again. A killed browser comes back with or without
what it had stored; the same file is picked again. In the end the SHA-256 of the stored original is compared.
The last line is JSON; the exit status is 1 where a reach is missed.
"""

import argparse
import asyncio
import contextlib
import hashlib
import json
import os
import random
import re
import shutil
import signal
import statistics
import sys
import tempfile
import time
import uuid
from collections.abc import Sequence
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import aiohttp
from playwright.async_api import BrowserContext, Page, Playwright, Request, async_playwright

from tests.bench.reporting import COMPARE, rounded
from tests.bench.upload_rig import CHROMIUM, MIB, OWN_CERTIFICATE, write_film
from tests.fixtures.link import Link, Road, link_to
from tests.fixtures.postgres import Postgres, running_postgres
from tests.fixtures.processes import running_in
from tests.fixtures.running import ROOT
from tests.fixtures.topology import Topology, composed
from tests.fixtures.visitors import cookie_of

REACH = {
    "same_sha256": (">=", 1.0),
    "blows": (">=", 20.0),
    "blocks_resent_a_blow": ("<=", 1.0),
    "first_progress_s": ("<=", 3.0),
}
ROAD = Road(up=100e6, down=100e6, rtt_s=0.04)
BLOWS = ("cut",) * 8 + ("browser",) * 5 + ("web",) * 3 + ("front door",) * 3 + ("store",) * 3
QUICK = ("cut", "browser", "web", "front door", "store")
DARK_S = 1.0
MOST_S = 1800.0


class Ordeal:
    """One upload, its browser of the moment, and what has been seen of it."""

    def __init__(self, top: Topology, link: Link, playwright: Playwright, folder: Path, file: Path, seed: int) -> None:
        self.top, self.link, self.file = top, link, file
        self._playwright, self._folder = playwright, folder
        self._chance = random.Random(seed)
        self._profile = 0
        self._cookie = ""
        self._context: BrowserContext | None = None
        self.lesson = str(uuid.uuid4())
        self.complete = asyncio.Event()
        self.first_progress: list[float] = []
        self.block_sizes: list[int] = []

    async def begin(self) -> None:
        self._cookie = (await cookie_of(self.top.deps, self.top.cast.teacher)).partition("=")[2]
        page = await self._browse()
        asked = {"id": str(uuid.uuid4()), "lesson": self.lesson, "title": "An ordeal", "release": False}
        status = await page.evaluate(
            "async ([path, body]) => (await fetch(path, {method: 'POST', body: JSON.stringify(body)})).status",
            [f"/api/cycles/{self.top.cast.cycle}/lessons", asked],
        )
        assert status < 300, status
        await self._pick(page, again=False)

    async def strike(self, blow: str) -> None:
        print(f"  {self.link.bytes_up / MIB:7.0f} MiB up: {blow}", flush=True)
        match blow:
            case "cut":
                self.link.cut()
                await asyncio.sleep(DARK_S)
                self.link.mend()
            case "browser":
                await self._kill_browser()
                if self._chance.random() < 0.5:
                    self._profile += 1  # all that it had stored is lost, too
                await self._pick(await self._browse(), again=True)
            case "web":
                for name in [name for name in self.top.services if name.startswith("web-")]:
                    await self.top[name].stop(signal.SIGKILL)
                    await self.top[name].start()
            case "front door":
                await self.top["front-door"].stop(signal.SIGKILL)
                await self.top["front-door"].start()
            case "store":
                await self.top["seaweedfs"].stop(signal.SIGKILL)
                await self.top["seaweedfs"].start()

    async def end(self) -> None:
        if self._context:
            await self._context.close()

    async def _kill_browser(self) -> None:
        assert self._context is not None
        profile = self._folder / f"profile-{self._profile}"
        gone = asyncio.Event()
        self._context.on("close", lambda _: gone.set())
        for pid in running_in(profile, "chromium"):
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        await gone.wait()
        for lock in profile.glob("Singleton*"):
            lock.unlink()

    async def _browse(self) -> Page:
        self._context = context = await self._playwright.chromium.launch_persistent_context(
            self._folder / f"profile-{self._profile}",
            executable_path=shutil.which("chromium"),
            args=[*CHROMIUM, *OWN_CERTIFICATE],
            ignore_https_errors=True,
        )
        cookie = {"name": "__Host-farfield", "value": self._cookie, "url": f"{self.link.url}/"}
        await context.add_cookies([{**cookie, "secure": True, "httpOnly": True}])  # type: ignore[typeddict-item]
        page = context.pages[0]
        page.on("request", self._asked)
        page.on("requestfinished", self._answered)
        await page.goto(self.link.url)
        return page

    async def _pick(self, page: Page, *, again: bool) -> None:
        await page.goto(f"{self.link.url}/lessons/{self.lesson}/upload")
        if again:
            await page.get_by_text(re.compile("was interrupted")).wait_for()
        stored: asyncio.Future[float] = asyncio.get_running_loop().create_future()

        def progress(request: Request) -> None:
            if request.method == "PUT" and not stored.done():
                stored.set_result(time.monotonic())

        page.on("requestfinished", progress)
        began = time.monotonic()
        await page.locator("input[type=file]").set_input_files(self.file)
        if not again:
            await page.get_by_role("button", name="Start the upload").click()
        async with asyncio.timeout(60):
            at = await stored
        if again:
            self.first_progress.append(at - began)

    def _asked(self, request: Request) -> None:
        if request.method == "PUT":
            offset, _, end = request.url.rpartition("/")[2].partition("-")
            self.block_sizes.append(int(end) - int(offset))

    def _answered(self, request: Request) -> None:
        if request.url.endswith("/complete"):
            self.complete.set()


async def ordeal(*, seed: int, quick: bool, postgres: Postgres | None = None) -> dict[str, float]:
    size = (12 if quick else 1024) * MIB
    blows = list(QUICK if quick else BLOWS)
    random.Random(seed).shuffle(blows)
    folder = Path(tempfile.mkdtemp(prefix="fft-", dir="/tmp"))
    async with AsyncExitStack() as later:
        later.callback(shutil.rmtree, folder, ignore_errors=True)
        file = write_film(folder / "ordeal.mp4", size, seed)
        total = file.stat().st_size
        postgres = postgres or await later.enter_async_context(running_postgres(durable=False))
        pages, each = ROOT / "static/dist", 1 if quick else 2
        top = await later.enter_async_context(composed(postgres, webs=each, lives=each, pages=pages, https=True))
        link = await later.enter_async_context(link_to(top.port, ROAD, https=True))
        playwright = await later.enter_async_context(async_playwright())
        one = Ordeal(top, link, playwright, folder, file, seed)
        later.push_async_callback(one.end)
        await one.begin()
        before, began = link.bytes_up, time.monotonic()
        for number, blow in enumerate(blows, 1):
            await link.carried(before + total * number / (len(blows) + 1))
            await one.strike(blow)
        await one.complete.wait()
        took = time.monotonic() - began
        extra = link.bytes_up - before - total
        print(f"  {took:.0f} s, {extra / MIB:.1f} MiB more than the file on the link", flush=True)
        same = await _stored_sum(top, one.lesson) == await asyncio.to_thread(_sum, file)
        return rounded(
            {
                "same_sha256": float(same),
                "blows": len(blows),
                "blocks_resent_a_blow": max(0, extra) / len(blows) / statistics.mean(one.block_sizes),
                "mib_resent": extra / MIB,
                "mean_block_mib": statistics.mean(one.block_sizes) / MIB,
                "first_progress_s": max(one.first_progress),
                "first_progress_median_s": statistics.median(one.first_progress),
                "seconds": took,
            }
        )


async def _stored_sum(top: Topology, lesson: str) -> str:
    """Of what its owner downloads, once it has been put together."""
    cookie = (await cookie_of(top.deps, top.cast.teacher)).partition("=")[2]
    headers = {"Cookie": f"__Host-farfield={cookie}"}
    async with aiohttp.ClientSession(top.origin, headers=headers, cookie_jar=aiohttp.DummyCookieJar()) as client:
        while True:
            async with client.get(f"/media/lessons/{lesson}/original", ssl=False) as answer:
                if answer.status == 200:
                    found = hashlib.sha256()
                    async for piece in answer.content.iter_chunked(MIB):
                        found.update(piece)
                    return found.hexdigest()
            await asyncio.sleep(0.5)


def _sum(file: Path) -> str:
    with file.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="a small file and five blows; the reach is not judged")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args(arguments)

    async def within() -> dict[str, float]:
        async with asyncio.timeout(MOST_S):
            return await ordeal(seed=options.seed, quick=options.quick)

    figures = asyncio.run(within())
    for figure, value in figures.items():
        wanted = REACH.get(figure)
        print(f"  {figure:32} {value:>12,}{f'  {wanted[0]} {wanted[1]:,}' if wanted else ''}")
    said: dict[str, Any] = {"bench": "torture-upload", "seed": options.seed, "quick": options.quick}
    print(json.dumps(said | {"figures": figures, "reach": REACH}))
    return 0 if options.quick or all(COMPARE[how](figures[name], most) for name, (how, most) in REACH.items()) else 1


if __name__ == "__main__":
    sys.exit(main())
