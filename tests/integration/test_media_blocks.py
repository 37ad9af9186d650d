"""Blocks of an upload through the front door: stored whole and once, or not at all, and never read by Python."""

import asyncio
import hashlib
import os

import pytest

from service import access
from service.actions import uploads
from service.media.blocks import uploads_prefix
from service.web import media_gate
from service.web.media_gate import MAX_BLOCK_BYTES
from tests.fixtures.front_door import Door
from tests.fixtures.media_traffic import MIB, Sending, checksum, start


async def test_a_block_is_stored_once_and_python_reads_none_of_it(sending: Sending, door: Door) -> None:
    body = os.urandom(8 * MIB)
    before = door.asked.bytes
    first = await sending.put(0, body)
    assert (first.status, first.body) == (200, b"")
    assert door.asked.bytes - before < 4_000
    name = f"0-{len(body)}-{hashlib.sha256(body).hexdigest()}"
    assert await sending.stored() == {name: len(body)}
    assert await door.deps.objects.get(uploads_prefix(sending.upload) + name) == body
    again = await sending.put(0, body)
    assert (again.status, again.slug) == (412, "block_already_stored")


async def test_a_damaged_block_is_not_kept(sending: Sending) -> None:
    answer = await sending.put(0, b"a" * 300_000, x_amz_checksum_sha256=checksum(b"b" * 300_000))
    assert (answer.status, answer.slug) == (400, "block_damaged")
    assert await sending.stored() == {}


@pytest.mark.parametrize("end", [299_999, 300_001])
async def test_a_block_whose_length_lies_is_not_kept(sending: Sending, end: int) -> None:
    answer = await sending.put(0, b"a" * 300_000, end=end)
    assert (answer.status, answer.slug) == (400, "block_damaged")
    assert await sending.stored() == {}


async def test_a_block_without_a_length_is_not_kept(sending: Sending, door: Door) -> None:
    head = (
        f"PUT {sending.path(0, 5)} HTTP/1.1\r\nHost: 127.0.0.1:{door.port}\r\nOrigin: {door.origin}\r\n"
        f"Cookie: {door.cookies['teacher']}\r\nx-amz-checksum-sha256: {checksum(b'hello')}\r\n"
        "Transfer-Encoding: chunked\r\nConnection: close\r\n\r\n5\r\nhello\r\n0\r\n\r\n"
    )
    answer = await door.raw(head.encode())
    assert b"block_damaged" in answer
    assert await sending.stored() == {}


@pytest.mark.parametrize("cut", [0, 1, 65_536, 299_999])
async def test_a_block_cut_half_way_never_becomes_an_object(sending: Sending, door: Door, cut: int) -> None:
    body = os.urandom(300_000)
    head = (
        f"PUT {sending.path(0, len(body))} HTTP/1.1\r\nHost: 127.0.0.1:{door.port}\r\nOrigin: {door.origin}\r\n"
        f"Cookie: {door.cookies['teacher']}\r\nx-amz-checksum-sha256: {checksum(body)}\r\n"
        f"Content-Length: {len(body)}\r\n\r\n"
    )
    _, writer = await asyncio.open_connection("127.0.0.1", door.port)
    writer.write(head.encode() + body[:cut])
    await writer.drain()
    writer.transport.abort()
    # Were the cut one there, this would be answered 412.
    assert (await sending.put(0, body)).status == 200
    assert len(await sending.stored()) == 1


@pytest.mark.parametrize(
    ("offset", "end"),
    [(40 * MIB - 5, 40 * MIB + 1), (40 * MIB, 40 * MIB + 6), (6, 6), (6, 5), (0, MAX_BLOCK_BYTES + 1)],
)
async def test_a_block_outside_the_file_is_refused(sending: Sending, offset: int, end: int) -> None:
    answer = await sending.put(offset, b"abcdef", end=end)
    assert (answer.status, answer.slug) == (422, "block_outside")


async def test_a_block_beyond_what_farfield_takes_is_refused(door: Door) -> None:
    unsized, limit = await start(door, None), door.deps.config.max_upload_bytes
    answer = await unsized.put(limit, b"abc")
    assert (answer.status, answer.slug) == (413, "file_too_large")
    assert (await unsized.put(limit - 3, b"abc")).status == 200


async def test_an_upload_holds_twice_its_file_and_cut_blocks_do_not_count(
    door: Door, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(media_gate, "SPARE_BYTES", 0)
    sending = await start(door, size=100)
    for _ in range(5):
        assert (await sending.put(0, b"a" * 100, x_amz_checksum_sha256=checksum(b"b" * 100))).slug == "block_damaged"
    for letter in (b"a", b"b"):
        assert (await sending.put(0, letter * 100)).status == 200
    assert (await sending.put(0, b"a" * 100)).slug == "quota_reached"
    assert (await sending.put(0, b"c" * 100)).slug == "quota_reached"
    assert len(await sending.stored()) == 2


@pytest.mark.parametrize("given", ["", "abc", "A" * 44, checksum(b"x")[:-1] + " ", checksum(b"x") + "\t=", "é" * 43])
async def test_a_block_needs_its_checksum(sending: Sending, given: str) -> None:
    answer = await sending.put(0, b"abc", x_amz_checksum_sha256=given)
    assert (answer.status, answer.slug) == (422, "checksum_missing")


@pytest.mark.parametrize("by", ["coach", "lead", "second_teacher", "outsider"])
async def test_somebody_elses_upload_is_as_missing_as_an_unknown_one(sending: Sending, door: Door, by: str) -> None:
    foreign = await sending.put(0, b"abc", by=by)
    unknown = await Sending(door, door.deps.new_id()).put(0, b"abc", by="teacher")
    assert (foreign.status, foreign.slug) == (unknown.status, unknown.slug) == (404, "not_found")
    assert foreign.json | {"instance": ""} == unknown.json | {"instance": ""}
    assert await sending.stored() == {}


async def test_an_ended_upload_takes_no_more(sending: Sending, door: Door) -> None:
    assert (await sending.put(0, b"abc")).status == 200
    teacher = door.cast.teacher
    await uploads.cancel_upload(door.deps, await access.access_upload(door.deps, teacher, sending.upload), by=teacher)
    answer = await sending.put(3, b"abc")
    assert (answer.status, answer.slug) == (409, "upload_ended")


async def test_signed_out_and_from_another_site(sending: Sending, door: Door) -> None:
    signed_out = await door.ask("PUT", sending.path(0, 3), data=b"abc")
    assert (signed_out.status, signed_out.slug) == (401, "signed_out")
    for origin in ("http://evil.example", "null"):
        foreign = await sending.put(0, b"abc", Origin=origin)
        assert (foreign.status, foreign.slug) == (403, "foreign_origin")
