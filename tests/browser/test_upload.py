"""A lesson goes up from a real browser: the good file, the bad ones, a cut link, and the coach who is let in."""

import asyncio
import os
import re
from pathlib import Path
from uuid import uuid4

import pytest
from playwright.async_api import Page, expect

from tests.browser.conftest import FRAME_SHOWN, LIMIT_BYTES, OTHER_NAME, PHONE, SignIn, until
from tests.fixtures.clips import FPS, make_clip
from tests.fixtures.link import Road, link_to
from tests.fixtures.running import Running

SAMPLE = Path(__file__).parent.parent / "fixtures" / "media" / "bigbuckbunny.mp4"

LOCKS = """
  window.given = [];
  navigator.wakeLock.request = async () => {
    const lock = { released: false, release: async () => { lock.released = true; } };
    await new Promise((later) => setTimeout(later, 30));
    given.push(lock);
    return lock;
  };
"""


async def pick(page: Page, file: Path | dict[str, object], title: str, *, release: bool = False) -> None:
    """From home to the upload page, with a file picked and a title written."""
    await page.get_by_role("link", name=re.compile("^Cycle 1 with")).click()
    await page.get_by_role("link", name="Add a lesson").click()
    await page.get_by_label(re.compile("Pick the video")).set_input_files(file)  # type: ignore[arg-type]
    await page.get_by_label(re.compile("What was the lesson")).fill(title)
    if release:
        await page.get_by_label(re.compile("Let my coach in as soon")).check()


async def start(page: Page) -> None:
    await page.get_by_role("button", name="Start the upload").click()


async def watch(page: Page) -> None:
    await page.get_by_role("link", name="Watch the lesson").click()
    await until(page, "document.querySelector('video')?.readyState >= 2")


async def test_a_real_file_becomes_watchable_without_a_reload(sign_in: SignIn) -> None:
    page, title = await sign_in("Toni"), f"Bunny {uuid4()}"
    await pick(page, SAMPLE, title)
    await start(page)

    await watch(page)

    await page.get_by_role("button", name="Play", exact=True).click()
    await until(page, "document.querySelector('video').currentTime > 0.5")
    assert await page.evaluate("document.querySelector('video').videoWidth") in (426, 640, 854, 1280)
    assert await page.evaluate("Math.round(document.querySelector('video').duration * 10)") in (53, 54)


async def test_the_room_says_what_is_missing_of_a_video(sign_in: SignIn, tmp_path: Path) -> None:
    """A film without sound whose copying to the computer was cut off half way."""
    film = make_clip(
        tmp_path / "cut.mp4", frames=600, size=(320, 192), sound=False, options=("-movflags", "+faststart")
    )
    body = film.read_bytes()
    page = await sign_in("Toni")
    await pick(page, {"name": "cut.mp4", "mimeType": "video/mp4", "buffer": body[: len(body) // 2]}, f"Cut {uuid4()}")
    await start(page)
    await page.get_by_role("link", name="Watch the lesson").click()
    await page.reload()  # from here on the server's copy, not this device's

    said = page.get_by_text("The end of this video could not be read")
    await expect(said).to_be_visible()
    await expect(said).to_contain_text(re.compile(r": 0:(0[6-9]|1[0-4]) of it is missing"))
    await expect(page.get_by_text("This video has no sound that can be played here.")).to_be_visible()


async def test_the_screen_may_sleep_again_once_it_is_sent(sign_in: SignIn) -> None:
    page = await sign_in("Toni")
    await page.context.add_init_script(LOCKS)
    await page.reload()
    await pick(page, SAMPLE, f"Awake {uuid4()}")
    await start(page)

    await expect(page.get_by_role("link", name="Watch the lesson")).to_be_visible()
    await until(page, "given.length > 0 && given.every(({ released }) => released)")


async def test_the_coach_sees_nothing_before_the_release_and_all_of_it_after(sign_in: SignIn) -> None:
    teacher, coach, title = await sign_in("Toni"), await sign_in("Cole"), f"Released {uuid4()}"
    await pick(teacher, SAMPLE, title)
    await start(teacher)
    await watch(teacher)
    words = f"mine until I say so {uuid4()}"
    await teacher.get_by_placeholder("What do you see here?").fill(words)
    await teacher.get_by_role("button", name="Save", exact=True).click()
    await expect(teacher.get_by_text(words)).to_be_visible()
    await coach.get_by_role("link", name=re.compile("Cycle 1 with Toni")).click()
    await expect(coach.get_by_role("heading", name="Cycle 1")).to_be_visible()
    assert title not in await coach.content()

    await teacher.get_by_role("button", name="Let my coach in").click()

    await coach.get_by_role("link", name=title, exact=True).click()
    await expect(coach.get_by_text(words)).to_be_visible()


async def test_a_seek_shows_the_very_frame(sign_in: SignIn, tmp_path: Path) -> None:
    page, clip = await sign_in("Toni"), make_clip(tmp_path / "bars.mp4", frames=180)
    await pick(page, clip, f"Bars {uuid4()}")
    await start(page)
    await watch(page)
    lesson = page.url.rsplit("/", 1)[1]
    moments = [0, 1_700, 2_433, 3_300, 4_467, 5_900]
    for at in moments:
        command = {"id": str(uuid4()), "type": "add_annotation", "annotation": str(uuid4())}
        await page.evaluate(
            """async ([path, body]) => (await fetch(path, {method: "POST", body: JSON.stringify(body)})).status""",
            [f"/api/lessons/{lesson}/commands", command | {"start_ms": at, "body": f"moment {at}.", "kind": "note"}],
        )
    shown = {}
    for at in reversed(moments):
        item = page.get_by_role("listitem").filter(has_text=f"moment {at}.")
        await item.get_by_role("button", name=re.compile("^Go to")).click()
        await until(page, f"Math.round(document.querySelector('video').currentTime * 1000) === {at}")
        await until(page, "!document.querySelector('video').seeking")
        shown[at] = await page.evaluate(FRAME_SHOWN)

    assert shown == {at: at * FPS // 1000 for at in moments}


async def test_an_upload_over_a_link_that_is_cut_goes_on(farfield: Running, sign_in: SignIn, tmp_path: Path) -> None:
    clip = make_clip(tmp_path / "long.mp4", frames=900, size=(1280, 720), options=("-crf", "1"))
    async with link_to(farfield.port, Road(up=1_000_000)) as link:
        page = await sign_in("Toni", url=link.url)
        await pick(page, clip, f"Cut {uuid4()}")
        await start(page)
        await expect(page.get_by_role("progressbar")).to_be_visible()
        for part in (4, 2, 1.3):
            await link.carried(clip.stat().st_size / part)
            link.cut()
            link.mend()

        await watch(page)

        assert link.cuts == 3


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("lesson.mp4", b"This is only text, whatever its name says. " * 500, "not a video Farfield can read"),
        ("cut.mp4", SAMPLE.read_bytes()[:20_000], "damaged|not a video"),
    ],
    ids=["text named mp4", "cut after its header"],
)
async def test_a_file_that_is_no_lesson_is_refused_in_plain_words(
    sign_in: SignIn, name: str, content: bytes, words: str
) -> None:
    page = await sign_in("Toni")
    await pick(page, {"name": name, "mimeType": "video/mp4", "buffer": content}, f"Bad {uuid4()}")
    await start(page)

    await expect(page.get_by_text(re.compile(words))).to_be_visible()
    await expect(page.get_by_role("link", name="Watch the lesson")).to_be_hidden()


async def test_an_empty_file_a_text_and_one_over_the_limit_are_refused_before_they_start(
    sign_in: SignIn, tmp_path: Path
) -> None:
    page, large = await sign_in("Toni"), tmp_path / "large.mp4"
    with large.open("wb") as file:
        os.truncate(file.fileno(), LIMIT_BYTES + 1)
    await pick(page, {"name": "empty.mp4", "mimeType": "video/mp4", "buffer": b""}, "Nothing in it")
    await expect(page.get_by_text("This file is empty")).to_be_visible()
    (text := tmp_path / "notes.txt").write_text("No film")
    await page.get_by_label(re.compile("Pick the video")).set_input_files(text)
    await expect(page.get_by_text("This is not a video")).to_be_visible()

    await page.get_by_label(re.compile("Pick the video")).set_input_files(large)

    await expect(page.get_by_text("Farfield takes videos up to")).to_be_visible()


async def test_plain_http_from_another_name_still_uploads_and_says_what_is_off(
    farfield: Running, sign_in: SignIn
) -> None:
    page = await sign_in("Toni")
    await page.goto(f"{farfield.url}/")
    links = await asyncio.create_subprocess_exec(
        *("make", "-s", "links"),
        env=os.environ | {"FARFIELD_DATA_DIR": str(farfield.data_dir), "FARFIELD_PORT": str(farfield.port)},
        stdout=asyncio.subprocess.PIPE,
    )
    printed = (await links.communicate())[0].decode()
    path = re.search(r"Toni Trywell.*?(/sign-in#\S+)", printed)
    assert path, printed
    await page.goto(f"http://{OTHER_NAME}:{farfield.port}{path.group(1)}")
    await page.get_by_role("button", name="Sign in").click()
    assert not await page.evaluate("isSecureContext")
    await expect(page.get_by_role("link", name="What this browser switches off here")).to_be_visible()
    await pick(page, SAMPLE, f"Plain {uuid4()}")
    await start(page)

    await watch(page)


async def test_a_used_link_says_so(farfield: Running, sign_in: SignIn) -> None:
    page = await sign_in("Lea")
    await page.goto(farfield.url + farfield.links["Lea"])
    await page.reload()
    await page.get_by_role("button", name="Sign in").click()

    await expect(page.get_by_text("has been used already")).to_be_visible()


async def test_the_upload_page_on_a_phone(sign_in: SignIn) -> None:
    page = await sign_in("Toni", viewport=PHONE)
    await pick(page, SAMPLE, "From a phone")

    assert await page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    await expect(page.get_by_role("button", name="Start the upload")).to_be_in_viewport()
