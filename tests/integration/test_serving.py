"""Starting and stopping, as a person does it: the real command in a process of its own."""

import asyncio
import base64
import hashlib
import os
import signal
import socket
import sys
import uuid
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import aiohttp
import pytest
import pytest_asyncio

from tests.fixtures.front_door import make_pages
from tests.fixtures.processes import children, runs, until
from tests.fixtures.running import ROOT, Running, free_port


@pytest_asyncio.fixture
async def farfield(folder: Path) -> AsyncIterator[Running]:
    """A demo that runs; whatever the test does to it, nothing of it is left."""
    it = Running(free_port(), folder / "data", {"FARFIELD_STATIC_DIR": str(make_pages(folder))})
    await it.start()
    left = {it.pid, *children(it.pid).values()}
    yield it
    await it.stop()
    await until(lambda: not any(runs(pid) for pid in left))


async def fetch(farfield: Running, path: str) -> tuple[int, bytes]:
    async with aiohttp.ClientSession() as client, client.get(farfield.url + path) as response:
        return response.status, await response.read()


async def refused(*arguments: str, **environ: str) -> str:
    """What the command says when it refuses: exit code 2 and one line."""
    given = {name: value for name, value in os.environ.items() if not name.startswith("FARFIELD_")}
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "service",
        *arguments,
        cwd=ROOT,
        env=given | {f"FARFIELD_{name}": value for name, value in environ.items()},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    out, err = await asyncio.wait_for(process.communicate(), 60)
    assert process.returncode == 2, err.decode()
    assert out == b""
    said = err.decode().strip()
    assert "\n" not in said
    assert "Traceback" not in said
    return said


async def test_the_page_answers_before_the_store_and_a_restart_keeps_the_data(farfield: Running) -> None:
    assert await fetch(farfield, "/") == (200, b"<!doctype html><title>Farfield</title>")
    assert (await fetch(farfield, "/api/session"))[0] == 401
    await farfield.says("The video store is still starting")
    await farfield.says("The video store is ready")
    assert set(farfield.links) == {"Tess", "Toni", "Cole", "Lea", "Otto"}
    first = (farfield.data_dir / "seaweedfs" / "address.json").read_bytes()
    pids = [farfield.pid, *children(farfield.pid).values()]
    assert len(pids) >= 3
    assert await farfield.stop() == 0
    assert not any(runs(pid) for pid in pids)
    for log in (farfield.data_dir / "logs").iterdir():
        text = log.read_text()
        assert "amz-signature" not in text.lower(), log
        assert not any(link.partition("#")[2] in text for link in farfield.links.values()), log
    await farfield.start()
    await farfield.says("The video store is ready")
    assert (farfield.data_dir / "seaweedfs" / "address.json").read_bytes() == first
    assert (farfield.data_dir.stat().st_mode & 0o777) == 0o700


@pytest.mark.parametrize(("name", "says"), [("weed", "The video store"), ("caddy", "The front door")])
async def test_a_child_that_dies_comes_back_and_it_is_said(farfield: Running, name: str, says: str) -> None:
    await farfield.says("The video store is ready")
    dead = children(farfield.pid)[name]
    os.kill(dead, signal.SIGKILL)
    said = await farfield.says("Starting it again")
    assert said == f"{says} stopped (killed by SIGKILL). Starting it again in 0.5 s."
    await until(lambda: children(farfield.pid).get(name, dead) != dead)
    await until(lambda: answers(farfield.port))
    assert (await fetch(farfield, "/"))[0] == 200


async def test_what_is_under_way_does_not_hold_up_the_end(farfield: Running) -> None:
    """A block that crawls and a socket that stays: both are let go, and the block is sent again later."""
    await farfield.says("The video store is ready")
    origin = f"http://localhost:{farfield.port}"
    async with aiohttp.ClientSession(farfield.url, headers={"Origin": origin}) as teacher:
        token = farfield.links["Toni"].partition("#")[2]
        async with teacher.post("/api/session", json={"type": "link", "token": token}) as response:
            cookie = response.cookies["farfield"].OutputString().partition(";")[0]
        async with teacher.get("/api/home") as response:
            cycle = (await response.json())["cycles"][0]["id"]
        lesson, upload = str(uuid.uuid4()), str(uuid.uuid4())
        asked = {"id": str(uuid.uuid4()), "lesson": lesson, "title": "A lesson", "release": False}
        async with teacher.post(f"/api/cycles/{cycle}/lessons", json=asked) as response:
            assert response.status == 201
        asked = {"id": upload, "role": "original", "size": 1_000_000, "name": "a.mp4", "content_type": "video/mp4"}
        async with teacher.post(f"/api/lessons/{lesson}/uploads", json=asked) as response:
            assert response.status in (200, 201)
        async with teacher.ws_connect("/live"):
            checksum = base64.b64encode(hashlib.sha256(b"").digest()).decode()
            _, block = await asyncio.open_connection("127.0.0.1", farfield.port)
            block.write(
                f"PUT /media/uploads/{upload}/0-1000000 HTTP/1.1\r\nHost: localhost:{farfield.port}\r\n"
                f"Origin: {origin}\r\nCookie: {cookie}\r\nContent-Length: 1000000\r\n"
                f"x-amz-checksum-sha256: {checksum}\r\n\r\nthe first bytes".encode()
            )
            await block.drain()
            assert await farfield.stop() == 0
            block.close()


async def test_sigterm_while_it_starts_stops_it_too(farfield: Running) -> None:
    pids = [farfield.pid, *children(farfield.pid).values()]
    os.kill(farfield.pid, signal.SIGTERM)
    await until(lambda: not any(runs(pid) for pid in pids), seconds=30)


async def test_killed_it_leaves_no_child_and_starts_again(farfield: Running) -> None:
    pids = [farfield.pid, *children(farfield.pid).values()]
    os.kill(farfield.pid, signal.SIGKILL)
    await until(lambda: not any(runs(pid) for pid in pids))
    await farfield.stop()
    await farfield.start()
    await farfield.says("The video store is ready")


async def test_a_second_one_on_the_same_data_is_refused(farfield: Running) -> None:
    here = {"DATA_DIR": str(farfield.data_dir), "STATIC_DIR": str(ROOT / "static")}
    said = await refused("demo", PORT=str(free_port()), **here)
    assert said.startswith("Another Farfield is running on")


async def test_fresh_links_only_while_a_demo_runs(farfield: Running, folder: Path) -> None:
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "service",
        "links",
        cwd=ROOT,
        env=os.environ | {"FARFIELD_DATA_DIR": str(farfield.data_dir)},
        stdout=asyncio.subprocess.PIPE,
    )
    out, _ = await process.communicate()
    assert out.decode().count(f"{farfield.url}/sign-in#") == 5
    assert "No demo is running" in await refused("links", DATA_DIR=str(folder / "elsewhere"))


@pytest.fixture
def taken() -> Iterator[int]:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(1)
        yield listener.getsockname()[1]


@pytest.mark.parametrize("bind", [{}, {"BIND": "127.0.0.1"}])
async def test_a_taken_port_is_one_sentence(folder: Path, taken: int, bind: dict[str, str]) -> None:
    said = await refused("demo", DATA_DIR=str(folder), STATIC_DIR=str(make_pages(folder)), PORT=str(taken), **bind)
    assert said == f"Port {taken} is already in use. Stop what uses it, or set FARFIELD_PORT to another one."


async def test_an_address_of_somebody_else_is_one_sentence(folder: Path) -> None:
    said = await refused("demo", DATA_DIR=str(folder), STATIC_DIR=str(make_pages(folder)), BIND="198.51.100.7")
    assert said.startswith("This machine has no address 198.51.100.7.")


async def test_a_directory_that_cannot_be_written_is_one_sentence(folder: Path) -> None:
    (folder / "file").touch()
    for directory in (folder / "file" / "data", Path("/proc/farfield")):
        said = await refused("demo", DATA_DIR=str(directory))
        assert said.startswith(f"The data directory {directory} cannot be written to (")


async def test_a_path_too_long_for_sockets_is_one_sentence(folder: Path) -> None:
    said = await refused("demo", DATA_DIR=str(folder / ("x" * 90)), STATIC_DIR=str(make_pages(folder)))
    assert "too long for unix sockets" in said
    assert "FARFIELD_DATA_DIR" in said


async def test_what_stands_in_the_way_is_one_sentence(folder: Path) -> None:
    pages = str(make_pages(folder))
    for name in ("seaweedfs", "caddy"):
        directory = folder / name
        directory.mkdir()
        (directory / name).touch()
        said = await refused("demo", DATA_DIR=str(directory), STATIC_DIR=pages, PORT=str(free_port()))
        assert said.startswith(f"{directory / name} cannot be written (")


async def test_records_it_cannot_keep_are_one_sentence(folder: Path) -> None:
    (folder / "records.db").write_text("No database. " * 50)
    for url, says in (
        ("postgresql://far:s3cr3t@127.0.0.1", "FARFIELD_DATABASE_URL must name a host and a database"),
        ("sqlite://", "FARFIELD_DATABASE_URL must name a file"),
        (f"sqlite:///{folder / 'records.db'}", "The database cannot be used: DatabaseError: file is not a database"),
        ("sqlite:////proc/farfield/x.db", "The database cannot be used: OperationalError"),
    ):
        for command in ("demo", "migrate"):
            given = {"DATA_DIR": str(folder / command), "STATIC_DIR": str(make_pages(folder / f"{len(url)}{command}"))}
            said = await refused(command, DATABASE_URL=url, PORT=str(free_port()), **given)
            assert said.startswith(says)
            assert "s3cr3t" not in said


async def test_pages_that_are_not_built_are_one_sentence(folder: Path) -> None:
    said = await refused("serve", DATA_DIR=str(folder), STATIC_DIR=str(folder / "none"))
    assert said.startswith("The pages are not built")


async def test_a_wrong_setting_is_one_sentence() -> None:
    for command in ("demo", "serve", "links", "migrate", "check-config"):
        assert (await refused(command, PORT="much")).startswith("FARFIELD_PORT must be a port")


def answers(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0
