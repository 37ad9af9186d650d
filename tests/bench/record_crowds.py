"""1, 50 and 500 people at once over 1 and 200 cycles, on SQLite and on PostgreSQL, beside the bare limits of the run.

Everybody writes through HTTP as fast as they are answered, with a second viewer on a socket in each lesson. `per_s`:
durable commands that were answered and seen, `per_cpu_s` for a second of the server's core; `p50_ms` and `p99_ms` from
sending one to its being seen. The bare limits: `inserts_per_s`, event rows that the driver alone inserts, as many in a
transaction as there are people (at most 256, as in the product); `sends_per_s`, frames that a plain
`websockets.broadcast` hands to as many viewers, one each in turn.

PostgreSQL is a real one, with fsync, and shares the other core with the callers.
"""

from tests.bench.record_deliveries import Counting, frame, seen_by_all
from tests.bench.record_process import ALL_CORES, OTHER_CORES, Served, server, stay_on
from tests.bench.record_traffic import flat_out, room, waits, writers
from tests.bench.reporting import rounded
from tests.fixtures.postgres import running_postgres

PEOPLE = (1, 50, 500)
REACH: dict[str, tuple[str, float]] = {}
LARGEST_BATCH = 256


async def part(*, seed: int, quick: bool) -> dict[str, float]:
    cycles = (1, 5) if quick else (1, 200)
    counts = {2: 20, 10: 50} if quick else {1: 500, 50: 5_000, 500: 8_000}
    stay_on(OTHER_CORES)
    try:
        async with server() as served:
            figures = await _crowds(served, "sqlite", seed, cycles, counts)
        async with running_postgres() as postgres:
            name = await postgres.fresh()
            async with server(database=postgres.url(name)) as served:
                figures |= await _crowds(served, "postgresql", seed, cycles, counts)
    finally:
        stay_on(ALL_CORES)
    return rounded(figures)


async def _crowds(
    served: Served, kind: str, seed: int, cycles: tuple[int, ...], counts: dict[int, int]
) -> dict[str, float]:
    await served.populate(seed=seed, cycles=max(cycles), guests=max(counts))
    figures: dict[str, float] = {}
    for number in cycles:
        figures[f"{kind}_{number}c_sends_per_s"] = await _sends(served, number)
    for people, count in counts.items():
        batch = min(people, LARGEST_BATCH)
        for number in cycles:
            inserts = await served.ask("inserts", batch=batch, count=min(count, 40 * batch) if batch < 50 else count)
            async with room(served, writers(served, people, number), seed + people + number) as here:
                cpu = await served.ask("cpu")
                took = await flat_out(here, count)
                cpu = await served.ask("cpu") - cpu
            name = f"{kind}_{people}p_{number}c"
            figures |= {
                f"{name}_per_s": count / took,
                f"{name}_per_cpu_s": count / cpu,
                **waits(name, here.sights),
                f"{name}_inserts_per_s": inserts,
                f"{name}_of_inserts": count / took / inserts,
            }
    return figures


async def _sends(served: Served, viewers: int) -> float:
    """Frames a second to so many viewers, one after another."""
    plain = [Counting(str(served.bare), "") for _ in range(viewers)]
    for viewer in plain:
        await viewer.open()
    each = max(1, 4_000 // viewers)
    took, _ = await seen_by_all(served, plain, each, do="broadcast", frame=frame(300), count=each, in_turn=True)
    for viewer in plain:
        viewer.close()
    return each * viewers / took
