"""An upload that was interrupted goes on: after a reload, in another tab, past a portal, a sign-out, a changed file."""

import asyncio
import os
import random
import re
import shutil
import struct
from pathlib import Path
from urllib.parse import urlsplit
from uuid import uuid4

import pytest
from playwright.async_api import Page, expect

from tests.browser.conftest import PHONE, SignIn, until
from tests.fixtures.link import Link, link_to
from tests.fixtures.running import Running

SAMPLE = Path(__file__).parent.parent / "fixtures" / "media" / "bigbuckbunny.mp4"
SIZE = 6 * 1024 * 1024
MOVED = "Number(document.querySelector('[role=progressbar]')?.ariaValueNow) > 3"


NOTHING_KEPT = """await new Promise((count) => {
  const asked = indexedDB.open("farfield-files");
  asked.onsuccess = () => {
    const counted = asked.result.transaction("handles").objectStore("handles").count();
    counted.onsuccess = () => (asked.result.close(), count(counted.result));
  };
}) === 0"""


def padded(target: Path, seed: int) -> Path:
    """A film of SIZE bytes that can be watched, made long by what no player looks at; each seed has another end."""
    film = SAMPLE.read_bytes()
    left = SIZE - len(film)
    target.write_bytes(film + struct.pack(">I4s", left, b"free") + random.Random(seed).randbytes(left - 8))
    return target


def namesakes(film: Path) -> tuple[Path, Path]:
    """Another film of its name, and the same one under another name."""
    other = film.parent / "other" / film.name
    other.parent.mkdir()
    return padded(other, 2), Path(shutil.copy(film, film.parent / "VID_0001.MOV"))


def cut_short(film: Path) -> bytes:
    """What it was before."""
    whole = film.read_bytes()
    film.write_bytes(whole[: SIZE // 2])
    os.utime(film, (1, 1))
    return whole


def restored(film: Path, whole: bytes) -> Path:
    film.write_bytes(whole)
    return film


async def begin(page: Page, file: Path, *, slowly: bool = False) -> None:
    """From home to a lesson whose video goes up, slowly in pieces of 300 kB."""
    await page.get_by_role("link", name=re.compile("^Cycle 1 with")).click()
    await page.get_by_role("link", name="Add a lesson").click()
    await page.get_by_label("Pick the video").set_input_files(file)
    await page.get_by_label(re.compile("What was the lesson")).fill(f"Resumed {uuid4()}")
    if slowly:
        await pace(page, "Slowly")
    await page.get_by_role("button", name="Start the upload").click()
    await expect(page.get_by_role("progressbar")).to_be_visible()


async def pace(page: Page, how: str) -> None:
    if not await page.get_by_label(how).is_visible():
        await page.get_by_text("Slower, later, or only on Wi-Fi").click()
    await page.get_by_label(how).check()


async def begun(page: Page, link: Link, file: Path) -> None:
    """A fifth of it is there, more of it has gone up; the link says nothing any more."""
    await page.get_by_role("link", name=re.compile("^Cycle 1 with")).wait_for()
    link.stall_after(link.bytes_up + SIZE // 2)
    await begin(page, file)
    await until(page, MOVED.replace("3", "15"))


async def again(page: Page, file: Path) -> None:
    await page.get_by_label("Pick the same video").set_input_files(file)


async def arrives(page: Page) -> None:
    """The server has all of it, and begins to prepare it."""
    await expect(page.get_by_text(re.compile("prepared for watching|can be watched now"))).to_be_visible(timeout=60_000)


async def is_whole(page: Page) -> None:
    """Each block was hashed anew, and the film is one."""
    await expect(page.get_by_role("link", name="Watch the lesson")).to_be_visible(timeout=60_000)


@pytest.fixture
def film(tmp_path: Path) -> Path:
    return padded(tmp_path / "lesson.mp4", 1)


async def test_the_same_file_under_another_name_goes_on_and_another_of_the_same_name_is_told(
    farfield: Running, sign_in: SignIn, film: Path
) -> None:
    async with link_to(farfield.port) as link:
        page = await sign_in("Toni", url=link.url)
        await begun(page, link, film)
        here = page.url
        await page.close()
        await link.renew()
        page = await sign_in("Toni", url=link.url)
        waiting = page.get_by_role("listitem").filter(has=page.locator(f"a[href='{urlsplit(here).path}']"))
        stands = re.compile(r"MB of 6.3 MB are here\. Last piece: .+\. Kept until")
        await expect(waiting.get_by_text(stands)).to_be_visible()
        await waiting.get_by_role("link", name=re.compile("^Resumed")).click()
        await expect(page.get_by_text("This upload was interrupted")).to_be_visible()
        other, renamed = namesakes(film)

        await again(page, other)

        await expect(page.get_by_text("the same content")).to_be_visible()
        await expect(page.get_by_text("same name")).to_be_visible()
        await expect(page.get_by_role("button", name="Start over with this video")).to_be_visible()
        up = link.bytes_up

        await again(page, renamed)

        await is_whole(page)
        assert link.bytes_up - up < 0.9 * SIZE


async def test_starting_over_with_another_file_takes_that(
    farfield: Running, sign_in: SignIn, film: Path, tmp_path: Path
) -> None:
    async with link_to(farfield.port) as link:
        page = await sign_in("Toni", url=link.url)
        await begun(page, link, film)
        here = page.url
        await page.close()
        await link.renew()
        page = await sign_in("Toni", url=link.url)
        await page.goto(here)
        await again(page, padded(tmp_path / "second.mp4", 3))
        up = link.bytes_up

        await page.get_by_role("button", name="Start over with this video").click()

        await arrives(page)
        assert link.bytes_up - up > SIZE


async def test_a_second_tab_says_so_and_takes_over_when_the_first_is_closed(sign_in: SignIn, film: Path) -> None:
    first = await sign_in("Toni")
    await begin(first, film, slowly=True)
    await until(first, MOVED)
    second = await first.context.new_page()
    await second.goto(first.url)
    await expect(second.get_by_text("There is nothing to do here")).to_be_visible()
    await again(second, film)
    await expect(second.get_by_text("Another tab of this browser is sending this video")).to_be_visible()
    await pace(second, "As fast as it goes")
    await expect(second.get_by_text("Another tab of this browser is sending this video")).to_be_visible()

    await first.close()

    await arrives(second)


async def test_a_file_that_changes_while_it_is_sent_asks_for_it_again_and_loses_nothing(
    farfield: Running, sign_in: SignIn, film: Path
) -> None:
    async with link_to(farfield.port) as link:
        page = await sign_in("Toni", url=link.url)
        await begin(page, film, slowly=True)  # so that most of it is still to be read
        await until(page, MOVED)
        whole = cut_short(film)
        await expect(page.get_by_text("can no longer be read from this device, or it changed")).to_be_visible()
        up = link.bytes_up
        await again(page, restored(film, whole))
        await until(page, MOVED)
        await pace(page, "As fast as it goes")

        await arrives(page)
        assert link.bytes_up - up < SIZE, "what was there is not sent again"


async def test_a_portal_is_told_and_the_upload_goes_on_behind_it(
    farfield: Running, sign_in: SignIn, film: Path
) -> None:
    async with link_to(farfield.port) as link:
        page = await sign_in("Toni", url=link.url)
        await begun(page, link, film)

        link.portal(there=True)
        await link.flow()

        await expect(page.get_by_text("Something on this network answers instead of Farfield").first).to_be_visible()
        link.portal(there=False)
        await page.evaluate("dispatchEvent(new Event('online'))")  # as a phone says when its Wi-Fi lets it in
        await arrives(page)


async def stop(page: Page) -> None:
    for _ in ("asked for", "meant"):
        await page.get_by_role("button", name="Stop this upload").click()


async def test_an_upload_stopped_without_a_connection_ends_with_the_next_visit(
    farfield: Running, sign_in: SignIn, film: Path
) -> None:
    async with link_to(farfield.port) as link:
        page = await sign_in("Toni", url=link.url)
        await begun(page, link, film)
        link.cut()

        await stop(page)

        await expect(page.get_by_text("You stopped this upload")).to_be_visible()
        here, visits = page.url, page.context
        await page.close()
        await link.renew()
        page = await visits.new_page()
        await page.goto(here)
        lesson = urlsplit(here).path.removesuffix("/upload")
        await until(page, f"(await (await fetch('/api{lesson}')).json()).lesson.state === 'waiting'")
        await expect(page.get_by_text("You stopped this upload")).to_be_hidden()
        await expect(page.get_by_text("Pick the video")).to_be_visible()
        await expect(page.get_by_text("This upload was interrupted")).to_be_hidden()


async def test_an_upload_stopped_without_a_connection_does_not_take_the_next_one_of_the_same_file_with_it(
    farfield: Running, sign_in: SignIn, film: Path
) -> None:
    async with link_to(farfield.port) as link:
        page = await sign_in("Toni", url=link.url)
        await begun(page, link, film)
        link.cut()
        await stop(page)
        await page.get_by_label("Pick the video").set_input_files(film)
        await page.get_by_role("button", name="Start the upload").click()
        await expect(page.get_by_text("The connection is away")).to_be_visible()
        up = link.bytes_up

        await link.renew()

        await is_whole(page)
        assert link.bytes_up - up > SIZE, "what was stopped is gone, and all of it is sent again"


async def test_a_session_that_ends_on_the_way_is_asked_for_and_the_upload_goes_on(
    farfield: Running, sign_in: SignIn, film: Path
) -> None:
    async with link_to(farfield.port) as link:
        page = await sign_in("Toni", url=link.url)
        cookies = await page.context.cookies()
        await begun(page, link, film)
        here = page.url
        await page.context.clear_cookies()
        await link.flow()
        await expect(page.get_by_role("heading", name=re.compile("Sign in|signed out", re.IGNORECASE))).to_be_visible()

        await page.context.add_cookies(cookies)  # type: ignore[arg-type]

        await arrives(page)
        assert page.url == here


async def test_a_paused_upload_sends_nothing_until_it_goes_on(sign_in: SignIn, film: Path) -> None:
    page = await sign_in("Toni")
    await begin(page, film, slowly=True)
    await until(page, MOVED)
    await page.get_by_role("button", name="Pause").click()
    await expect(page.get_by_text("Paused.")).to_be_visible()
    await until(page, "document.querySelector('.handed').style.width === document.querySelector('.stored').style.width")
    puts: list[str] = []
    page.on("request", lambda request: puts.append(request.method))
    await pace(page, "As fast as it goes")
    await page.evaluate("dispatchEvent(new Event('online'))")
    for _ in range(5):
        await page.evaluate("fetch('/favicon.svg', {cache: 'no-store'}).then(() => 1)")
    assert puts == ["GET"] * 5

    await page.get_by_role("button", name="Go on").click()

    await arrives(page)
    assert "PUT" in puts


async def test_a_browser_that_keeps_hold_of_the_file_goes_on_with_one_click(sign_in: SignIn) -> None:
    page = await sign_in("Toni")
    # A file of the page's own stands for what a person would pick: the browser keeps hold of both in the same way.
    await page.context.add_init_script(
        """globalThis.showOpenFilePicker = async () =>
             [await (await navigator.storage.getDirectory()).getFileHandle("kept.mp4", { create: true })]"""
    )
    await page.reload()
    await page.evaluate(
        """async () => {
          const folder = await navigator.storage.getDirectory();
          const writing = await (await folder.getFileHandle("kept.mp4", { create: true })).createWritable();
          await writing.write(crypto.getRandomValues(new Uint8Array(65536)));
          await writing.write(new Uint8Array(2_000_000));
          await writing.close();
        }"""
    )
    await page.get_by_role("link", name=re.compile("^Cycle 1 with")).click()
    await page.get_by_role("link", name="Add a lesson").click()
    await page.get_by_label("Pick the video").click()
    await expect(page.get_by_text("kept.mp4, 2.1 MB")).to_be_visible()
    await page.get_by_label(re.compile("What was the lesson")).fill(f"Kept {uuid4()}")
    await pace(page, "Slowly")
    await page.get_by_role("button", name="Start the upload").click()
    await until(page, MOVED)
    page.on("dialog", lambda dialog: asyncio.ensure_future(dialog.accept()))
    await page.reload()
    await expect(page.get_by_text("This upload was interrupted")).to_be_visible()

    await page.get_by_role("button", name="Go on with kept.mp4").click()

    await pace(page, "As fast as it goes")
    await expect(page.get_by_text(re.compile("prepared for watching|not a video"))).to_be_visible()
    await until(page, NOTHING_KEPT)


async def test_several_videos_become_a_lesson_each(sign_in: SignIn, tmp_path: Path) -> None:
    page, word = await sign_in("Toni", viewport=PHONE), uuid4().hex[:8]
    files = [tmp_path / f"{name}_{word}.mp4" for name in ("fractions", "angles", "empty")]
    for file in files:
        file.write_bytes(b"" if "empty" in file.name else b"no film at all " * 5_000)
    await page.get_by_role("link", name=re.compile("^Cycle 1 with")).click()
    await page.get_by_role("link", name="Add a lesson").click()
    await page.get_by_label("Pick the video").set_input_files(files)
    await expect(page.get_by_text("This file is empty")).to_be_visible()
    await page.get_by_label(f"What was the lesson in angles_{word}.mp4?").fill(f"Angles, written {word}")
    assert await page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]

    await page.get_by_role("button", name="Start 2 uploads").click()

    await expect(page.get_by_role("link", name=f"fractions {word}", exact=True)).to_be_visible()
    await expect(page.get_by_role("link", name=f"Angles, written {word}", exact=True)).to_be_visible()
