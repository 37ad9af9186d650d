"""How long each role takes to end, and what that costs those who are there; on PostgreSQL, NATS and SeaweedFS.

`web`: while commands come through the front door, as many at once as `WRITERS`, one of two webs is told to end; a long
poll waits there. `refused` are commands that were not answered with success, of all that were sent; `lost` those that
were, and are not in the record. `live`: the last of `SOCKETS` sockets has heard 1001 and the process is gone. `worker`:
in the middle of an encode; its job must be free at once and its encoder gone.
"""

import asyncio
import random
import tempfile
from contextlib import AsyncExitStack
from pathlib import Path

import aiohttp

from storage import people
from storage.engine import apply
from tests.bench.reporting import medians
from tests.fixtures.clips import make_clip
from tests.fixtures.postgres import running_postgres
from tests.fixtures.prepared import jobs_of
from tests.fixtures.processes import running_in, until
from tests.fixtures.topology import Service, Topology, composed
from tests.fixtures.topology_traffic import annotation, answered, direct, follower, send, sign_in_there

WRITERS = 16
SOCKETS = 100
PER_PERSON = 8
REACH = {
    "drain_web_s": ("<=", 10.0),
    "drain_web_refused": ("<=", 0.0),
    "drain_web_lost": ("<=", 0.0),
    "drain_live_s": ("<=", 5.0),
    "drain_worker_s": ("<=", 5.0),
}


async def part(*, seed: int, quick: bool) -> dict[str, float]:
    rounds, sockets, film_s = (1, 16, 10) if quick else (3, SOCKETS, 40)
    async with running_postgres(durable=False) as postgres, composed(postgres) as top:
        return await measured(top, seed=seed, rounds=rounds, sockets=sockets, film_s=film_s)


async def measured(top: Topology, *, seed: int, rounds: int, sockets: int, film_s: int) -> dict[str, float]:
    """The figures, from a composition that runs; afterwards it runs as before."""
    chance = random.Random(seed)
    crowd = await _crowd(top, -(-sockets // PER_PERSON))
    taken = []
    for _ in range(rounds):
        web = await _web(top, before_s=chance.uniform(0.2, 0.5))
        taken.append(web | {"drain_live_s": await _live(top, crowd, sockets)})
    figures = medians(taken)
    figures |= {name: sum(each[name] for each in taken) for name in ("drain_web_refused", "drain_web_lost")}
    figures["drain_worker_s"] = await _worker(top, seconds=film_s)
    return {name: round(value, 2) for name, value in figures.items()}


async def _crowd(top: Topology, people_needed: int) -> list[str]:
    """People with a session each: a person may have only a few sockets."""
    names = []
    async with top.deps.db.write() as tx:
        for number in range(people_needed):
            person = top.deps.new_id()
            mail = f"demo{number}@demo.invalid"
            await apply(tx, [people.add(people.Person(person, f"Demo {number}", mail, "UTC", "en", top.deps.clock()))])
            names.append(person)
    for name, person in [*top.cast.everybody.items(), *((name, name) for name in names)]:
        await sign_in_there(top, name, person)
    return names


async def _web(top: Topology, *, before_s: float) -> dict[str, float]:
    sent = refused = told = 0
    over = asyncio.Event()
    web = top["web-1"]
    async with top.browser("teacher") as teacher, direct(top, "web-1", "coach") as waiting:
        path = f"/api/lessons/{top.cast.lesson}"
        before = (await answered(teacher.get(path)))["version"]
        elsewhere = f"/api/lessons/{top.cast.closed_lesson}"
        quiet = (await answered(waiting.get(elsewhere)))["version"]

        async def write() -> None:
            nonlocal sent, refused, told
            while not over.is_set():
                sent += 1
                try:
                    async with teacher.post(f"{path}/commands", json=annotation()) as response:
                        told += response.status == 200
                        refused += response.status != 200
                except aiohttp.ClientError:
                    refused += 1

        writing = [asyncio.create_task(write()) for _ in range(WRITERS)]
        polling = asyncio.create_task(answered(waiting.get(f"{elsewhere}/events?after={quiet}&wait=25")))
        await asyncio.sleep(before_s)  # so that it is in full swing, each time elsewhere in it
        took = await _seconds(web)
        over.set()
        await asyncio.gather(polling, *writing)
        version = (await answered(teacher.get(path)))["version"]
    await _again(web)
    lost = told - (version - before)
    figures = {"drain_web_s": took, "drain_web_commands": sent, "drain_web_refused": refused}
    return figures | {"drain_web_lost": max(0, lost)}


async def _live(top: Topology, crowd: list[str], sockets: int) -> float:
    live = top["live-1"]
    async with AsyncExitStack() as later:
        opened = [
            await later.enter_async_context(follower(top, crowd[number // PER_PERSON], live.ports["LIVE"]))
            for number in range(sockets)
        ]
        took = await _seconds(live)
        await asyncio.gather(*(socket.wait_closed() for socket in opened))
        assert {socket.close_code for socket in opened} == {1001}
    await _again(live)
    return took


async def _worker(top: Topology, *, seconds: int) -> float:
    worker = top["worker-1"]
    scratch = Path(worker.environment["FARFIELD_DATA_DIR"])
    with tempfile.TemporaryDirectory(prefix="ff-") as folder:
        film = await asyncio.to_thread(make_clip, Path(folder) / "film.mp4", frames=30 * seconds)
        lesson = await send(top, film)
    await until(lambda: bool(running_in(scratch, "ffmpeg")))
    took = await _seconds(worker)
    assert not running_in(scratch, "ffmpeg")
    job = next(job for job in await jobs_of(top.deps, "prepare_lesson") if job.data["lesson"] == lesson)
    assert (job.state, job.attempt) == ("available", 0)
    await _again(worker)
    return took


async def _seconds(service: Service) -> float:
    """From SIGTERM to the end of the process."""
    clock = asyncio.get_running_loop().time
    began = clock()
    assert await service.stop() == 0, service.said()[-2000:]
    return clock() - began


async def _again(service: Service) -> None:
    await service.start()
    await service.ready()
