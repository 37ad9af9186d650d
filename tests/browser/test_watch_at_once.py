"""A coach watches what has arrived of a lesson while the rest is still being sent."""

import asyncio
import re
from pathlib import Path
from uuid import uuid4

from playwright.async_api import Request, expect

from tests.browser.conftest import FRAME_SHOWN, SignIn, until
from tests.browser.test_upload import pick, start
from tests.fixtures.clips import make_clip
from tests.fixtures.encoded import own_frames
from tests.fixtures.films import grainy
from tests.fixtures.link import Road, link_to
from tests.fixtures.running import Running
from tests.fixtures.timed import FRAGMENTS

MOMENT_S = 2.02
THERE = f"""(({{ readyState, seeking, currentTime }}) => readyState >= 2 && !seeking && currentTime === {MOMENT_S})(
  document.querySelector('video'))"""
"""In the page: what is on screen is that moment."""
REACHED = f"""(({{ readyState, seekable }}) => readyState >= 2 && seekable.length && seekable.end(0) > {MOMENT_S})(
  document.querySelector('video'))"""
"""In the page: that moment is there. The first pieces are short, and one can go no further than they reach."""


async def test_what_has_arrived_is_watched_at_the_times_it_keeps(
    farfield: Running, sign_in: SignIn, tmp_path: Path
) -> None:
    plain = make_clip(tmp_path / "plain.mp4", frames=900, options=FRAGMENTS)
    film = grainy(plain, tmp_path / "film.mp4", mbit=3, options=("-g", "30", *FRAGMENTS))
    shown = [frame.number for frame in own_frames(film) if frame.at_ms <= 1000 * MOMENT_S][-1]
    async with link_to(farfield.port, Road(up=2_500_000)) as link:
        teacher = await sign_in("Toni", url=link.url)
        await pick(teacher, film, f"Arriving {uuid4()}", release=True)
        await start(teacher)
        coach = await sign_in("Cole")
        attempts: set[str] = set()
        taken_over = asyncio.Event()

        def asked(request: Request) -> None:
            if found := re.search(r"/media/lessons/[^/]+/(\d+)-", request.url):
                attempts.add(found[1])
                if len(attempts) > 1:
                    taken_over.set()

        coach.on("request", asked)
        await coach.goto(farfield.url + teacher.url.removeprefix(link.url).removesuffix("/upload"))
        await expect(coach.get_by_text("This is what has arrived so far")).to_be_visible(timeout=60_000)
        assert link.bytes_up < film.stat().st_size
        await until(coach, REACHED)
        await coach.evaluate(f"document.querySelector('video').currentTime = {MOMENT_S}")
        await until(coach, THERE)
        assert await coach.evaluate(FRAME_SHOWN) == shown
        await expect(coach.get_by_text("This is what has arrived so far")).to_be_hidden(timeout=60_000)
        await expect(coach.get_by_text("0:30")).to_be_visible()
        async with asyncio.timeout(60):
            await taken_over.wait()
        await until(coach, THERE)
        assert await coach.evaluate(FRAME_SHOWN) == shown
