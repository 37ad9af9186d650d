"""The gate of the media with the real front door and the real store: who may see what, and each trick against it."""

import asyncio

import aiohttp
import pytest

from service.coaching.streams import lesson_stream
from service.embedded.seaweedfs import Store
from service.web.media_gate import MAX_PIECE_BYTES
from storage import grants, lessons
from storage.engine import apply
from tests.fixtures.front_door import Door, header, opened
from tests.fixtures.media_traffic import CARRIED, FILM, MIB, OURS, Sending, checksum, start

# --- Tricks ---

FORGED = [
    {"X-Media-Target": "/farfield?list-type=2"},
    {"X-Media-Range": "bytes=0-1", "X-Media-Type": "text/html"},
    {"X-Forwarded-Uri": "/media/lessons/{lesson}/1-360p.mp4"},
    {"X-Forwarded-Method": "GET"},
    {"X-Original-Url": "/media/lessons/{lesson}/1-360p.mp4", "X-Rewrite-Url": "/"},
]


@pytest.mark.parametrize("forged", FORGED)
async def test_forged_headers_open_nothing(door: Door, film: str, forged: dict[str, str]) -> None:
    headers = {name: value.format(lesson=door.cast.lesson) for name, value in forged.items()} | {"Range": "bytes=0-9"}
    for path in (film + "1-360p.mp4", f"/media/lessons/{door.cast.private_lesson}/1-360p.mp4"):
        answer = await door.ask("GET", path, by="outsider", headers=headers)
        assert (answer.status, answer.slug) == (404, "not_found")
    mine = await door.ask("GET", film + "1-360p.mp4", by="coach", headers=headers)
    assert (mine.status, mine.body, header(mine, "Content-Type")) == (206, FILM[:10], "video/mp4")


@pytest.mark.parametrize(
    "path",
    [
        "/media/",
        "/media/?list-type=2",
        "/media/farfield?list-type=2&prefix=uploads/",
        "/media/lessons/",
        "/media/lessons/{lesson}",
        "/media/lessons/{lesson}/",
        "/media/lessons/{lesson}/?list-type=2",
        "/media/lessons/{lesson}/1-360p.mp4?X-Amz-Signature=0",
        "/media/lessons/{lesson}/..%2f{lesson}%2f1-360p.mp4",
        "/media/lessons/{private}/..%2f{lesson}/1-360p.mp4",
        "/media/lessons/{lesson}/../{lesson}/1-360p.mp4",
        "/media/lessons/{lesson}/%2e%2e/{lesson}/1-360p.mp4",
        "/media/lessons/{lesson}//1-360p.mp4",
        "//media/lessons/{lesson}/1-360p.mp4",
        "/media//lessons/{lesson}/1-360p.mp4",
        "/media/lessons%2f{lesson}%2f1-360p.mp4",
        "/media/lessons/{lesson}/1-360p%2emp4",
        "/media/lessons/{lesson}/1-360p.mp4%00",
        "/media/lessons/{lesson}/1-360p.mp4%0a",
        "/media/lessons/{lesson}/1-360p.mp4/",
        "/media/lessons/{lesson}\\1-360p.mp4",
        "/media/lessons/{upper}/1-360p.mp4",
        "/media/lessons/{lesson}/secret.html",
        "/media/lessons/{lesson}/1-360p.m4s",
        "/media/uploads/{lesson}/0-5",
        "/media/originals/{lesson}",
    ],
)
async def test_no_spelling_of_a_path_opens_anything(door: Door, film: str, path: str) -> None:
    lesson = door.cast.lesson
    path = path.format(lesson=lesson, private=door.cast.private_lesson, upper=lesson.upper())
    head = (
        f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{door.port}\r\nCookie: {door.cookies['teacher']}\r\n"
        "Range: bytes=0-9\r\nConnection: close\r\n\r\n"
    )
    answer = await door.raw(head.encode())
    assert answer.split(b" ")[1] in (b"404", b"400"), answer
    assert FILM[:10] not in answer
    assert b"ListBucket" not in answer


@pytest.mark.parametrize("method", ["DELETE", "POST", "PATCH", "OPTIONS", "TRACE", "PROPFIND"])
async def test_other_methods_do_not_pass(door: Door, film: str, method: str) -> None:
    answer = await door.ask(method, film + "1-360p.mp4", by="teacher")
    assert (answer.status, answer.slug) == (405, "method_not_allowed")
    assert (await door.ask("PUT", film + "1-360p.mp4", by="teacher", data=b"x")).status == 404
    assert (await door.deps.objects.head(f"lessons/{door.cast.lesson}/1-360p.mp4")) is not None


async def test_the_gate_takes_no_body_and_no_other_question(door: Door) -> None:
    connector = aiohttp.UnixConnector(str(door.deps.config.run_dir / "real-gate.sock"))
    asked = {"X-Forwarded-Method": "GET", "X-Forwarded-Uri": "/media/", "Cookie": door.cookies["teacher"]}
    async with aiohttp.ClientSession(connector=connector) as client:
        for method, path, data, status in (
            ("GET", "/gate", b"bytes", 413),
            ("PUT", "/gate", None, 405),
            ("GET", "/gate/x", None, 404),
            ("GET", "/gate", None, 404),
        ):
            async with client.request(method, "http://gate" + path, data=data, headers=asked) as response:
                assert response.status == status


class Echo:
    """Stands where the store is and remembers the heads that reach it."""

    def __init__(self) -> None:
        self.heads: list[bytes] = []

    async def answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.heads.append(await reader.readuntil(b"\r\n\r\n"))
        writer.write(
            b'HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Type: text/html\r\nSet-Cookie: a=b\r\nETag: "e"\r\n'
            b"X-Amz-Request-Id: 1\r\nServer: s\r\nLocation: http://evil.example\r\nConnection: close\r\n\r\nhi"
        )
        await writer.drain()
        writer.close()

    def last(self) -> tuple[str, dict[str, str]]:
        first, *lines = self.heads[-1].decode().strip().split("\r\n")
        pairs = (line.split(": ", 1) if ": " in line else (line.rstrip(":"), "") for line in lines)
        return first, {name.lower(): value for name, value in pairs if value}


async def test_only_what_is_named_reaches_the_store_and_comes_back(store: Store) -> None:
    echo = Echo()
    server = await asyncio.start_server(echo.answer, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    async with server, opened(store, store_host=f"127.0.0.1:{port}") as door:
        noise = {"Content-Type": "text/html", "User-Agent": "x", "Accept-Language": "de", "X-Amz-Acl": "public-read"}
        body = b"abcdef"
        answer = await (await start(door)).put(0, body, **noise, If_Match="x", Authorization="AWS4-HMAC-SHA256 a")
        assert (answer.status, answer.body) == (200, b"")
        first, sent = echo.last()
        assert first.startswith("PUT /farfield/uploads/")
        assert sent.pop("accept-encoding", "gzip") == "gzip"  # the proxy's own, not the browser's
        assert sent.pop("user-agent") == "Go-http-client/1.1"
        assert sent == {
            "host": f"127.0.0.1:{port}",
            "content-length": "6",
            "x-amz-checksum-sha256": checksum(body),
            "if-none-match": "*",
        }
        path = f"/media/lessons/{door.cast.lesson}/1-poster.jpg"
        answer = await door.ask("GET", path, by="coach", headers=noise | {"If-None-Match": '"e"', "If-Range": '"f"'})
        assert (answer.status, answer.body, header(answer, "Content-Type")) == (200, b"hi", "image/jpeg")
        assert {name.lower() for name in answer.headers} <= CARRIED | OURS
        first, sent = echo.last()
        assert first.startswith(f"GET /farfield/lessons/{door.cast.lesson}/1-poster.jpg?X-Amz-")
        assert sent.pop("accept-encoding", "gzip") == "gzip"
        assert sent.pop("user-agent") == "Go-http-client/1.1"
        assert sent == {"host": f"127.0.0.1:{port}", "if-none-match": '"e"'}


# --- Viewing ---


@pytest.mark.parametrize(
    ("asked", "first", "last"),
    [
        ("bytes=0-", 0, MAX_PIECE_BYTES - 1),
        ("bytes=100-199", 100, 199),
        ("bytes=5-99999999", 5, MAX_PIECE_BYTES + 4),
        ("bytes=9437183-", 9 * MIB - 1, 9 * MIB - 1),
        ("bytes=-10", 9 * MIB - 10, 9 * MIB - 1),
        ("bytes=-99999999", 5 * MIB, 9 * MIB - 1),
    ],
)
async def test_a_range_is_at_most_one_piece(door: Door, film: str, asked: str, first: int, last: int) -> None:
    before = door.asked.bytes
    answer = await door.ask("GET", film + "1-360p.mp4", by="coach", headers={"Range": asked, "If-Range": '"old"'})
    assert answer.status == 206
    assert header(answer, "Content-Range") == f"bytes {first}-{last}/{9 * MIB}"
    assert answer.body == FILM[first : last + 1]
    assert door.asked.bytes - before < 4_000
    assert {name.lower() for name in answer.headers} == CARRIED | OURS
    assert header(answer, "Content-Type") == "video/mp4"
    assert header(answer, "Cache-Control") == "private, no-cache"
    assert header(answer, "Content-Security-Policy") == "sandbox; default-src 'none'"
    assert header(answer, "Cross-Origin-Resource-Policy") == "same-origin"
    assert header(answer, "X-Content-Type-Options") == "nosniff"


@pytest.mark.parametrize(
    "asked",
    [
        "bytes=0-1,5-6",
        "bytes=" + ",".join(f"{n}-{n}" for n in range(500)),
        "bytes=9437184-",
        "bytes=7-3",
        "bytes=-0",
        "bytes=-",
        "bytes=",
        "bytes=a-b",
        "lines=1-2",
        "bytes=0-1 ",
        "bytes=99999999999999999999-",
        "bytes=-1-5",
    ],
)
async def test_other_ranges_are_refused(door: Door, film: str, asked: str) -> None:
    answer = await door.ask("GET", film + "1-360p.mp4", by="coach", headers={"Range": asked})
    if asked.endswith(" "):  # white space around a value is not part of it
        assert answer.body == FILM[:2]
    else:
        assert (answer.status, answer.slug) == (416, "range_not_satisfiable")


async def test_a_whole_rendition_is_not_given_at_once_but_its_segments_are(door: Door, film: str) -> None:
    whole = await door.ask("GET", film + "1-360p.mp4", by="coach")
    assert (whole.status, whole.slug) == (416, "range_not_satisfiable")
    segment = await door.ask("GET", film + "1-360p-0.m4s", by="coach")
    assert (segment.status, segment.body) == (200, FILM[:70_000])
    poster = await door.ask("GET", film + "1-poster.jpg", by="coach")
    assert (poster.status, header(poster, "Content-Type")) == (200, "image/jpeg")


@pytest.mark.parametrize(
    ("file", "kind"), [("1-storyboard-0.jpg", "image/jpeg"), ("1-peaks.bin", "application/octet-stream")]
)
async def test_previews_are_the_viewers_while_the_lesson_is(door: Door, film: str, file: str, kind: str) -> None:
    seen = await door.ask("GET", film + file, by="coach")
    assert (seen.status, header(seen, "Content-Type")) == (200, kind)
    assert (await door.ask("GET", film + file, by="outsider")).slug == "not_found"
    for other in ("1-storyboard.jpg", "1-storyboard-0000.jpg", "storyboard-0.jpg", "1-peaks.raw"):
        assert (await door.ask("GET", film + other, by="coach")).slug == "not_found"
    stream = lesson_stream(door.cast.lesson)
    async with door.deps.db.write() as tx:
        await apply(tx, grants.revoke(door.cast.coach, stream))
    try:
        assert (await door.ask("GET", film + file, by="coach")).slug == "not_found"
    finally:
        async with door.deps.db.write() as tx:
            await apply(tx, grants.grant(door.cast.coach, stream, "coach", at=door.deps.clock()))


async def test_head_tells_the_length_and_an_etag_saves_the_bytes(door: Door, film: str) -> None:
    head = await door.ask("HEAD", film + "1-360p.mp4", by="coach")
    assert (head.status, header(head, "Content-Length"), head.body) == (200, str(9 * MIB), b"")
    tag = header(head, "ETag")
    same = await door.ask("GET", film + "1-poster.jpg", by="coach")
    kept = await door.ask("GET", film + "1-poster.jpg", by="coach", headers={"If-None-Match": header(same, "ETag")})
    assert (kept.status, kept.body) == (304, b"")
    assert tag.startswith('"')
    hidden = await door.ask("HEAD", film + "1-360p.mp4", by="outsider")
    assert (hidden.status, hidden.body) == (404, b"")


async def test_the_original_is_the_teachers_own_download(door: Door) -> None:
    path, key = f"/media/lessons/{door.cast.closed_lesson}/original", f"originals/{door.deps.new_id()}"
    assert (await door.ask("GET", path, by="teacher")).slug == "not_found"
    await door.deps.objects.put(key, b"<script>alert(1)</script>", "text/html")
    async with door.deps.db.write() as tx:
        await apply(tx, [lessons.set_original(door.cast.closed_lesson, key, 25)])
    mine = await door.ask("GET", path, by="teacher")
    assert (mine.status, header(mine, "Content-Type")) == (200, "application/octet-stream")
    assert header(mine, "Content-Disposition").startswith("attachment;")
    assert header(mine, "Content-Security-Policy").startswith("sandbox")
    for by in ("coach", "lead", "outsider"):
        assert (await door.ask("GET", path, by=by)).slug == "not_found"


async def test_outsiders_and_the_signed_out_see_nothing(door: Door, film: str) -> None:
    for by in ("lead", "second_teacher", "outsider"):
        hidden = await door.ask("GET", film + "1-360p.mp4", by=by, headers={"Range": "bytes=0-9"})
        unknown = await door.ask("GET", f"/media/lessons/{door.deps.new_id()}/1-360p.mp4", by=by)
        assert hidden.json | {"instance": ""} == unknown.json | {"instance": ""}
        assert (hidden.status, hidden.slug) == (404, "not_found")
    assert (await door.ask("GET", film + "1-360p.mp4")).slug == "signed_out"
    private = f"/media/lessons/{door.cast.private_lesson}/1-poster.jpg"
    assert (await door.ask("GET", private, by="coach")).slug == "not_found"


async def test_a_revoked_viewer_stops_at_the_next_range(store: Store) -> None:
    async with opened(store) as door:
        key = f"lessons/{door.cast.lesson}/1-360p.mp4"
        await door.deps.objects.put(key, FILM, "video/mp4")
        ask = {"by": "coach", "headers": {"Range": "bytes=0-"}}
        assert (await door.ask("GET", f"/media/{key}", **ask)).status == 206
        async with door.deps.db.write() as tx:
            await apply(tx, grants.revoke(door.cast.coach, lesson_stream(door.cast.lesson)))
        assert (await door.ask("GET", f"/media/{key}", **ask)).slug == "not_found"


async def test_while_the_store_is_away_it_is_said(store: Store) -> None:
    async with opened(store, store_host="127.0.0.1:9") as door:
        sending, poster = await start(door), f"/media/lessons/{door.cast.lesson}/1-poster.jpg"
        for ready in (True, False):  # the store died unseen; the store is known to be away
            door.deps.store_ready.set() if ready else door.deps.store_ready.clear()
            for answer in (await sending.put(0, b"abc"), await door.ask("GET", poster, by="coach")):
                assert (answer.status, answer.slug) == (503, "storage_unavailable")
                assert header(answer, "Retry-After") == "2"
        assert (await door.ask("GET", poster, by="outsider")).slug == "not_found"
        assert "amz-signature" not in door.log.read_text().lower()


async def test_no_signature_ever_leaves_the_machine_or_gets_into_a_log(
    door: Door, sending: Sending, film: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG")
    await sending.put(0, b"abc")
    await sending.put(0, b"abd", x_amz_checksum_sha256=checksum(b"other"))
    await door.ask("GET", film + "1-360p.mp4", by="coach", headers={"Range": "bytes=0-9"})
    await door.ask("GET", film + "1-480p.mp4", by="coach", headers={"Range": "bytes=0-9"})
    assert "amz-signature" not in door.log.read_text().lower()
    assert "X-Amz-Signature" not in caplog.text
