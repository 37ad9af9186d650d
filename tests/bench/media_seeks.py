"""At random moments of each kind of film, in each player: how many frames what is shown is from what was meant."""

import asyncio
import random
import shutil
import tempfile
from pathlib import Path

from playwright.async_api import async_playwright

from tests.bench.upload_rig import CHROMIUM
from tests.fixtures.seeking import off_in_each_player
from tests.fixtures.timed import FILMS

SEEKS, FRAMES = 40, 300
QUICK_FILMS, QUICK_SEEKS = ("constant rate", "varying"), 4
AT_ONCE = 3
REACH = {"frames_off_constant_rate": ("<=", 0), "frames_off_varying_rate": ("<=", 1)}


async def part(*, seed: int, quick: bool) -> dict[str, float]:
    kinds = QUICK_FILMS if quick else tuple(FILMS)
    turns = asyncio.Semaphore(AT_ONCE)
    worst: dict[bool, int] = {False: 0, True: 0}
    right = seeks = players = 0
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=shutil.which("chromium"), args=[*CHROMIUM])

        async def one(kind: str) -> dict[str, list[int]]:
            chance = random.Random(f"{seed} {kind}")
            async with turns:
                with tempfile.TemporaryDirectory(prefix="ffb-", dir="/tmp") as folder:
                    many = QUICK_SEEKS if quick else SEEKS
                    found = await off_in_each_player(
                        browser, Path(folder), FILMS[kind], chance, frames=FRAMES, seeks=many
                    )
            for player, off in found.items():
                if any(off):
                    print(f"  {kind}, {player}: {off}", flush=True)
            return found

        for kind, found in zip(kinds, await asyncio.gather(*map(one, kinds)), strict=True):
            for off in found.values():
                players += 1
                seeks += len(off)
                right += off.count(0)
                furthest = max(map(abs, off))
                worst[FILMS[kind].varying] = max(worst[FILMS[kind].varying], furthest)
        await browser.close()
    return {
        "frames_off_constant_rate": worst[False],
        "frames_off_varying_rate": worst[True],
        "films_with_players": players,
        "seeks": seeks,
        "seeks_on_the_very_frame": right,
    }
