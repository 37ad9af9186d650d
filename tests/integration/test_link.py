"""The emulated link does what the benches believe of it. Nothing here is about how long something takes."""

import asyncio
import contextlib
import io
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import aiohttp
import pytest
from aiohttp import web

from tests.fixtures.link import PORTAL, Link, Road, link_to

RURAL = Road(up=40e6, down=40e6, rtt_s=0.02)
ROADS = pytest.mark.parametrize("road", [Road(), RURAL], ids=["relay", "rural"])
MIB = 1024 * 1024


class Far:
    """A server that remembers each body it got in full."""

    def __init__(self) -> None:
        self.bodies: list[bytes] = []

    async def answer(self, request: web.Request) -> web.Response:
        self.bodies.append(await request.read())
        return web.Response(body=bytes(self.bodies[-1][:1000]))


@asynccontextmanager
async def far(road: Road) -> AsyncIterator[tuple[Far, Link, aiohttp.ClientSession]]:
    there = Far()
    app = web.Application(client_max_size=64 * MIB)
    app.router.add_route("*", "/", there.answer)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    port = runner.addresses[0][1]
    try:
        async with link_to(port, road) as link, aiohttp.ClientSession(link.url) as client:
            yield there, link, client
    finally:
        await runner.cleanup()


BODY = bytes(range(256)) * 8 * 1024


async def send(client: aiohttp.ClientSession, body: bytes = BODY) -> tuple[int, bytes]:
    async with client.post("/", data=io.BytesIO(body)) as response:
        return response.status, await response.read()


@ROADS
async def test_bytes_arrive_as_they_were_and_are_counted(road: Road) -> None:
    async with far(road) as (there, link, client):
        assert await send(client) == (200, BODY[:1000])
        assert there.bodies == [BODY]
        assert len(BODY) < link.bytes_up < len(BODY) + 1000
        assert 1000 < link.bytes_down < 2000
        assert link.connections == 1


async def test_two_at_once_share_the_line_and_both_arrive() -> None:
    async with far(RURAL) as (there, link, client):
        other = BODY[::-1]
        await asyncio.gather(send(client), send(client, other))
        assert sorted(there.bodies) == sorted([BODY, other])
        assert link.connections == 2


@ROADS
async def test_a_cut_ends_what_is_under_way_and_refuses_until_mended(road: Road) -> None:
    async with far(road) as (there, link, client):
        link.stall_after(MIB)
        sending = asyncio.create_task(send(client))
        await link.carried(MIB / 2)
        link.cut()
        with pytest.raises(aiohttp.ClientError):
            await sending
        with pytest.raises(aiohttp.ClientError):
            await send(client, b"now?")
        await link.flow()
        link.mend()
        assert await send(client, b"again") == (200, b"again")
        assert (there.bodies, link.cuts, len(link.waited_s)) == ([b"again"], 1, 1)


@ROADS
async def test_in_a_silent_dark_a_connection_waits(road: Road) -> None:
    async with far(road) as (there, link, client):
        link.cut(silent=True)
        sending = asyncio.create_task(send(client, b"patience"))
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(asyncio.shield(sending), 0.2)
        assert not there.bodies
        link.mend()
        assert await sending == (200, b"patience")


@ROADS
async def test_a_lost_answer_leaves_what_it_answered_done(road: Road) -> None:
    async with far(road) as (there, link, client):
        link.lose_answer_after(len(BODY))
        with pytest.raises(aiohttp.ClientError):
            await send(client)
        assert there.bodies == [BODY]
        assert (await send(client))[0] == 200


@ROADS
async def test_a_portal_answers_for_everybody_until_it_lets_go(road: Road) -> None:
    async with far(road) as (there, link, client):
        link.portal(there=True)
        assert await send(client, b"hello") == (200, PORTAL)
        link.portal(there=False)
        assert await send(client, b"hello") == (200, b"hello")
        assert there.bodies == [b"hello"]


async def test_a_box_that_ends_connections_by_their_age() -> None:
    async with far(Road(up=2e6, down=2e6, life_s=0.5)) as (there, _, client):
        assert (await send(client, b"young"))[0] == 200
        with pytest.raises(aiohttp.ClientError):
            await send(client)  # eight seconds' worth
        assert there.bodies == [b"young"]


async def test_a_box_that_takes_only_so_much_of_a_connection() -> None:
    async with far(Road(most_up=MIB)) as (there, _, client):
        with contextlib.suppress(aiohttp.ClientError):
            await send(client)
        assert there.bodies == []
        assert (await send(client, BODY[: MIB // 2]))[0] == 200


async def test_what_a_cut_throws_away_was_not_on_the_line() -> None:
    slow = Road(up=1e6, down=1e6, rtt_s=0.1)
    async with far(slow) as (_, link, client):
        sending = asyncio.create_task(send(client))
        await link.carried(50_000)
        link.cut()
        on_the_line = link.bytes_up
        with pytest.raises(aiohttp.ClientError):
            await sending
        link.mend()
        assert await send(client, b"x" * 1000) == (200, b"x" * 1000)
        assert link.bytes_up - on_the_line < 2000
