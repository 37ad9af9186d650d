"""Cutting parts out on a phone: what is marked stays until it is saved, and the keyboard never loses its place."""

import re
from pathlib import Path
from uuid import uuid4

from playwright.async_api import Page, Route, expect

from tests.browser.conftest import PHONE, SignIn, until
from tests.browser.test_stages import post
from tests.browser.test_upload import pick, start, watch
from tests.fixtures.clips import make_clip

HELD = """(row) => {
    const { left, width, top, bottom } = row.getBoundingClientRect();
    return [top + 2, bottom - 2].every((y) => row.contains(document.elementFromPoint(left + width / 2, y)));
}"""
"""Of an element: nothing lies over it."""


async def seek_to(page: Page, seconds: float) -> None:
    await page.evaluate(f"document.querySelector('video').currentTime = {seconds}")
    await until(page, "!document.querySelector('video').seeking")


async def test_marks_outlive_a_refetch_and_a_save_that_fails_and_are_never_covered(
    sign_in: SignIn, tmp_path: Path
) -> None:
    page = await sign_in("Toni", viewport=PHONE)
    await pick(page, make_clip(tmp_path / "film.mp4", frames=300), f"Cut {uuid4()}")
    cycle = page.url.split("/cycles/")[1].split("/")[0]
    await start(page)
    await watch(page)
    lesson = page.url.rsplit("/", 1)[1]
    await page.get_by_text("Cut parts out").click()
    box = page.locator(".cut-out")

    await seek_to(page, 2)
    await box.get_by_role("button", name="Cut everything before 0:02").click()
    await seek_to(page, 5)
    await box.get_by_role("button", name="Cut from here").press("Enter")
    await seek_to(page, 6)
    await expect(box.get_by_role("button", name="To here (0:06)")).to_be_focused()
    await page.keyboard.press("Enter")
    await expect(box.get_by_role("button", name="Cut from here")).to_be_focused()
    await expect(box.get_by_text("0:05 to 0:06 is marked to be cut out.")).to_be_attached()
    rows = box.get_by_role("listitem")
    await expect(rows).to_have_count(2)

    # The lesson is fetched anew, because its cycle changed.
    async with page.expect_response(lambda answer: answer.url.endswith(f"/api/lessons/{lesson}")):
        question = {"question": str(uuid4()), "text": "Why?", "revision": 0}
        await post(page, f"/api/cycles/{cycle}/commands", type="write_question", **question)
    await expect(rows).to_have_count(2)
    await expect(page.locator(".line .cut")).to_have_count(2)

    async def fail(route: Route) -> None:
        await route.fulfill(status=503, body="")

    commands = f"**/api/lessons/{lesson}/commands"
    await page.route(commands, fail)
    await box.get_by_role("button", name="Save", exact=True).press("Enter")
    await expect(box.get_by_role("alert")).not_to_be_empty()
    await expect(box.get_by_role("button", name="Save", exact=True)).to_be_focused()
    await expect(rows).to_have_count(2)
    await page.unroute(commands)

    # Folded up, nothing is lost and that it is not saved is said; the player above covers none of it.
    await page.get_by_text("Cut parts out").click()
    await expect(page.locator("summary", has_text="Not saved yet")).to_be_visible()
    await page.get_by_text("Cut parts out").click()
    for row in await rows.all():
        await row.get_by_role("button").last.focus()
        assert await row.evaluate(HELD)
    assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth")

    await rows.first.get_by_role("button", name="Put 0:00 to 0:02 back in").press("Enter")
    await expect(rows.first.get_by_role("button", name="Put 0:05 to 0:06 back in")).to_be_focused()
    await box.get_by_role("button", name="Save", exact=True).press("Enter")
    await expect(box.get_by_text(re.compile("^Saved"))).to_be_visible()
    await expect(page.locator("summary", has_text="Not saved yet")).to_be_hidden()
    await expect(box.get_by_role("button", name="Cut from here")).to_be_focused()
