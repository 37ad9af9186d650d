"""`/network` as somebody opens it who looks after a school's network: signed out, through filters of several kinds."""

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from urllib.parse import unquote

import pytest_asyncio
from playwright.async_api import Browser, Page, Route, expect

from service.embedded.seaweedfs import Store
from tests.browser.conftest import DESK, PHONE
from tests.fixtures.filters import filtered
from tests.fixtures.front_door import Door, opened
from tests.fixtures.running import ROOT

NOWHERE = Store("http://127.0.0.1:9", "nobody", "nothing", "farfield")
"""No video is carried here, so there is no store."""
DIST = ROOT / "static/dist"


@pytest_asyncio.fixture(scope="module")
async def plain_door() -> AsyncIterator[Door]:
    async with opened(NOWHERE, pages=DIST) as door:
        yield door


@asynccontextmanager
async def page_at(browser: Browser, url: str, viewport: dict[str, int] = DESK) -> AsyncIterator[Page]:
    context = await browser.new_context(viewport=viewport, ignore_https_errors=True, reduced_motion="reduce")  # type: ignore[arg-type]
    page = await context.new_page()
    await page.goto(f"{url}/network")
    try:
        yield page
    finally:
        await context.close()


async def hold_nothing(route: Route) -> None:
    """The page holds an answer back for twenty seconds; a test has not got them."""
    await route.continue_(url=re.sub(r"wait=\d+", "wait=1", route.request.url))


async def ran(page: Page) -> dict[str, str]:
    """The verdicts by check, once all is tried."""
    await page.route("**/api/network?wait=*", hold_nothing)
    await page.get_by_role("button", name="Start the test").click()
    await expect(page.get_by_role("button", name="Test again")).to_be_visible(timeout=90_000)
    rows = page.locator("[data-check]")
    return {
        str(await row.get_attribute("data-check")): await row.locator(".verdict").inner_text()
        for row in await rows.all()
    }


async def said(page: Page, check: str) -> str:
    return await page.locator(f'[data-check="{check}"]').inner_text()


async def test_everything_works_and_is_taken_along(browser: Browser) -> None:
    async with opened(NOWHERE, https=True, pages=DIST) as door, page_at(browser, door.origin, PHONE) as page:
        found = await ran(page)

        assert found == dict.fromkeys(
            ("answer", "https", "version", "socket", "block", "methods", "range", "clock", "up", "down"), "works"
        )
        await expect(page.get_by_role("status").first).to_have_text("Everything that Farfield needs works from here.")
        assert "HTTP/2" in await said(page, "version")
        assert "Mbit/s" in await said(page, "up")
        mail = unquote(str(await page.get_by_role("link", name="Send by mail").get_attribute("href")))
        assert mail.startswith("mailto:?subject=Network test for Farfield, 127.0.0.1")
        assert "WebSocket: works. Opened, and a text came back.\r\n" in mail
        assert "- Methods: GET, HEAD, POST, PUT, DELETE\r\n" in mail
        await page.context.grant_permissions(["clipboard-read", "clipboard-write"])
        await page.get_by_role("button", name="Copy as text").click()
        await expect(page.get_by_text("Copied.")).to_be_visible()
        assert (await page.evaluate("navigator.clipboard.readText()")).replace("\r\n", "\n") in mail.replace(
            "\r\n", "\n"
        )
        await page.emulate_media(media="print")
        await expect(page.get_by_role("button", name="Print")).to_be_hidden()
        await expect(page.get_by_role("heading", name="What to allow")).to_be_visible()
        await page.emulate_media(media="screen")
        assert await page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]


async def test_where_upgrades_are_dropped_the_long_poll_stands_in(browser: Browser, plain_door: Door) -> None:
    def judge(head: bytes) -> bytes | None:
        return None if b"upgrade: websocket" in head.lower() else head

    async with (
        filtered(plain_door.port, judge, status="403 Forbidden") as (filter_, url),
        page_at(browser, url) as page,
    ):
        found = await ran(page)

        assert {check for check, verdict in found.items() if verdict == "does not work"} == {"https", "socket"}
        assert found["poll"] == "works"
        assert "Allow the WebSocket upgrade at /live" in await said(page, "socket")
        assert any(line.startswith("GET /live?try") for line in filter_.blocked)
        await expect(page.get_by_role("status").first).to_have_text("2 things do not work from here.")


async def test_a_block_page_is_recognised_and_named(browser: Browser, plain_door: Door) -> None:
    """The pages of Farfield come through, what is under /media/ and what is sent does not; ranges are taken out."""

    def judge(head: bytes) -> bytes | None:
        if head.startswith((b"PUT", b"DELETE")):
            return None
        return re.sub(rb"\r\nRange: [^\r]*", b"", head)

    async with filtered(plain_door.port, judge) as (filter_, url), page_at(browser, url, PHONE) as page:
        found = await ran(page)

        wrong = {check for check, verdict in found.items() if verdict == "does not work"}
        assert wrong == {"https", "block", "methods", "range"}
        assert "A page answered that is not Farfield's: “Blocked by SchoolGuard”." in await said(page, "block")
        assert "DELETE did not come through." in await said(page, "methods")
        assert "The whole came instead of the piece." in await said(page, "range")
        assert {line.split()[0] for line in filter_.blocked} == {"PUT", "DELETE"}


async def test_a_portal_in_between_is_said(browser: Browser, plain_door: Door) -> None:
    """What a browser has kept opens, and every question is answered by somebody else."""

    def judge(head: bytes) -> bytes | None:
        return head if re.match(rb"GET /(network|assets/\S+|favicon.svg) ", head) else None

    async with filtered(plain_door.port, judge) as (_, url), page_at(browser, url) as page:
        found = await ran(page)

        assert found == dict.fromkeys(
            ("answer", "https", "socket", "poll", "block", "methods", "range", "up", "down"), "does not work"
        )
        assert "Blocked by SchoolGuard" in await said(page, "answer")
        assert "Blocked by SchoolGuard" in await said(page, "down")


async def test_the_sign_in_page_leads_there(browser: Browser, plain_door: Door) -> None:
    context = await browser.new_context(viewport=DESK)  # type: ignore[arg-type]
    page = await context.new_page()
    await page.goto(f"{plain_door.origin}/sign-in")
    await page.get_by_role("link", name="Does this network let lessons through?").click()
    await expect(page.get_by_role("button", name="Start the test")).to_be_visible()
    await context.close()
