"""Each case of `make bench-upload` in short, over plain HTTP on the demo of the other tests."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from pathlib import Path

import pytest
from playwright.async_api import Browser

from tests.bench import upload
from tests.bench.upload_rig import Rig
from tests.browser.conftest import SignIn
from tests.fixtures.running import Running


@pytest.fixture
async def rig(farfield: Running, browser: Browser, sign_in: SignIn, tmp_path: Path) -> AsyncIterator[Rig]:
    toni = await sign_in("Toni")
    async with AsyncExitStack() as later:
        yield Rig(farfield, browser, tmp_path, later, {"Toni": await toni.context.storage_state()})


async def test_each_case_in_short(rig: Rig) -> None:
    figures = await upload.run(rig, seed=7, quick=True)

    # Nothing is asked of how quick it was: that is the link's doing, and this machine's.
    assert figures["damaged"] > 0
    assert figures["damaged_accepted"] == 0
    assert figures["differing_originals"] == 0
    assert figures["video_bytes_through_python"] == 0
    assert figures["other_bytes_through_python"] > 0
    assert figures["cut_goodput"] > 0
    assert figures["killed_goodput"] > 0
    assert figures["words_acknowledged_s"] > 0
