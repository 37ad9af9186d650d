"""Captions and chapters in two real browsers: brought, searched, gone to, changed, and seen by the other at once."""

import re
from pathlib import Path
from uuid import uuid4

from playwright.async_api import Page, expect

from tests.browser.conftest import PHONE, SignIn, until
from tests.browser.test_review_room import at_ms, enter_room
from tests.fixtures.link import link_to
from tests.fixtures.running import Running


def captions(folder: Path, word: str) -> Path:
    said = [
        "Good morning.",
        f"What is a third, {word}?",
        "One of three.",
        "And a fourth?",
        f"Not {word} again.",
        "Sit down.",
    ]
    blocks = [f"00:{2 * n:02}.000 --> 00:{2 * n + 1:02}.500\n{text}" for n, text in enumerate(said, start=1)]
    file = folder / "lesson.vtt"
    file.write_text("\ufeffWEBVTT\r\n\r\n" + "\r\n\r\n".join(blocks).replace("\n", "\r\n") + "\r\n")
    return file


async def open_section(page: Page) -> None:
    await page.get_by_role("heading", name="Captions and chapters").click()


async def bring(page: Page, file: Path, name: str) -> None:
    await page.get_by_role("button", name="Bring a file").click()
    await page.get_by_label("A WebVTT or SRT file").set_input_files(file)
    await page.get_by_label("Name, if there are several").fill(name)
    await page.get_by_role("button", name="Bring it in").click()


async def showing(page: Page, name: str) -> None:
    """Of several captions in the room of this run, those."""
    choose = page.get_by_label("Which captions")
    await expect(page.get_by_role("checkbox", name="Show captions")).to_be_visible()
    if await choose.count():
        await choose.select_option(label=name)
    await expect(page.get_by_role("region", name=f"Captions, {name}")).to_be_visible()


async def test_a_file_is_brought_searched_gone_to_and_changed_and_the_other_sees_it(
    sign_in: SignIn, tmp_path: Path
) -> None:
    word, name = f"word{uuid4().hex[:8]}", f"English {uuid4().hex[:8]}"
    teacher, coach = await sign_in("Tess"), await sign_in("Cole", viewport=PHONE)
    await enter_room(teacher)
    await enter_room(coach)
    await open_section(teacher)
    await open_section(coach)
    broken = tmp_path / "broken.srt"
    broken.write_text("1\n00:00:01,000 --> 00:00:02,000\nGood.\n\n2\n00:0x:03,000 --> 00:00:04,000\nNot.\n")

    await bring(teacher, broken, name)
    await expect(teacher.get_by_role("alert")).to_contain_text("Line 6: the times cannot be read.")
    await teacher.get_by_label("A WebVTT or SRT file").set_input_files(captions(tmp_path, word))
    await teacher.get_by_role("button", name="Bring it in").click()
    await showing(teacher, name)
    await showing(coach, name)

    # Searched by the keyboard; the second one of two is gone to.
    search = coach.get_by_role("searchbox", name="Search what was said")
    await search.fill(word.upper())
    await expect(coach.get_by_text("0 of 2")).to_be_visible()
    await search.press("Enter")
    await search.press("ArrowDown")
    await expect(coach.get_by_text("2 of 2")).to_be_visible()
    await until(coach, "!document.querySelector('video').seeking")
    assert await at_ms(coach) == 10_000
    await expect(coach.locator(".cues mark")).to_have_count(2)
    # A click on a line goes to its moment, and says it over the picture.
    row = coach.get_by_role("button", name=f"What is a third, {word}?")
    await row.click()
    await until(coach, "!document.querySelector('video').seeking")
    assert await at_ms(coach) == 4_000
    await coach.get_by_role("checkbox", name="Show captions").check()
    await expect(coach.locator(".screen .captions")).to_have_text(f"What is a third, {word}?")
    await expect(coach.get_by_role("listitem").filter(has=row)).to_have_attribute("aria-current", "true")
    assert await coach.evaluate("document.documentElement.scrollWidth <= innerWidth")

    await teacher.get_by_role("button", name="Change the caption at 0:04").click()
    field = teacher.get_by_role("textbox", name="What is said")
    await expect(field).to_have_value(f"What is a third, {word}?")
    await field.fill(f"What is a third, dear {word}?")
    await field.press("Control+Enter")

    await expect(coach.locator(".screen .captions")).to_have_text(f"What is a third, dear {word}?")
    await expect(teacher.get_by_role("button", name=f"What is a third, dear {word}?")).to_be_visible()
    await coach.reload()
    await open_section(coach)
    await expect(coach.get_by_role("checkbox", name="Show captions")).to_be_checked()


async def test_a_chapter_is_written_here_removed_and_brought_back_and_words_wait_for_the_link(
    farfield: Running, sign_in: SignIn
) -> None:
    async with link_to(farfield.port) as link:
        teacher, coach = await sign_in("Tess"), await sign_in("Cole", url=link.url)
        await enter_room(teacher)
        await enter_room(coach)
        await open_section(coach)
        await open_section(teacher)
        link.cut()
        await expect(coach.get_by_text(re.compile("Offline|Connecting"))).to_be_visible()
        title = f"Warm up {uuid4()}"

        await coach.get_by_role("button", name=re.compile("Add a chapter at 0:0")).click()
        await coach.get_by_role("textbox", name="What the chapter is called").fill(title)
        await coach.get_by_role("button", name="Save", exact=True).click()
        link.mend()

        mine, theirs = (page.get_by_role("button", name=title) for page in (coach, teacher))
        await expect(theirs).to_be_visible()
        await expect(mine).to_be_visible()
        await coach.get_by_role("listitem").filter(has=mine).get_by_role("button", name="Change the chapter").click()
        await coach.get_by_role("button", name="Remove", exact=True).click()
        await expect(theirs).to_be_hidden()
        await coach.get_by_role("button", name="Undo").click()
        await expect(theirs).to_be_visible()
