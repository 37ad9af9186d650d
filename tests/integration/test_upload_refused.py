"""What `farfield upload` refuses: each one sentence, exit code 2, nothing made. The success is beside it."""

import asyncio
import gzip
import os
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import pytest

from tests.fixtures.desk import MIB, Desk, token_of
from tests.fixtures.front_door import opened
from tests.fixtures.running import free_port
from tests.fixtures.store import Store


async def lessons(desk: Desk) -> int:
    answer = await desk.door.ask("GET", f"/api/cycles/{desk.door.cast.cycle}", by="teacher")
    return len(answer.json["card"]["lessons"])


@pytest.mark.parametrize(
    ("more", "sentence"),
    [
        (("--cycle", "1"), "--cycle is an id such as"),
        (("--cycle", "../../api"), "--cycle is an id such as"),
        (("--patience", "soon"), "--patience is a number with s, m, h or d behind it, as 90s or 2h."),
        (("--server", "coaching.example.org"), "FARFIELD_SERVER must be a scheme and a host"),
        (("--token-file", "/nowhere/token"), "FARFIELD_TOKEN_FILE: /nowhere/token cannot be read"),
        (("--new", "--lesson", "0195e0a0-0000-7000-8000-0000000000c1"), "--new makes another lesson, and --lesson"),
        (("--title", "a\x1b[0mb"), "There are hidden control characters in this text."),
        (("--title", "\u200b"), "There is nothing written yet."),
        (("--title", "t" * 201), "This is longer than 200 characters."),
    ],
    ids=lambda value: str(value)[:40],
)
async def test_what_cannot_be_is_one_sentence(desk: Desk, more: tuple[str, ...], sentence: str) -> None:
    before = await lessons(desk)
    ended = await desk.upload(desk.film(1000), *more)

    assert ended.code == 2
    assert sentence in ended.sentence
    assert await lessons(desk) == before


async def test_it_needs_to_know_where_to_and_who(desk: Desk) -> None:
    film = desk.film(1000)
    nowhere = await desk.upload(film, environ={"FARFIELD_SERVER": ""})
    nobody = await desk.upload(film, environ={"FARFIELD_TOKEN": ""})
    twice = await desk.upload(film, environ={"FARFIELD_TOKEN_FILE": "/tmp/token"})
    unknown = await desk.upload(film, environ={"FARFIELD_SEVER": "http://x"})

    assert [ended.code for ended in (nowhere, nobody, twice, unknown)] == [2, 2, 2, 2]
    assert nowhere.sentence.startswith("Which Farfield? Give --server")
    assert nobody.sentence.startswith("There is no token: name its file with --token-file")
    assert twice.sentence == "FARFIELD_TOKEN and FARFIELD_TOKEN_FILE are both given; give one of them."
    assert unknown.sentence.startswith("FARFIELD_SEVER is not a setting of Farfield")
    file = desk.folder / "token"
    file.write_text(desk.environ["FARFIELD_TOKEN"] + "\n")
    done = await desk.upload(film, "--token-file", str(file), environ={"FARFIELD_TOKEN": "ff_of_somebody_else"})
    assert done.code == 0


async def test_a_file_that_is_none(desk: Desk) -> None:
    empty, folder, pipe = desk.film(0, "empty.mp4"), desk.folder / "folder", desk.folder / "pipe"
    folder.mkdir()
    os.mkfifo(pipe)
    gone = desk.folder / "gone.mp4"
    before = await lessons(desk)

    said = {path: (await desk.upload(path)).sentence for path in (empty, folder, pipe, gone)}

    assert said == {
        empty: "This file has nothing in it. Look whether it has been saved completely.",
        folder: f"{folder} is not a file. Name the video itself.",
        pipe: f"{pipe} is not a file. Name the video itself.",
        gone: f"{gone} cannot be read (No such file or directory).",
    }
    assert await lessons(desk) == before


async def test_a_file_that_is_too_large(desk: Desk) -> None:
    large = desk.film(1)
    os.truncate(large, desk.door.deps.config.max_upload_bytes + 1)
    before = await lessons(desk)

    said = (await desk.upload(large)).sentence
    assert said == "This file is larger than the 6 GB that this server takes for one lesson."
    assert await lessons(desk) == before


async def test_a_cycle_that_is_not_there_for_them(desk: Desk) -> None:
    """Closed, somebody else's, or none at all: the same film goes into the teacher's own."""
    film, door = desk.film(1000), desk.door
    _, outsider = await token_of(door.deps, door.cast.outsider)
    _, coach = await token_of(door.deps, door.cast.coach)

    closed = await desk.upload(film, "--cycle", door.cast.closed_cycle)
    others = await desk.upload(film, environ={"FARFIELD_TOKEN": outsider})
    none = await desk.upload(film, "--cycle", door.deps.new_id())
    not_theirs = await desk.upload(film, environ={"FARFIELD_TOKEN": coach})

    assert "closed" in closed.sentence
    assert others.sentence == none.sentence == "There is no cycle here for the person of this token."
    assert not_theirs.sentence == "Only the teacher adds a lesson to a cycle."
    assert {ended.code for ended in (closed, others, none, not_theirs)} == {2}
    assert (await desk.upload(film)).code == 0


async def test_a_lesson_to_go_on_with(desk: Desk) -> None:
    film, cast = desk.film(1000), desk.door.cast
    none = await desk.upload(film, "--lesson", desk.door.deps.new_id())
    elsewhere = await desk.upload(film, "--cycle", cast.closed_cycle, "--lesson", cast.private_lesson)
    there = await desk.upload(film, "--lesson", cast.private_lesson)
    second = await desk.upload(desk.film(1000, "second.mp4"), "--lesson", cast.private_lesson)

    assert none.sentence == "There is no lesson here for the person of this token."
    assert elsewhere.sentence == "That lesson is not in that cycle. Leave --cycle out to go on with it."
    assert there.out == f"lesson/{cast.private_lesson} preparing\n"
    assert second.code == 2
    assert second.err.splitlines()[-1] == "This lesson already has its video. Add another lesson for a second one."


@pytest.mark.parametrize("scopes", [("read",), ("upload",), ("write",), ("read", "write")], ids="+".join)
async def test_a_token_of_too_narrow_a_scope(desk: Desk, scopes: tuple[str, ...]) -> None:
    _, narrow = await token_of(desk.door.deps, desk.door.cast.teacher, *scopes)
    before = await lessons(desk)

    ended = await desk.upload(desk.film(1000), environ={"FARFIELD_TOKEN": narrow})

    assert ended.code == 2
    assert "The token is of too narrow a scope: `upload` needs upload and read" in ended.sentence
    assert narrow not in ended.err
    assert await lessons(desk) == before


async def test_a_token_that_is_none(desk: Desk) -> None:
    film = desk.film(1000)
    _, mine = await token_of(desk.door.deps, desk.door.cast.teacher)
    cookie = desk.door.cookies["teacher"].partition("=")[2]
    said = {(await desk.upload(film, environ={"FARFIELD_TOKEN": token})).sentence for token in ("ff_wrong", cookie)}

    assert said == {"The token is not valid at this server: it was revoked, has expired, or belongs to another one."}
    assert (await desk.upload(film, environ={"FARFIELD_TOKEN": mine})).code == 0


@asynccontextmanager
async def answering(answer: bytes, *, ends: bool = True) -> AsyncIterator[tuple[str, list[bytes]]]:
    """A server that says these bytes to whoever comes, and what it was asked. Else it waits for them to go."""
    asked: list[bytes] = []

    async def speak(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        asked.append(await reader.readuntil(b"\r\n\r\n"))
        with suppress(ConnectionError):
            writer.write(answer)
            await writer.drain()
            if not ends:
                await reader.read()
        writer.close()

    server = await asyncio.start_server(speak, "127.0.0.1", 0)
    try:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}", asked
    finally:
        server.close()
        await server.wait_closed()


@pytest.mark.parametrize(
    ("head", "body", "sentence"),
    [
        ("200 OK\r\nContent-Type: text/html", "<h1>Welcome to the Wi-Fi</h1>", "What answers there is not Farfield"),
        ("404 Not Found\r\nContent-Type: text/html", "<h1>nginx</h1>", "What answers there is not Farfield"),
        ("200 OK\r\nContent-Type: application/json", '{"hello": "world"}', "What answers there is not Farfield"),
        ("302 Found\r\nLocation: http://127.0.0.1:9/elsewhere", "", "The server sends us elsewhere"),
        ("403 Forbidden\r\nContent-Type: application/json", '{"type": "nonsense"}', "(HTTP 403)"),
    ],
    ids=["portal", "another server", "other json", "elsewhere", "forbidden"],
)
async def test_a_server_that_is_no_farfield(desk: Desk, head: str, body: str, sentence: str) -> None:
    answer = f"HTTP/1.1 {head}\r\nContent-Length: {len(body)}\r\nConnection: close\r\n\r\n{body}".encode()
    async with answering(answer) as (url, asked):
        ended = await desk.at(url).upload(desk.film(1000))

    assert ended.code == 2
    assert sentence in ended.sentence
    assert len(asked) == 1


@pytest.mark.parametrize("packed", [False, True])
async def test_an_answer_that_does_not_end_is_no_farfields(desk: Desk, packed: bool) -> None:
    """Nobody's memory is filled, neither by much nor by little that is unpacked to much."""
    body = b" " * (40 * MIB)
    head = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
    if packed:
        body, head = gzip.compress(body), head + "Content-Encoding: gzip\r\n"
    async with answering(f"{head}\r\n".encode() + body, ends=False) as (url, asked):
        ended = await desk.at(url).upload(desk.film(1000), "--patience", "1s")

    assert ended.code == 2
    assert "What answers there is not Farfield" in ended.sentence
    assert len(asked) == 1


@pytest.mark.parametrize("answer", [b"SSH-2.0-OpenSSH_9\r\n", b"", b"HTTP/1.1 503 Busy\r\nContent-Length: 0\r\n\r\n"])
async def test_what_may_pass_is_waited_for_as_long_as_was_said(desk: Desk, answer: bytes) -> None:
    async with answering(answer) as (url, asked):
        ended = await desk.at(url).upload(desk.film(1000), "--patience", "1s")

    assert ended.code == 3
    assert ended.err.splitlines()[-1].startswith("Gave up waiting. ")
    assert len(asked) > 1


async def test_a_server_that_is_not_there(desk: Desk) -> None:
    begun = time.monotonic()
    ended = await desk.at(f"http://127.0.0.1:{free_port()}").upload(desk.film(1000), "--patience", "2s", "--json")

    assert ended.code == 3
    assert time.monotonic() - begun > 2
    assert ended.lines[0]["type"] == "waiting"
    assert ended.lines[0]["problem"] == "unreachable"
    assert ended.lines[-1]["problem"] == "gave_up"
    assert ended.err.startswith("Gave up waiting. The server cannot be reached (")


async def test_a_certificate_of_its_own(desk: Desk, store: Store, folder: Path) -> None:
    film = desk.film(MIB)
    async with opened(store, https=True) as door:
        _, secret = await token_of(door.deps, door.cast.teacher)
        environ = {"FARFIELD_TOKEN": secret, "FARFIELD_SERVER": door.origin}
        there = ("--cycle", door.cast.cycle)
        refused = await desk.upload(film, *there, environ=environ)
        trusted = await desk.upload(film, *there, environ=environ | {"SSL_CERT_FILE": str(door.root)})
        plain = f"http://127.0.0.1:{door.port}"
        spoken = await desk.upload(film, *there, environ=environ | {"FARFIELD_SERVER": plain})
    wrong = await desk.upload(film, environ={"FARFIELD_SERVER": desk.door.origin.replace("http", "https")})

    assert refused.code == 2
    assert "certificate is not trusted here" in refused.sentence
    assert "SSL_CERT_FILE" in refused.sentence
    assert trusted.code == 0
    assert (spoken.code, wrong.code) == (2, 2)
    assert "does not speak as Farfield does (HTTP 400)" in spoken.sentence
    assert wrong.sentence == "Nothing there speaks https (wrong version number). Look at the address: http or https?"
