"""The test of a network, for whoever looks after one and has no account: everything here is public, small and counted.

The page `/network` asks it; what passes here passes for a lesson. Nothing is read from the records, nothing is kept.
What goes through the gate stands in `carried.py`, the socket's part in `service/live/gateway.py`.
"""

import asyncio
import os
from typing import Annotated, Final

import msgspec
from aiohttp import web

from service.actions.guessing import network_of
from service.coaching.entries import Instant
from service.problems import BadRequest, TooManyTries
from service.waiting import first_of
from service.web.keys import DEPS
from service.web.origin import client_address
from service.web.parsing import query_int, read_body
from service.web.policy import PUBLIC, Content, Query, Route
from service.web.responding import no_content, ok

PIECE_BYTES: Final = 256 * 1024
"""What one request sends or gets at most: as much as the smallest block of an upload."""
LONGEST_WAIT_S: Final = 25
_WINDOW_S: Final = 600.0
_ADDRESS_BYTES: Final = 64 << 20
"""Some fifteen tests in ten minutes; a whole school may be behind one address."""
_ALL_BYTES: Final = 512 << 20
_LEAST_BYTES: Final = 16 * 1024
"""What a request counts for at least, so that small ones are not free."""
_MOST_WAITING: Final = 64
_BINARY: Final = "application/octet-stream"


class NetworkSeen(msgspec.Struct, frozen=True):
    """What the server has of it: its time, and whether the front door was asked over HTTPS."""

    at: Instant
    https: bool


class NetworkTaken(msgspec.Struct, frozen=True):
    """So many bytes arrived."""

    bytes: int


class Budget:
    """How much each address, and all together, may move within a window. In memory: each process has its own."""

    def __init__(self) -> None:
        self._since = 0.0
        self._all = 0
        self._of: dict[str, int] = {}
        self.waiting = 0

    def take(self, address: str, size: int, now: float) -> int:
        """0: it may move. Else not, and in so many ms everything begins anew. `now`: seconds that only grow."""
        if now - self._since >= _WINDOW_S:
            self._since, self._all, self._of = now, 0, {}
        size = max(size, _LEAST_BYTES)
        moved = self._of.get(address, 0) + size
        if moved > _ADDRESS_BYTES or self._all + size > _ALL_BYTES:
            return max(1, int((self._since + _WINDOW_S - now) * 1000))
        self._all += size
        self._of[address] = moved
        return 0


BUDGET: Final = web.AppKey("network_budget", Budget)
# Drawn once: nothing on the way makes it smaller, and nobody can learn anything from it.
_BYTES: Final = os.urandom(PIECE_BYTES)


async def look(request: web.Request) -> web.Response:
    """The server's time, at once or after `wait` seconds, as a long poll holds an answer back."""
    deps, budget = request.app[DEPS], request.app[BUDGET]
    wait = query_int(request, "wait", 0, most=LONGEST_WAIT_S)
    _count(request, 0)
    if wait:
        if budget.waiting >= _MOST_WAITING:
            raise TooManyTries(LONGEST_WAIT_S * 1000)
        budget.waiting += 1
        try:
            await first_of(deps.draining, seconds=wait)
        finally:
            budget.waiting -= 1
    return ok(NetworkSeen(deps.clock(), request.headers.get("X-Forwarded-Proto") == "https"))


async def send_bytes(request: web.Request) -> web.Response:
    """256 KiB that cannot be made smaller, to measure how fast they come."""
    _count(request, PIECE_BYTES)
    return web.Response(body=_BYTES, content_type=_BINARY, headers={"Cache-Control": "no-store"})


async def take_bytes(request: web.Request) -> web.Response:
    """Up to 256 KiB, to measure how fast they arrive. They are counted and forgotten."""
    if request.content_type != _BINARY:
        raise BadRequest(f"What is sent here is {_BINARY}.")
    _count(request, min(request.content_length or PIECE_BYTES, PIECE_BYTES))
    body = await read_body(request, PIECE_BYTES)
    if not body:
        raise BadRequest("There is nothing in what was sent.")
    return ok(NetworkTaken(len(body)))


async def delete_nothing(request: web.Request) -> web.Response:
    """Shows that DELETE passes; there is nothing to delete."""
    _count(request, 0)
    return no_content()


def _count(request: web.Request, size: int) -> None:
    """Raises TooManyTries."""
    address = network_of(client_address(request.headers))
    wait = request.app[BUDGET].take(address, size, asyncio.get_running_loop().time())
    if wait:
        raise TooManyTries(wait)


ROUTES = (
    Route(
        "GET",
        "/api/network",
        look,
        PUBLIC,
        answers={200: NetworkSeen},
        problems=(TooManyTries,),
        query=(
            Query("wait", Annotated[int, msgspec.Meta(ge=0, le=LONGEST_WAIT_S)], "Seconds to hold the answer back."),
        ),
        operation="look_at_network",
    ),
    Route("DELETE", "/api/network", delete_nothing, PUBLIC, answers={204: None}, problems=(TooManyTries,)),
    Route("GET", "/api/network/bytes", send_bytes, PUBLIC, answers={200: Content(_BINARY)}, problems=(TooManyTries,)),
    Route(
        "POST",
        "/api/network/bytes",
        take_bytes,
        PUBLIC,
        body=Content(_BINARY),
        answers={200: NetworkTaken},
        problems=(BadRequest, TooManyTries),
    ),
)
