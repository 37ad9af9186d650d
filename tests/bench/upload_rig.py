"""What the cases of `make bench-upload` share: one Farfield over HTTPS, one Chromium, a link for each page.

A case is a module `tests/bench/upload_*.py` with

    REACH: dict[str, tuple[str, float]]        # as in reporting.py: what some of its figures should come to
    async def measure(rig: Rig, *, seed: int, quick: bool) -> dict[str, float]

and is named in `upload.py`. Cases run side by side, each in contexts of its own, so none may count what others do too.
A quick run takes seconds and is not judged by its figures; it is what `make test` runs.
"""

import asyncio
import json
import random
import re
import shutil
import struct
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager, nullcontext
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

from playwright.async_api import Browser, BrowserContext, Page, Request, StorageState, async_playwright

from tests.fixtures.clips import make_clip
from tests.fixtures.link import Link, Road, link_to
from tests.fixtures.running import Running, running

MIB = 1024 * 1024
MARK = b"farfield-bench-m"
"""Stands in every KiB of a sent file: whoever reads one byte in a thousand of it has seen it."""
CHROMIUM = ("--no-sandbox", "--disable-background-networking", "--disable-component-update", "--no-first-run")
OWN_CERTIFICATE = ("--ignore-certificate-errors", "--disable-quic")
"""The certificate is Caddy's own; and QUIC would go past the link, which carries TCP."""


@dataclass
class Sent:
    """How one file got there."""

    size: int
    seconds: float
    """From pressing "Start" to the answer that all of it is there."""
    up: int
    """Bytes that were on the link meanwhile, whatever they were."""
    blocks: list[tuple[float, float, int, str]]
    """Of each PUT, in seconds since the start: sent, over, its bytes, how it ended."""

    def goodput(self, road: Road) -> float:
        return self.size * 8 / self.seconds / road.up

    @property
    def resent(self) -> float:
        """Share of the file that went over the link more than once, with all that is not the file."""
        return self.up / self.size - 1

    def timeline(self) -> str:
        return "\n".join(f"  {a:7.1f} {b:7.1f} {n / 1024:6.0f} KiB {how}" for a, b, n, how in self.blocks)


@dataclass
class Rig:
    farfield: Running
    browser: Browser
    folder: Path
    _later: AsyncExitStack
    _states: dict[str, StorageState] = field(default_factory=dict)
    _entering: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def link(self, road: Road) -> Link:
        return await self._later.enter_async_context(link_to(self.farfield.port, road, https=self.farfield.https))

    async def context(self, name: str, **options: Any) -> BrowserContext:
        """A browser of its own in which this person of the demo is signed in."""
        async with self._entering:
            if name not in self._states:
                first = await self.browser.new_context(ignore_https_errors=True)
                page = await first.new_page()
                await page.goto(self.farfield.url + self.farfield.links[name])
                await page.get_by_role("button", name="Sign in").click()
                await page.get_by_role("button", name="Sign out").wait_for()
                self._states[name] = await first.storage_state()
                await first.close()
        context = await self.browser.new_context(
            ignore_https_errors=True, storage_state=self._states[name], reduced_motion="reduce", **options
        )
        self._later.push_async_callback(context.close)
        return context

    async def page(self, name: str, link: Link | None = None, **options: Any) -> Page:
        """Their home, over this link."""
        page = await (await self.context(name, **options)).new_page()
        page.set_default_timeout(60_000)
        await page.goto((link.url if link else self.farfield.url) + "/")
        return page

    def file(self, size: int, seed: int) -> Path:
        """Bytes that no two seeds have in common, with the mark in every KiB."""
        path = self.folder / f"{size}-{seed}.mp4"
        if not path.exists():
            with path.open("wb") as file:
                write_marked(file, size, seed)
        return path

    def film(self, size: int, seed: int) -> Path:
        return write_film(self.folder / f"film-{size}-{seed}.mp4", size, seed)


def write_film(path: Path, size: int, seed: int) -> Path:
    """A short clip with so many marked bytes behind it, where players do not look."""
    make_clip(path, frames=60)
    with path.open("ab") as file:
        file.write(struct.pack(">I4s", size + 8, b"free"))
        write_marked(file, size, seed)
    return path


def write_marked(file: IO[bytes], size: int, seed: int) -> None:
    chance = random.Random(seed)
    while size > 0:
        size -= file.write((MARK + chance.randbytes(1024 - len(MARK)))[:size])


async def pick(page: Page, file: Path, title: str) -> None:
    """From home to where "Start" can be pressed."""
    await page.get_by_role("link", name=re.compile("^Cycle 1 with")).click()
    await page.get_by_role("link", name="Add a lesson").click()
    await page.get_by_label(re.compile("Pick the video")).set_input_files(file)
    await page.get_by_label(re.compile("What was the lesson")).fill(title)


async def press_start(page: Page) -> None:
    await page.get_by_role("button", name="Start the upload").click()


class Watched:
    """What a page sends from now on, until its upload is complete."""

    def __init__(self, page: Page, link: Link, size: int) -> None:
        self._size, self._link = size, link
        self._began, self._up = time.monotonic(), link.bytes_up
        self.begun = asyncio.Event()
        self._blocks: dict[Request, tuple[float, float, int, str]] = {}
        self._complete: asyncio.Future[Sent] = asyncio.get_running_loop().create_future()
        page.on("request", self._asked)
        page.on("requestfinished", lambda request: self._over(request, "stored"))
        page.on("requestfailed", lambda request: self._over(request, request.failure or "failed"))

    async def complete(self) -> Sent:
        return await self._complete

    @property
    def under_way(self) -> bool:
        return not self._complete.done()

    @property
    def seconds(self) -> float:
        return time.monotonic() - self._began

    def so_far(self) -> Sent:
        return Sent(self._size, self.seconds, self._link.bytes_up - self._up, sorted(self._blocks.values()))

    def _asked(self, request: Request) -> None:
        if request.method == "PUT" and "/media/uploads/" in request.url:
            offset, _, end = request.url.rpartition("/")[2].partition("-")
            self._blocks[request] = (self.seconds, self.seconds, int(end) - int(offset), "under way")
            self.begun.set()

    def _over(self, request: Request, how: str) -> None:
        if request in self._blocks:
            begun, _, size, _ = self._blocks[request]
            self._blocks[request] = (begun, self.seconds, size, how)
        elif request.url.endswith("/complete") and how == "stored" and not self._complete.done():
            self._complete.set_result(self.so_far())


async def send(page: Page, link: Link, size: int, weather: AbstractAsyncContextManager[None] | None = None) -> Sent:
    """What was picked goes up; its size only says how much that is. The weather begins with the first block."""
    watched = Watched(page, link, size)
    await press_start(page)
    await watched.begun.wait()
    async with weather or nullcontext():
        return await watched.complete()


async def protocol(page: Page) -> str:
    """What this page was fetched over: `h2`, `http/1.1`."""
    said: str = await page.evaluate("performance.getEntriesByType('navigation')[0].nextHopProtocol")
    return said


class Counter:
    """Stands before one of our sockets and counts what passes it, either way: bytes, and marks of sent files."""

    def __init__(self, target: Path) -> None:
        self.bytes = 0
        self.marks = 0
        self._target = target

    async def relay(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        onward_reader, onward = await asyncio.open_unix_connection(str(self._target))

        async def carry(source: asyncio.StreamReader, sink: asyncio.StreamWriter) -> None:
            tail = b""
            try:
                while piece := await source.read(65536):
                    self.bytes += len(piece)
                    self.marks += (tail + piece).count(MARK)
                    tail = (tail + piece)[-len(MARK) + 1 :]
                    sink.write(piece)
                    await sink.drain()
            except OSError:
                pass
            finally:
                sink.close()

        await asyncio.gather(carry(reader, onward), carry(onward_reader, writer))


@asynccontextmanager
async def counted(run_dir: Path) -> AsyncIterator[dict[str, Counter]]:
    """A counter before each of the sockets on which Python listens, for what is connected from now on."""
    counters: dict[str, Counter] = {}
    async with AsyncExitStack() as later:
        for name in ("web", "gate", "live"):
            real = run_dir / f"real-{name}.sock"
            (run_dir / f"{name}.sock").rename(real)
            counters[name] = Counter(real)
            server = await asyncio.start_unix_server(counters[name].relay, str(run_dir / f"{name}.sock"))
            later.callback(real.rename, run_dir / f"{name}.sock")
            later.callback(server.close)
        yield counters


@asynccontextmanager
async def rigged(*, https: str = "local") -> AsyncIterator[Rig]:
    """The demo, over HTTPS unless that is `off`, and a Chromium that takes its certificate."""
    folder = Path(tempfile.mkdtemp(prefix="ffb-", dir="/tmp"))
    async with AsyncExitStack() as later:
        later.callback(shutil.rmtree, folder, ignore_errors=True)
        farfield = await later.enter_async_context(running(folder / "d", FARFIELD_HTTPS=https))
        playwright = await later.enter_async_context(async_playwright())
        browser = await playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=[*CHROMIUM, *OWN_CERTIFICATE]
        )
        later.push_async_callback(browser.close)
        async with AsyncExitStack() as pages:
            yield Rig(farfield, browser, folder, pages)


async def tell_where(rig: Rig) -> None:
    """What each page shows, for whoever wonders why a case came to no end."""
    for context in rig.browser.contexts:
        for page in context.pages:
            print(page.url, await page.evaluate("document.body.innerText"), sep="\n", flush=True)


def said(name: str, sent: Sent, road: Road) -> None:
    """One line a run, for whoever looks on."""
    figures = {"goodput": round(sent.goodput(road), 3), "resent": round(sent.resent, 4), "seconds": round(sent.seconds)}
    lost = sum(how != "stored" for *_, how in sent.blocks)
    print(f"  {name}: {json.dumps(figures)} {len(sent.blocks)} blocks, {lost} lost", flush=True)
