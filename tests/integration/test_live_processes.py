"""Two processes of the role `live` on one PostgreSQL, with NATS between them, and without."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from service.coaching.streams import lesson_stream
from service.config import Config
from service.live.hub import Hub
from service.wiring import Deps
from storage import grants
from storage.engine import apply
from storage.nats_bus import NatsBus
from tests.fixtures.cast import Cast, make_cast
from tests.fixtures.live import PATIENCE_S, Follower, LiveServer, live_server
from tests.fixtures.nats import Nats
from tests.fixtures.parts import parts
from tests.fixtures.postgres import Postgres
from tests.fixtures.visitors import Visitor, Visitors, visiting


@dataclass
class Process:
    """What one process has: its own pool, record, bus and listener."""

    deps: Deps
    bus: NatsBus
    live: LiveServer
    visitors: Visitors


@dataclass
class Two:
    web: Process
    """Where people send commands."""
    other: Process
    """Where the followers of these tests are."""
    cast: Cast


@pytest.fixture
async def two(postgres: Postgres, nats: Nats, folder: Path) -> AsyncIterator[Two]:
    name = await postgres.fresh()
    cast: Cast | None = None
    processes: list[Process] = []
    async with AsyncExitStack() as stack:
        for which in ("web", "other"):
            place = folder / which
            place.mkdir()
            config = replace(
                Config.from_env({"FARFIELD_DATA_DIR": str(place)}).as_demo(), database_url=postgres.url(name)
            )
            bus = await NatsBus.open(nats.url)
            deps = await stack.enter_async_context(parts(config, bus=bus))
            cast = cast or await make_cast(deps)
            visitors = await stack.enter_async_context(visiting(deps, cast))
            live = await stack.enter_async_context(live_server(deps, place))
            async with asyncio.timeout(PATIENCE_S):
                await bus.connected()
            processes.append(Process(deps, bus, live, visitors))
        assert cast is not None
        yield Two(processes[0], processes[1], cast)
    await postgres.drop(name)


@pytest.fixture
def unhealed(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """Nobody looks at heads by the clock: what arrives was woken for."""

    async def heal(_hub: Hub) -> None:
        pass

    monkeypatch.setattr(Hub, "heal", heal)
    return monkeypatch


async def say(visitor: Visitor, cast: Cast, body: str) -> int:
    command = {"id": str(uuid4()), "type": "add_annotation", "annotation": str(uuid4())}
    answer = await visitor.post(
        f"/api/lessons/{cast.lesson}/commands", command | {"start_ms": 1_000, "body": body, "kind": "note"}
    )
    assert answer.status == 200
    return int(answer.json["version"])


async def following(follower: Follower, cast: Cast) -> int:
    """Follow the cast's lesson and take its backlog; the version reached."""
    version = int((await follower.follow(lesson_stream(cast.lesson)))["version"])
    assert (await follower.hear("events"))["events"][-1]["version"] == version
    return version


async def heard(follower: Follower) -> tuple[Any, ...]:
    (event,) = (await follower.hear("events"))["events"]
    return event["version"], event["data"]["body"]


async def test_what_one_process_appends_wakes_the_followers_of_the_other(
    two: Two, unhealed: pytest.MonkeyPatch
) -> None:
    cast = two.cast
    async with two.other.live.visit(two.other.visitors.coach.cookie) as coach:
        version = await following(coach, cast)
        for n in range(1, 4):
            assert await say(two.web.visitors.teacher, cast, f"word {n}") == version + n
            assert await heard(coach) == (version + n, f"word {n}")
    # And the other way round, so that neither is special.
    async with two.web.live.visit(two.web.visitors.coach.cookie) as coach:
        version = await following(coach, cast)
        await say(two.other.visitors.teacher, cast, "back")
        assert await heard(coach) == (version + 1, "back")


async def test_without_nats_it_arrives_by_healing_and_after_its_return_by_waking(
    two: Two, nats: Nats, monkeypatch: pytest.MonkeyPatch
) -> None:
    cast = two.cast
    async with two.other.live.visit(two.other.visitors.coach.cookie) as coach:
        version = await following(coach, cast)
        await nats.kill()
        await say(two.web.visitors.teacher, cast, "in the dark")
        assert await heard(coach) == (version + 1, "in the dark")

        await nats.start()
        async with asyncio.timeout(PATIENCE_S):
            await asyncio.gather(two.web.bus.connected(), two.other.bus.connected())

        async def heal(_hub: Hub) -> None:
            pass

        monkeypatch.setattr(Hub, "heal", heal)
        await say(two.web.visitors.teacher, cast, "light again")
        assert await heard(coach) == (version + 2, "light again")


async def test_a_grant_revoked_in_one_process_ends_the_topic_in_the_other(two: Two) -> None:
    cast, stream = two.cast, lesson_stream(two.cast.lesson)
    async with two.other.live.visit(two.other.visitors.coach.cookie) as coach:
        await following(coach, cast)
        async with two.web.deps.db.write() as tx:
            await apply(tx, grants.revoke(cast.coach, stream))
        two.web.bus.wake(grants.WAKE, 0)
        assert (await coach.hear("closed"))["stream"] == stream
    # The teacher, who may, still hears.
    async with two.other.live.visit(two.other.visitors.teacher.cookie) as teacher:
        version = await following(teacher, cast)
        await say(two.web.visitors.teacher, cast, "still here")
        assert await heard(teacher) == (version + 1, "still here")


async def test_both_processes_write_to_one_lesson_at_once(two: Two) -> None:
    cast = two.cast
    async with two.other.live.visit(two.other.visitors.coach.cookie) as coach:
        version = await following(coach, cast)
        writers = (two.web.visitors.teacher, two.other.visitors.teacher)
        said = await asyncio.gather(*(say(writers[n % 2], cast, f"word {n}") for n in range(40)))
        assert sorted(said) == list(range(version + 1, version + 41))
        versions: list[int] = []
        while len(versions) < 40:
            versions += [event["version"] for event in (await coach.hear("events"))["events"]]
        assert versions == sorted(said)
