"""`farfield upload` through the real front door into the real store: over links that break, and after kills."""

import asyncio
import json
import os
import signal

import pytest

from service.actions import tokens
from tests.fixtures.commands import Ended, on_terminal
from tests.fixtures.desk import MIB, Desk, sha256_of
from tests.fixtures.link import link_to
from tests.fixtures.processes import until

ROOM = 200_000
"""For the heads of requests and JSON calls on the link."""


def lesson_of(ended: Ended) -> str:
    assert ended.code == 0, ended.err
    return str(ended.lines[-1]["lesson"])


async def test_a_file_arrives_whole_and_a_second_time_nothing_is_sent(desk: Desk) -> None:
    film = desk.film(name="Fractions  class 5B.mp4")
    async with link_to(desk.door.port) as link:
        first = await desk.at(link.url).upload(film, "--json")
        sent = link.bytes_up
        again = await desk.at(link.url).upload(film, "--json")

        lesson = lesson_of(first)
        assert await desk.arrived(lesson) == sha256_of(film)
        assert lesson_of(again) == lesson
        assert link.bytes_up - sent < ROOM
    assert first.lines[0] | {"lesson": ""} == {
        "type": "lesson",
        "lesson": "",
        "title": "Fractions class 5B",
        "going_on": False,
    }
    assert [line["stored"] for line in first.lines if line["type"] == "stored"][-1] == 6 * MIB
    assert first.lines[-1] == {"type": "done", "lesson": lesson, "state": "preparing", "size": 6 * MIB}
    assert first.err == ""
    upload = (await desk.uploads_of(lesson))[0]
    assert (upload.name, upload.content_type) == ("Fractions  class 5B.mp4", "video/mp4")


async def test_without_a_terminal_it_says_lines_and_the_lesson(desk: Desk) -> None:
    film = desk.film(2 * MIB)
    ended = await desk.upload(film, "--title", "Paper strips", "--release")

    assert ended.code == 0
    lesson = ended.out.removeprefix("lesson/").split()[0]
    assert ended.out == f"lesson/{lesson} preparing\n"
    lines = ended.err.splitlines()
    assert lines[0] == f"Sending as lesson {lesson} “Paper strips”."
    assert lines[-1].startswith("2.1 MB of 2.1 MB are safe")
    found = await desk.door.ask("GET", f"/api/lessons/{lesson}", by="coach")
    assert found.json["lesson"]["title"] == "Paper strips"

    quiet = await desk.upload(desk.film(MIB, "other.mp4"), "--quiet")
    assert (quiet.code, quiet.err) == (0, "")


async def test_another_lesson_of_the_same_file_only_when_asked(desk: Desk) -> None:
    film = desk.film(MIB)
    first = lesson_of(await desk.upload(film, "--json"))
    second = lesson_of(await desk.upload(film, "--json", "--new"))
    third = lesson_of(await desk.upload(film, "--json"))

    assert first != second == third
    assert await desk.arrived(second) == sha256_of(film)


@pytest.mark.parametrize("state", ["kept", "lost"])
async def test_killed_half_way_it_goes_on_where_it_was(desk: Desk, state: str) -> None:
    film = desk.film(12 * MIB)
    async with link_to(desk.door.port) as link:
        link.stall_after(5 * MIB)
        running = await desk.at(link.url).start(film, "--json")
        await link.carried(5 * MIB)
        begun = json.loads(await running.says('"begun"'))
        assert begun["stored"] == 0
        lesson = json.loads(await running.says('"lesson"'))["lesson"]
        killed = await running.stop(signal.SIGKILL)
        assert killed.code == -signal.SIGKILL
        await link.renew()
        [upload] = await desk.uploads_of(lesson)
        before = await desk.stored(upload.id)
        assert 0 < sum(before) < 12 * MIB
        if state == "lost":
            for file in desk.state.rglob("*.json"):
                file.unlink()
        sent = link.bytes_up
        ended = await desk.at(link.url).upload(film, "--json")
        sent = link.bytes_up - sent

    assert lesson_of(ended) == lesson
    # A block that was handed over whole may have landed after the kill.
    stored = next(line for line in ended.lines if line["type"] == "begun")["stored"]
    assert sum(before) <= stored < 12 * MIB
    assert next(line for line in ended.lines if line["type"] == "lesson")["going_on"] is True
    assert await desk.arrived(lesson) == sha256_of(film)
    # Not a block twice: what is stored is the file once, and on the link there was only what was missing.
    assert sum(await desk.stored(upload.id)) == 12 * MIB
    assert sent < 12 * MIB - stored + ROOM


async def test_killed_before_the_first_block_it_is_one_lesson(desk: Desk) -> None:
    film = desk.film(MIB)
    async with link_to(desk.door.port) as link:
        link.stall_after(1_000)
        running = await desk.at(link.url).start(film, "--json")
        await until(lambda: any(desk.state.rglob("*.json")))
        await running.stop(signal.SIGKILL)
        [note] = [json.loads(file.read_text()) for file in desk.state.rglob("*.json")]
        await link.flow()
        ended = await desk.at(link.url).upload(film, "--json", "--title", "Another title")

    assert lesson_of(ended) == note["lesson"]
    assert desk.environ["FARFIELD_TOKEN"] not in json.dumps(note)
    cycle = await desk.door.ask("GET", f"/api/cycles/{desk.door.cast.cycle}", by="teacher")
    assert [card["id"] for card in cycle.json["card"]["lessons"]].count(note["lesson"]) == 1


async def test_a_link_that_is_cut_costs_time_and_no_more_than_a_block_each(desk: Desk) -> None:
    film = desk.film(12 * MIB)
    largest = 0
    async with link_to(desk.door.port) as link:
        running = await desk.at(link.url).start(film, "--json")
        for share in (0.2, 0.45, 0.7):
            await link.carried(share * 12 * MIB)
            link.cut()
            await running.says('"waiting"')
            link.mend()
        ended = await running.ended()
        up = link.bytes_up
    largest = max(await desk.stored((await desk.uploads_of(lesson_of(ended)))[0].id))

    assert await desk.arrived(lesson_of(ended)) == sha256_of(film)
    assert up < 12 * MIB + 3 * largest + ROOM
    waits = [line for line in ended.lines if line["type"] == "waiting"]
    assert {line["problem"] for line in waits} == {"unreachable"}


async def test_what_is_stored_of_another_file_is_not_mixed_with_this_one(desk: Desk) -> None:
    """The ends and the size are the same, so the fingerprint is; the middle is not."""
    film = desk.film(6 * MIB)
    async with link_to(desk.door.port) as link:
        link.stall_after(3 * MIB)
        running = await desk.at(link.url).start(film, "--json")
        await link.carried(3 * MIB)
        await running.stop(signal.SIGKILL)
        await link.flow()
    content = bytearray(film.read_bytes())
    content[300_000:-300_000] = os.urandom(len(content) - 600_000)
    film.write_bytes(content)

    ended = await desk.upload(film, "--json")

    assert "restarted" in [line["type"] for line in ended.lines]
    assert await desk.arrived(lesson_of(ended)) == sha256_of(film)
    states = [upload.state for upload in await desk.uploads_of(lesson_of(ended))]
    assert states == ["cancelled", "completed"]


async def test_a_file_that_changes_while_it_is_sent_is_noticed(desk: Desk) -> None:
    film = desk.film(6 * MIB)
    async with link_to(desk.door.port) as link:
        link.stall_after(2 * MIB)
        running = await desk.at(link.url).start(film, "--json")
        lesson = json.loads(await running.says('"lesson"'))["lesson"]
        await link.carried(2 * MIB)
        with film.open("r+b") as writing:
            writing.seek(3 * MIB)
            writing.write(b"another take")
        await link.flow()
        ended = await running.ended()

    assert ended.code == 2
    assert ended.err == f"{film} changed while it was sent.\n"
    assert ended.lines[-1]["problem"] == "file"
    assert [upload.state for upload in await desk.uploads_of(lesson)] == ["open"]
    again = await desk.upload(film, "--json", "--lesson", lesson)
    assert lesson_of(again) == lesson
    assert await desk.arrived(lesson) == sha256_of(film)


async def test_a_file_that_is_deleted_while_it_is_sent_still_arrives(desk: Desk) -> None:
    film = desk.film(6 * MIB)
    whole = sha256_of(film)
    async with link_to(desk.door.port) as link:
        link.stall_after(2 * MIB)
        running = await desk.at(link.url).start(film, "--json")
        await link.carried(2 * MIB)
        film.unlink()
        await link.flow()
        ended = await running.ended()

    assert await desk.arrived(lesson_of(ended)) == whole


async def test_a_token_that_is_revoked_half_way_ends_it_and_another_goes_on(desk: Desk) -> None:
    film = desk.film(6 * MIB)
    door = desk.door
    async with link_to(door.port) as link:
        link.stall_after(3 * MIB)
        running = await desk.at(link.url).start(film, "--json")
        await link.carried(3 * MIB)
        await tokens.revoke_token(door.deps, door.cast.teacher, desk.token)
        await link.flow()
        ended = await running.ended()
    assert ended.code == 2
    assert "The token is not valid at this server" in ended.err
    assert ended.lines[-1] | {"detail": ""} == {"type": "problem", "problem": "signed_out", "detail": "", "exit": 2}

    made = door.deps.new_id()
    _, secret = await tokens.make_token(
        door.deps, door.cast.teacher, token_id=made, name="new", scopes=["upload", "read"], days=None
    )
    async with link_to(door.port) as link:
        again = await desk.at(link.url).upload(film, "--json", environ={"FARFIELD_TOKEN": secret})
    # The address of the server is another one, so it is the server that knows what was begun.
    assert next(line for line in again.lines if line["type"] == "begun")["stored"] > 0
    assert await desk.arrived(lesson_of(again)) == sha256_of(film)


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
async def test_stopped_it_says_so_and_goes_on_later(desk: Desk, number: int, code: int) -> None:
    film = desk.film(6 * MIB)
    async with link_to(desk.door.port) as link:
        link.stall_after(3 * MIB)
        running = await desk.at(link.url).start(film, "--json")
        await link.carried(3 * MIB)
        ended = await running.stop(number)
        await link.flow()
    assert (ended.code, ended.err) == (code, "Stopped. The same command goes on where it was.\n")
    assert lesson_of(await desk.upload(film, "--json"))


async def test_two_at_once_send_one_file(desk: Desk) -> None:
    film = desk.film(4 * MIB)
    async with link_to(desk.door.port) as link:
        link.stall_after(2 * MIB)
        one = await desk.at(link.url).start(film, "--json")
        await link.carried(2 * MIB)
        lesson = json.loads(await one.says('"lesson"'))["lesson"]
        other = await desk.upload(film, "--json")
        await link.flow()
        ended = await one.ended()

    assert lesson_of(ended) == lesson_of(other) == lesson
    assert await desk.arrived(lesson) == sha256_of(film)


async def test_a_name_that_is_no_text_is_no_obstacle(desk: Desk) -> None:
    film = desk.folder / os.fsdecode(b"caf\xe9\x1b[31m\n.mp4")
    film.write_bytes(os.urandom(1000))
    ended = await desk.upload(film, "--json")

    assert ended.lines[0]["title"] == "caf��[31m�"
    assert await desk.arrived(lesson_of(ended)) == sha256_of(film)


async def test_on_a_terminal_there_is_a_bar(desk: Desk) -> None:
    film = desk.film(3 * MIB)
    code, out, text = await on_terminal(*desk.arguments(film), environ=desk.environ)

    assert code == 0
    assert out.endswith(" preparing\n")
    assert "━━" in text
    assert "Looking at the video." in text
    assert "Sending as lesson" in text


async def test_it_goes_through_the_proxy_of_the_environment(desk: Desk) -> None:
    """A proxy for plain http takes the whole address; our link is none, so the answer shows who was asked."""
    asked: list[bytes] = []

    async def proxy(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        asked.append(await reader.readuntil(b"\r\n\r\n"))
        writer.write(b"HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(proxy, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    environ = {"http_proxy": f"http://127.0.0.1:{port}", "FARFIELD_SERVER": "http://coaching.invalid", "no_proxy": ""}
    ended = await desk.upload(desk.film(1000), "--patience", "1s", environ=environ)
    server.close()
    await server.wait_closed()

    assert ended.code == 3
    assert asked[0].startswith(b"GET http://coaching.invalid/api/session HTTP/1.1\r\n")
