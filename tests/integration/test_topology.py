"""What docker/compose.yaml starts, started here: each role in processes of its own, on PostgreSQL, NATS, SeaweedFS."""

import asyncio
import dataclasses
import os
import signal
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp
import pytest
import pytest_asyncio

from service.coaching.streams import lesson_stream
from tests.bench import doors_drain
from tests.fixtures.clips import make_clip
from tests.fixtures.live import Follower
from tests.fixtures.postgres import Postgres
from tests.fixtures.prepared import jobs_of
from tests.fixtures.processes import children, running_in, until
from tests.fixtures.running import free_port
from tests.fixtures.topology import Service, Topology, composed
from tests.fixtures.topology_traffic import (
    CANARY,
    annotation,
    answered,
    direct,
    follower,
    send,
    sign_everybody_in,
    until_event,
)


@pytest_asyncio.fixture(scope="module")
async def top(postgres: Postgres) -> AsyncIterator[Topology]:
    """Two of web and of live, one worker; everybody of the cast has signed in through the front door."""
    async with composed(postgres) as it:
        await sign_everybody_in(it)
        yield it


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_clip(tmp_path_factory.mktemp("clip") / "clip.mp4", frames=90)


async def test_a_lesson_goes_all_the_way(top: Topology, clip: Path) -> None:
    lesson = await send(top, clip)
    await until_event(top, lesson, "lesson.ready")
    async with top.browser("coach") as coach:
        play = (await answered(coach.get(f"/api/lessons/{lesson}")))["play"]
        async with coach.get(play["progressive"], headers={"Range": "bytes=0-99"}) as response:
            assert (response.status, len(await response.read())) == (206, 100)
    async with top.browser("outsider") as outsider, outsider.get(play["progressive"]) as response:
        assert response.status == 404
    said = await top["worker-1"].metrics()
    assert 'farfield_job_run_seconds_count{kind="prepare_lesson",outcome="done"} 1.0' in said
    granted = [await top[web].metrics() for web in ("web-1", "web-2")]
    assert sum("farfield_gate_granted_bytes_total" in text for text in granted) > 0


async def test_what_one_web_takes_is_heard_at_another_live(top: Topology) -> None:
    for web, live in (("web-1", "live-2"), ("web-2", "live-1")):
        async with follower(top, "coach", top[live].ports["LIVE"]) as socket, direct(top, web, "teacher") as teacher:
            hearing = Follower(socket)
            version = (await hearing.follow(lesson_stream(top.cast.lesson)))["version"]
            if version:
                await hearing.hear("events")
            saying = annotation()
            await answered(teacher.post(f"/api/lessons/{top.cast.lesson}/commands", json=saying))
            heard = await hearing.hear("events")
            assert [event["data"]["id"] for event in heard["events"]] == [saying["annotation"]]
        assert "farfield_wake_to_delivery_seconds_count 1.0" in await top[live].metrics()


async def test_one_id_leads_through_all_the_logs(top: Topology, clip: Path) -> None:
    """From the front door's answer to web's line, and from the request that completed an upload to the worker's."""
    async with top.browser("coach") as coach, coach.get("/api/lessons/none-such") as response:
        request = (await response.json())["instance"]
    lines = [line for web in ("web-1", "web-2") for line in top[web].lines()]
    (line,) = (line for line in lines if line.get("request") == request)
    assert (line["event"], line["status"]) == ("request", 404)
    completing = {line["request"] for line in lines if line.get("route") == "/api/uploads/{upload}/complete"}
    # Tidying up has no request that caused it.
    jobs = [line for line in top["worker-1"].lines() if line["event"].startswith("job.")]
    working = {line["request"] for line in jobs if line["kind"] == "prepare_lesson"}
    assert working
    assert working <= completing
    async with follower(top, "coach"):
        pass

    def closed() -> list[str]:
        lines = (line for live in ("live-1", "live-2") for line in top[live].lines())
        return [line["connection"] for line in lines if line["event"] == "live_closed"]

    await until(lambda: bool(closed()))
    assert all(closed())


async def test_everything_in_one_process_on_the_same_records(top: Topology) -> None:
    """`serve` with the same settings: PostgreSQL, the bus and the store of the others, and a front door of its own."""
    web, folder = top["web-1"], top.folder / "serve"
    environment = {name: value for name, value in web.environment.items() if not name.endswith("_LISTEN")}
    port = free_port()
    environment |= {"FARFIELD_DATA_DIR": str(folder), "FARFIELD_PORT": str(port), "FARFIELD_BIND": "127.0.0.1"}
    environment["FARFIELD_STATIC_DIR"] = str(top.folder / "dist")
    serving = Service("serve", [sys.executable, "-m", "service", "serve"], environment, top.folder / "serve.out")
    await serving.start()
    try:
        await until(lambda: "Ctrl-C stops everything" in serving.said(), seconds=60)
        assert "weed" not in children(serving.pid)
        headers = {"Cookie": top.cookies["coach"].replace("farfield=", "__Host-farfield=")}
        async with aiohttp.request("GET", f"http://127.0.0.1:{port}/api/home", headers=headers) as response:
            assert response.status == 200, await response.text()
    finally:
        assert await serving.stop() == 0


async def test_a_role_says_what_it_lacks(top: Topology, folder: Path) -> None:
    given = {"FARFIELD_DATA_DIR": str(folder), "FARFIELD_PORT": "8080"}
    said = {}
    for role in ("web", "live", "worker"):
        lacking = Service(role, [sys.executable, "-m", "service", role], given, folder / f"{role}.log")
        await lacking.start()
        assert await lacking.ended() == 2
        said[role] = lacking.said().splitlines()
    assert [line.split()[0] for line in said["live"]] == ["FARFIELD_DATABASE_URL", "FARFIELD_NATS_URL"]
    assert said["web"] == [line.replace("worker", "web") for line in said["worker"]]
    assert len(said["web"]) == 4
    second = dataclasses.replace(top["worker-1"], log=folder / "second.log")
    await second.start()
    assert await second.ended() == 2
    assert second.said().startswith("Another worker is running on ")


async def test_health_and_metrics_stay_inside(top: Topology) -> None:
    async with aiohttp.ClientSession(top.origin) as client:
        for path in ("/health/ready", "/health/live", "/metrics", "/gate"):
            async with client.get(path) as response:
                assert response.status == 404
    for role in ("web-1", "live-1", "worker-1"):
        assert await top[role].status("/health/live") == 200
        assert await top[role].status("/api/home") == 404
    assert 'farfield_build_info{python="3.' in await top["live-1"].metrics()


async def test_a_killed_web_and_a_killed_live_are_not_missed(top: Topology) -> None:
    for name in ("web-1", "live-1"):
        os.kill(top[name].pid, signal.SIGKILL)
        assert await top[name].ended() == -signal.SIGKILL
    try:
        async with top.browser("teacher") as teacher:
            for _ in range(10):
                await answered(teacher.post(f"/api/lessons/{top.cast.lesson}/commands", json=annotation()))
        async with follower(top, "coach") as socket:
            assert (await Follower(socket).follow(lesson_stream(top.cast.lesson)))["type"] == "following"
    finally:
        await asyncio.gather(*(again(top[name]) for name in ("web-1", "live-1")))


async def again(service: Service) -> None:
    await service.start()
    await service.ready()


async def test_a_web_that_ends_answers_what_it_took(top: Topology) -> None:
    """Commands keep coming through the front door while one web ends: none gets a 5xx, none that was told is lost."""
    async with top.browser("teacher") as teacher:
        before = (await answered(teacher.get(f"/api/lessons/{top.cast.lesson}")))["version"]
        going, told = asyncio.Event(), 0

        async def command(number: int) -> None:
            nonlocal told
            saying = annotation(f"{CANARY} {number}")
            await answered(teacher.post(f"/api/lessons/{top.cast.lesson}/commands", json=saying))
            told += 1
            if told >= 40:
                going.set()

        commands = asyncio.gather(*(command(number) for number in range(200)))
        await going.wait()
        ended = asyncio.create_task(top["web-1"].stop())
        await commands
        assert await ended == 0
        after = (await answered(teacher.get(f"/api/lessons/{top.cast.lesson}")))["version"]
    assert (told, after - before) == (200, 200)
    events = [line["event"] for line in top["web-1"].lines()]
    assert events[-1] == "stopped"
    await again(top["web-1"])


async def test_a_long_poll_is_answered_at_the_end(top: Topology) -> None:
    async with direct(top, "web-2", "coach") as coach:
        version = (await answered(coach.get(f"/api/lessons/{top.cast.lesson}")))["version"]
        polling = asyncio.create_task(
            answered(coach.get(f"/api/lessons/{top.cast.lesson}/events?after={version}&wait=25"))
        )
        async with asyncio.timeout(10):
            while "farfield_requests_under_way 2.0" not in await top["web-2"].metrics():  # it and this one
                pass
        ending = asyncio.create_task(top["web-2"].stop())
        assert await polling == {"events": [], "version": version}
        assert await ending == 0
    await again(top["web-2"])


async def test_a_live_that_ends_sends_everybody_back(top: Topology) -> None:
    async with follower(top, "coach", top["live-2"].ports["LIVE"]) as one, follower(top, "teacher") as other:
        await Follower(one).follow(lesson_stream(top.cast.lesson))
        assert await top["live-2"].stop() == 0
        assert await Follower(one).closed() == 1001
        del other
    async with follower(top, "coach") as socket:  # the front door finds the one that stays
        assert (await Follower(socket).follow(lesson_stream(top.cast.lesson)))["type"] == "following"
    await again(top["live-2"])


async def test_a_worker_that_ends_lets_its_job_go(top: Topology, tmp_path: Path) -> None:
    worker = top["worker-1"]
    scratch = Path(worker.environment["FARFIELD_DATA_DIR"])
    long = await asyncio.to_thread(make_clip, tmp_path / "long.mp4", frames=600)
    lesson = await send(top, long)
    await until(lambda: bool(running_in(scratch, "ffmpeg")))
    assert await worker.stop() == 0
    assert not running_in(scratch, "ffmpeg")
    job = next(job for job in await jobs_of(top.deps, "prepare_lesson") if job.data["lesson"] == lesson)
    assert (job.state, job.attempt) == ("available", 0)
    await again(worker)
    await until_event(top, lesson, "lesson.ready")


async def test_the_bench_of_the_ends_loses_nothing(top: Topology) -> None:
    figures = await doors_drain.measured(top, seed=7, rounds=1, sockets=10, film_s=5)
    assert set(doors_drain.REACH) <= set(figures)
    assert figures["drain_web_commands"] > 0
    assert (figures["drain_web_refused"], figures["drain_web_lost"]) == (0, 0)


async def test_no_secret_and_no_word_gets_into_a_log(top: Topology) -> None:
    """The last of this file: everything before it has happened."""
    never = [CANARY, "amz-signature", "x-amz-credential"]
    never += top.tokens.values()
    never += [cookie.partition("=")[2] for cookie in top.cookies.values()]
    never += [file.read_text() for file in (top.folder / "secrets").iterdir() if file.read_text()]
    logs = dict(top.logs())
    assert len(logs) >= 9
    for name, text in logs.items():
        for word in never:
            assert word.lower() not in text.lower(), name
