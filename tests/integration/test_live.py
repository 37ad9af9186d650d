"""The live socket: contiguous events, who may listen, and what it answers to nonsense."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from websockets.asyncio.client import ClientConnection
from websockets.exceptions import ConnectionClosed, InvalidStatus

from service import access
from service.coaching.streams import cycle_stream, lesson_stream, notebook_stream
from service.live import protocol
from service.live.connection import Connection
from service.live.gateway import SOCKETS_PER_PERSON
from service.live.hub import Hub
from service.media.progress import Telling
from service.wiring import Deps
from storage import grants, jobs, people, progress
from storage.engine import apply
from tests.fixtures.cast import Cast
from tests.fixtures.live import PATIENCE_S, Follower, LiveServer, live_server
from tests.fixtures.visitors import Visitor, Visitors


@pytest.fixture
async def live(deps: Deps, folder: Path) -> AsyncIterator[LiveServer]:
    async with live_server(deps, folder) as server:
        yield server


def annotation(body: str = "Two hands") -> dict[str, Any]:
    command = {"id": str(uuid4()), "type": "add_annotation", "annotation": str(uuid4())}
    return command | {"start_ms": 1_000, "body": body, "kind": "note"}


async def say(visitor: Visitor, cast: Cast, body: str = "Two hands") -> int:
    answer = await visitor.post(f"/api/lessons/{cast.lesson}/commands", annotation(body))
    assert answer.status == 200
    return int(answer.json["version"])


async def hear_bodies(follower: Follower, count: int) -> list[str]:
    heard: list[str] = []
    while len(heard) < count:
        frame = await follower.hear("events")
        heard += [event["data"]["body"] for event in frame["events"] if event["type"] == "annotation.added"]
    return heard


async def closing(socket: ClientConnection) -> AsyncIterator[str | bytes]:
    """Every frame until the other side closes, whatever the code."""
    try:
        while True:
            yield await socket.recv()
    except ConnectionClosed:
        return


async def test_what_one_writes_the_other_sees(live: LiveServer, visitors: Visitors, cast: Cast) -> None:
    stream = lesson_stream(cast.lesson)
    async with live.visit(visitors.teacher.cookie) as teacher, live.visit(visitors.coach.cookie) as coach:
        version = (await coach.follow(stream))["version"]
        backlog = (await coach.hear("events"))["events"]
        assert [event["version"] for event in backlog] == list(range(1, version + 1))
        await teacher.follow(stream, after=version)

        said = await say(visitors.teacher, cast, "Look here")

        for follower in (coach, teacher):
            frame = await follower.hear("events")
            (event,) = frame["events"]
            assert (frame["stream"], event["version"], event["by"]) == (stream, said, cast.teacher)
            assert event["data"]["body"] == "Look here"


async def test_a_follower_that_comes_back_gets_exactly_what_it_missed(
    live: LiveServer, visitors: Visitors, cast: Cast
) -> None:
    stream = lesson_stream(cast.lesson)
    async with live.visit(visitors.coach.cookie) as coach:
        version = (await coach.follow(stream))["version"]
    for n in range(7):
        await say(visitors.teacher, cast, f"missed {n}")

    async with live.visit(visitors.coach.cookie) as coach:
        await coach.follow(stream, after=version)
        assert await hear_bodies(coach, 7) == [f"missed {n}" for n in range(7)]
        await say(visitors.teacher, cast, "live again")
        assert await hear_bodies(coach, 1) == ["live again"]


async def test_joining_while_others_write_misses_nothing_and_doubles_nothing(
    live: LiveServer, visitors: Visitors, cast: Cast
) -> None:
    stream = lesson_stream(cast.lesson)
    async with live.visit(visitors.teacher.cookie) as teacher:
        await teacher.follow(stream)

        async def write() -> None:
            await asyncio.gather(*(say(visitors.teacher, cast, f"n{n}") for n in range(60)))

        async def join() -> list[int]:
            seen: list[int] = []
            async with live.visit(visitors.coach.cookie) as coach:
                await coach.follow(stream)
                while not seen or seen[-1] < 62:
                    seen += [event["version"] for event in (await coach.hear("events"))["events"]]
            return seen

        _, *seen = await asyncio.gather(write(), *(join() for _ in range(5)))

    assert seen == [list(range(1, 63))] * 5


async def test_a_stream_one_may_not_read_is_not_there(live: LiveServer, visitors: Visitors, cast: Cast) -> None:
    hidden = [lesson_stream(cast.private_lesson), notebook_stream(cast.cycle, cast.teacher)]
    missing = [lesson_stream(str(uuid4())), "lesson/", "jobs", "grants", "notebook/x", ""]
    async with live.visit(visitors.coach.cookie) as coach:
        assert (await coach.follow(cycle_stream(cast.cycle)))["type"] == "following"
        await coach.hear("events")
        for stream in hidden + missing:
            refused = await coach.follow(stream)
            assert (refused["type"], refused["problem"], refused["status"]) == ("problem", "/problems/not_found", 404)
    for stranger in visitors.strangers.values():
        async with live.visit(stranger.cookie) as follower:
            for stream in (lesson_stream(cast.lesson), cycle_stream(cast.cycle)):
                assert (await follower.follow(stream))["status"] == 404


async def test_the_handshake_wants_a_session_and_our_own_origin(live: LiveServer, visitors: Visitors) -> None:
    async with live.visit(visitors.coach.cookie):
        pass
    for cookie, origin, status in (
        (None, "http://farfield.test", 401),
        ("farfield=forged", "http://farfield.test", 401),
        (visitors.coach.cookie, "http://evil.example", 403),
        (visitors.coach.cookie, "null", 403),
        (visitors.coach.cookie, None, 403),
    ):
        with pytest.raises(InvalidStatus) as refused:
            async with live.visit(cookie, origin):
                pass
        assert refused.value.response.status_code == status


async def test_a_person_has_so_many_sockets_and_no_more(live: LiveServer, visitors: Visitors) -> None:
    async with AsyncExitStack() as tabs:
        for _ in range(SOCKETS_PER_PERSON):
            await tabs.enter_async_context(live.visit(visitors.coach.cookie))
        with pytest.raises(InvalidStatus) as refused:
            await tabs.enter_async_context(live.visit(visitors.coach.cookie))
        assert refused.value.response.status_code == 429
        async with live.visit(visitors.teacher.cookie):
            pass
    async with live.visit(visitors.coach.cookie) as coach:
        await coach.say("unfollow", stream="lesson/none")
        await coach.hear("unfollowed")


async def test_a_frame_over_64_kib_closes_with_1009(live: LiveServer, visitors: Visitors) -> None:
    async with live.visit(visitors.coach.cookie) as coach:
        await coach.socket.send("x" * (64 * 1024 + 1))
        assert await coach.closed() == 1009


@pytest.mark.parametrize(
    "frame",
    ["not json", "[]", '{"id": 1}', '{"id": 1, "type": "append"}', '{"id": 1, "type": "follow", "stream": 5}', b"\xff"],
)
async def test_nonsense_is_answered_and_five_in_a_row_close(
    live: LiveServer, visitors: Visitors, cast: Cast, frame: str | bytes
) -> None:
    async with live.visit(visitors.coach.cookie) as coach:
        for _ in range(protocol.NOT_UNDERSTOOD_LIMIT - 1):
            await coach.socket.send(frame)
            assert (await coach.hear("problem"))["status"] in (400, 422)
        assert (await coach.follow(lesson_stream(cast.lesson)))["type"] == "following"
        await coach.hear("events")
        for _ in range(protocol.NOT_UNDERSTOOD_LIMIT):
            await coach.socket.send(frame)
        assert await coach.closed() == protocol.CLOSE_NOT_UNDERSTOOD


async def test_following_a_version_the_record_has_not_reached_is_said(
    live: LiveServer, visitors: Visitors, cast: Cast
) -> None:
    async with live.visit(visitors.coach.cookie) as coach:
        refused = await coach.follow(lesson_stream(cast.lesson), after=10_000)
        assert refused["problem"] == "/problems/version_ahead"
        assert (await coach.follow(lesson_stream(cast.lesson)))["type"] == "following"


async def test_a_revoked_grant_ends_the_stream_for_that_person_alone(
    live: LiveServer, visitors: Visitors, cast: Cast, deps: Deps
) -> None:
    stream = lesson_stream(cast.lesson)
    async with live.visit(visitors.teacher.cookie) as teacher, live.visit(visitors.coach.cookie) as coach:
        for follower in (teacher, coach):
            await follower.follow(stream)
            await follower.hear("events")

        async with deps.db.write() as tx:
            await apply(tx, grants.revoke(cast.coach, stream))

        # No wake-up is sent here: the counter alone must be enough.
        assert await coach.hear("closed") == {"type": "closed", "stream": stream, "reason": "revoked"}
        await say(visitors.teacher, cast, "not for the coach")
        assert await hear_bodies(teacher, 1) == ["not for the coach"]
        assert (await coach.follow(stream))["status"] == 404
        assert (await coach.follow(cycle_stream(cast.cycle)))["type"] == "following"


async def test_a_version_one_follower_made_up_holds_up_nobody_else(
    live: LiveServer, visitors: Visitors, cast: Cast
) -> None:
    stream = lesson_stream(cast.lesson)
    async with AsyncExitStack() as here:
        lying = [await here.enter_async_context(live.visit(visitors.coach.cookie)) for _ in range(5)]
        coach = await here.enter_async_context(live.visit(visitors.coach.cookie))
        teacher = await here.enter_async_context(live.visit(visitors.teacher.cookie))
        for follower in lying:
            await follower.say("follow", stream=stream, after=10_000)
        for follower in (coach, teacher):
            await follower.say("follow", stream=stream, after=0)
        for follower in lying:
            assert (await follower.hear("problem"))["problem"] == "/problems/version_ahead"
        await say(visitors.teacher, cast, "for everybody")
        for follower in (coach, teacher):
            await follower.hear("following")
            assert await hear_bodies(follower, 1) == ["for everybody"]

        # Only who has caught up is told who is here.
        await teacher.say("presence", lesson=cast.lesson, at_ms=12_000, playing=True)
        async with asyncio.timeout(PATIENCE_S):
            while not (await coach.hear("presence"))["people"]:
                pass


async def test_a_grant_revoked_while_a_follow_is_being_answered_ends_it(
    live: LiveServer, visitors: Visitors, cast: Cast, deps: Deps, monkeypatch: pytest.MonkeyPatch
) -> None:
    stream, looked, looking = lesson_stream(cast.lesson), asyncio.Event(), Hub.check_grants
    allowed, asked = access.access_stream, 0

    async def check_grants(hub: Hub) -> None:
        await looking(hub)
        looked.set()

    async def access_stream(deps: Deps, person: str, name: str) -> str:
        nonlocal asked
        asked += 1
        role = await allowed(deps, person, name)
        if asked == 1:  # the coach may, and in this very moment no longer
            async with deps.db.write() as tx:
                await apply(tx, grants.revoke(cast.coach, stream))
            await looked.wait()
        return role

    async with live.visit(visitors.coach.cookie) as coach:
        monkeypatch.setattr(Hub, "check_grants", check_grants)
        monkeypatch.setattr(access, "access_stream", access_stream)
        await coach.say("follow", stream=stream, after=0)

        assert (await coach.hear("closed", "following", "events"))["type"] == "closed"
        assert (await coach.follow(stream))["status"] == 404


async def test_who_may_no_longer_is_noticed_also_when_nothing_was_counted(
    live: LiveServer, visitors: Visitors, cast: Cast, deps: Deps, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A grant or a session that runs out by the clock changes no counter; nor does this person's end here."""
    monkeypatch.setattr("service.live.hub.LOOK_AGAIN_S", 0)
    async with live.visit(visitors.coach.cookie) as coach:
        await coach.follow(lesson_stream(cast.lesson))

        async with deps.db.write() as tx:
            await apply(tx, [people.deactivate(cast.coach, deps.clock())])

        assert await coach.closed() == protocol.CLOSE_SIGNED_OUT


async def test_signing_out_elsewhere_closes_the_socket(live: LiveServer, visitors: Visitors, cast: Cast) -> None:
    async with live.visit(visitors.coach.cookie) as coach, live.visit(visitors.teacher.cookie) as teacher:
        for follower in (coach, teacher):
            await follower.follow(lesson_stream(cast.lesson))

        await visitors.coach.delete("/api/session")

        assert await coach.closed() == protocol.CLOSE_SIGNED_OUT
        await say(visitors.teacher, cast, "still here")
        assert await hear_bodies(teacher, 1) == ["still here"]


async def test_a_lost_wake_up_loses_nothing(
    live: LiveServer, visitors: Visitors, cast: Cast, deps: Deps, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with live.visit(visitors.coach.cookie) as coach:
        version = (await coach.follow(lesson_stream(cast.lesson)))["version"]
        await coach.hear("events")
        monkeypatch.setattr(type(deps.bus), "wake", lambda *_: None)

        assert await say(visitors.teacher, cast, "unheard") == version + 1

        assert await hear_bodies(coach, 1) == ["unheard"]


async def test_who_is_here_is_told_to_the_others_and_never_kept(
    live: LiveServer, visitors: Visitors, cast: Cast, deps: Deps
) -> None:
    stream = lesson_stream(cast.lesson)
    version, _ = await deps.record.state(stream)
    async with live.visit(visitors.teacher.cookie) as teacher:
        await teacher.follow(stream, after=version)
        async with live.visit(visitors.coach.cookie) as coach:
            await coach.follow(stream, after=version)
            await coach.say("presence", lesson=cast.lesson, at_ms=12_000, playing=True)
            here = [{"person": cast.coach, "at_ms": 12_000, "playing": True}]
            while (await teacher.hear("presence"))["people"] != here:
                pass
        while (await teacher.hear("presence"))["people"] != []:
            pass
    assert (await deps.record.state(stream))[0] == version
    async with live.visit(visitors.outsider.cookie) as outsider:
        await outsider.say("presence", lesson=cast.lesson, at_ms=0, playing=True)
        assert (await outsider.hear("problem"))["status"] == 404


async def test_who_was_busy_when_somebody_left_is_told_later(
    live: LiveServer, visitors: Visitors, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    stream, idle, passed_over, busy = lesson_stream(cast.lesson), Connection.idle, asyncio.Event(), False

    def sometimes_idle(connection: Connection) -> bool:
        if busy and connection.person == cast.teacher:
            passed_over.set()
            return False
        return idle(connection)

    monkeypatch.setattr(Connection, "idle", sometimes_idle)
    async with live.visit(visitors.teacher.cookie) as teacher:
        await teacher.follow(stream)
        await teacher.hear("events")
        async with live.visit(visitors.coach.cookie) as coach:
            await coach.follow(stream)
            await coach.say("presence", lesson=cast.lesson, at_ms=12_000, playing=True)
            while not (await teacher.hear("presence"))["people"]:
                pass
            busy = True
        await passed_over.wait()
        busy = False

        async with asyncio.timeout(PATIENCE_S):
            while (await teacher.hear("presence"))["people"]:
                pass


async def test_a_reader_that_does_not_read_is_closed_and_resumes(
    live: LiveServer, visitors: Visitors, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("service.live.connection.BUFFER_LIMIT_BYTES", 64 * 1024)
    stream = lesson_stream(cast.lesson)
    async with live.visit(visitors.coach.cookie) as coach, live.visit(visitors.teacher.cookie) as teacher:
        version = (await coach.follow(stream))["version"]
        await teacher.follow(stream, after=version)
        coach.socket.transport.pause_reading()
        writing = 120
        heard = asyncio.create_task(hear_bodies(teacher, writing))
        for n in range(writing):
            await say(visitors.teacher, cast, f"{n} " + "x" * 9_000)
        assert len(await heard) == writing
        coach.socket.transport.resume_reading()
        async for frame in closing(coach.socket):
            for event in json.loads(frame).get("events", []):
                assert event["version"] <= version + 1
                version = max(version, event["version"])
        assert coach.socket.close_code == protocol.CLOSE_TOO_SLOW
    async with live.visit(visitors.coach.cookie) as coach:
        before = version
        await coach.follow(stream, after=before)
        assert len(await hear_bodies(coach, writing + 2 - before)) == writing + 2 - before


async def test_whoever_waits_for_a_lesson_hears_how_far_it_is(
    live: LiveServer, deps: Deps, visitors: Visitors, cast: Cast
) -> None:
    """The same in the snapshot, for whoever comes later; null once nobody works on it."""
    stream = lesson_stream(cast.lesson)
    async with deps.db.write() as tx:
        await tx.execute(*jobs.enqueue("j", "prepare_lesson", {"lesson": cast.lesson}, at=deps.clock()))
        job = await jobs.claim(tx, kinds=["prepare_lesson"], now=deps.clock(), lease=timedelta(minutes=1))
    assert job is not None
    now = {"stage": "fetching", "percent": None, "left_ms": None}
    async with live.visit(visitors.teacher.cookie) as teacher:
        version = (await teacher.follow(stream))["version"]
        assert (await teacher.hear("events"))["events"][-1]["version"] == version
        await Telling(deps, job).stage("fetching")
        assert await teacher.hear("progress") == {"type": "progress", "lesson": cast.lesson, "progress": now}
        assert (await visitors.teacher.get(f"/api/lessons/{cast.lesson}")).json["progress"] == now
        async with deps.db.write() as tx:
            await apply(tx, [progress.clear(job.id)])  # hits nothing yet: somebody works on it
            assert await progress.of_lesson(tx, cast.lesson) is not None
            await apply(tx, [jobs.complete(job, now=deps.clock()), progress.clear(job.id)])
        deps.bus.wake(progress.topic(cast.lesson), 0)
        assert (await teacher.hear("progress"))["progress"] is None
        assert (await visitors.teacher.get(f"/api/lessons/{cast.lesson}")).json["progress"] is None


async def test_a_worker_that_lost_its_job_tells_nothing(deps: Deps, cast: Cast) -> None:
    async with deps.db.write() as tx:
        await tx.execute(*jobs.enqueue("j", "prepare_lesson", {"lesson": cast.lesson}, at=deps.clock()))
        job = await jobs.claim(tx, kinds=["prepare_lesson"], now=deps.clock(), lease=timedelta(minutes=1))
        assert job is not None
        await apply(tx, [jobs.complete(job, now=deps.clock())])
    await Telling(deps, job).stage("encoding")
    async with deps.db.read() as tx:
        assert await progress.of_lesson(tx, cast.lesson) is None
