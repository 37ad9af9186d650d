"""Meeting, talking and looking back: on two clocks, an agenda by keyboard, a commitment, the letter of its day."""

import re
import sqlite3
from contextlib import closing
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

from playwright.async_api import Page, expect

from tests.browser.conftest import PHONE, SignIn, Somebody, until
from tests.fixtures.link import link_to
from tests.fixtures.running import Running


async def ask(page: Page, method: str, path: str, body: Any = None) -> Any:
    """What the page's own person is answered."""
    origin = re.sub(r"(//[^/]+).*", r"\1", page.url)
    answer = await page.request.fetch(origin + path, method=method, data=body, headers={"Origin": origin})
    assert answer.ok, await answer.text()
    return await answer.json()


async def the_cycle(page: Page) -> tuple[str, str]:
    """The demo's cycle of the two, and its lesson that both see."""
    home = await ask(page, "GET", "/api/home")
    for cycle in home["cycles"]:
        for lesson in cycle["lessons"]:
            if lesson["title"].startswith("Adding unlike parts"):
                return cycle["id"], lesson["id"]
    raise AssertionError("the demo has no such lesson")


async def command(page: Page, path: str, what: str, **members: Any) -> None:
    await ask(page, "POST", f"{path}/commands", {"id": str(uuid4()), "type": what, **members})


async def mark(page: Page, lesson: str, *moments: int) -> list[str]:
    """Annotations at these seconds, marked for the debrief; their words."""
    written = []
    for second in moments:
        annotation, body = str(uuid4()), f"Moment {second} {uuid4()}"
        at = {"start_ms": second * 1000, "body": body, "kind": "question"}
        await command(page, f"/api/lessons/{lesson}", "add_annotation", annotation=annotation, **at)
        await command(page, f"/api/lessons/{lesson}", "flag_annotation", annotation=annotation, flagged=True)
        written.append(body)
    return written


async def unfold(page: Page, part: str) -> None:
    section = page.locator("details.part").filter(has=page.get_by_role("heading", name=part, level=2, exact=True))
    if await section.get_attribute("open") is None:
        await section.locator("summary").first.click()


async def order(page: Page, written: list[str]) -> list[int]:
    """Which of the words stand where, from the top."""
    shown = await page.locator("ol.agenda > li").all_inner_texts()
    return [n for text in shown for n, words in enumerate(written) if words in text]


async def test_a_meeting_is_planned_by_one_and_seen_by_the_other_at_once(sign_in: SignIn) -> None:
    teacher, coach = await sign_in("Tess"), await sign_in("Cole")
    cycle, _ = await the_cycle(teacher)
    for page in (teacher, coach):
        await page.goto(re.sub(r"(//[^/]+).*", r"\1", page.url) + f"/cycles/{cycle}")
        await unfold(page, "Meetings")
    section = teacher.get_by_role("region", name="Meetings")
    await section.get_by_role("button", name="Plan a meeting").click()
    await section.get_by_role("button", name="Plan it").click()
    await expect(section.get_by_role("alert")).to_have_text("Choose a day.")
    day = (datetime.now(UTC) + timedelta(days=3)).date()
    place = f"https://meet.example/{uuid4()}"
    await section.get_by_label("Day").fill(day.isoformat())
    await section.get_by_label("Time", exact=True).fill("15:30")
    await expect(section.get_by_text(re.compile("Cole Coachman"))).to_be_visible()
    await section.get_by_label("Link, phone number or place").fill(place)
    await section.get_by_role("button", name="Plan it").click()

    seen = coach.get_by_role("region", name="Meetings").get_by_role("listitem").filter(has_text=place)
    await expect(seen).to_be_visible()
    link = seen.get_by_role("link", name=place)
    assert await link.get_attribute("rel") == "noopener noreferrer"
    async with coach.expect_download() as download:
        await seen.get_by_role("link", name=re.compile("Add to calendar")).click()
    assert (await download.value).suggested_filename == "coaching.ics"

    await seen.get_by_role("button", name=re.compile("^Call off")).click()
    await seen.get_by_role("group").get_by_role("button", name=re.compile("^Call off")).click()
    await expect(section.get_by_role("listitem").filter(has_text=place)).to_be_hidden()


async def test_check_ins_are_offered_and_accepted(sign_in: SignIn) -> None:
    teacher, coach = await sign_in("Tess"), await sign_in("Cole")
    cycle, _ = await the_cycle(teacher)
    for page in (teacher, coach):
        await page.goto(re.sub(r"(//[^/]+).*", r"\1", page.url) + f"/cycles/{cycle}")
        await unfold(page, "Meetings")
    section = coach.get_by_role("region", name="Meetings")
    await section.get_by_role("button", name="Offer weekly check-ins").click()
    place = f"Room {uuid4()}"
    await section.get_by_label("Day").fill((datetime.now(UTC) + timedelta(days=2)).date().isoformat())
    await section.get_by_label("Time", exact=True).fill("09:15")
    await section.get_by_label("Minutes").fill("20")
    await section.get_by_label("Link, phone number or place").fill(place)
    await section.get_by_label("How many weeks?").select_option("3")
    await section.get_by_role("button", name="Offer them").click()
    await expect(section.get_by_role("alert")).to_contain_text("30 minutes or more")
    await section.get_by_label("Minutes").fill("30")
    await section.get_by_role("button", name="Offer them").click()

    meetings = teacher.get_by_role("region", name="Meetings")
    await meetings.get_by_role("button", name="Accept").click()
    await expect(meetings.get_by_role("listitem").filter(has_text=place)).to_have_count(3)
    await expect(section.get_by_role("listitem").filter(has_text=place)).to_have_count(3)


async def test_the_agenda_is_ordered_with_the_keyboard_and_opens_the_lesson_at_its_moment(sign_in: SignIn) -> None:
    teacher, coach = await sign_in("Tess"), await sign_in("Cole")
    cycle, lesson = await the_cycle(coach)
    written = await mark(coach, lesson, 20, 30, 40)
    for page in (teacher, coach):
        await page.goto(re.sub(r"(//[^/]+).*", r"\1", page.url) + f"/cycles/{cycle}")
        await unfold(page, "Debrief")
        await expect(page.get_by_text(written[2])).to_be_visible()
    assert await order(teacher, written) == [0, 1, 2]

    last = teacher.locator("ol.agenda > li").filter(has_text=written[2])
    up = last.get_by_role("button", name=re.compile("^Up"))
    await up.focus()
    await teacher.keyboard.press("Enter")
    await expect(up).to_be_focused()
    await expect(teacher.get_by_text(re.compile("^Moved to place"))).to_be_attached()
    await teacher.keyboard.press("Enter")

    await until(
        coach,
        f"document.querySelector('ol.agenda').textContent.indexOf({written[2]!r}) < "
        f"document.querySelector('ol.agenda').textContent.indexOf({written[0]!r})",
    )
    assert await order(coach, written) == [2, 0, 1]
    await coach.reload()
    await unfold(coach, "Debrief")
    await expect(coach.get_by_text(written[2])).to_be_visible()
    assert await order(coach, written) == [2, 0, 1]

    await coach.locator("ol.agenda > li").filter(has_text=written[1]).get_by_role("link").click()
    await until(coach, "document.querySelector('video')?.readyState >= 2 && !document.querySelector('video').seeking")
    assert await coach.evaluate("Math.round(document.querySelector('video').currentTime * 1000)") == 30_000


async def test_the_agenda_is_ordered_by_dragging_too(sign_in: SignIn) -> None:
    page = await sign_in("Cole")
    cycle, lesson = await the_cycle(page)
    written = await mark(page, lesson, 50, 55)
    await page.goto(re.sub(r"(//[^/]+).*", r"\1", page.url) + f"/cycles/{cycle}")
    await unfold(page, "Debrief")
    handle = page.locator("ol.agenda > li").filter(has_text=written[1]).locator(".grip")
    await handle.scroll_into_view_if_needed()
    start, above = (
        await handle.bounding_box(),
        await page.locator("ol.agenda > li").filter(has_text=written[0]).bounding_box(),
    )
    assert start is not None
    assert above is not None
    await page.mouse.move(start["x"] + 10, start["y"] + 10)
    await page.mouse.down()
    await page.mouse.move(start["x"] + 10, above["y"] + 4, steps=8)
    async with page.expect_response(lambda answer: answer.url.endswith("/commands")):
        await page.mouse.up()
    assert await order(page, written) == [1, 0]
    await page.reload()
    await unfold(page, "Debrief")
    await expect(page.get_by_text(written[1])).to_be_visible()
    assert await order(page, written) == [1, 0]


async def test_of_two_orders_at_once_the_second_sees_the_first_and_is_told(farfield: Running, sign_in: SignIn) -> None:
    async with link_to(farfield.port) as link:
        coach, teacher = await sign_in("Cole"), await sign_in("Tess", url=link.url)
        cycle, lesson = await the_cycle(coach)
        written = await mark(coach, lesson, 60, 65, 70)
        for page in (teacher, coach):
            await page.goto(re.sub(r"(//[^/]+).*", r"\1", page.url) + f"/cycles/{cycle}")
            await unfold(page, "Debrief")
            await expect(page.get_by_text(written[2])).to_be_visible()

        async def up(page: Page, words: str) -> None:
            item = page.locator("ol.agenda > li").filter(has_text=words)
            await item.get_by_role("button", name=re.compile("^Up")).click()

        link.cut()
        async with coach.expect_response(lambda answer: answer.url.endswith("/commands")):
            await up(coach, written[1])
        await up(teacher, written[2])
        await expect(teacher.get_by_text("Kept on this device").first).to_be_visible()
        link.mend()

        await expect(teacher.get_by_text("The other one changed the order meanwhile")).to_be_visible()
        await until(
            teacher,
            f"document.querySelector('ol.agenda').textContent.indexOf({written[1]!r}) < "
            f"document.querySelector('ol.agenda').textContent.indexOf({written[0]!r})",
        )
        assert await order(teacher, written) == [1, 0, 2]
        async with teacher.expect_response(lambda answer: answer.url.endswith("/commands")) as saved:
            await up(teacher, written[2])
        assert (await saved.value).ok, "and now it can be changed again"


async def promise(page: Page, cycle: str, words: str) -> str:
    """A commitment for today, made on the cycle's page; its id."""
    await page.goto(re.sub(r"(//[^/]+).*", r"\1", page.url) + f"/cycles/{cycle}")
    await unfold(page, "Debrief")
    await page.get_by_role("button", name="Make a commitment").click()
    await page.get_by_label("What will you try?").fill(words)
    await page.get_by_role("button", name="Save").click()
    await expect(page.get_by_role("alert").filter(has_text="Choose a day: by when?")).to_be_visible()
    zone = (await ask(page, "GET", "/api/session"))["person"]["time_zone"]
    day = await page.evaluate(f"new Intl.DateTimeFormat('en-CA', {{timeZone: {zone!r}}}).format(new Date())")
    await page.get_by_label("By when?").fill(day)
    await page.get_by_label("How will you know?").last.fill("I count the hands")
    await page.get_by_role("button", name="Save").click()
    item = page.locator("[data-commitment]").filter(has_text=words)
    await expect(item).to_be_visible()
    return str(await item.get_attribute("data-commitment"))


async def test_from_the_letter_to_the_look_back_on_a_phone(
    farfield: Running, sign_in: SignIn, somebody: Somebody
) -> None:
    teacher, coach = await sign_in("Tess"), await sign_in("Cole")
    cycle, _ = await the_cycle(teacher)
    words = f"Wait five seconds {uuid4()}"
    commitment = await promise(teacher, cycle, words)
    with closing(sqlite3.connect(farfield.data_dir / "farfield.db", timeout=20)) as records:  # the morning comes early
        records.execute("UPDATE notices SET run_at = 0 WHERE kind = 'commitment_due' AND state = 'waiting'")
        records.commit()
    me = (await ask(teacher, "GET", "/api/session"))["person"]["email"]
    reader = await somebody("/outbox")
    await reader.request.post(farfield.url + "/api/sign-in-links", data={"email": me}, headers={"Origin": farfield.url})
    letter = reader.get_by_role("listitem").filter(has_text="What became of it?").filter(has_text=commitment)
    await expect(letter).to_be_visible()
    assert words not in await letter.inner_text()
    link = str(await letter.get_by_role("link").first.get_attribute("href"))
    assert link == f"{farfield.url}/cycles/{cycle}/follow-up/{commitment}"

    # Signed out, the link leads to a form in place; signed in, to the minute itself.
    await reader.goto(link)
    await expect(reader.get_by_label("Mail address")).to_be_visible()
    phone = await sign_in("Tess", viewport=PHONE)
    await phone.goto(link)
    await expect(phone.get_by_text(words)).to_be_visible()
    assert await phone.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    await phone.get_by_role("button", name="Done").click()
    await expect(phone.get_by_role("alert")).to_have_text("Choose one of the three.")
    await phone.get_by_text("Adapted", exact=True).click()
    evidence = f"Nine hands {uuid4()}"
    await phone.get_by_label("What did you see?").fill(evidence)
    await phone.reload()
    await expect(phone.get_by_label("What did you see?")).to_have_value(evidence)
    await phone.context.set_offline(True)
    await phone.get_by_role("button", name="Done").click()
    await expect(phone.get_by_text("Kept on this device")).to_be_visible()
    await phone.context.set_offline(False)
    await expect(phone.get_by_text("That is all. Thank you.")).to_be_visible()

    await coach.goto(f"{farfield.url}/cycles/{cycle}")
    await unfold(coach, "Follow-up")
    said = coach.locator("[data-follow-up]").filter(has_text=words)
    await expect(said).to_contain_text("Adapted")
    await expect(said).to_contain_text(evidence)


async def test_the_calendars_address_is_shown_once_and_ended(sign_in: SignIn) -> None:
    page = await sign_in("Cole")
    await page.goto(re.sub(r"(//[^/]+).*", r"\1", page.url) + "/account#calendar")
    card = page.get_by_role("region", name="Your calendar")
    await card.get_by_role("button", name="Make the address").click()
    address = await card.get_by_label("The address").input_value()
    assert (await page.request.get(address)).ok
    await page.reload()
    await expect(card.get_by_text("it is not shown again")).to_be_visible()
    await card.get_by_role("button", name="End it").click()
    await card.get_by_role("group").get_by_role("button", name="End it").click()
    await expect(card.get_by_text("You have no such address yet")).to_be_visible()
    assert (await page.request.get(address)).status == 404
