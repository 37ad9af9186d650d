"""From the last byte of a long film to its first frame in somebody's review room, which was open all the time.

The running product over its front door, `farfield upload` that sends and Chromium that watches. All but the last MiB
has gone through, and was put together, before that is let go: over a rural line it comes an hour before it. What
remains of each film is stopped once its first frame was seen, so that the next has the machine.
"""

import asyncio
import json
import os
import signal
import sqlite3
import statistics
import time
from contextlib import AsyncExitStack
from pathlib import Path

import aiohttp

from service.media.ffmpeg import FFMPEG
from tests.bench import media_sources
from tests.bench.first_light import FRAME
from tests.bench.reporting import rounded
from tests.bench.upload_rig import Rig, rigged
from tests.fixtures.commands import farfield, start
from tests.fixtures.link import RELAY
from tests.fixtures.prepared import running as processes

ROUNDS = 3
QUICK_S = 4
LARGEST_BLOCK = 8 * 2**20
LAST = 2**20
"""So much of the film comes last."""
MOST_UNDER_WAY = 3
TOGETHER_S = 15
KINDS = (("h264", False), ("h264", True), ("hevc", False), ("hevc", True))
REACH = {
    f"last_byte_to_first_frame_{codec}_moov_{'first' if moov_first else 'last'}_s": ("<=", 6.0)
    for codec, moov_first in KINDS
}


async def part(*, seed: int, quick: bool) -> dict[str, float]:
    async with AsyncExitStack() as later:
        rig = await later.enter_async_context(rigged(https="off"))
        await rig.farfield.says("The demo lesson can be watched")
        while processes(FFMPEG, rig.farfield.data_dir):  # noqa: ASYNC110 (a process tells nobody that it has ended)
            await asyncio.sleep(0.2)
        return await measure(rig, seed=seed, quick=quick)


async def measure(rig: Rig, *, seed: int, quick: bool) -> dict[str, float]:
    figures: dict[str, float] = {}
    environ = await _sender(rig)
    seconds, kinds = (QUICK_S, KINDS[:1]) if quick else (media_sources.LONG_S, KINDS)
    for (codec, moov_first), name in zip(kinds, REACH, strict=False):
        film = await asyncio.to_thread(
            media_sources.long_film, codec, moov_first=moov_first, seconds=seconds, seed=seed
        )
        waits = []
        for n in range(1 if quick else ROUNDS):
            waits.append(await _wait(rig, film, f"{codec} {moov_first} {n}", environ))
            await asyncio.to_thread(_stop_preparing, rig.farfield.data_dir)
        print(f"  {name}: {[round(wait, 2) for wait in waits]}", flush=True)
        figures[name] = statistics.median(waits)
        if not quick:
            await asyncio.to_thread(film.unlink)
    return rounded(figures)


async def _wait(rig: Rig, film: Path, title: str, environ: dict[str, str]) -> float:
    """Seconds, below 0 where a film can be watched while it comes."""
    most = (await asyncio.to_thread(film.stat)).st_size - LAST
    link, room = await rig.link(RELAY), await rig.page("Toni")
    link.stall_after(most)
    to = ("--cycle", environ["CYCLE"], "--title", title, "--new", "--json")
    sending = await start("upload", str(film), *to, environ=environ | {"FARFIELD_SERVER": link.url})
    lesson = json.loads(await sending.says('"lesson"'))["lesson"]
    await room.goto(f"{rig.farfield.url}/lessons/{lesson}")
    shown = asyncio.create_task(room.evaluate(FRAME))
    await link.carried(most)
    await _together(rig.farfield.data_dir / "work", most - MOST_UNDER_WAY * LARGEST_BLOCK)
    let_go = time.time()
    await link.flow()
    wait = await shown / 1000 - let_go
    await sending.ended()
    await room.context.close()
    return wait


async def _sender(rig: Rig) -> dict[str, str]:
    """Toni's computer, and the cycle that it sends to."""
    records = {"FARFIELD_DATA_DIR": str(rig.farfield.data_dir), "FARFIELD_PORT": str(rig.farfield.port)}
    wanted = ("--name", "t", "--scope", "read", "--scope", "upload", "--json")
    [made] = (await farfield("token", "add", "toni@demo.invalid", *wanted, environ=records)).lines
    headers = {"Authorization": f"Bearer {made['token']}"}
    async with aiohttp.ClientSession(headers=headers) as toni, toni.get(f"{rig.farfield.url}/api/home") as answer:
        [cycle, *_] = (await answer.json())["cycles"]
    return {"FARFIELD_TOKEN": made["token"], "XDG_STATE_HOME": str(rig.folder), "CYCLE": cycle["id"]}


async def _together(work: Path, least: int) -> None:
    """Until what went through was put together: as much as that, and no more is coming."""
    before = -1
    for _ in range(TOGETHER_S):
        here = await asyncio.to_thread(_largest, work)
        if here >= least and here == before:
            return
        before = here
        await asyncio.sleep(1)


def _largest(work: Path) -> int:
    """Of the films that a worker has parts of, in the folder of its own."""
    return max((path.stat().st_size for path in work.glob("*/arriving/*")), default=0)


def _stop_preparing(data_dir: Path) -> None:
    """Nobody wants the rest of it: the jobs are over in the table, and then their encoders end."""
    with sqlite3.connect(data_dir / "farfield.db", timeout=30) as db:
        over = "UPDATE jobs SET state = 'cancelled', fence = fence + 1 WHERE state IN ('running', 'available')"
        db.execute(f"{over} AND kind IN ('prepare_lesson', 'await_upload')")
    for pid in processes(FFMPEG, data_dir):
        os.kill(pid, signal.SIGKILL)
