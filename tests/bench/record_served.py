"""Commands over HTTP that others see on their sockets: `web` and `live` in one process on one core, SQLite.

500 people over 200 lessons, a second viewer in each lesson. `direct`: at the server's own sockets; `door`: through
Caddy, with the product's Caddyfile, which shares the other core with the callers. Each writer waits for an answer
before the next; the clock stops when everything has been seen. `paced`: one command every 2 ms through the front door,
whether or not the one before was answered; the time from when it was due to when the second viewer saw it.

Each round has records of its own: at its end a lesson has some 160 annotations. Longer ones cost more, see
storage/README.md.

`cpu`: the part of its core that the server used; the rest it waited for its disk, for callers, or for others who use
this machine. `per_cpu_s`: commands for a second of its core.
"""

from tests.bench.record_process import ALL_CORES, OTHER_CORES, Served, front_door, server, stay_on
from tests.bench.record_traffic import Room, evenly, flat_out, room, waits, writers
from tests.bench.reporting import medians, rounded

PER_S = 500
REACH = {
    "direct_per_s": (">=", 3_500),
    "door_per_s": (">=", 1_500),
    "paced_seen_p99_ms": ("<=", 25),
}


async def part(*, seed: int, quick: bool) -> dict[str, float]:
    rounds, people, cycles, count, paced = (1, 20, 8, 200, 100) if quick else (3, 500, 200, 10_000, 2_500)
    stay_on(OTHER_CORES)
    try:
        measured = [
            await _round(seed + nth, people=people, cycles=cycles, count=count, paced=paced) for nth in range(rounds)
        ]
    finally:
        stay_on(ALL_CORES)
    return {"cores": len(ALL_CORES)} | rounded(medians(measured))


async def _round(seed: int, *, people: int, cycles: int, count: int, paced: int) -> dict[str, float]:
    async with server() as served:
        await served.populate(seed=seed, cycles=cycles)
        who = writers(served, people, cycles)
        async with room(served, who, 10 * seed) as here:
            direct = await _flat_out(served, here, "direct", 2 * count)
        async with front_door(served) as door:
            async with room(served, who, 10 * seed + 1, web=door, live=door) as here:
                behind = await _flat_out(served, here, "door", count)
            async with room(served, who, 10 * seed + 2, web=door, live=door) as here:
                calm = await _paced(served, here, paced, seed)
    return direct | behind | calm


async def _flat_out(served: Served, here: Room, name: str, count: int) -> dict[str, float]:
    cpu = await served.ask("cpu")
    took = await flat_out(here, count)
    cpu = await served.ask("cpu") - cpu
    figures = {f"{name}_per_s": count / took, f"{name}_cpu": cpu / took, f"{name}_per_cpu_s": count / cpu}
    return figures | waits(f"{name}_answered", here.answers) | waits(f"{name}_seen", here.sights)


async def _paced(served: Served, here: Room, count: int, seed: int) -> dict[str, float]:
    cpu = await served.ask("cpu")
    await evenly(here, count, PER_S, seed)
    cpu = await served.ask("cpu") - cpu
    figures = {"paced_cpu": cpu * PER_S / count}
    return figures | waits("paced_answered", here.answers) | waits("paced_seen", here.sights)
