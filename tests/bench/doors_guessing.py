"""How many tries a guesser gets, and whether the time of an answer tells who has an account.

Tries are counted over HTTP on an application whose clock this bench moves by what each Retry-After asks for: a minute,
and a day, of a guesser who never waits longer than they must. Times are real: of refusals for an account that exists
and for one that does not, in turns. `timing_tells` is how far from chance one is told from the other by its time (0:
not at all, 0.5: always).
"""

import random
import statistics
import tempfile
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from itertools import count
from pathlib import Path

from service.config import Config
from tests.fixtures.cast import make_cast
from tests.fixtures.doors import Clock
from tests.fixtures.parts import parts
from tests.fixtures.visitors import Visitor, visiting

REACH = {
    "guesses_a_minute_one_account": ("<=", 15),
    "guesses_a_minute_one_address": ("<=", 45),
    "guesses_a_day_one_account": ("<=", 100),
    "timing_tells": ("<=", 0.05),
}
TEACHER = "teacher@demo.invalid"


async def part(*, seed: int, quick: bool) -> dict[str, float]:
    """The figures; see the module."""
    rng = random.Random(seed)
    async with _application() as (nobody, teacher, clock):
        password = " ".join(f"{rng.getrandbits(40):x}" for _ in range(3))
        put = await teacher.ask("PUT", "/api/password", json={"password": password})
        assert put.status == 204
        addresses = (f"10.{n >> 16 & 255}.{n >> 8 & 255}.{n & 255}" for n in count())
        names = (f"guess{n}@demo.invalid" for n in count())
        minute, day = timedelta(minutes=1), timedelta(days=1)
        one_account = await _tries(nobody, clock, minute, lambda: TEACHER, lambda: next(addresses))
        clock.now += 2 * day
        one_address = await _tries(nobody, clock, minute, lambda: next(names), lambda: "192.0.2.1")
        figures: dict[str, float] = {
            "guesses_a_minute_one_account": one_account,
            "guesses_a_minute_one_address": one_address,
        }
        clock.now += 2 * day
        span = timedelta(hours=1) if quick else day
        in_a_day = await _tries(nobody, clock, span, lambda: TEACHER, lambda: next(addresses))
        figures["guesses_a_day_one_account"] = in_a_day
        clock.now += 2 * day
        known, unknown = await _times(nobody, clock, addresses, names, 10 if quick else 300)
        figures["refusal_ms"] = round(statistics.median(known) * 1000, 1)
        figures["timing_tells"] = round(abs(_told_apart(known, unknown) - 0.5), 3)
    return figures


async def _tries(
    nobody: Visitor, clock: Clock, span: timedelta, email: Callable[[], str], address: Callable[[], str]
) -> int:
    """How many passwords are looked at in that time."""
    until, made = clock.now + span, 0
    while clock.now < until:
        answer = await _guess(nobody, email(), address())
        if answer == 0:
            made += 1
        else:
            clock.now += timedelta(seconds=answer)
    return made


async def _guess(nobody: Visitor, email: str, address: str) -> int:
    """0 where the password was looked at; else the seconds that were asked for."""
    body = {"type": "password", "email": email, "password": "a guess"}
    answer = await nobody.post("/api/session", body, headers={"X-Forwarded-For": address})
    if answer.slug == "sign_in_refused":
        return 0
    assert answer.slug == "too_many_tries"
    return int(answer.headers["Retry-After"])


async def _times(
    nobody: Visitor, clock: Clock, addresses: Iterator[str], names: Iterator[str], rounds: int
) -> tuple[list[float], list[float]]:
    known, unknown = [], []
    for _ in range(rounds):
        for email, times in ((TEACHER, known), (next(names), unknown)):
            clock.now += timedelta(hours=1)  # so that neither is slowed down
            began = time.perf_counter()
            assert await _guess(nobody, email, next(addresses)) == 0
            times.append(time.perf_counter() - began)
    return known, unknown


def _told_apart(known: list[float], unknown: list[float]) -> float:
    """The area under the curve: how often a time of the one kind is the longer of two."""
    wins = sum((a > b) + (a == b) / 2 for a in known for b in unknown)
    return wins / (len(known) * len(unknown))


@asynccontextmanager
async def _application() -> AsyncIterator[tuple[Visitor, Visitor, Clock]]:
    with tempfile.TemporaryDirectory(prefix="ff-bench-") as folder:
        config = Config.from_env({"FARFIELD_DATA_DIR": str(Path(folder))}).as_demo()
        async with parts(config) as deps:
            clock = Clock(deps.clock())
            async with visiting(replace(deps, clock=clock), await make_cast(deps)) as visitors:
                yield visitors.nobody, visitors.teacher, clock
