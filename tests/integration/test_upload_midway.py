"""What may come between two blocks of an upload, at the front door: and what was sent before it is never lost."""

import asyncio

import pytest

from service.actions import quotas
from service.coaching.streams import lesson_stream
from service.embedded.seaweedfs import Store
from storage import grants, sessions, uploads
from storage.engine import apply
from tests.fixtures.front_door import Door, header, opened
from tests.fixtures.media_traffic import MIB, Sending, start
from tests.fixtures.visitors import cookie_of


async def blocks(sending: Sending) -> list[int]:
    answer = await sending.door.ask("GET", f"/api/uploads/{sending.upload}", by="teacher")
    assert answer.status == 200, answer.body
    return [block["offset"] for block in answer.json["blocks"]]


async def test_a_session_that_ends_in_the_middle(door: Door) -> None:
    """Signed in again the upload goes on; what was there stays."""
    sending = await start(door)
    first = await sending.put(0, b"abc")
    async with door.deps.db.write() as tx:
        await apply(tx, [sessions.end_all(door.cast.teacher, now=door.deps.clock())])
    refused = await sending.put(3, b"def")
    door.cookies["teacher"] = await cookie_of(door.deps, door.cast.teacher)
    again = await sending.put(3, b"def")

    assert (first.status, refused.status, refused.slug, again.status) == (200, 401, "signed_out", 200)
    assert await blocks(sending) == [0, 3]


async def test_a_grant_that_is_taken_in_the_middle(door: Door) -> None:
    """Nobody learns that there is an upload; where the grant comes back it goes on."""
    sending = await start(door)
    stream = lesson_stream(door.cast.lesson)
    await sending.put(0, b"abc")
    async with door.deps.db.write() as tx:
        await apply(tx, grants.revoke(door.cast.teacher, stream))
    refused = await sending.put(3, b"def")
    unknown = await Sending(door, door.deps.new_id()).put(3, b"def")
    async with door.deps.db.write() as tx:
        await apply(tx, grants.grant(door.cast.teacher, stream, "teacher", at=door.deps.clock()))
    again = await sending.put(3, b"def")

    assert (refused.status, refused.slug, again.status) == (404, "not_found", 200)
    assert refused.json | {"instance": ""} == unknown.json | {"instance": ""}
    assert await blocks(sending) == [0, 3]


async def test_an_upload_that_is_removed_in_the_middle(door: Door) -> None:
    sending, other = await start(door), await start(door)
    await sending.put(0, b"abc")
    gone = await door.ask("DELETE", f"/api/uploads/{sending.upload}", by="teacher")
    refused = await sending.put(3, b"def")

    assert (gone.status, refused.status, refused.slug) == (204, 409, "upload_ended")
    assert (await other.put(0, b"abc")).status == 200


async def test_a_store_that_is_full(store: Store) -> None:
    """It is said as trouble that passes, and to be tried again: the upload stays as it is."""

    statuses = ["500 Internal Server Error", "503 Slow Down", "507 Insufficient Storage"]
    left = iter(statuses)

    async def full(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(f"HTTP/1.1 {next(left)}\r\nContent-Length: 4\r\nConnection: close\r\n\r\nFull".encode())
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(full, "127.0.0.1", 0)
    async with server, opened(store, store_host=f"127.0.0.1:{server.sockets[0].getsockname()[1]}") as door:
        sending = await start(door)
        for status in statuses:
            answer = await sending.put(0, b"abc")
            assert (answer.status, answer.slug) == (503, "storage_unavailable"), status
            assert header(answer, "Retry-After") == "2"
        async with door.deps.db.read() as tx:
            upload = await uploads.by_id(tx, sending.upload)
        assert upload is not None
        assert upload.state == "open"


async def test_what_grows_beyond_the_room_there_is(door: Door, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file of unknown size is looked at again at every step; one of a known size was looked at when it began."""
    monkeypatch.setattr(quotas, "STEP", MIB)
    async with door.deps.db.read() as tx:
        held = await uploads.bytes_of_person(tx, door.cast.teacher)
    usual = door.deps.config.person_quota_bytes
    object.__setattr__(door.deps.config, "person_quota_bytes", held + 42 * MIB)
    known, growing = await start(door, 40 * MIB), await start(door, None)
    taken = [await growing.put(0, bytes(MIB)), await growing.put(MIB, bytes(MIB))]
    refused = await growing.put(2 * MIB, bytes(MIB))

    assert [answer.status for answer in taken] == [200, 200]
    assert (refused.status, refused.slug) == (413, "no_room")
    assert (await known.put(0, bytes(MIB))).status == 200
    assert len(await blocks(growing)) == 2
    await door.ask("DELETE", f"/api/uploads/{known.upload}", by="teacher")
    assert (await growing.put(2 * MIB, bytes(MIB))).status == 200
    object.__setattr__(door.deps.config, "person_quota_bytes", usual)
