"""A video is made smaller in the browser before it is sent: what arrives is upright, on its times, and never half."""

import asyncio
import os
import re
from pathlib import Path
from typing import Any
from uuid import uuid4

from playwright.async_api import Page, expect

from tests.browser.conftest import SignIn, until
from tests.browser.test_upload import SAMPLE, pick, start, watch
from tests.fixtures.clips import make_clip, read_frames
from tests.fixtures.films import (
    fetch_kept,
    grainy,
    holding,
    kept_films,
    on_a_line_of,
    packet_times_ms,
    picture_at,
    read_film,
    turned,
)

SLOW = 15_000
"""Bytes a second, on which a film of two seconds is minutes on its way."""
SMALLER = re.compile("Make it smaller first")
HEVC = ("-x265-params", "bitrate=12000:vbv-maxrate=14000:vbv-bufsize=4000:log-level=error", "-tag:v", "hvc1")
FILM = "/the-film-itself"
KEEP = """async (lesson) => {
  const person = (await (await fetch("/api/session")).json()).person.id;
  const root = await navigator.storage.getDirectory();
  const films = await root.getDirectoryHandle("films", { create: true });
  const note = { lesson, person, role: "small", of: "", aim: null, name: "a.mp4", type: "video/mp4", at: Date.now() };
  for (const [name, text] of [[`small-${lesson}`, "no film either"], [`small-${lesson}.json`, JSON.stringify(note)]]) {
    const file = await (await films.getFileHandle(name, { create: true })).createWritable();
    await file.write(text);
    await file.close();
  }
}"""
NAMES = "(await Array.fromAsync((await (await navigator.storage.getDirectory()).getDirectoryHandle('films')).keys()))"
KEPT = f"{NAMES}.some((name) => name.endsWith('.json'))"
GONE = f"{NAMES}.length === 0"
TEN_MINUTES = """const picture = { width: 640, height: 360, bitsPerSecond: 1e5, decodes: true };
const film = { duration: 600, picture, sound: null, writes: "avc" };
onmessage = ({ data }) => postMessage(data.do === "look" ? { says: "looked", film } : { says: "tried", speed: 1 });"""
"""A worker that finds this film in every file, and would make a copy of it as fast as it plays."""
SCRIPT = "text/javascript"
READY = "(await (await fetch(`/api${location.pathname}`)).json()).lesson.state === 'ready'"
WORKER = Path(__file__).parents[2] / "static/dist/assets"


def lesson_at(page: Page) -> str:
    return page.url.split("/lessons/")[1].split("/")[0]


async def read_lesson(page: Page) -> dict[str, Any]:
    found: dict[str, Any] = await page.evaluate(
        "async (id) => (await (await fetch(`/api/lessons/${id}`)).json()).lesson", lesson_at(page)
    )
    return found


async def smaller(page: Page, film: Path) -> None:
    await on_a_line_of(page, SLOW)
    await pick(page, film, f"Smaller {uuid4()}")
    await page.get_by_role("radio", name=SMALLER).check()
    await start(page)


async def test_a_copy_keeps_every_time_and_the_original_can_follow_later(sign_in: SignIn, tmp_path: Path) -> None:
    plain = make_clip(tmp_path / "plain.mp4", frames=45, size=(1920, 1080), late_picture_s=0.5, keep="mod(n,3)")
    film = grainy(plain, tmp_path / "film.mp4")
    page = await sign_in("Toni")
    async with holding(page, "**/media/uploads/**"):
        await smaller(page, film)
        await expect(page.get_by_text("Your lesson is on its way")).to_be_visible()
        copy = await fetch_kept(page, f"small-{lesson_at(page)}", tmp_path / "copy.mp4")

    before, after = read_frames(film), read_frames(copy)
    assert [one.number for one in after] == [one.number for one in before]
    assert max(abs(a.at_ms - b.at_ms) for a, b in zip(after, before, strict=True)) <= 1
    sounds = zip(packet_times_ms(film, "a:0"), packet_times_ms(copy, "a:0"), strict=True)
    assert max(abs(a - b) for a, b in sounds) <= 1
    picture = read_film(copy)["streams"][0]
    assert (picture["width"], picture["height"]) == (1280, 720)
    assert copy.stat().st_size * 5 < film.stat().st_size

    await watch(page)
    assert (await read_lesson(page))["source"] == "small"
    await page.goto(f"{page.url}/upload")
    await page.get_by_role("button", name="Send the original as well").click()
    await page.get_by_label("Pick the same video").set_input_files(film)
    await page.get_by_role("button", name="Start the upload").click()
    await expect(page.get_by_text("The original is here and is what you both see now")).to_be_visible()
    assert (await read_lesson(page))["original"] == "in_use"
    assert await kept_films(page) == []


async def test_an_upright_film_stays_upright_and_a_finished_copy_outlives_the_page(
    sign_in: SignIn, tmp_path: Path
) -> None:
    lying = grainy(make_clip(tmp_path / "plain.mp4", frames=45), tmp_path / "lying.mp4")
    film = turned(lying, tmp_path / "film.mp4")
    page = await sign_in("Toni")
    async with holding(page, "**/media/uploads/**"):
        await smaller(page, film)
        await expect(page.get_by_text("Your lesson is on its way")).to_be_visible()
        copy = await fetch_kept(page, f"small-{lesson_at(page)}", tmp_path / "copy.mp4")
        other = await page.context.new_page()
        await other.goto(page.url)
        await page.close(run_before_unload=False)

    stream = read_film(copy)["streams"][0]
    assert (stream["width"], stream["height"]) == (360, 640)
    assert "side_data_list" not in stream
    dots = (18, 32)
    apart = [abs(a - b) for a, b in zip(picture_at(copy, 20, dots), picture_at(film, 20, dots), strict=True)]
    assert max(apart) < 40
    assert max(picture_at(film, 20, dots)) - min(picture_at(film, 20, dots)) > 150, "bars, or up and down are the same"

    await expect(
        other.get_by_text(re.compile("still on this device|It is being prepared|can be watched"))
    ).to_be_visible()
    await watch(other)
    assert await other.evaluate(
        "document.querySelector('video').videoWidth < document.querySelector('video').videoHeight"
    )
    assert (await read_lesson(other))["source"] == "small"


async def test_what_this_browser_cannot_show_goes_as_it_is_and_never_as_sound_alone(
    sign_in: SignIn, tmp_path: Path
) -> None:
    plain = make_clip(tmp_path / "plain.mp4", frames=45)
    hevc = grainy(plain, tmp_path / "hevc.mp4", options=("-c:v", "libx265", "-preset", "ultrafast", *HEVC))
    h264 = grainy(plain, tmp_path / "h264.mp4")
    page = await sign_in("Toni")
    await on_a_line_of(page, SLOW)
    title = f"Cannot be shown {uuid4()}"
    await pick(page, hevc, title)
    await expect(page.get_by_text("This browser cannot show the video's format")).to_be_visible()
    await expect(page.get_by_role("radio", name=SMALLER)).to_be_hidden()

    answers = {}
    for film in (hevc, h264):
        answers[film.stem] = await shrink_all_the_same(page, film)
    assert answers == {"hevc": {"says": "refused", "why": "no_decoder"}, "h264": {"says": "made"}}
    assert await kept_films(page) == ["h264", "h264.json"]

    await start(page)
    await watch(page)
    assert (await read_lesson(page))["source"] == "original"


async def test_a_file_that_is_no_film_is_refused_as_ever(sign_in: SignIn) -> None:
    page = await sign_in("Toni")
    await on_a_line_of(page, SLOW)
    text = b"This is only text, whatever its name says. " * 50_000
    await pick(page, {"name": "lesson.mp4", "mimeType": "video/mp4", "buffer": text}, f"Text {uuid4()}")
    await start(page)

    await expect(page.get_by_text("not a video Farfield can read")).to_be_visible()


async def test_after_a_crash_in_the_middle_the_original_is_what_is_chosen(sign_in: SignIn, tmp_path: Path) -> None:
    film = grainy(make_clip(tmp_path / "plain.mp4", frames=240, size=(1280, 720)), tmp_path / "film.mp4")
    page = await sign_in("Toni")
    await smaller(page, film)
    await expect(page.get_by_text("A smaller copy is being made")).to_be_visible()
    await until(page, "localStorage.getItem('farfield.smaller.begun')")
    lesson = page.url
    crashed = asyncio.Event()
    page.on("crash", lambda _: crashed.set())
    tab = await page.context.new_cdp_session(page)
    end = asyncio.ensure_future(tab.send("Page.crash"))
    await crashed.wait()
    end.cancel()

    again = await page.context.new_page()
    await again.goto(lesson)
    await again.get_by_label(re.compile("Pick the")).set_input_files(film)
    await expect(again.get_by_text("did not come to an end on this device")).to_be_visible()
    await expect(again.get_by_role("radio", name="Send the video as it is")).to_be_checked()
    assert await kept_films(again) == []

    await again.get_by_role("radio", name=SMALLER).check()
    await start(again)
    await again.get_by_role("button", name="Send it as it is instead").click()
    await expect(again.get_by_text("Your lesson is on its way")).to_be_visible()
    assert await again.evaluate("localStorage.getItem('farfield.smaller.begun')") is None
    await watch(again)
    assert (await read_lesson(again))["source"] == "original"


async def test_a_copy_that_was_refused_is_not_sent_again_by_itself(sign_in: SignIn) -> None:
    page = await sign_in("Toni")
    await pick(page, {"name": "lesson.mp4", "mimeType": "video/mp4", "buffer": b"no film"}, f"Refused {uuid4()}")
    async with holding(page, "**/media/uploads/**"):
        await start(page)
        await expect(page.get_by_text("Your lesson is on its way")).to_be_visible()
        await page.evaluate(KEEP, lesson_at(page))
        url = page.url
        await page.close(run_before_unload=False)
    again = await page.context.new_page()
    sent: list[str] = []
    again.on("request", lambda request: sent.append(request.url) if request.url.endswith("/complete") else None)
    await again.goto(url)

    await expect(again.get_by_text("not a video Farfield can read")).to_be_visible()
    await until(again, GONE)
    assert len(sent) == 1
    await expect(again.get_by_label(re.compile("Pick the"))).to_be_attached()


async def test_a_session_that_ends_while_a_copy_is_made_costs_nothing(sign_in: SignIn, tmp_path: Path) -> None:
    film = grainy(make_clip(tmp_path / "plain.mp4", frames=300, size=(1280, 720)), tmp_path / "film.mp4")
    page = await sign_in("Toni")
    await smaller(page, film)
    await expect(page.get_by_text("A smaller copy is being made")).to_be_visible()
    lesson = lesson_at(page)
    signed_in = await page.context.cookies()
    await page.context.clear_cookies()
    await page.get_by_role("link", name="Cycle 1").click()
    await expect(page.get_by_role("heading", name="You are signed out")).to_be_visible()
    await until(page, KEPT)

    await page.context.add_cookies(signed_in)  # type: ignore[arg-type]
    async with page.expect_request(lambda request: request.url.endswith(f"/api/lessons/{lesson}/uploads")) as asked:
        await page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    assert (await asked.value).post_data_json["role"] == "small"


async def test_the_way_that_was_chosen_stays_while_another_upload_measures_on(
    sign_in: SignIn, tmp_path: Path
) -> None:
    film = grainy(make_clip(tmp_path / "plain.mp4", frames=45), tmp_path / "film.mp4")
    page = await sign_in("Toni")
    await on_a_line_of(page, SLOW)
    await pick(page, film, f"First {uuid4()}")
    as_it_is = page.get_by_role("radio", name="Send the video as it is")
    await as_it_is.check()
    async with holding(page, "**/media/uploads/**"):
        await start(page)
        await expect(page.get_by_text("Your lesson is on its way")).to_be_visible()
        await page.get_by_role("link", name="Cycle 1").click()
        await page.get_by_role("link", name="Add a lesson").click()
        await page.get_by_label("Pick the video").set_input_files(film)
        await as_it_is.check()
    await expect(page.get_by_text("The lesson is being prepared")).to_be_visible()

    await page.get_by_label(re.compile("What was the lesson")).fill("Second")
    await page.evaluate("new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn)))")
    await expect(as_it_is).to_be_checked()


async def test_a_copy_goes_with_the_next_visit_once_its_lesson_can_be_watched(sign_in: SignIn) -> None:
    page = await sign_in("Toni")
    await pick(page, SAMPLE, f"Left {uuid4()}")
    await start(page)
    await expect(page.get_by_text("Your lesson is on its way")).to_be_visible()
    await watch(page)
    await page.evaluate(KEEP, lesson_at(page))
    await page.evaluate("localStorage.setItem('farfield.films', '1')")

    await page.goto("/".join(page.url.split("/")[:3]))
    await until(page, GONE)
    await until(page, "localStorage.getItem('farfield.films') === null")


async def test_the_time_it_takes_counts_the_making_of_a_copy(sign_in: SignIn, tmp_path: Path) -> None:
    page = await sign_in("Toni")
    long = tmp_path / "long.mp4"
    with long.open("wb") as file:
        os.truncate(file.fileno(), 40_000_000)
    await page.route("**/assets/film.worker-*.js", lambda route: route.fulfill(body=TEN_MINUTES, content_type=SCRIPT))
    await on_a_line_of(page, 100_000)

    await pick(page, long, "Ten minutes")

    await page.get_by_role("radio", name=SMALLER).check()
    await expect(page.get_by_text("About 10 to 15 minutes with making the smaller copy")).to_be_visible()
    await page.get_by_role("radio", name="Send the video as it is").check()
    await expect(page.get_by_text("About 5 to 10 minutes, at the pace")).to_be_visible()


async def test_another_press_while_its_code_loads_sends_it_once(sign_in: SignIn, tmp_path: Path) -> None:
    film = grainy(make_clip(tmp_path / "plain.mp4", frames=45), tmp_path / "film.mp4")
    page = await sign_in("Toni")
    await on_a_line_of(page, SLOW)
    await pick(page, film, f"Once {uuid4()}")
    await page.get_by_role("radio", name=SMALLER).check()
    async with holding(page, "**/assets/send-*.js") as code:
        await start(page)
        await code.seen.wait()
        await expect(page.get_by_role("button", name="Start the upload")).to_be_disabled()
    await watch(page)


async def test_what_is_picked_as_the_original_is_not_shown_before_it_has_proven_to_be_it(
    sign_in: SignIn, tmp_path: Path
) -> None:
    film = grainy(make_clip(tmp_path / "plain.mp4", frames=45), tmp_path / "film.mp4")
    other = grainy(make_clip(tmp_path / "longer.mp4", frames=90), tmp_path / "other.mp4")
    page = await sign_in("Toni")
    await smaller(page, film)
    await watch(page)
    await until(page, READY)
    await page.goto(f"{page.url}/upload")
    await page.get_by_role("button", name="Send the original as well").click()
    await page.get_by_label("Pick the same video").set_input_files(other)
    async with holding(page, "**/media/uploads/**"):
        await page.get_by_role("button", name="Start the upload").click()
        await expect(page.get_by_text("Your lesson is on its way")).to_be_visible()
        await watch(page)
        assert await page.evaluate("Math.round(document.querySelector('video').duration * 10)") == 15


async def test_where_the_device_has_no_room_the_original_goes(sign_in: SignIn, tmp_path: Path) -> None:
    film = grainy(make_clip(tmp_path / "plain.mp4", frames=45, size=(1280, 720)), tmp_path / "film.mp4")
    page = await sign_in("Toni")
    await on_a_line_of(page, SLOW)
    await pick(page, film, f"Full {uuid4()}")
    await page.get_by_role("radio", name=SMALLER).check()
    tab = await page.context.new_cdp_session(page)
    origin = await page.evaluate("location.origin")
    await tab.send("Storage.overrideQuotaForOrigin", {"origin": origin, "quotaSize": 60_000})
    async with holding(page, "**/media/uploads/**"):
        await start(page)
        await expect(page.get_by_text("not enough room on this device")).to_be_visible()
        await expect(page.get_by_text("Your lesson is on its way")).to_be_visible()
        assert await kept_films(page) == []
    await watch(page)
    assert (await read_lesson(page))["source"] == "original"


async def shrink_all_the_same(page: Page, film: Path) -> dict[str, Any]:
    """Asks the worker for a smaller copy of what was picked, whatever the page thinks of it."""
    (worker,) = WORKER.glob("film.worker-*.js")
    sound = {"codec": "aac", "bitsPerSecond": 70_000, "copies": True, "encodes": False}
    picture = {"width": 640, "height": 360, "bitsPerSecond": 12_000_000, "decodes": True}
    asked = {
        "do": "shrink",
        "aim": {"writes": "avc", "width": 640, "height": 360, "bitsPerSecond": 700_000},
        "film": {"duration": 1.5, "picture": picture, "sound": sound, "writes": "avc"},
        "shelf": film.stem,
        "note": '{"at": 9e15}',
    }
    await page.route(f"**{FILM}", lambda route: route.fulfill(path=film))
    answer: dict[str, Any] = await page.evaluate(
        """async ([path, ask, name]) => {
          const picked = await (await fetch(name)).blob();
          const worker = new Worker(path, { type: "module" });
          try {
            return await new Promise((resolve, reject) => {
              worker.onerror = () => reject(new Error("the worker did not start"));
              worker.onmessage = ({ data }) => data.says !== "moved" && resolve(data);
              worker.postMessage({ ...ask, file: new File([picked], "film.mp4") });
            });
          } finally {
            worker.terminate();
          }
        }""",
        [f"/assets/{worker.name}", asked, FILM],
    )
    await page.unroute(f"**{FILM}")
    return answer
