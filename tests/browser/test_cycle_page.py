"""The page of a cycle in two browsers: a plan that both write, a conversation over a bad link, a file that travels."""

import asyncio
import re
from pathlib import Path
from uuid import uuid4

import pytest
from playwright.async_api import Locator, Page, expect

from tests.browser.conftest import PHONE, SignIn
from tests.fixtures.link import link_to
from tests.fixtures.running import Running

PDF = b"%PDF-1.7 a demo plan\n" + bytes(range(256)) * 200


async def open_cycle(page: Page, name: str = "Cycle 2 with") -> None:
    await page.get_by_role("link", name=name).first.click()
    await expect(page.get_by_role("list", name="Stages of this cycle")).to_be_visible()


async def part(page: Page, title: str) -> Locator:
    """What is in a part of the notebook, opened by hand where it is folded."""
    found = page.locator("details.part").filter(has=page.get_by_role("heading", name=title, exact=True))
    if await found.get_attribute("open") is None:
        await found.locator(":scope > summary").click()
    return found.locator(":scope > .inside")


async def goal(page: Page) -> Locator:
    return (await part(page, "Planning")).get_by_label("What should the students understand")


async def saved(page: Page) -> None:
    await expect(page.get_by_text("Saved.", exact=True)).to_be_visible()


async def test_what_one_writes_in_the_plan_the_other_sees(sign_in: SignIn) -> None:
    teacher, coach = await sign_in("Tess"), await sign_in("Cole")
    for page in (teacher, coach):
        await open_cycle(page)
    text = f"Compare fractions by their pieces {uuid4()}"

    await (await goal(teacher)).fill(text)
    await saved(teacher)

    await expect(await goal(coach)).to_have_value(text)


async def test_two_write_the_same_text_at_once_and_nothing_is_lost(farfield: Running, sign_in: SignIn) -> None:
    async with link_to(farfield.port) as link:
        teacher, coach = await sign_in("Tess"), await sign_in("Cole", url=link.url)
        for page in (teacher, coach):
            await open_cycle(page)
        mine, theirs = f"from the coach {uuid4()}", f"from the teacher {uuid4()}"
        field = await goal(coach)
        link.cut()
        await field.fill(mine)
        await expect(coach.get_by_text("Kept on this device.")).to_be_visible()
        await (await goal(teacher)).fill(theirs)
        await saved(teacher)
        link.mend()

        await expect(coach.get_by_text("This was changed while you wrote")).to_be_visible()
        await expect(coach.locator("blockquote")).to_have_text(theirs)
        await expect(field).to_have_value(mine)
        await coach.get_by_role("button", name="Keep both").click()

        await expect(await goal(teacher)).to_have_value(f"{theirs}\n\n{mine}")


async def test_words_in_the_plan_outlive_a_page_that_was_closed_offline(farfield: Running, sign_in: SignIn) -> None:
    async with link_to(farfield.port) as link:
        teacher, coach = await sign_in("Tess"), await sign_in("Cole", url=link.url)
        for page in (teacher, coach):
            await open_cycle(page)
        text = f"kept over a reload {uuid4()}"
        link.cut()
        await (await goal(coach)).fill(text)
        await expect(coach.get_by_text("Kept on this device.")).to_be_visible()
        link.mend()
        await coach.goto(link.url + "/")  # another page: the words go out from there

        await expect(await goal(teacher)).to_have_value(text)


async def test_two_tabs_of_one_person_are_one_text(sign_in: SignIn) -> None:
    teacher, coach = await sign_in("Tess"), await sign_in("Cole")
    other = await teacher.context.new_page()
    await other.goto(teacher.url)
    for page in (teacher, other, coach):
        await open_cycle(page)
    text = f"begun in one tab {uuid4()}"

    await (await goal(teacher)).press_sequentially(f"{text}, ")
    await expect(await goal(other)).to_have_value(re.compile(text))
    await (await goal(other)).press("End")
    await (await goal(other)).press_sequentially("gone on in the other")

    await expect(await goal(coach)).to_have_value(re.compile(f"{text}, *gone on in the other"))
    for page in (teacher, other):
        await expect(page.get_by_text("This was changed while you wrote")).to_be_hidden()


async def test_words_go_out_when_their_writer_goes_elsewhere(sign_in: SignIn) -> None:
    teacher, coach = await sign_in("Tess"), await sign_in("Cole")
    for page in (teacher, coach):
        await open_cycle(page)
    text = f"and away {uuid4()} مرحبا 👩🏽‍🏫"

    await (await goal(teacher)).fill(text)
    await teacher.get_by_role("link", name="Farfield").click()

    await expect(await goal(coach)).to_have_value(text)


async def test_a_message_over_a_link_that_dropped(farfield: Running, sign_in: SignIn) -> None:
    async with link_to(farfield.port) as link:
        teacher, coach = await sign_in("Tess"), await sign_in("Cole", url=link.url)
        for page in (teacher, coach):
            await open_cycle(page)
        text = f"said in the dark {uuid4()}"
        here = await part(coach, "Conversation")
        link.cut()
        await here.get_by_label("Write to").fill(text)
        await here.get_by_role("button", name="Send").click()
        await expect(here.get_by_text("Not sent yet")).to_be_visible()
        link.mend()
        await coach.reload()

        folded = teacher.locator("#part-conversation > summary")
        await expect(folded.get_by_text("new")).to_be_visible()
        there = await part(teacher, "Conversation")
        await expect(there.get_by_text(text)).to_be_visible()
        here = await part(coach, "Conversation")
        await expect(here.get_by_text(text)).to_be_visible()
        await expect(here.get_by_text("Not sent yet")).to_be_hidden()
        assert await there.get_by_text(text).count() == await here.get_by_text(text).count() == 1
        # Once looked at, it is new no longer, on any device.
        await expect(folded.get_by_text("new")).to_be_hidden()
        await teacher.reload()
        await expect(folded).to_be_visible()
        await expect(folded.get_by_text("new")).to_be_hidden()


async def test_a_file_goes_up_and_comes_down(sign_in: SignIn, tmp_path: Path) -> None:
    teacher, coach = await sign_in("Tess"), await sign_in("Cole", viewport=PHONE)
    for page in (teacher, coach):
        await open_cycle(page)
    name, too_large = f"plan {uuid4()}.pdf", tmp_path / "too large.pdf"
    (tmp_path / name).write_bytes(PDF)
    with too_large.open("wb") as file:
        file.truncate(26 * 2**20)
    planning = await part(teacher, "Planning")

    await planning.locator("input[type=file]").set_input_files([tmp_path / name, too_large])

    await expect(planning.get_by_text("a file here may have 25 MB")).to_be_visible()
    row = (await part(coach, "Planning")).get_by_role("listitem").filter(has_text=name)
    await expect(row).to_contain_text("PDF · 51 kB · Tess Teachwell")
    async with coach.expect_download() as coming:
        await row.get_by_role("link", name="Save").click()
    download = await coming.value
    assert download.suggested_filename == name
    assert await asyncio.to_thread(Path(await download.path()).read_bytes) == PDF
    assert await coach.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]

    mine = planning.get_by_role("listitem").filter(has_text=name)
    await expect(row.get_by_role("button", name="Remove")).to_be_hidden()
    await mine.get_by_role("button", name="Remove").click()
    await mine.get_by_role("button", name="Remove").click()

    await expect(row).to_be_hidden()


async def test_a_part_stays_as_it_was_left_when_something_happens(sign_in: SignIn) -> None:
    teacher, coach = await sign_in("Tess"), await sign_in("Cole")
    for page in (teacher, coach):
        await open_cycle(page)
    await part(coach, "Planning")
    lessons = coach.locator("#part-lessons")
    if await lessons.get_attribute("open") is not None:
        await lessons.locator(":scope > summary").click()
    text = f"something happens {uuid4()}"

    await (await goal(teacher)).fill(text)

    await expect(await goal(coach)).to_have_value(text)
    await expect(coach.locator("#part-planning")).to_have_attribute("open", "")
    await expect(lessons).not_to_have_attribute("open", "")


async def test_a_reflection_is_ones_own_until_it_is_shared(sign_in: SignIn) -> None:
    teacher, coach = await sign_in("Tess"), await sign_in("Cole")
    for page in (teacher, coach):
        await open_cycle(page)
    mine, there = await part(teacher, "Reflections and notes"), await part(coach, "Reflections and notes")
    text = f"they drew it first {uuid4()}"
    await mine.get_by_role("button", name="Write about this").first.click()
    await mine.get_by_label("Your draft").fill(text)
    await saved(teacher)
    assert text not in await coach.content()

    await mine.get_by_role("button", name="Share").click()
    await mine.get_by_role("button", name="Share").click()

    await expect(there.get_by_text(text)).to_be_visible()
    await expect(mine.get_by_label("Your draft")).to_be_hidden()


@pytest.mark.parametrize("viewport", [PHONE, {"width": 1280, "height": 800}])
async def test_a_closed_cycle_is_read_and_not_written(sign_in: SignIn, viewport: dict[str, int]) -> None:
    page = await sign_in("Tess", viewport=viewport)
    await open_cycle(page, "Cycle 1 with")
    for title in ("Planning", "Lesson and review", "Conversation"):
        opened = await part(page, title)
        await expect(opened).to_be_visible()
        await expect(opened.locator("textarea, select, input")).to_have_count(0)
    assert await page.evaluate("document.documentElement.scrollWidth") <= viewport["width"]
