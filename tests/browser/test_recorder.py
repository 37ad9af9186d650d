"""A lesson filmed in the page: kept without a network, kept through a crash, and at the times at which it was seen."""

import re
from collections.abc import AsyncIterator
from pathlib import Path
from uuid import uuid4

import pytest
from playwright.async_api import Browser, BrowserContext, Page, ViewportSize, async_playwright, expect

from tests.browser.conftest import CHROMIUM, OTHER_NAME, SignIn, become, go_back, until
from tests.fixtures.clips import read_frames
from tests.fixtures.filming import compare, crash, elapsed_s, furthest_ms, make_camera, set_up, start, stop
from tests.fixtures.link import Link, link_to
from tests.fixtures.running import Running

UPRIGHT, SIDEWAYS = ViewportSize(width=360, height=640), ViewportSize(width=640, height=360)


@pytest.fixture(scope="module")
async def filming_browser(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Browser]:
    """With a camera: a film of bars that say their number."""
    film = tmp_path_factory.mktemp("camera") / "bars.mjpeg"
    async with async_playwright() as playwright:
        chromium = await playwright.chromium.launch(
            executable_path=CHROMIUM, args=["--no-sandbox", "--no-first-run", *make_camera(film, seconds=60)]
        )
        yield chromium
        await chromium.close()


@pytest.fixture
async def link(farfield: Running) -> AsyncIterator[Link]:
    async with link_to(farfield.port) as between:
        yield between


@pytest.fixture
async def toni(filming_browser: Browser, sign_in: SignIn) -> AsyncIterator[BrowserContext]:
    """Toni's device with a camera, which she may use."""
    page = await sign_in("Toni")
    state = await page.context.storage_state()
    context = await filming_browser.new_context(
        storage_state=state, permissions=["camera", "microphone"], reduced_motion="reduce"
    )
    yield context
    await context.close()


async def cycle_of(page: Page) -> str:
    found = await page.get_by_role("link", name=re.compile("^Cycle 1 with")).get_attribute("href")
    assert found
    return found


async def open_camera(toni: BrowserContext, url: str, title: str) -> Page:
    page = await toni.new_page()
    await page.goto(url)
    await set_up(page, url + await cycle_of(page), title)
    return page


async def filmed_for(page: Page, seconds: int) -> None:
    await until(page, f"Number(document.querySelector('[role=timer]').textContent.split(':')[1]) >= {seconds}")


async def nothing_left(page: Page) -> None:
    folder = "(await navigator.storage.getDirectory()).keys()"
    await until(page, f"(await Array.fromAsync({folder})).length === 0")


async def in_farfield(page: Page, title: str, folder: Path) -> tuple[Path, Path]:
    """Wait until the lesson is ready; its original and its rendition as files."""
    home = "/".join(page.url.split("/")[:3])
    link = page.get_by_role("link", name=title, exact=True)
    await page.goto(home + await cycle_of(page))
    lesson = (await link.get_attribute("href") or "").split("/")[2]
    state = f"(await (await fetch('/api/lessons/{lesson}')).json()).lesson.state"
    await until(page, f"{state} === 'ready'")
    play = (await (await page.request.get(f"{home}/api/lessons/{lesson}")).json())["play"]
    original, rendition = folder / "original.webm", folder / "rendition.mp4"
    for path, file in ((f"/media/lessons/{lesson}/original", original), (play["progressive"], rendition)):
        answer = await page.request.get(home + path, headers={"Range": "bytes=0-"})
        assert answer.ok, f"{path}: {answer.status}"
        file.write_bytes(await answer.body())
    return original, rendition


async def test_a_crash_in_the_middle_takes_seconds_at_most(toni: BrowserContext, link: Link, tmp_path: Path) -> None:
    title = f"Crashed {uuid4()}"
    page = await open_camera(toni, link.url, title)
    await start(page)
    await filmed_for(page, 2)
    link.cut()
    await filmed_for(page, 9)
    filmed_s, seen = await elapsed_s(page), await page.evaluate("seen")
    await crash(page)
    link.mend()
    link.stall_after(link.bytes_up + 40_000)  # enough for the page, not for what is left of the film

    page = await toni.new_page()
    await page.goto(link.url)
    await expect(page.get_by_role("heading", name=title)).to_be_visible()
    await link.flow()
    original, rendition = await in_farfield(page, title, tmp_path)

    found = compare(original, seen)
    assert found.last_ms >= (filmed_s - 5) * 1000
    assert abs(found.drift_ms) <= 100
    assert furthest_ms(original, rendition) <= 34
    await page.goto(link.url)
    await nothing_left(page)


async def test_a_take_through_the_end_of_a_session_is_sent_and_let_go(
    toni: BrowserContext, farfield: Running, tmp_path: Path
) -> None:
    title = f"Filmed {uuid4()}"
    page = await open_camera(toni, farfield.url, title)
    await start(page)
    second = await open_camera(toni, farfield.url, "Another one")
    await second.get_by_role("button", name="Start filming").click()
    await expect(second.get_by_role("alert")).to_contain_text("in another tab or window already")
    await second.close()
    await page.bring_to_front()
    signed_in = await toni.cookies()
    await toni.clear_cookies()
    await expect(page.get_by_text("You are signed out; filming goes on")).to_be_visible()
    await toni.add_cookies(signed_in)  # type: ignore[arg-type]
    await filmed_for(page, 3)
    await stop(page)

    await expect(page.get_by_role("heading", name="The lesson is filmed")).to_be_visible()
    await nothing_left(page)
    await page.goto(farfield.url)
    original, rendition = await in_farfield(page, title, tmp_path)
    assert read_frames(original)[-1].at_ms >= 2_500
    assert furthest_ms(original, rendition) <= 34


async def test_whoever_signs_in_next_does_not_see_what_was_filmed(
    toni: BrowserContext, farfield: Running, sign_in: SignIn
) -> None:
    title = f"Private {uuid4()}"
    page = await open_camera(toni, farfield.url, title)
    await page.get_by_label("Send it while filming").uncheck()
    await start(page)
    await filmed_for(page, 1)
    await stop(page)
    await expect(page.get_by_role("button", name="Look at it")).to_be_visible()
    film = page.url
    coach = await sign_in("Cole")
    await become(page, "Cole Coachman", await coach.context.cookies())
    await go_back(page, film)
    await expect(page.get_by_role("heading", name="Film the lesson")).to_be_visible()
    await expect(page.get_by_text("are kept on this device")).to_have_count(0)


async def test_a_camera_taken_away_leaves_what_was_filmed(toni: BrowserContext, farfield: Running) -> None:
    title = f"Taken {uuid4()}"
    page = await open_camera(toni, farfield.url, title)
    await page.get_by_label("Send it while filming").uncheck()
    await start(page)
    await filmed_for(page, 2)

    lost = "document.querySelector('video.preview').srcObject.getVideoTracks()[0].dispatchEvent(new Event('ended'))"
    await page.evaluate(lost)

    await expect(page.get_by_text("The camera was taken away")).to_be_visible()
    await page.goto(farfield.url)
    card = page.locator("section.card").filter(has_text=title)
    await expect(card.get_by_role("button", name="Send it")).to_be_visible()
    await card.get_by_role("button", name="Look at it").click()
    await until(page, "document.querySelector('video.preview')?.videoWidth > 0")
    await card.get_by_role("button", name="Delete it").click()
    await card.get_by_role("button", name="Delete it").click()
    await expect(card).to_have_count(0)
    await nothing_left(page)


async def test_a_full_device_ends_the_take_and_keeps_it(toni: BrowserContext, farfield: Running) -> None:
    page = await open_camera(toni, farfield.url, f"Full {uuid4()}")
    await page.get_by_label("Send it while filming").uncheck()
    await start(page)
    await filmed_for(page, 2)

    session = await toni.new_cdp_session(page)
    await session.send("Storage.overrideQuotaForOrigin", {"origin": farfield.url, "quotaSize": 1000})

    await expect(page.get_by_text("This device has no room left")).to_be_visible()
    await page.get_by_role("button", name="Look at it").click()
    await until(page, "document.querySelector('video.preview')?.videoWidth > 0")


async def test_a_camera_that_may_not_be_used_is_explained(sign_in: SignIn, farfield: Running) -> None:
    """Without one, and with one that was refused; the way with a video from the device stays open."""
    without = await sign_in("Toni")
    await without.goto(farfield.url + await cycle_of(without) + "/film")
    await without.get_by_role("button", name="Use the camera").click()
    await expect(without.get_by_role("alert")).to_contain_text("no camera and microphone")
    await expect(without.get_by_role("link", name="Add a video from this device instead")).to_be_visible()

    refusing = (
        "void (navigator.mediaDevices.getUserMedia = async () => { throw new DOMException('', 'NotAllowedError') })"
    )
    await without.evaluate(refusing)
    await without.get_by_role("button", name="Try again").click()
    await expect(without.get_by_role("alert")).to_contain_text("allow both for this page")


async def test_over_plain_http_filming_is_not_offered_and_said(sign_in: SignIn, farfield: Running) -> None:
    plain = f"http://{OTHER_NAME}:{farfield.port}"
    page = await sign_in("Toni")
    film = await cycle_of(page) + "/film"
    for cookie in await page.context.cookies():
        there = {"name": cookie["name"], "value": cookie["value"], "domain": OTHER_NAME, "path": "/"}
        await page.context.add_cookies([there])  # type: ignore[list-item]
    await page.goto(plain + film)
    await expect(page.get_by_text("Over plain HTTP the browser keeps the camera back")).to_be_visible()
    await page.get_by_role("link", name="Add a video from this device instead").click()
    await expect(page.get_by_text("Pick the video")).to_be_visible()
    await expect(page.get_by_role("link", name="Film the lesson now")).to_have_count(0)


async def test_on_a_phone_the_one_button_is_in_view(toni: BrowserContext, farfield: Running) -> None:
    page = await open_camera(toni, farfield.url, "From a phone")
    await page.get_by_label("Send it while filming").uncheck()
    for size in (SIDEWAYS, UPRIGHT):
        await in_view(page, size, "Start filming")
    await start(page)
    for size in (UPRIGHT, SIDEWAYS):
        await in_view(page, size, "Stop filming")
        await expect(page.get_by_role("timer")).to_be_in_viewport()


async def in_view(page: Page, size: ViewportSize, button: str) -> None:
    await page.set_viewport_size(size)
    await page.evaluate("scrollTo(0, 0)")
    assert await page.evaluate("document.documentElement.scrollWidth") <= size["width"]
    await expect(page.get_by_role("button", name=button)).to_be_in_viewport(ratio=1)
