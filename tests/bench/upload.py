"""Uploads over a link as rural schools have it: `python -m tests.bench.upload [--quick] [--seed n] [--case name]`.

A real Chromium, a link of our own before the front door over HTTPS and HTTP/2, and all cases side by side, because the
line and not this machine is what makes them wait. The last line is JSON; the exit status is 1 where a reach is missed.
What each case does is said in its module; how one is made, in upload_rig.py. All the while somebody stands before each
socket on which Python listens and counts whether a piece of a file that is sent comes by.
"""

import argparse
import asyncio
import importlib
import importlib.util
import json
import os
import statistics
import sys
import time
from collections.abc import Sequence
from contextlib import nullcontext
from types import ModuleType

from playwright.async_api import Error as PlaywrightError

from tests.bench import upload_line
from tests.bench.reporting import COMPARE, rounded
from tests.bench.upload_rig import Rig, counted, rigged, tell_where

REACH = {"video_bytes_through_python": ("<=", 0.0)}
MOST_S, MOST_QUICK_S = 530.0, 120.0
CASES = ("line", "words", "wrong", "smaller", "recorder")
HEAVY = ("smaller", "recorder")
"""Those that keep a core busy by themselves go one after the other, so that the rest still measures the line."""


def cases(wanted: Sequence[str] | None = None) -> dict[str, ModuleType]:
    names = {name: f"tests.bench.upload_{name}" for name in wanted or CASES}
    return {name: importlib.import_module(path) for name, path in names.items() if importlib.util.find_spec(path)}


async def run(rig: Rig, *, seed: int, quick: bool, wanted: Sequence[str] | None = None) -> dict[str, float]:
    figures: dict[str, float] = {}
    alone = asyncio.Lock()

    async def one(name: str, case: ModuleType) -> None:
        async with alone if name in HEAVY else nullcontext():
            began = time.monotonic()
            found = rounded(await case.measure(rig, seed=seed, quick=quick))
        print(f"{name} (seed {seed}, {time.monotonic() - began:.0f} s)")
        for figure, value in found.items():
            reach = case.REACH.get(figure)
            print(f"  {figure:32} {value:>12,}{f'  {reach[0]} {reach[1]:,}' if reach else ''}", flush=True)
        figures.update(found)

    late: list[float] = []
    watching = asyncio.create_task(_lateness(late))
    async with counted(rig.farfield.data_dir / "run") as counters:
        try:
            async with asyncio.timeout(MOST_QUICK_S if quick else MOST_S):
                await asyncio.gather(*(one(name, case) for name, case in cases(wanted).items()))
        except (TimeoutError, PlaywrightError):
            await tell_where(rig)
            raise
    watching.cancel()
    figures["machine_late_ms"] = float(f"{1000 * statistics.mean(late):.3g}")
    figures["machine_late_worst_ms"] = float(f"{1000 * max(late):.3g}")
    figures["video_bytes_through_python"] = 1024 * sum(counter.marks for counter in counters.values())
    figures["other_bytes_through_python"] = sum(counter.bytes for counter in counters.values())
    return figures


async def _lateness(late: list[float]) -> None:
    """How much later than asked this process gets its turn: much more than 50 ms, and the link was not what it says."""
    while True:
        began = time.monotonic()
        await asyncio.sleep(0.1)
        late.append(time.monotonic() - began - 0.1)


async def _bench(options: argparse.Namespace) -> dict[str, float]:
    async with rigged() as rig:
        # Its film is made by ffmpeg, with all that the machine has.
        await rig.farfield.says("The demo lesson can be watched")
        return await run(rig, seed=options.seed, quick=options.quick, wanted=options.case)


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="seconds; the reach is not judged")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--case", choices=CASES, action="append", help="only this one; may be given again")
    parser.add_argument("--blocks", action="store_true", help="print when each block went")
    options = parser.parse_args(arguments)
    upload_line.TELL = options.blocks
    began = time.monotonic()
    figures = asyncio.run(_bench(options))
    print(f"load {os.getloadavg()[0]:.1f}, {time.monotonic() - began:.0f} s in all")
    reach = dict(REACH)
    for case in cases(options.case).values():
        reach |= case.REACH
    seeds = list(range(options.seed, options.seed + upload_line.SEEDS))
    said = {"bench": "upload", "seed": options.seed, "seeds": seeds, "quick": options.quick}
    print(json.dumps(said | {"figures": figures, "reach": reach}))
    reached = all(COMPARE[how](figures[name], wanted) for name, (how, wanted) in reach.items())
    return 0 if options.quick or reached else 1


if __name__ == "__main__":
    sys.exit(main())
