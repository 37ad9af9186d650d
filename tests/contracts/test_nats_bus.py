"""The bus between processes: heard here at once, elsewhere soon, and nobody is the worse for a server that is away."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable

import msgspec
import pytest
import pytest_asyncio
from nats.aio.client import Client

from storage.nats_bus import SUBJECT, WAITING, NatsBus
from tests.fixtures.nats import Nats
from tests.fixtures.processes import until

PATIENCE_S = 20
Opening = Callable[[], Awaitable[NatsBus]]


class Ear:
    """What one listener heard."""

    def __init__(self, bus: NatsBus) -> None:
        self.heard: list[tuple[str, int]] = []
        self.stop = bus.listen(lambda stream, version: self.heard.append((stream, version)))

    async def hears(self, stream: str, version: int) -> None:
        await until(lambda: (stream, version) in self.heard, seconds=PATIENCE_S)


async def connected(bus: NatsBus) -> None:
    async with asyncio.timeout(PATIENCE_S):
        await bus.connected()


@pytest_asyncio.fixture
async def open_bus(nats: Nats) -> AsyncIterator[Opening]:
    opened: list[NatsBus] = []

    async def opening() -> NatsBus:
        opened.append(await NatsBus.open(nats.url))
        return opened[-1]

    yield opening
    for bus in opened:
        await bus.close()


async def test_the_other_process_hears_and_we_hear_once(open_bus: Opening) -> None:
    one, two = await open_bus(), await open_bus()
    await connected(one)
    await connected(two)
    here, there = Ear(one), Ear(two)
    one.wake("lesson/l", 7)
    assert here.heard == [("lesson/l", 7)]  # at once
    await there.hears("lesson/l", 7)
    two.wake("lesson/l", 8)
    await here.hears("lesson/l", 8)
    assert here.heard == there.heard == [("lesson/l", 7), ("lesson/l", 8)]  # and nobody twice


async def test_whoever_stops_listening_hears_no_more(open_bus: Opening) -> None:
    one, two = await open_bus(), await open_bus()
    await connected(one)
    await connected(two)
    deaf, ear = Ear(two), Ear(two)
    deaf.stop()
    one.wake("lesson/l", 1)
    await ear.hears("lesson/l", 1)
    assert deaf.heard == []


async def test_a_listener_that_fails_keeps_nobody_from_hearing(
    open_bus: Opening, caplog: pytest.LogCaptureFixture
) -> None:
    one, two = await open_bus(), await open_bus()
    await connected(one)
    await connected(two)

    def broken(stream: str, version: int) -> None:
        raise ZeroDivisionError

    two.listen(broken)
    ear = Ear(two)
    one.wake("lesson/l", 1)
    one.wake("lesson/m", 1)
    await ear.hears("lesson/m", 1)
    assert "bus.listener_failed" in caplog.text


async def test_it_starts_while_nobody_answers_and_finds_the_server_by_itself(nats: Nats, open_bus: Opening) -> None:
    await nats.kill()
    one, two = await open_bus(), await open_bus()
    here, there = Ear(one), Ear(two)
    one.wake("lesson/l", 1)
    assert here.heard == [("lesson/l", 1)]
    await nats.start()
    await connected(one)
    await connected(two)
    one.wake("lesson/l", 2)
    await there.hears("lesson/l", 2)


async def test_a_server_that_is_killed_and_comes_back(nats: Nats, open_bus: Opening) -> None:
    one, two = await open_bus(), await open_bus()
    await connected(one)
    await connected(two)
    here, there = Ear(one), Ear(two)
    one.wake("lesson/l", 1)
    await there.hears("lesson/l", 1)
    await nats.kill()
    await until(lambda: not one._connected.is_set() and not two._connected.is_set(), seconds=PATIENCE_S)
    for n in range(2, 3_000):
        one.wake(f"lesson/{n}", n)
    one.wake("lesson/l", 3_000)
    assert len(here.heard) == 3_000  # all of it, here
    assert len(one._outgoing) == WAITING  # and no more than that waits
    await nats.start()
    await connected(one)
    await connected(two)
    one.wake("lesson/l", 3_001)
    two.wake("lesson/m", 1)
    await here.hears("lesson/m", 1)


async def test_a_flood_is_told_by_its_last_words(open_bus: Opening) -> None:
    one, two = await open_bus(), await open_bus()
    await connected(one)
    await connected(two)
    there = Ear(two)
    for version in range(1, 50_001):
        one.wake(f"lesson/{version % 10}", version)
    await asyncio.gather(*(there.hears(f"lesson/{n % 10}", n) for n in range(49_991, 50_001)))
    assert len(there.heard) == 10


async def test_junk_on_the_subject_is_ignored(nats: Nats, open_bus: Opening, caplog: pytest.LogCaptureFixture) -> None:
    one, two = await open_bus(), await open_bus()
    await connected(one)
    await connected(two)
    there = Ear(two)
    stranger = Client()
    await stranger.connect(nats.url)
    for junk in (
        b"",
        b"\xff\xfe",
        b"{}",
        b'"x"',
        b"[[1,2]]",
        b'[["a","b"]]',
        b'[["a"]]',
        b"[" * 10_000,
        b"x" * 900_000,
    ):
        await stranger.publish(SUBJECT, junk)
    await stranger.publish(SUBJECT, msgspec.json.encode([("lesson/stranger", 1)]))
    await stranger.flush()
    await there.hears("lesson/stranger", 1)
    one.wake("lesson/l", 1)
    await there.hears("lesson/l", 1)
    assert there.heard == [("lesson/stranger", 1), ("lesson/l", 1)]
    assert caplog.text.count("bus.junk") == 18  # nine, twice
    await stranger.close()


async def test_closing_sends_what_waits_and_works_while_the_server_is_away(nats: Nats, open_bus: Opening) -> None:
    one, two = await NatsBus.open(nats.url), await open_bus()
    await connected(one)
    await connected(two)
    there = Ear(two)
    one.wake("lesson/l", 1)
    await one.close()
    await there.hears("lesson/l", 1)
    await nats.kill()
    never = await NatsBus.open(nats.url)
    never.wake("lesson/l", 2)
    await never.close()
    one.wake("lesson/l", 3)  # nobody hears, nothing breaks
