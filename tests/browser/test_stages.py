"""Two people take a cycle through its stages, and a lead sees where it stands."""

import re
from uuid import uuid4

from playwright.async_api import Page, expect

from service.embedded.demo import COACH, PROGRAM, SECOND_TEACHER
from tests.browser.conftest import PHONE, SignIn


async def post(page: Page, path: str, **body: str | int) -> None:
    script = "async ([path, body]) => (await fetch(path, {method: 'POST', body: JSON.stringify(body)})).status"
    assert await page.evaluate(script, [path, {"id": str(uuid4()), **body}]) in (200, 201)


async def in_teaching(lead: Page, teacher: Page) -> str:
    """A cycle of its own, because others add lessons to those of the demo; it has a question and no lesson."""
    cycle = str(uuid4())
    people = {"teacher": SECOND_TEACHER, "coach": COACH}
    await post(lead, f"/api/programs/{PROGRAM}/cycles", cycle=cycle, **people)
    commands = f"/api/cycles/{cycle}/commands"
    await post(teacher, commands, type="write_question", question=str(uuid4()), text="Whose idea is it?", revision=0)
    await post(teacher, commands, type="move_stage", stage="teaching")
    return cycle


async def test_a_cycle_moves_and_everybody_sees_where_it_stands(sign_in: SignIn) -> None:
    toni, lead = await sign_in("Toni", viewport=PHONE), await sign_in("Lea")
    cycle = await in_teaching(lead, toni)
    await toni.goto(re.sub(r"(//[^/]+).*", rf"\1/cycles/{cycle}", toni.url))
    stage = toni.get_by_role("region", name="Where you are")
    await expect(stage.get_by_role("listitem")).to_have_text(re.compile("A lesson you filmed.*still open"))
    await expect(stage.get_by_role("button", name="Go on to Review")).to_have_count(0)

    await stage.get_by_role("button", name="No video this time").click()
    await stage.get_by_label("Why, if you like").fill("The camera was at another school.")
    await stage.get_by_role("button", name="Say that there is none").click()
    await expect(stage).to_contain_text("The camera was at another school.")
    await stage.get_by_role("button", name="Go on to Review").click()
    await expect(toni.locator("[aria-current=step]")).to_contain_text("Review")

    await lead.reload()
    await expect(lead.get_by_role("region", name="Review", exact=True)).to_contain_text("Toni Trywell")
    await expect(lead.locator("main")).not_to_contain_text("camera")

    await stage.get_by_text("Pause, end, history").click()
    await stage.get_by_label("Why?").first.select_option("Illness")
    await stage.get_by_role("button", name="Pause the cycle").click()
    await expect(toni.get_by_text("Paused since")).to_contain_text("Illness")
    await stage.get_by_role("button", name="Take it up again").click()
    await expect(toni.get_by_text("Paused since")).to_have_count(0)

    await stage.get_by_role("button", name="End the cycle early").click()
    await expect(stage.get_by_role("button", name="Leave it")).to_be_focused()
    await stage.get_by_role("button", name="Leave it").click()
    await stage.get_by_role("button", name="Back to Teaching").click()
    await expect(toni.locator("[aria-current=step]")).to_contain_text("Teaching")


async def test_a_lead_sets_the_program_and_a_slip_is_named(sign_in: SignIn) -> None:
    lead = await sign_in("Lea")
    await lead.get_by_role("link", name="What the program sets").click()
    days = lead.get_by_label("Review")
    await days.fill("0")
    await lead.get_by_role("button", name="Save").click()
    await expect(lead.get_by_role("alert")).to_contain_text("from 1 to 365")
    await days.fill("6")
    await lead.get_by_label("Questions for looking back").fill("What surprised you?\nWhat surprised you?")
    await lead.get_by_role("button", name="Save").click()
    await expect(lead.get_by_role("alert")).to_contain_text("is there twice among the prompts")
    await lead.get_by_label("Questions for looking back").fill("What surprised you?")
    await lead.get_by_role("button", name="Save").click()
    await expect(lead.get_by_role("status").filter(has_text="Saved.")).to_be_visible()

    await lead.reload()

    await expect(lead.get_by_label("Review")).to_have_value("6")
    await expect(lead.get_by_label("Questions for looking back")).to_have_value("What surprised you?")
