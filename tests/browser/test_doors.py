"""How people come in, in real browsers: invitations, passwords, links by mail, keys for programs, and the way out."""

import re
import sqlite3
from contextlib import closing
from uuid import uuid4

from playwright.async_api import Locator, Page, expect

from tests.browser.conftest import PHONE, SignIn, Somebody
from tests.fixtures.running import Running

PASSWORD = "umbrella otter seven lamp"


def new_address() -> str:
    return f"{uuid4()}@school.example"


async def people_page(sign_in: SignIn) -> Page:
    """The page of the lead's program."""
    lead = await sign_in("Lea")
    await lead.get_by_role("link", name="People and invitations").click()
    await expect(lead.get_by_role("heading", name="In the program")).to_be_visible()
    return lead


async def invite(lead: Page, role: str, address: str | None) -> str | None:
    """An invitation by letter; with no address by a link, which is answered."""
    # A label says what the role does, too.
    if not await lead.get_by_role("radio", name=f"{role} ").is_visible():
        await lead.get_by_role("button", name="Invite somebody").click()
    await lead.get_by_role("radio", name=f"{role} ").check()
    if address is None:
        await lead.get_by_role("radio", name="By a link").check()
        await lead.get_by_role("button", name="Make the link").click()
        return await lead.get_by_label(f"The link ({role})").input_value()
    await lead.get_by_role("radio", name="By a letter").check()
    await lead.get_by_label("Mail address").fill(address)
    await lead.get_by_role("button", name="Send the invitation").click()
    await expect(lead.get_by_text(f"is on its way to {address}")).to_be_visible()
    return None


async def letter(page: Page, url: str, address: str, subject: str = "") -> Locator:
    """The newest letter to the address, in the demo's outbox."""
    await page.goto(f"{url}/outbox")
    found = page.get_by_role("listitem").filter(has_text=f"To {address}").filter(has_text=subject).first
    await expect(found).to_be_visible()
    return found


async def first_link(found: Locator) -> str:
    return str(await found.get_by_role("link").first.get_attribute("href"))


async def newcomer(sign_in: SignIn, somebody: Somebody, url: str, role: str, name: str) -> tuple[Page, str]:
    """Somebody who has just joined, at home, and their address."""
    lead, address = await people_page(sign_in), new_address()
    await invite(lead, role, address)
    page = await somebody("/outbox")
    await page.goto(await first_link(await letter(page, url, address)))
    await page.get_by_label("Your name").fill(name)
    await page.get_by_role("button", name="Join").click()
    await expect(page.get_by_text("Welcome")).to_be_visible()
    return page, address


async def test_an_invited_coach_joins_and_comes_back_with_a_password(
    farfield: Running, sign_in: SignIn, somebody: Somebody
) -> None:
    lead, address = await people_page(sign_in), new_address()
    await invite(lead, "Coach", address)
    await expect(lead.get_by_role("listitem").filter(has_text=address)).to_contain_text("has gone out")
    page = await somebody("/outbox")
    link = await first_link(await letter(page, farfield.url, address, "invites you to Demo: Far Valley Coaching"))

    scanner = await somebody("/here")
    for _ in range(2):
        assert (await scanner.request.get(link)).ok
    await scanner.goto(link)
    await expect(scanner.get_by_role("button", name="Join")).to_be_visible()

    await page.goto(link)
    await expect(page.get_by_text("As a coach")).to_be_visible()
    await page.get_by_role("button", name="Join").click()
    await expect(page.get_by_role("alert")).to_contain_text("Write your name first")
    await page.get_by_label("Your name").fill("Cleo Coachwell")
    await page.get_by_role("button", name="Join").click()
    await page.get_by_role("link", name="Set the password").click()
    await page.get_by_label("New password").fill("short")
    await page.get_by_role("button", name="Set the password").click()
    await expect(page.get_by_text("has at least 15 characters")).to_be_visible()
    await expect(page.get_by_label("New password")).to_have_value("short")
    await page.get_by_label("New password").fill(PASSWORD)
    await page.get_by_role("button", name="Set the password").click()
    await expect(page.get_by_text("Your password is set")).to_be_visible()

    await page.get_by_role("button", name="Sign out", exact=True).click()
    await expect(page.get_by_role("heading", name="You are signed out")).to_be_visible()
    # With the keyboard alone.
    await page.get_by_label("Mail address").focus()
    await page.keyboard.type(address)
    await page.keyboard.press("Tab")
    await page.keyboard.type(PASSWORD)
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("heading", name="Cleo Coachwell")).to_be_visible()

    # The one who comes late is told, and so is the lead.
    await scanner.get_by_label("Your name").fill("Somebody Else")
    await scanner.get_by_role("button", name="Join").click()
    await expect(scanner.get_by_text("This invitation was used already")).to_be_visible()
    await lead.reload()
    row = lead.get_by_role("listitem").filter(has_text=address)
    await expect(row).to_contain_text("Cleo Coachwell")
    await expect(row.get_by_role("button", name="Take it back")).to_be_hidden()


async def test_a_link_that_was_handed_over_leads_through_a_letter(
    farfield: Running, sign_in: SignIn, somebody: Somebody
) -> None:
    lead, address = await people_page(sign_in), new_address()
    link = str(await invite(lead, "Teacher", None))
    page = await somebody("/here", viewport=PHONE)
    await page.goto(link)
    await page.get_by_label("Your name").fill("Tara Handed")
    await page.get_by_label("Mail address").fill(address)
    await page.get_by_role("button", name="Join").click()
    await expect(page.get_by_role("heading", name="A letter is on its way")).to_be_visible()

    late = await somebody("/here")
    await late.goto(link)
    await expect(late.get_by_text("does not know this invitation any more")).to_be_visible()

    await page.goto(await first_link(await letter(page, farfield.url, address)))
    await expect(page.get_by_label("Your name")).to_have_value("Tara Handed")
    await page.get_by_role("button", name="Join").click()
    await expect(page.get_by_role("heading", name="No cycles yet")).to_be_visible()


async def test_an_invitation_is_kept_while_one_signs_in(
    farfield: Running, sign_in: SignIn, somebody: Somebody
) -> None:
    page, address = await newcomer(sign_in, somebody, farfield.url, "Teacher", "Ina Inside")
    lead = await people_page(sign_in)
    link = str(await invite(lead, "Coach", None))
    await page.goto(link)
    await expect(page.get_by_text(f"You are signed in as Ina Inside ({address})")).to_be_visible()
    await page.get_by_role("button", name="I am not Ina Inside").click()

    await page.get_by_role("link", name="Sign in").click()
    await expect(page.get_by_text("you go on with your invitation")).to_be_visible()
    await page.get_by_label("Mail address").fill(address)
    await page.get_by_role("button", name="Mail me a link").click()
    await expect(page.get_by_text("If this address has an account")).to_be_visible()
    # In the same tab, as a person does who has the outbox there.
    await page.get_by_role("link", name="Look at the letters").click()
    sign_in_letter = page.get_by_role("listitem").filter(has_text=f"To {address}").filter(has_text="Your link")
    await sign_in_letter.get_by_role("link").first.click()
    await page.get_by_role("button", name="Sign in").click()
    await page.get_by_role("button", name="Join").click()

    await expect(page.get_by_role("button", name="Sign out")).to_be_visible()
    await expect(page.get_by_role("heading", name="No cycles yet")).to_be_visible()
    await lead.reload()
    await expect(lead.get_by_role("listitem").filter(has_text=address)).to_contain_text(re.compile("Coach.*Teacher"))


async def test_an_invitation_of_somebody_with_an_account_leads_through_a_sign_in_link(
    farfield: Running, sign_in: SignIn, somebody: Somebody
) -> None:
    _, address = await newcomer(sign_in, somebody, farfield.url, "Coach", "Cleo Coachwell")
    await invite(await people_page(sign_in), "Teacher", address)
    page = await somebody("/outbox")
    await page.goto(await first_link(await letter(page, farfield.url, address, "invites you")))
    await page.get_by_label("Your name").fill("Cleo")
    await page.get_by_role("button", name="Join").click()
    await expect(page.get_by_role("heading", name="A letter is on its way")).to_be_visible()
    await expect(page.get_by_text(f"It goes to {address}")).to_be_visible()
    await page.goto(await first_link(await letter(page, farfield.url, address, "Your link to Farfield")))
    await page.get_by_role("button", name="Sign in").click()
    await expect(page.get_by_role("link", name="Cleo Coachwell")).to_be_visible()
    programs = (await (await page.request.get(f"{farfield.url}/api/session")).json())["programs"]
    assert sorted(program["role"] for program in programs) == ["coach", "teacher"]


async def test_an_invitation_of_somebody_else_says_whose_it_is(
    farfield: Running, sign_in: SignIn, somebody: Somebody
) -> None:
    lead, address = await people_page(sign_in), new_address()
    await invite(lead, "Coach", address)

    await lead.goto(await first_link(await letter(lead, farfield.url, address)))

    await expect(lead.get_by_text(f"went to {address}, but Lea Leadley is signed in here")).to_be_visible()
    await expect(lead.get_by_role("button", name="Join")).to_be_hidden()
    await lead.goto(f"{farfield.url}/invitation#{'x' * 43}")
    await expect(lead.get_by_text("does not know this invitation")).to_be_visible()


async def test_an_invitation_is_taken_back(sign_in: SignIn, somebody: Somebody) -> None:
    lead = await people_page(sign_in)
    link = str(await invite(lead, "Program lead", None))
    row = lead.get_by_role("listitem").filter(has_text="A link to hand over").filter(has_text="Program lead").first
    await expect(row).to_be_visible()
    before = await lead.get_by_role("button", name="Take it back").count()

    await row.get_by_role("button", name="Take it back").click()
    await expect(row.get_by_role("button", name="Leave it")).to_be_focused()
    await row.get_by_role("button", name="Take it back").click()

    await expect(lead.get_by_role("button", name="Take it back")).to_have_count(before - 1)
    page = await somebody("/here")
    await page.goto(link)
    await expect(page.get_by_text("This invitation was taken back")).to_be_visible()


async def test_a_lead_opens_a_cycle_for_two(farfield: Running, sign_in: SignIn, somebody: Somebody) -> None:
    teacher, address = await newcomer(sign_in, somebody, farfield.url, "Teacher", "Nele Newly")
    coach, _ = await newcomer(sign_in, somebody, farfield.url, "Coach", "Noah Nearby")
    lead = await people_page(sign_in)
    await lead.get_by_role("button", name="Open a cycle").click()
    await lead.get_by_role("button", name="Open the cycle").click()
    await expect(lead.get_by_text("Choose a teacher and a coach")).to_be_visible()

    await lead.get_by_role("combobox", name="Teacher").select_option("Nele Newly")
    await lead.get_by_role("combobox", name="Coach").select_option("Noah Nearby")
    await lead.get_by_role("button", name="Open the cycle").click()

    await expect(lead.get_by_text("A cycle is open for Nele Newly and Noah Nearby")).to_be_visible()
    cycle = await first_link(await letter(teacher, farfield.url, address, "A coaching cycle with Noah Nearby"))
    await teacher.goto(cycle)
    await expect(teacher.get_by_role("heading", name="Cycle 1")).to_be_visible()
    await coach.goto(farfield.url)
    await expect(coach.get_by_role("link", name="Cycle 1 with Nele Newly")).to_be_visible()
    await lead.get_by_role("link", name="Where the cycles stand").first.click()
    await expect(lead.get_by_role("region", name="Planning")).to_contain_text("Nele Newly")


async def test_a_mailed_link_signs_in_and_is_ended_from_elsewhere(
    farfield: Running, sign_in: SignIn, somebody: Somebody
) -> None:
    page, address = await newcomer(sign_in, somebody, farfield.url, "Teacher", "Sara Session")
    other = await somebody("/account")
    await other.get_by_role("button", name="Mail me a link").click()
    await expect(other.get_by_text("Write the mail address first")).to_be_visible()
    await other.get_by_label("Mail address").fill(address)
    await other.get_by_role("button", name="Mail me a link").click()
    await expect(other.get_by_text("If this address has an account")).to_be_visible()
    link = await first_link(await letter(other, farfield.url, address, "Your link to Farfield"))
    await other.goto(link)
    await other.get_by_role("button", name="Sign in").click()
    await expect(other.get_by_role("heading", name="No cycles yet")).to_be_visible()

    await page.goto(f"{farfield.url}/account")
    places = page.get_by_role("region", name="Where you are signed in")
    await expect(places.get_by_role("listitem")).to_have_count(2)
    await places.get_by_role("button", name="Sign out Chromium on Linux").click()
    await places.get_by_role("button", name="Sign out Chromium on Linux").click()

    await expect(other.get_by_role("heading", name="You are signed out")).to_be_visible()
    await expect(places.get_by_role("listitem")).to_have_count(1)
    await other.goto("about:blank")
    await other.goto(link)
    await other.get_by_role("button", name="Sign in").click()
    await expect(other.get_by_text("has been used already")).to_be_visible()


async def test_a_password_is_changed_with_the_present_one(
    farfield: Running, sign_in: SignIn, somebody: Somebody
) -> None:
    page, address = await newcomer(sign_in, somebody, farfield.url, "Teacher", "Pia Password")
    await page.goto(f"{farfield.url}/account")
    a_while_ago(farfield, address)
    await page.reload()
    await page.get_by_label("New password").fill(PASSWORD)
    await page.get_by_role("button", name="Set the password").click()
    await expect(page.get_by_text("sign in once more first")).to_be_visible()
    await page.get_by_role("button", name="Mail me a link").click()
    tab = await page.context.new_page()
    await tab.goto(await first_link(await letter(tab, farfield.url, address, "Your link to Farfield")))
    await tab.get_by_role("button", name="Sign in").click()
    await expect(tab.get_by_role("heading", name="No cycles yet")).to_be_visible()
    await page.bring_to_front()
    await expect(page.get_by_label("New password")).to_have_value(PASSWORD)
    await page.get_by_role("button", name="Set the password").click()
    await expect(page.get_by_text("Your password is set")).to_be_visible()

    a_while_ago(farfield, address)
    await page.reload()
    await page.get_by_role("button", name="Change the password").click()
    await page.get_by_label("Your present password").fill("not this one at all")
    await page.get_by_label("New password").fill(PASSWORD[::-1])
    await page.get_by_role("button", name="Set the password").click()
    await expect(page.get_by_text("This is not your present password")).to_be_visible()
    await page.get_by_label("Your present password").fill(PASSWORD)
    await page.get_by_role("button", name="Set the password").click()
    await expect(page.get_by_text("Your password is set")).to_be_visible()


def a_while_ago(farfield: Running, address: str) -> None:
    """Whoever has the address signed in too long ago for things that want a fresh session."""
    with closing(sqlite3.connect(farfield.data_dir / "farfield.db", timeout=10)) as records, records:
        mine = "person_id = (SELECT id FROM people WHERE email = ?)"
        records.execute(f"UPDATE sessions SET created_at = created_at - 1200000 WHERE {mine}", (address,))


async def test_a_key_is_shown_once_works_and_is_ended(
    farfield: Running, sign_in: SignIn, somebody: Somebody
) -> None:
    page, _ = await newcomer(sign_in, somebody, farfield.url, "Teacher", "Kay Keyholder")
    await page.goto(f"{farfield.url}/account")
    await page.get_by_role("button", name="Make a key").click()
    await page.get_by_role("button", name="Make a key").click()
    await expect(page.get_by_text("Give the key a name")).to_be_visible()
    await page.get_by_label("What will you call it?").fill("School laptop")
    await page.get_by_role("button", name="Make a key").click()
    secret = await page.get_by_label("The key “School laptop”").input_value()
    stranger = await somebody("/here")
    shown = {"Authorization": f"Bearer {secret}"}

    assert (await stranger.request.get(f"{farfield.url}/api/home", headers=shown)).status == 200
    await page.reload()
    row = page.get_by_role("listitem").filter(has_text="School laptop")
    await expect(row).to_contain_text("For reading, uploading")
    assert secret not in await page.content()
    await row.get_by_role("button", name="End it").click()
    await row.get_by_role("button", name="End it").click()
    await expect(row).to_be_hidden()
    assert (await stranger.request.get(f"{farfield.url}/api/home", headers=shown)).status == 401

    await page.get_by_role("button", name="Make a key").click()
    await page.get_by_label("What will you call it?").fill("Another")
    await page.get_by_role("button", name="Make a key").click()
    key = page.get_by_label("The key “Another”")
    shown = {"Authorization": f"Bearer {await key.input_value()}"}
    await page.get_by_label("New password").fill(PASSWORD)
    await page.get_by_role("button", name="Set the password").click()
    await expect(page.get_by_text("keys for programs have ended")).to_be_visible()
    await expect(key).to_be_hidden()
    assert (await stranger.request.get(f"{farfield.url}/api/home", headers=shown)).status == 401


async def test_whoever_guesses_is_told_to_wait(somebody: Somebody) -> None:
    page, address = await somebody("/sign-in"), new_address()
    await page.get_by_label("Mail address").fill(address)
    await page.get_by_label("Password", exact=True).fill("wrong horse battery")
    alert = page.get_by_role("alert").first
    for _ in range(5):
        async with page.expect_response("**/api/session") as answer:
            await page.get_by_role("button", name="Sign in").click()
        assert (await answer.value).status == 403
        await expect(alert).to_contain_text("do not belong together")
    while "Wait" not in await alert.inner_text():
        async with page.expect_response("**/api/session"):
            await page.get_by_role("button", name="Sign in").click()
        await expect(alert).not_to_be_empty()

    await expect(alert).to_contain_text(re.compile(r"Wait .*(second|minute)"))
    await expect(page.get_by_label("Mail address")).to_have_value(address)
    await expect(page.get_by_label("Password", exact=True)).to_have_value("wrong horse battery")


async def test_no_more_letters(farfield: Running, sign_in: SignIn, somebody: Somebody) -> None:
    lead, address = await people_page(sign_in), new_address()
    await invite(lead, "Coach", address)
    page = await somebody("/here")
    link = str(await (await letter(page, farfield.url, address)).get_by_role("link").last.get_attribute("href"))

    for _ in range(2):
        await page.goto(link)
        await expect(page.get_by_role("heading", name="No more letters")).to_be_visible()
    await invite(lead, "Teacher", address)
    await expect(lead.get_by_role("listitem").filter(has_text=address).first).to_contain_text("has gone out")
    await page.get_by_role("button", name="Send me no more").click()
    await expect(page.get_by_role("heading", name="Done")).to_be_visible()

    await invite(lead, "Program lead", address)
    row = lead.get_by_role("listitem").filter(has_text=address).filter(has_text="Program lead")
    await expect(row).to_contain_text("wants none from Farfield")


async def test_every_page_fits_a_phone(farfield: Running, sign_in: SignIn, somebody: Somebody) -> None:
    lead = await people_page(sign_in)
    program = lead.url.removeprefix(farfield.url)
    link = str(await invite(lead, "Coach", None)).partition("#")[2]
    await lead.set_viewport_size(PHONE)  # type: ignore[arg-type]
    stranger = await somebody("/", viewport=PHONE)
    leads, everybodys = (program, "/account", "/outbox"), ("/sign-in", "/unsubscribe#x", f"/invitation#{link}")

    for page, path in (*((lead, path) for path in leads), *((stranger, path) for path in everybodys)):
        await page.goto(farfield.url + path)
        await expect(page.get_by_role("heading").nth(0)).to_be_visible()
        await expect(page.get_by_role("main")).not_to_be_empty()
        assert await page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"], path
