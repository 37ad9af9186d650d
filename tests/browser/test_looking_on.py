"""Letting somebody look on, in real browsers; and taking a cycle away, on paper and as files."""

import re
from pathlib import Path
from uuid import uuid4

from playwright.async_api import Page, expect

from tests.browser.conftest import PHONE, SignIn, Somebody
from tests.browser.test_doors import first_link, letter
from tests.browser.test_review_room import write
from tests.fixtures.running import Running

LESSON = "Adding unlike parts, grade 5"


async def open_cycle(page: Page) -> None:
    await page.get_by_role("link", name=re.compile("^Cycle 2 ")).first.click()
    await expect(page.locator("summary", has_text="Take it away")).to_be_visible()


async def unfold(page: Page, title: str) -> None:
    part = page.locator("details.part", has=page.locator("summary", has_text=title))
    if await part.get_attribute("open") is None:
        await part.locator("summary").click()


async def let_in(teacher: Page, address: str, what: str) -> None:
    await unfold(teacher, "Who else looks on")
    button = teacher.get_by_role("button", name="Let somebody in", exact=True)
    if await button.is_visible():
        await button.click()
    await teacher.get_by_label("Their mail address").fill(address)
    await teacher.get_by_role("radio", name=what).check()
    await teacher.get_by_role("button", name="Let them in").click()
    await expect(teacher.get_by_text(f"If {address} is somebody of your program")).to_be_visible()


async def test_a_guest_looks_at_one_lesson_until_the_teacher_ends_it(
    farfield: Running, sign_in: SignIn, somebody: Somebody
) -> None:
    teacher, address, name = await sign_in("Tess"), f"{uuid4()}@school.example", f"Pia {uuid4().hex[:6]}"
    await open_cycle(teacher)
    await let_in(teacher, address, f"The lesson “{LESSON}”")
    await expect(teacher.get_by_role("listitem").filter(has_text=address)).to_contain_text("The letter")

    guest = await somebody("/outbox", viewport=PHONE)
    await guest.goto(await first_link(await letter(guest, farfield.url, address, "lets you look at one lesson")))
    await guest.get_by_label("Your name").fill(name)
    await guest.get_by_role("button", name="Come in").click()
    await expect(guest.get_by_role("heading", name="Lessons you may look at")).to_be_visible()
    assert await guest.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    await guest.get_by_role("link", name="Watch the lesson").click()
    await expect(guest.get_by_role("heading", name=LESSON)).to_be_visible()
    for refused in ("Let my coach in", "Move on to"):
        await expect(guest.get_by_role("button", name=re.compile(refused))).to_be_hidden()
    await guest.get_by_role("button", name=re.compile("^Write at ")).click()
    words = f"seen from beside {uuid4()}"
    await write(guest, words)
    await expect(guest.get_by_text(words)).to_be_visible()
    assert await guest.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]

    row = teacher.get_by_role("listitem").filter(has_text=name)
    await expect(row).to_contain_text("until")
    await row.get_by_role("button", name=re.compile("^End it")).click()
    await row.get_by_role("button", name=re.compile("^End it")).click()
    await expect(row).to_be_hidden()
    await expect(guest.get_by_text("You no longer have access to this lesson.")).to_be_visible()
    await teacher.get_by_role("link", name=LESSON).click()
    await expect(teacher.get_by_text(words)).to_be_visible()


async def test_a_coach_proposes_and_a_colleague_looks_at_the_whole_cycle(sign_in: SignIn) -> None:
    teacher, coach = await sign_in("Tess"), await sign_in("Cole")
    await open_cycle(coach)
    await unfold(coach, "Who else looks on")
    await coach.get_by_role("button", name="Propose somebody").click()
    who = f"Toni of room {uuid4().hex[:6]}"
    await coach.get_by_label("Whom?").fill(who)
    await coach.get_by_role("button", name="Propose", exact=True).click()
    await expect(coach.get_by_text(f"You proposed: {who}")).to_be_visible()

    await open_cycle(teacher)
    await expect(teacher.get_by_text(f"Cole Coachman would like you to let in: {who}")).to_be_visible()
    await let_in(teacher, "toni@demo.invalid", "The whole cycle")
    await teacher.get_by_role("button", name=f"Put it away ({who})").click()
    await expect(coach.get_by_text(f"You proposed: {who}")).to_be_hidden()

    colleague = await sign_in("Toni")
    await colleague.get_by_role("link", name=re.compile("^Cycle 2 of Tess Teachwell with Cole Coachman")).click()
    await expect(colleague.get_by_text("You look on here until")).to_be_visible()
    for refused in ("Add a lesson", "Let somebody in", "Propose somebody"):
        await expect(colleague.get_by_text(refused, exact=True)).to_be_hidden()
    await colleague.get_by_role("button", name="Leave", exact=True).click()
    await colleague.get_by_role("button", name="Leave", exact=True).click()
    await expect(colleague.get_by_text("There is nothing at this address")).to_be_visible()


async def test_a_cycle_is_read_on_one_page_and_printed_without_buttons(sign_in: SignIn, tmp_path: Path) -> None:
    page = await sign_in("Tess")
    await open_cycle(page)
    await unfold(page, "Take it away")
    async with page.expect_download() as begun:
        await page.get_by_role("link", name=re.compile("For a spreadsheet")).click()
    saved = await begun.value
    assert saved.suggested_filename == f"{LESSON}.csv"
    await saved.save_as(tmp_path / "saved.csv")
    assert "'" not in (tmp_path / "saved.csv").read_text("utf-8-sig").splitlines()[0]
    await page.get_by_role("link", name="Read or print the whole cycle").click()
    await expect(page.get_by_role("heading", name="How it went")).to_be_visible()
    await expect(page.get_by_text("What did you hope they would say first here?")).to_be_visible()
    await expect(page.get_by_role("button", name="Print")).to_be_visible()

    await page.emulate_media(media="print", color_scheme="dark")

    for button in await page.get_by_role("button").all():
        await expect(button).to_be_hidden()
    await expect(page.get_by_role("link", name="Back to the cycle")).to_be_hidden()
    await expect(page.get_by_text("What did you hope they would say first here?")).to_be_visible()
    assert await page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
