"""The sound of a video goes first: what is written to it stays where it is when the picture comes."""

import re
from pathlib import Path
from uuid import uuid4

from playwright.async_api import expect

from tests.browser.conftest import SignIn
from tests.browser.test_smaller import lesson_at, read_lesson
from tests.browser.test_upload import pick, start, watch
from tests.fixtures.clips import container_start_ms, make_clip
from tests.fixtures.films import (
    fetch_kept,
    grainy,
    holding,
    kept_films,
    late_sound,
    on_a_line_of,
    packet_times_ms,
    raw_sound,
    read_film,
)

VERY_SLOW = 2_000
FIRST = "Send the sound first"


async def test_the_sound_is_heard_before_the_picture_is_there_on_the_same_times(
    sign_in: SignIn, tmp_path: Path
) -> None:
    plain = make_clip(tmp_path / "plain.mp4", frames=45)
    film = grainy(late_sound(plain, tmp_path / "late.mp4"), tmp_path / "film.mp4")
    page = await sign_in("Toni")
    await on_a_line_of(page, VERY_SLOW)
    await pick(page, film, f"Heard {uuid4()}")
    await page.get_by_role("radio", name="Send the video as it is").check()
    await page.get_by_label(FIRST).check()
    async with holding(page, "**/api/lessons/*/uploads", only='"original"') as picture:
        async with holding(page, "**/media/uploads/**"):
            await start(page)
            await expect(page.get_by_text("The sound goes first")).to_be_visible()
            sound = await fetch_kept(page, f"sound-{lesson_at(page)}", tmp_path / "sound.m4a")
        await picture.seen.wait()
        await page.evaluate(
            """async (id) => { while (!(await (await fetch(`/api/lessons/${id}`)).json()).lesson.listen) {} }""",
            lesson_at(page),
        )

    assert [stream["codec_name"] for stream in read_film(sound)["streams"]] == ["aac"]
    assert container_start_ms(sound) == container_start_ms(film) == 0
    was, now = packet_times_ms(film, "a:0"), packet_times_ms(sound, "a:0")
    silence = len(now) - len(was)
    assert 450 < was[0] < 550, "the sound of this film begins late, or nothing is shown"
    assert silence > 0
    assert max(abs(a - b) for a, b in zip(was, now[silence:], strict=True)) <= 1

    await watch(page)
    lesson = await read_lesson(page)
    assert (lesson["source"], lesson["listen"]) == ("original", False)
    assert await kept_films(page) == []


async def test_sound_that_cannot_be_lifted_out_is_not_offered(sign_in: SignIn, tmp_path: Path) -> None:
    film = grainy(make_clip(tmp_path / "plain.mp4", frames=45), tmp_path / "film.mov")
    raw = raw_sound(film, tmp_path / "raw.mov")
    page = await sign_in("Toni")
    await on_a_line_of(page, VERY_SLOW)
    await pick(page, film, "Lifted out")
    await expect(page.get_by_label(FIRST)).to_be_visible()

    await page.get_by_label(re.compile("Pick the video")).set_input_files(raw)

    await expect(page.get_by_label(FIRST)).to_be_hidden()
    await expect(page.get_by_role("radio", name=re.compile("Make it smaller first"))).to_be_visible()
    await expect(page.get_by_label(FIRST)).to_be_hidden()
