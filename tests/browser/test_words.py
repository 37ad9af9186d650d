"""One's own words in the review room: changed, taken back, kept to oneself, flagged, new to the other."""

from uuid import uuid4

from playwright.async_api import Locator, Page, expect

from tests.browser.conftest import PHONE, SignIn
from tests.browser.test_review_room import enter_room, write
from tests.fixtures.link import link_to
from tests.fixtures.running import Running


async def item_with(page: Page, words: str) -> Locator:
    """The annotation with these words, also when they change."""
    found = page.locator(".entry").filter(has_text=words)
    await expect(found).to_be_visible()
    return page.locator(f'[data-annotation="{await found.get_attribute("data-annotation")}"]')


async def press(item: Locator, *names: str) -> None:
    for name in names:
        await item.get_by_role("button", name=name, exact=True).click()


async def test_words_are_changed_flagged_and_taken_back(sign_in: SignIn) -> None:
    teacher, coach = await sign_in("Tess"), await sign_in("Cole", viewport=PHONE)
    await enter_room(teacher)
    await enter_room(coach)
    first, then, answer = (f"{word} {uuid4()}" for word in ("first", "then", "answer"))
    await write(teacher, first)
    seen, own = await item_with(coach, first), await item_with(teacher, first)
    await expect(seen.get_by_text("new", exact=True)).to_be_visible()

    await press(own, "More", "Edit")
    await own.get_by_role("textbox").fill(then)
    await press(own, "Save the change")

    await expect(seen.get_by_text(then)).to_be_visible()
    await expect(coach.get_by_text(first)).to_be_hidden()
    await expect(coach.get_by_text("Before (only you see this)")).to_be_hidden()
    await own.get_by_text("Before (only you see this)").click()
    await expect(own.get_by_text(first)).to_be_visible()
    await press(seen, "More", "For the debrief", "Mark as done")
    await expect(own.locator(".tag", has_text="For the debrief")).to_be_visible()
    await expect(own.get_by_text("done, said Cole Coachman")).to_be_visible()
    await press(seen, "Reply")
    await seen.get_by_role("textbox").fill(answer)
    await press(seen, "Send reply")
    await expect(own.get_by_text(answer)).to_be_visible()

    await press(own.locator(".actions.own").last, "More", "Remove", "Remove")

    await expect(seen.get_by_text("Removed", exact=True)).to_be_visible()
    await expect(seen.get_by_text(answer)).to_be_visible()
    await expect(coach.get_by_text(then)).to_be_hidden()
    assert await coach.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]


async def test_what_is_kept_to_oneself_is_shared_when_one_says_so(sign_in: SignIn) -> None:
    teacher, coach = await sign_in("Tess"), await sign_in("Cole")
    await enter_room(teacher)
    await enter_room(coach)
    draft, better, sign = (f"{word} {uuid4()}" for word in ("draft", "better", "sign"))

    await coach.get_by_placeholder("What do you see here?").fill(draft)
    await coach.get_by_role("button", name="Keep to myself for now").click()
    own = await item_with(coach, draft)
    await press(own, "More", "Edit")
    await own.get_by_role("textbox").fill(better)
    await press(own, "Save the change")
    await expect(own.get_by_text(better)).to_be_visible()
    await write(coach, sign)

    await expect(teacher.get_by_text(sign)).to_be_visible()
    await expect(teacher.get_by_text(draft)).to_be_hidden()
    await expect(teacher.get_by_text(better)).to_be_hidden()
    await press(own, "Let Tess Teachwell read it")
    await expect(teacher.get_by_text(better)).to_be_visible()
    await expect(own.get_by_text("only you", exact=True)).to_be_hidden()


async def test_an_edit_and_a_removal_wait_for_the_link(farfield: Running, sign_in: SignIn) -> None:
    async with link_to(farfield.port) as link:
        teacher, coach = await sign_in("Tess"), await sign_in("Cole", url=link.url)
        await enter_room(teacher)
        await enter_room(coach)
        stays, goes, better = (f"{word} {uuid4()}" for word in ("stays", "goes", "better"))
        await write(coach, stays)
        await write(coach, goes)
        await expect(teacher.get_by_text(goes)).to_be_visible()
        changed, removed = await item_with(coach, stays), await item_with(coach, goes)
        link.cut()
        await press(changed, "More", "Edit")
        await changed.get_by_role("textbox").fill(better)
        await press(changed, "Save the change")
        await press(removed, "More", "Remove", "Remove")
        await expect(changed.get_by_text("Not sent yet")).to_be_visible()
        await expect(teacher.get_by_text(stays)).to_be_visible()

        link.mend()

        await expect(teacher.get_by_text(better)).to_be_visible()
        await expect(teacher.get_by_text(goes)).to_be_hidden()
        await expect(coach.get_by_text("Not sent yet")).to_be_hidden()


async def test_two_pages_that_change_the_same_words_lose_neither(farfield: Running, sign_in: SignIn) -> None:
    one, other = await sign_in("Cole"), await sign_in("Cole")
    await enter_room(one)
    words, quick, slow = (f"{word} {uuid4()}" for word in ("words", "quick", "slow"))
    await write(one, words)
    await enter_room(other)
    here, there = await item_with(one, words), await item_with(other, words)
    for item, text in ((here, quick), (there, slow)):
        await press(item, "More", "Edit")
        await item.get_by_role("textbox").fill(text)
    await press(here, "Save the change")
    await expect(here.get_by_text("changed", exact=False)).to_be_visible()

    await press(there, "Save the change")

    await expect(there.get_by_text(f"{quick}")).to_be_visible()
    await expect(there.get_by_text(slow)).to_be_visible()
    await press(there, "Keep mine instead")
    await expect(here.get_by_text(slow)).to_be_visible()
