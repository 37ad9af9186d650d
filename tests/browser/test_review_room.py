"""Two people talk on a lesson: the scenario Farfield exists for, in two real browsers."""

import re
from uuid import uuid4

from playwright.async_api import Page, expect

from tests.browser.conftest import PHONE, SignIn, until
from tests.fixtures.link import link_to
from tests.fixtures.running import Running

KEYBOARD_OUT = 330
"""What a phone's keyboard leaves of its height."""
UNCOVERED = """(field) => {
    const { left, width, top, bottom } = field.getBoundingClientRect();
    return [top + 4, bottom - 4].every((y) => document.elementFromPoint(left + width / 2, y) === field);
}"""


async def enter_room(page: Page) -> None:
    await page.get_by_role("link", name="Watch the lesson").first.click()
    await expect(page.get_by_role("heading", name="Adding unlike parts, grade 5")).to_be_visible()
    await expect(page.get_by_text("Up to date")).to_be_visible()
    await until(page, "document.querySelector('video')?.readyState >= 2")


async def write(page: Page, words: str) -> None:
    await page.get_by_placeholder("What do you see here?").fill(words)
    await page.get_by_role("button", name="Send", exact=True).click()


async def at_ms(page: Page) -> int:
    return int(await page.evaluate("Math.round(document.querySelector('video').currentTime * 1000)"))


async def test_what_one_writes_appears_in_the_others_browser(sign_in: SignIn) -> None:
    teacher, coach = await sign_in("Tess"), await sign_in("Cole")
    await enter_room(teacher)
    await enter_room(coach)
    words = f"Look at the hands {uuid4()}"

    await write(coach, words)

    await expect(teacher.get_by_text(words)).to_be_visible()
    await expect(coach.get_by_text(words)).to_be_visible()
    answer = f"I saw them too {uuid4()}"
    item = teacher.get_by_role("listitem").filter(has_text=words)
    await item.get_by_role("button", name="Reply").click()
    await item.get_by_role("textbox").fill(answer)
    await item.get_by_role("button", name="Send reply").click()
    await expect(coach.get_by_text(answer)).to_be_visible()


async def test_typing_pauses_and_sending_resumes(sign_in: SignIn) -> None:
    page = await sign_in("Tess")
    await enter_room(page)
    await page.get_by_role("button", name="Play", exact=True).click()
    await until(page, "document.querySelector('video').currentTime > 0.3")

    await page.get_by_placeholder("What do you see here?").press_sequentially("Here")
    assert await page.evaluate("document.querySelector('video').paused")
    await page.get_by_role("button", name="Send", exact=True).click()

    await until(page, "!document.querySelector('video').paused")


async def test_a_click_on_a_time_seeks_there_exactly(sign_in: SignIn) -> None:
    page = await sign_in("Cole")
    await enter_room(page)
    item = page.get_by_role("listitem").filter(has_text="counting eighths")
    # The demo's film may still be encoded: a moment that is not there yet cannot be gone to.
    await until(page, "(({ seekable }) => seekable.length && seekable.end(0) > 60)(document.querySelector('video'))")

    await item.get_by_role("button", name="1:00").or_(item.get_by_role("link", name="1:00")).first.click()

    await until(page, "document.querySelector('video').currentTime > 0 && !document.querySelector('video').seeking")
    assert await at_ms(page) == 60_000


async def test_the_lid_closes_and_nothing_is_missing_afterwards(farfield: Running, sign_in: SignIn) -> None:
    async with link_to(farfield.port) as link:
        teacher, coach = await sign_in("Tess"), await sign_in("Cole", url=link.url)
        await enter_room(teacher)
        await enter_room(coach)
        link.cut()
        await expect(coach.get_by_text(re.compile("Offline|Connecting"))).to_be_visible()
        missed, unsent = [f"missed {n} {uuid4()}" for n in range(3)], f"written in the dark {uuid4()}"
        for words in missed:
            await write(teacher, words)
        await write(coach, unsent)
        await expect(coach.get_by_text(unsent)).to_be_visible()
        await expect(teacher.get_by_text(unsent)).to_be_hidden()

        link.mend()

        for words in missed:
            await expect(coach.get_by_text(words)).to_be_visible()
        await expect(teacher.get_by_text(unsent)).to_be_visible()
        await expect(coach.get_by_text("Not sent yet")).to_be_hidden()
        for page in (teacher, coach):
            for words in (*missed, unsent):
                assert await page.get_by_text(words).count() == 1


async def test_words_not_sent_survive_a_reload(farfield: Running, sign_in: SignIn) -> None:
    async with link_to(farfield.port) as link:
        teacher, coach = await sign_in("Tess"), await sign_in("Cole", url=link.url)
        await enter_room(teacher)
        await enter_room(coach)
        room, words = coach.url, f"kept over a reload {uuid4()}"
        link.cut()
        await write(coach, words)
        await expect(coach.get_by_text("Not sent yet")).to_be_visible()
        link.mend()
        await coach.goto(room)

        await expect(teacher.get_by_text(words)).to_be_visible()
        await expect(coach.get_by_text(words)).to_be_visible()
        assert await teacher.get_by_text(words).count() == 1


async def test_the_room_on_a_phone(sign_in: SignIn) -> None:
    page = await sign_in("Tess", viewport=PHONE)
    await enter_room(page)

    assert await page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    await page.get_by_role("button", name="Reply").last.scroll_into_view_if_needed()
    await page.get_by_role("button", name=re.compile("^Write at ")).click()
    await page.set_viewport_size({"width": PHONE["width"], "height": KEYBOARD_OUT})
    text = page.get_by_role("textbox", name=re.compile("^Annotation at "))
    await expect(text).to_be_focused()
    await until(page, f"({UNCOVERED})(document.activeElement)")
    words = f"from a phone {uuid4()}"
    await write(page, words)
    await expect(page.get_by_text(words)).to_be_visible()


async def test_home_says_first_what_waits_on_me(sign_in: SignIn) -> None:
    page = await sign_in("Cole")

    await expect(page.get_by_role("heading", level=2).first).to_contain_text("Waits on you")
    await expect(page.get_by_role("listitem").first.get_by_role("link", name="Watch the lesson")).to_be_visible()


async def test_an_outsider_is_told_there_is_nothing(farfield: Running, sign_in: SignIn) -> None:
    teacher, outsider = await sign_in("Tess"), await sign_in("Otto")
    await enter_room(teacher)

    await outsider.goto(farfield.url + teacher.url.removeprefix(farfield.url))

    await expect(outsider.get_by_text("There is nothing at this address")).to_be_visible()
    await expect(outsider.get_by_text("Adding unlike parts")).to_be_hidden()


async def test_the_lead_sees_where_cycles_stand_and_no_word(sign_in: SignIn) -> None:
    page = await sign_in("Lea")

    await expect(page.get_by_role("heading", name=re.compile("where the cycles stand"))).to_be_visible()
    await expect(page.get_by_text("Tess Teachwell").first).to_be_visible()
    assert "Adding unlike parts" not in await page.content()
