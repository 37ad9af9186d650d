"""A teacher watches and writes about the copy on their own device while it is still being sent."""

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from uuid import uuid4

from playwright.async_api import Page, Route, expect

from tests.browser.conftest import FRAME_SHOWN, SignIn, become, go_back, until
from tests.browser.test_upload import pick, start
from tests.fixtures.clips import FPS, make_clip


@asynccontextmanager
async def no_block_arrives(page: Page) -> AsyncIterator[None]:
    """Holds every block on its way until the end of the context."""
    flow = asyncio.Event()

    async def hold(route: Route) -> None:
        await flow.wait()
        await route.continue_()

    await page.route("**/media/uploads/**", hold)
    try:
        yield
    finally:
        flow.set()


async def go_to(page: Page, frame: int) -> None:
    """Seek to the middle of the very frame."""
    await page.evaluate(f"document.querySelector('video').currentTime = {(frame + 0.5) / FPS}")
    await until(page, "!document.querySelector('video').seeking && document.querySelector('video').readyState >= 2")


async def write(page: Page, words: str) -> None:
    await page.get_by_placeholder("What do you see here?").fill(words)
    await page.get_by_role("button", name="Save", exact=True).click()
    await expect(page.get_by_role("listitem").filter(has_text=words)).to_be_visible()
    await expect(page.get_by_text("sending")).to_have_count(0)


async def test_whoever_signs_in_next_on_the_page_sees_only_what_farfield_has(sign_in: SignIn, tmp_path: Path) -> None:
    page, coach = await sign_in("Toni"), await sign_in("Cole")
    await pick(page, make_clip(tmp_path / "own.mp4", frames=60), f"Own {uuid4()}", release=True)
    async with no_block_arrives(page):
        await start(page)
        await page.get_by_role("link", name="Watch and write meanwhile").click()
        await until(page, "document.querySelector('video')?.src.startsWith('blob:')")
        lesson = page.url
        await become(page, "Cole Coachman", await coach.context.cookies())
        await go_back(page, lesson)
        await expect(page.get_by_role("heading", name=re.compile("^Own"))).to_be_visible()
        assert await page.locator("video").count() == 0


async def test_what_is_written_on_the_own_copy_points_at_the_same_frame_later(
    sign_in: SignIn, tmp_path: Path
) -> None:
    page = await sign_in("Toni")
    clip = make_clip(tmp_path / "early.mp4", frames=180)
    await pick(page, clip, f"Early {uuid4()}")
    async with no_block_arrives(page):
        await start(page)
        await page.get_by_role("link", name="Watch and write meanwhile").click()
        await until(page, "document.querySelector('video')?.readyState >= 2")
        await go_to(page, 47)
        assert await page.evaluate(FRAME_SHOWN) == 47
        await write(page, "a hand goes up")
        lesson = page.url.rsplit("/", 1)[1]
        kept = await page.evaluate(f"fetch('/api/lessons/{lesson}').then((answer) => answer.json())")
        assert kept["lesson"]["state"] == "arriving", "it is there before the first block"
        assert [draft["body"] for draft in kept["notebook"]["drafts"].values()] == ["a hand goes up"]

    await expect(page.get_by_text("You are watching the copy on this device")).to_be_hidden()
    await page.reload()
    await until(page, "document.querySelector('video')?.readyState >= 2")

    item = page.get_by_role("listitem").filter(has_text="a hand goes up")
    await item.get_by_role("button", name=re.compile("^Go to")).click()
    await until(page, "document.querySelector('video').currentTime > 1 && !document.querySelector('video').seeking")
    assert await page.evaluate(FRAME_SHOWN) == 47


async def test_a_format_without_a_decoder_says_so_and_takes_words(sign_in: SignIn, tmp_path: Path) -> None:
    page = await sign_in("Toni")
    hevc = ("-c:v", "libx265", "-x265-params", "log-level=none", "-tag:v", "hvc1")
    clip = make_clip(tmp_path / "phone.mov", frames=90, options=hevc)
    await pick(page, clip, f"Phone {uuid4()}")
    async with no_block_arrives(page):
        await start(page)
        await page.get_by_role("link", name="Watch and write meanwhile").click()

        await expect(page.get_by_text(re.compile("cannot (show the picture|play this video)"))).to_be_visible()
        await write(page, "written without a picture")

    await expect(page.get_by_text(re.compile("cannot (show the picture|play this video)"))).to_be_hidden()
    await until(page, "document.querySelector('video')?.videoWidth > 0")


async def test_a_file_that_does_not_play_here_takes_words_at_a_time(sign_in: SignIn) -> None:
    page = await sign_in("Toni")
    odd = {"name": "odd.mp4", "mimeType": "video/mp4", "buffer": b"no film at all. " * 999}
    await pick(page, odd, f"Odd {uuid4()}")
    async with no_block_arrives(page):
        await start(page)
        await page.get_by_role("link", name="Watch and write meanwhile").click()
        await page.get_by_label(re.compile("Write at this time")).fill("12:30")
        await write(page, "at half past twelve")

        item = page.get_by_role("listitem").filter(has_text="at half past twelve")
        await expect(item.get_by_role("button", name="Go to 12:30")).to_be_visible()
