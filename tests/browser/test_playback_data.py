"""What a lesson costs to watch, and what it says when nothing more comes: in Chromium, over a line that can be cut."""

import asyncio
import re
from collections.abc import Callable

from playwright.async_api import Page, Route, expect

from tests.browser.conftest import PHONE, SignIn, until
from tests.browser.test_review_room import at_ms, enter_room
from tests.fixtures.link import link_to
from tests.fixtures.running import Running

PIECE = re.compile(r"/media/lessons/[^/]+/\d+-([a-z0-9]+)(?:-init|-\d+)?\.(?:mp4|m4s)$")


def renditions(page: Page) -> list[str]:
    """Which rendition each part of the film that the page asks for from now on is of."""
    asked: list[str] = []

    def note(url: str) -> None:
        if found := PIECE.search(url):
            asked.append(found[1])

    page.on("request", lambda request: note(request.url))
    return asked


async def menu(page: Page) -> None:
    await page.get_by_role("button", name="Picture and data").click()


async def play_to(page: Page, seconds: float) -> None:
    await page.get_by_role("button", name="Play", exact=True).click()
    await until(page, f"document.querySelector('video').currentTime > {seconds}")


def answering(status: int) -> Callable[[Route], object]:
    return lambda route: route.fulfill(status=status, body="")


async def test_it_starts_with_the_smallest_picture_and_rises(sign_in: SignIn) -> None:
    page = await sign_in("Tess")
    asked = renditions(page)
    await enter_room(page)
    # What was fetched first is shown first, so it rises as it plays.
    await page.get_by_role("button", name="Play", exact=True).click()
    await until(page, "document.querySelector('video').videoHeight > 240")
    assert asked[0] == "240p"
    assert "audio" not in asked


async def test_saving_data_never_asks_for_more_than_360_and_is_kept(sign_in: SignIn) -> None:
    page = await sign_in("Cole")
    await enter_room(page)
    await menu(page)
    await page.get_by_label("Save data").check()
    room = page.url
    await page.goto("about:blank")  # with what the page before was just fetching
    asked = renditions(page)
    await page.goto(room)
    await until(page, "document.querySelector('video')?.readyState >= 3")
    await play_to(page, 2)

    assert asked
    assert set(asked) <= {"240p", "360p"}
    await menu(page)
    await expect(page.get_by_label("Save data")).to_be_checked()


async def test_sound_alone_fetches_no_picture_and_keeps_the_moment(sign_in: SignIn) -> None:
    page = await sign_in("Tess", viewport=PHONE)
    await enter_room(page)
    await play_to(page, 1)
    before = await at_ms(page)
    await menu(page)
    asked = renditions(page)
    await page.get_by_label("Sound only").check()
    await until(
        page, "document.querySelector('video').videoWidth === 0 && document.querySelector('video').readyState >= 3"
    )

    await expect(page.get_by_text("Sound only. The picture is switched off.")).to_be_visible()
    assert await at_ms(page) >= before
    assert not await page.evaluate("document.querySelector('video').paused")
    assert set(asked) == {"audio"}
    await page.keyboard.press("Escape")
    await expect(page.get_by_role("button", name="Picture and data")).to_be_focused()


async def test_a_part_that_is_refused_asks_once_and_stops_where_the_lesson_is_closed(sign_in: SignIn) -> None:
    page = await sign_in("Cole")
    await enter_room(page)
    lesson = page.url.rsplit("/", 1)[1]
    refused: list[str] = []
    # What it takes back before an answer is there was not refused.
    page.on("response", lambda response: refused.append(response.url) if response.status == 403 else None)
    # The lesson first: it still fetches ahead, and would be asked why before it is closed.
    await page.route(f"**/api/lessons/{lesson}", answering(404))
    await page.route(re.compile("/media/lessons/.*mp4"), answering(403))
    await page.evaluate("document.querySelector('video').currentTime = 85")

    await expect(page.get_by_role("alert")).to_contain_text("You no longer have access to this lesson.")
    assert 1 <= len(refused) <= 2
    assert await page.evaluate("document.querySelector('video').paused")


async def test_a_part_of_an_older_attempt_is_no_closed_lesson(sign_in: SignIn) -> None:
    page = await sign_in("Cole")
    await enter_room(page)
    await page.route(re.compile("/media/lessons/.*mp4"), answering(404), times=1)
    await page.evaluate("document.querySelector('video').currentTime = 85")

    await until(page, "document.querySelector('video').readyState >= 2 && !document.querySelector('video').seeking")
    assert await at_ms(page) == 85_000
    await expect(page.get_by_text("You no longer have access")).to_be_hidden()


async def test_without_a_connection_it_says_so_and_goes_on_by_itself(farfield: Running, sign_in: SignIn) -> None:
    async with link_to(farfield.port) as link:
        page = await sign_in("Cole", url=link.url)
        await enter_room(page)
        link.cut()
        await page.evaluate("document.querySelector('video').currentTime = 85")
        await expect(page.get_by_text("Waiting for the connection. It goes on by itself.")).to_be_visible()

        link.mend()

        await until(page, "document.querySelector('video').readyState >= 2 && !document.querySelector('video').seeking")
        await expect(page.get_by_text("Waiting for the connection")).to_be_hidden()
        assert await at_ms(page) == 85_000


async def test_the_store_is_away_for_a_moment(sign_in: SignIn) -> None:
    page = await sign_in("Cole")
    await enter_room(page)
    films = re.compile("/media/lessons/.*mp4")
    await page.route(films, answering(503))
    await page.evaluate("document.querySelector('video').currentTime = 85")
    await expect(page.get_by_text("The video cannot be fetched just now.")).to_be_visible()

    await page.unroute(films)

    await until(page, "document.querySelector('video').readyState >= 2 && !document.querySelector('video').seeking")
    assert await at_ms(page) == 85_000


async def test_pointing_at_the_line_shows_the_picture_of_that_moment(sign_in: SignIn) -> None:
    page = await sign_in("Tess")
    await enter_room(page)
    line = page.get_by_role("slider", name="Place in the lesson")
    box = await line.bounding_box()
    assert box
    await page.mouse.move(box["x"] + box["width"] * 62 / 90, box["y"] + 22)

    await expect(page.locator(".glimpse .tile")).to_have_attribute("data-start", "60000")
    await expect(page.locator(".glimpse .time")).to_have_text(re.compile("1:0[12]"))
    await expect(page.get_by_text(re.compile(r"Somebody speaks for \d+ % of the time\."))).to_be_visible()


async def test_a_moment_asked_for_while_it_loads_is_where_it_begins(sign_in: SignIn) -> None:
    page = await sign_in("Cole")
    flow = asyncio.Event()

    async def hold(route: Route) -> None:
        await flow.wait()
        await route.continue_()

    await page.route(re.compile("/playlists/"), hold)
    # It would begin elsewhere.
    address = await page.get_by_role("link", name="Watch the lesson").first.get_attribute("href")
    await page.goto(f"{page.url.rstrip('/')}{address}#t=12")
    line = page.get_by_role("slider", name="Place in the lesson")
    await expect(line).to_have_attribute("aria-valuenow", "12")
    for _ in range(2):
        await line.press("ArrowLeft")
    await expect(line).to_have_attribute("aria-valuenow", "2")
    flow.set()

    await until(page, "document.querySelector('video').readyState >= 2 && !document.querySelector('video').seeking")
    assert await at_ms(page) == 2_000
    await expect(line).to_have_attribute("aria-valuenow", "2")


async def test_full_screen_has_the_line_and_the_buttons(sign_in: SignIn) -> None:
    page = await sign_in("Tess")
    await enter_room(page)
    await page.get_by_role("button", name="Full screen", exact=True).click()
    leave = page.get_by_role("button", name="Leave full screen")
    await expect(leave).to_be_visible()
    full = page.locator(".theatre:fullscreen")

    await full.get_by_role("button", name="Play", exact=True).click()
    await full.get_by_role("button", name="Pause", exact=True).click()
    line = full.get_by_role("slider")
    box = await line.bounding_box()
    assert box
    # Near the beginning: the demo's film may still be encoded.
    await line.click(position={"x": box["width"] / 20, "y": box["height"] / 2})
    await until(page, "Math.abs(document.querySelector('video').currentTime - 4.5) < 0.5")
    picture = await full.locator(".screen").bounding_box()
    assert picture
    assert picture["y"] == 0
    assert picture["height"] > 500
    assert await full.evaluate("(all) => all.scrollHeight <= innerHeight && all.scrollWidth <= innerWidth")
    await leave.click()
    await expect(page.get_by_role("button", name="Full screen", exact=True)).to_be_visible()
