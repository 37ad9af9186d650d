"""Each part of `make bench-media` in short; the first frame on the demo of the other tests."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from pathlib import Path

import pytest
from playwright.async_api import Browser

from tests.bench import media_cost, media_first_frame, media_quality
from tests.bench.upload_rig import Rig
from tests.browser.conftest import SignIn
from tests.fixtures.running import Running


@pytest.fixture
async def rig(farfield: Running, browser: Browser, sign_in: SignIn, tmp_path: Path) -> AsyncIterator[Rig]:
    toni = await sign_in("Toni")
    async with AsyncExitStack() as later:
        yield Rig(farfield, browser, tmp_path, later, {"Toni": await toni.context.storage_state()})


async def test_what_a_lesson_costs_and_weighs() -> None:
    figures = await media_cost.part(seed=7, quick=True) | await media_quality.part(seed=7, quick=True)

    # Nothing is asked of how quick it was, only that all of it was done and measured.
    assert figures["job_cpu_to_duration"] > figures["decode_cpu_to_duration"] > 0
    assert figures["separate_cpu_to_duration"] > figures["decode_cpu_to_duration"]
    for name in ("720p", "480p", "360p", "240p"):
        assert 0.8 < figures[f"{name}_ssim"] <= 1
        assert 50 < figures[f"{name}_vmaf"] <= 100
    assert figures["720p_mb_a_minute"] > figures["240p_mb_a_minute"] > figures["audio_mb_a_minute"] > 0


async def test_the_first_frame_of_one_film(rig: Rig) -> None:
    figures = await media_first_frame.measure(rig, seed=7, quick=True)

    assert figures["last_byte_to_first_frame_h264_moov_last_s"] > 0
