"""What the test of a network asks, through the real front door and signed out: it passes, is small, is counted."""

import asyncio
import hashlib
import os
from base64 import b64encode

import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed, InvalidStatus

from service.live.gateway import TRY_PATH
from service.web.network import PIECE_BYTES, Budget
from tests.fixtures.front_door import Door, header

BINARY = {"Content-Type": "application/octet-stream"}


def checksum(content: bytes) -> dict[str, str]:
    return {"x-amz-checksum-sha256": b64encode(hashlib.sha256(content).digest()).decode()}


async def test_the_time_the_bytes_and_each_method_come_through(door: Door) -> None:
    seen = await door.ask("GET", "/api/network", headers={"Origin": door.origin})
    held = await door.ask("GET", "/api/network?wait=1")
    got = await door.ask("GET", "/api/network/bytes")
    sent = await door.ask("POST", "/api/network/bytes", headers=BINARY, data=os.urandom(1000))
    gone = await door.ask("DELETE", "/api/network")

    assert (seen.status, held.status, got.status, sent.status, gone.status) == (200, 200, 200, 200, 204)
    assert seen.json["https"] is False
    assert seen.json["at"] < held.json["at"]
    assert len(got.body) == PIECE_BYTES
    assert sent.json == {"bytes": 1000}
    assert header(got, "Cache-Control") == header(seen, "Cache-Control") == "no-store"


@pytest.mark.parametrize(
    ("headers", "size", "status"),
    [
        (BINARY, PIECE_BYTES, 200),
        (BINARY, PIECE_BYTES + 1, 413),
        (BINARY, 5_000_000, 413),
        (BINARY, 0, 422),
        ({"Content-Type": "text/plain"}, 10, 422),
        (BINARY | {"Origin": "https://elsewhere.example"}, 10, 403),
    ],
)
async def test_what_is_sent_is_small_and_from_our_page(
    door: Door, headers: dict[str, str], size: int, status: int
) -> None:
    assert (await door.ask("POST", "/api/network/bytes", headers=headers, data=bytes(size))).status == status


async def test_a_block_reaches_the_gate_and_nothing_is_stored(door: Door) -> None:
    block = os.urandom(64 * 1024)
    before = await door.deps.objects.list("uploads/")
    there = await door.ask("PUT", "/media/network", headers=checksum(block), data=block)
    stripped = await door.ask("PUT", "/media/network", data=block)
    elsewhere = await door.ask(
        "PUT", "/media/network", headers=checksum(block) | {"Origin": "https://x.example"}, data=b"x"
    )

    assert (there.status, there.body) == (204, b"")
    assert (stripped.status, stripped.json["type"]) == (422, "/problems/checksum_missing")
    assert elsewhere.status == 403
    assert await door.deps.objects.list("uploads/") == before


@pytest.mark.parametrize(
    ("asked", "status", "first", "size", "content_range"),
    [
        (None, 200, 0, 1000, ""),
        ("bytes=100-199", 206, 100, 100, "bytes 100-199/1000"),
        ("bytes=990-", 206, 240, 10, "bytes 990-999/1000"),
        ("bytes=-5", 206, 245, 5, "bytes 995-999/1000"),
        ("bytes=0-99999", 206, 0, 1000, "bytes 0-999/1000"),
        ("bytes=1000-", 416, 0, 0, ""),
        ("bytes=0-1,5-6", 416, 0, 0, ""),
    ],
)
async def test_a_range_of_the_sample(
    door: Door, asked: str | None, status: int, first: int, size: int, content_range: str
) -> None:
    answer = await door.ask("GET", "/media/network", headers={"Range": asked} if asked else {})

    assert answer.status == status
    assert header(answer, "Content-Range") == content_range
    if status < 400:
        assert (answer.body[0], len(answer.body)) == (first, size)
        assert header(answer, "Content-Security-Policy") == "sandbox; default-src 'none'"


async def test_a_text_comes_back_over_a_socket_once_and_from_our_page_alone(door: Door) -> None:
    at = f"ws://127.0.0.1:{door.port}{TRY_PATH}"
    async with asyncio.timeout(10), connect(at, origin=door.origin) as socket:  # type: ignore[arg-type]
        await socket.send("farfield" + "x" * 1000)
        assert await socket.recv() == ("farfield" + "x" * 56)
        with pytest.raises(ConnectionClosed):
            await socket.recv()
    with pytest.raises(InvalidStatus) as elsewhere:
        await connect(at, origin="https://elsewhere.example")  # type: ignore[arg-type]
    with pytest.raises(InvalidStatus) as signed_out:
        await connect(at.removesuffix("?try"), origin=door.origin)  # type: ignore[arg-type]
    assert (elsewhere.value.response.status_code, signed_out.value.response.status_code) == (403, 401)


async def test_not_too_many_sockets_at_once(door: Door) -> None:
    at = f"ws://127.0.0.1:{door.port}{TRY_PATH}"
    held = [await connect(at, origin=door.origin) for _ in range(32)]  # type: ignore[arg-type]
    with pytest.raises(InvalidStatus) as refused:
        await connect(at, origin=door.origin)  # type: ignore[arg-type]
    assert refused.value.response.status_code == 429
    for socket in held:
        await socket.close()
    async with connect(at, origin=door.origin) as again:  # type: ignore[arg-type]
        await again.send("x")
        assert await again.recv() == "x"


def test_an_address_moves_so_much_in_a_while_and_others_are_not_kept_out() -> None:
    budget, now = Budget(), 1_000.0
    pieces = 0
    while budget.take("school", PIECE_BYTES, now) == 0:
        pieces += 1
    assert pieces == 256
    assert budget.take("school", 0, now + 100) == 500_000
    assert budget.take("elsewhere", PIECE_BYTES, now + 100) == 0
    assert budget.take("school", PIECE_BYTES, now + 600) == 0


def test_all_addresses_together_move_no_more_than_a_whole() -> None:
    budget = Budget()
    moved = sum(budget.take(str(n % 100), PIECE_BYTES, 1_000.0) == 0 for n in range(10_000))
    assert moved == (512 << 20) // PIECE_BYTES


async def test_who_has_moved_enough_is_told_when_to_come_back(door: Door) -> None:
    """The last one here: for ten minutes this door has no more for us."""
    refused = await door.ask("GET", "/api/network/bytes")
    asked = 1
    while refused.status == 200 and asked < 300:
        refused = await door.ask("GET", "/api/network/bytes")
        asked += 1

    assert (asked > 200, refused.status) == (True, 429)
    assert refused.json["type"] == "/problems/too_many_tries"
    assert 0 < int(header(refused, "Retry-After")) <= 600
