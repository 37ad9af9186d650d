"""Files over a rural line: a clean one, one that is cut, and one behind a box that ends connections after a minute.

Goodput is the file's bits from pressing "Start" to the answer that all is there, over what the line could have carried
in that time; the dark counts as time. Re-sent is what was on the line beyond the file, handshakes and calls included.
"""

import asyncio
import statistics
from dataclasses import replace

from tests.bench.upload_rig import MIB, Rig, Sent, pick, protocol, said, send
from tests.fixtures.link import Road, storm

REACH = {
    "clean_goodput": (">=", 0.95),
    "cut_resent": ("<=", 0.08),
    "cut_goodput": (">=", 0.60),
    "cut_back_within_s": ("<=", 2.0),
    "killed_goodput": (">=", 0.75),
}
RURAL = Road(up=2e6, down=2e6, rtt_s=0.6)
WORST = Road(up=0.5e6, down=0.5e6, rtt_s=0.6, life_s=60)
SEEDS = 5
MEAN_S, DARK_S = 60.0, 10.0
TELL = False
"""Print each block."""


async def measure(rig: Rig, *, seed: int, quick: bool) -> dict[str, float]:
    if quick:
        fast = Road(up=16e6, down=16e6, rtt_s=0.1)
        clean, killed, seeds, size, dark = fast, replace(fast, life_s=2.0), 1, 3 * MIB, (2.0, 0.3)
        small = 3 * MIB
    else:
        clean, killed, seeds, size, dark = RURAL, WORST, SEEDS, 48 * MIB, (MEAN_S, DARK_S)
        small = 10 * MIB
    outcomes = await asyncio.gather(
        _sent(rig, "clean", clean, size, seed),
        _sent(rig, "killed", killed, small, seed + 100),
        *(_cut(rig, clean, size, seed + n, dark) for n in range(seeds)),
    )
    first, second, *cut = outcomes
    return {
        "clean_goodput": first[0].goodput(clean),
        "clean_resent": first[0].resent,
        "cut_resent": statistics.mean(one.resent for one, _ in cut),
        "cut_goodput": statistics.mean(one.goodput(clean) for one, _ in cut),
        "cut_goodput_worst": min(one.goodput(clean) for one, _ in cut),
        "cut_back_within_s": max((waited for _, waits in cut for waited in waits), default=0.0),
        "cuts": sum(len(waits) for _, waits in cut),
        "killed_goodput": second[0].goodput(killed),
        "killed_resent": second[0].resent,
    }


async def _sent(rig: Rig, name: str, road: Road, size: int, seed: int) -> tuple[Sent, list[float]]:
    link = await rig.link(replace(road, life_s=None))
    page = await rig.page("Toni", link)
    over = await protocol(page)
    assert over == ("h2" if rig.farfield.https else "http/1.1"), over
    await pick(page, rig.file(size, seed), f"{name} {seed}")
    if road.life_s:
        # From here on; the page itself may load in peace, also where this machine is slow.
        link.road = road
        link.reset_all()
    sent = await send(page, link, size)
    _tell(name, seed, sent, road)
    await page.close()
    return sent, link.waited_s


async def _cut(rig: Rig, road: Road, size: int, seed: int, dark: tuple[float, float]) -> tuple[Sent, list[float]]:
    link = await rig.link(road)
    page = await rig.page("Toni", link)
    await pick(page, rig.file(size, seed + 200), f"cut {seed}")
    sent = await send(page, link, size, storm(link, mean_s=dark[0], dark_s=dark[1], seed=seed))
    _tell("cut", seed, sent, road, cuts=link.cuts)
    await page.close()
    return sent, link.waited_s


def _tell(name: str, seed: int, sent: Sent, road: Road, **more: float) -> None:
    said(f"{name}, seed {seed}{''.join(f', {value} {what}' for what, value in more.items())}", sent, road)
    if TELL:
        print(sent.timeline(), flush=True)
