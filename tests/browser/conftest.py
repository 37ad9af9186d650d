"""One running demo for all browser tests, and real Chromium contexts for its people."""

import asyncio
import shutil
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import pytest
from playwright.async_api import Browser, BrowserContext, Cookie, Page, StorageState, async_playwright, expect

from tests.fixtures.running import Running, running

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or "/usr/bin/chromium"
DESK = {"width": 1280, "height": 800}
PHONE = {"width": 360, "height": 640}
OTHER_NAME = "farfield.test"
"""Resolves to this machine, but is not localhost: over plain HTTP much of the browser is switched off there."""

SignIn = Callable[..., Awaitable[Page]]
Somebody = Callable[..., Awaitable[Page]]
LIMIT_BYTES = 64 * 1024 * 1024

FRAME_SHOWN = """async () => {
  const video = document.querySelector("video"), canvas = new OffscreenCanvas(16, 1);
  await new Promise((seen) => { video.requestVideoFrameCallback(seen); setTimeout(seen, 500); });
  const brush = canvas.getContext("2d", { willReadFrequently: true });
  brush.imageSmoothingEnabled = false;
  brush.drawImage(video, 0, 0, 16, 1);
  const pixels = brush.getImageData(0, 0, 16, 1).data;
  return [...Array(16).keys()].reduce((n, bit) => n + (pixels[bit * 4] > 125 ? 1 << bit : 0), 0);
}"""
"""In the page: the number that is painted on the frame of a clip of `make_clip` that is on screen."""

expect.set_options(timeout=30_000)


async def until(page: Page, condition: str) -> None:
    """Wait in the page, frame by frame: Playwright's own way evaluates text, which our pages forbid."""
    async with asyncio.timeout(30):
        await page.evaluate(f"async () => {{ while (!({condition})) await new Promise(requestAnimationFrame) }}")


async def become(page: Page, name: str, theirs: list[Cookie]) -> None:
    """Whoever was signed in is so no longer, and somebody else signs in on the same page: nobody loads it anew."""
    await page.context.clear_cookies()
    await page.get_by_role("link", name="Farfield", exact=True).click()
    await expect(page.get_by_role("heading", name="You are signed out")).to_be_visible()
    await page.context.add_cookies(theirs)  # type: ignore[arg-type]
    await page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    await expect(page.get_by_role("link", name=name)).to_be_visible()


async def go_back(page: Page, url: str) -> None:
    """As the browser's own button does."""
    await page.evaluate("(url) => (history.pushState({}, '', url), dispatchEvent(new PopStateEvent('popstate')))", url)


@pytest.fixture(scope="session")
async def farfield() -> AsyncIterator[Running]:
    folder = Path(tempfile.mkdtemp(prefix="ff-", dir="/tmp"))
    try:
        async with running(folder, FARFIELD_MAX_UPLOAD_BYTES=str(LIMIT_BYTES)) as demo:
            await demo.says("The demo lesson can be watched")
            yield demo
    finally:
        shutil.rmtree(folder)


@pytest.fixture(scope="session")
async def browser() -> AsyncIterator[Browser]:
    async with async_playwright() as playwright:
        chromium = await playwright.chromium.launch(
            executable_path=CHROMIUM,
            args=[
                "--no-sandbox",
                "--autoplay-policy=no-user-gesture-required",
                "--disable-background-networking",
                "--disable-component-update",
                "--disable-sync",
                "--no-first-run",
                f"--host-resolver-rules=MAP {OTHER_NAME} 127.0.0.1",
            ],
        )
        yield chromium
        await chromium.close()


@pytest.fixture(scope="session")
def _signed_in() -> dict[str, StorageState]:
    return {}


@pytest.fixture
async def sign_in(
    farfield: Running, browser: Browser, _signed_in: dict[str, StorageState]
) -> AsyncIterator[SignIn]:
    """`await sign_in("Tess")` is a page of hers, in a context of its own; the link is used once, as it must be."""
    contexts: list[BrowserContext] = []

    async def open_page(name: str, *, url: str | None = None, viewport: dict[str, int] = DESK) -> Page:
        state = _signed_in.get(name)
        context = await browser.new_context(viewport=viewport, storage_state=state, reduced_motion="reduce")  # type: ignore[arg-type]
        contexts.append(context)
        page = await context.new_page()
        page.on("pageerror", lambda error: pytest.fail(f"the page of {name} broke: {error}"))
        if state is None:
            await page.goto(farfield.url + farfield.links[name])
            await page.get_by_role("button", name="Sign in").click()
            await expect(page.get_by_role("button", name="Sign out")).to_be_visible()
            _signed_in[name] = await context.storage_state()
        await page.goto((url or farfield.url) + "/")
        return page

    yield open_page
    for context in contexts:
        await context.close()


@pytest.fixture
async def somebody(farfield: Running, browser: Browser) -> AsyncIterator[Somebody]:
    """`await somebody("/sign-in")` is a page in a browser of its own, in which nobody is signed in."""
    contexts: list[BrowserContext] = []

    async def open_page(path: str = "/", *, viewport: dict[str, int] = DESK) -> Page:
        context = await browser.new_context(viewport=viewport, reduced_motion="reduce")  # type: ignore[arg-type]
        contexts.append(context)
        page = await context.new_page()
        page.on("pageerror", lambda error: pytest.fail(f"the page of somebody broke: {error}"))
        await page.goto(farfield.url + path)
        return page

    yield open_page
    for context in contexts:
        await context.close()
