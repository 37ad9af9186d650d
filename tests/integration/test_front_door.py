"""The front door: pages, what is inside stays inside, who says where a request comes from, slow and large heads."""

import asyncio
import contextlib
import logging
import socket

import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import InvalidStatus

from service.coaching.streams import lesson_stream
from service.embedded.seaweedfs import Store
from tests.fixtures.front_door import Door, header, opened
from tests.fixtures.media_traffic import start


async def test_every_path_of_the_client_is_the_page(door: Door) -> None:
    for path in ("/", "/lessons/whatever", "/sign-in"):
        page = await door.ask("GET", path)
        assert (page.status, header(page, "Cache-Control")) == (200, "no-cache")
        assert b"<title>Farfield" in page.body
        assert "default-src 'self'" in header(page, "Content-Security-Policy")
        assert "frame-ancestors 'none'" in header(page, "Content-Security-Policy")
        assert header(page, "X-Content-Type-Options") == "nosniff"
        assert header(page, "Referrer-Policy") == "no-referrer"
        assert not header(page, "Server")


async def test_hashed_files_are_kept_for_ever_and_sent_compressed(door: Door) -> None:
    path = "/assets/main-1a2b3c.js"
    for accepted, body in (("br", b"br bytes"), ("gzip", b"gz bytes"), ("identity", b"export {}")):
        file = await door.ask("GET", path, headers={"Accept-Encoding": accepted})
        assert (file.status, file.body) == (200, body)
        assert "immutable" in header(file, "Cache-Control")
        assert header(file, "Content-Type").startswith("text/javascript")
    missing = await door.ask("GET", "/assets/main-000000.js")
    assert (missing.status, missing.slug) == (404, "not_found")
    assert "immutable" not in header(missing, "Cache-Control")


@pytest.mark.parametrize("path", ["/health", "/health/live", "/health/ready", "/metrics", "/gate", "/gate/x", "/GATE"])
async def test_what_is_inside_stays_inside(door: Door, path: str) -> None:
    answer = await door.ask("GET", path, by="teacher")
    assert (answer.status, answer.slug) == (404, "not_found")


@pytest.mark.parametrize("path", ["/api/../health/ready", "/api/%2e%2e/health/ready", "/x/..%2fhealth/ready", "//gate"])
async def test_no_spelling_of_a_path_reaches_the_inside(door: Door, path: str) -> None:
    answer = await door.ask("GET", path, by="teacher")
    assert b'"ready"' not in answer.body
    assert "x-media-target" not in {name.lower() for name in answer.headers}


@pytest.mark.parametrize("path", ["/../../../etc/passwd", "/..%2f..%2f..%2fetc/passwd", "/assets/../../run/Caddyfile"])
async def test_no_file_outside_the_pages(door: Door, path: str) -> None:
    answer = await door.ask("GET", path)
    assert b"root:" not in answer.body
    assert b"reverse_proxy" not in answer.body


async def test_pages_are_only_read(door: Door) -> None:
    answer = await door.ask("POST", "/", data=b"x")
    assert (answer.status, answer.slug) == (405, "method_not_allowed")


async def test_the_api_is_behind_it(door: Door) -> None:
    assert (await door.ask("GET", "/api/session")).slug == "signed_out"
    mine = await door.ask("GET", "/api/session", by="teacher")
    assert mine.json["person"]["id"] == door.cast.teacher
    page = await door.ask("GET", "/problems/not_found")
    assert (page.status, header(page, "Content-Type")) == (200, "text/html; charset=utf-8")
    assert (await door.ask("GET", "/api/nothing", by="teacher")).slug == "not_found"


async def test_nobody_else_says_where_a_request_comes_from(door: Door) -> None:
    lies = {"X-Forwarded-Proto": "https", "X-Forwarded-Host": "evil.example", "Forwarded": "proto=https"}
    answer = await door.ask("GET", "/api/session", by="teacher", headers=lies)
    assert (answer.status, answer.json["https"]) == (200, False)
    elsewhere = {"Origin": "http://evil.example", "X-Forwarded-Host": "evil.example"}
    foreign = await door.ask("POST", "/api/session", data=b"{}", headers=elsewhere)
    assert (foreign.status, foreign.slug) == (403, "foreign_origin")


async def test_a_body_too_large_for_a_command_is_refused(door: Door) -> None:
    answer = await door.ask("POST", "/api/session", data=b"x" * 1_100_000)
    assert (answer.status, answer.slug) == (413, "too_large")


async def test_live_goes_through_with_cookie_and_origin(door: Door) -> None:
    address = f"ws://127.0.0.1:{door.port}/live"
    cookie = {"Cookie": door.cookies["teacher"]}
    async with connect(address, origin=door.origin, additional_headers=cookie, proxy=None) as socket:
        await socket.send(f'{{"id":1,"type":"follow","stream":"{lesson_stream(door.cast.lesson)}","after":0}}')
        assert '"following"' in str(await asyncio.wait_for(socket.recv(), 10))
    for headers, origin, status in ((cookie, "http://evil.example", 403), ({}, door.origin, 401)):
        with pytest.raises(InvalidStatus) as refused:
            await connect(address, origin=origin, additional_headers=headers, proxy=None)
        assert refused.value.response.status_code == status


async def test_a_head_that_is_too_large_is_refused(door: Door) -> None:
    answer = await door.raw(b"GET / HTTP/1.1\r\nHost: x\r\nX-Much: " + b"y" * 40_000 + b"\r\n\r\n")
    assert answer.startswith(b"HTTP/1.1 431")


async def test_a_head_that_never_ends_is_not_waited_for(store: Store) -> None:
    async with opened(store, header_seconds=1) as hasty:
        async with asyncio.timeout(5):
            answer = await hasty.raw(b"GET / HTTP/1.1\r\nHost: x\r\nX-Slow: ")
        assert not answer.startswith(b"HTTP/1.1 200")


async def test_over_https_of_its_own_the_cookie_is_bound_to_the_host(store: Store) -> None:
    async with opened(store, https=True) as door:
        mine = await door.ask("GET", "/api/session", by="teacher")
        assert (mine.status, mine.json["https"]) == (200, True)
        block = await (await start(door)).put(0, b"abc")
        assert block.status == 200
        door.cookies["teacher"] = door.cookies["teacher"].removeprefix("__Host-")
        assert (await door.ask("GET", "/api/session", by="teacher")).slug == "signed_out"


async def test_a_head_that_passes_is_read_behind_it_too(door: Door) -> None:
    """Cookies of other programs on this host come along, long ones and ones that are no cookies."""
    for before in (f"other={'b' * 12_000}; ", 'x[y]={"z":1}; a="open; path=/; '):
        headers = {"Cookie": before + door.cookies["teacher"]}
        assert (await door.ask("GET", "/api/session", headers=headers)).status == 200
    crowd = {f"X-{number}": "1" for number in range(200)}
    assert (await door.ask("GET", "/api/session", by="teacher", headers=crowd)).status == 200


async def test_a_cookie_that_is_no_text_is_no_fault(door: Door) -> None:
    assert (await door.ask("GET", "/api/session", headers={"Cookie": "farfield=\udcff"})).slug == "signed_out"


@pytest.mark.parametrize("coding", ["deflate", "gzip", "br", "zstd"])
async def test_a_body_is_taken_as_it_comes(door: Door, coding: str) -> None:
    answer = await door.ask("POST", "/api/session", data=b"\x1f\x8bzzzz", headers={"Content-Encoding": coding})
    assert (answer.status, answer.slug) == (400, "not_json")


@pytest.mark.parametrize("head", ["POST /api/session", "GET /api/session", "GET /live", "POST /problems/not_found"])
async def test_what_is_left_of_a_refused_body_is_no_request(door: Door, head: str) -> None:
    hidden = b"GET / HTTP/1.1\r\nHost: x\r\n\r\n" * 400_000
    sent = f"{head} HTTP/1.1\r\nHost: x\r\nOrigin: http://x\r\nContent-Length: {len(hidden)}\r\n\r\n"

    def ask() -> bytes:
        """All of it, although nobody reads it; then every answer there is."""
        answers = b""
        with socket.create_connection(("127.0.0.1", door.port), 10) as line, contextlib.suppress(ConnectionError):
            with contextlib.suppress(ConnectionError):
                line.sendall(sent.encode() + hidden)
            while piece := line.recv(65536):
                answers += piece
        return answers

    answer = await asyncio.to_thread(ask)
    assert answer.count(b"HTTP/1.1 ") == 1
    assert answer.startswith((b"HTTP/1.1 413", b"HTTP/1.1 404"))


async def test_a_crowd_that_comes_at_once_is_answered(door: Door) -> None:
    answers = await asyncio.gather(*(door.ask("GET", "/api/session", by="teacher") for _ in range(400)))
    assert {answer.status for answer in answers} == {200}


async def seen_as_local(door: Door, forwarded_for: str) -> bool:
    """The demo's outbox is for its own machine, so it tells whom `web` sees."""
    answer = await door.ask("GET", "/api/outbox", headers={"X-Forwarded-For": forwarded_for} if forwarded_for else {})
    return answer.status == 200


async def test_nobody_says_themselves_where_they_come_from(door: Door) -> None:
    for said in ("", "192.0.2.1", "127.0.0.1, 192.0.2.1", "192.0.2.1, 198.51.100.2"):
        assert await seen_as_local(door, said), said


async def test_a_proxy_that_is_trusted_says_where_they_come_from(store: Store) -> None:
    async with opened(store, trusted_proxies=("127.0.0.1/32", "10.0.0.0/8")) as door:
        assert await seen_as_local(door, "")
        assert not await seen_as_local(door, "192.0.2.1")
        assert not await seen_as_local(door, "127.0.0.1, 192.0.2.1"), "what comes first anybody may have written"
        assert not await seen_as_local(door, "192.0.2.1, 10.1.2.3")


async def test_a_calendars_address_goes_through_and_into_no_log(
    door: Door, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    path = (await door.ask("POST", "/api/calendar", by="teacher")).json["path"]
    token = path.removeprefix("/calendar/").removesuffix(".ics")
    answer = await door.ask("GET", path)
    assert (answer.status, answer.headers["Content-Type"]) == (200, "text/calendar; charset=utf-8")
    assert (await door.ask("GET", path, headers={"If-None-Match": answer.headers["ETag"]})).status == 304
    assert (await door.ask("GET", path.replace(".ics", "x.ics"))).slug == "not_found"
    assert (await door.ask("GET", f"/calendar/{token}")).slug == "not_found"
    assert (await door.ask("PUT", path, data=b"x" * 10)).status in (404, 405)
    said = [f"{record.getMessage()} {vars(record)}" for record in caplog.records]
    assert any("/calendar/{token}.ics" in line for line in said)
    assert token not in "".join(said) + door.log.read_text()
