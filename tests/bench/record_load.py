"""The other end of the line: clients that cost little, so that what is measured is the server.

A `Caller` keeps one connection and sends ready-made requests, a `Viewer` one socket that follows streams and tells when
it saw which annotation. Both speak just enough of their protocol, over a unix socket or TCP, and check what they get.
"""

import asyncio
import base64
import os
from collections.abc import Callable
from typing import Any

import msgspec

Address = str | tuple[str, int]
"""The path of a unix socket, or host and port."""
HOST = "farfield.test"


async def _connect(protocol: asyncio.Protocol, address: Address) -> None:
    loop = asyncio.get_running_loop()
    if isinstance(address, str):
        await loop.create_unix_connection(lambda: protocol, address)
    else:
        await loop.create_connection(lambda: protocol, *address)


def host_of(address: Address) -> str:
    """As whom the server is asked there."""
    return HOST if isinstance(address, str) else f"{address[0]}:{address[1]}"


class Caller(asyncio.Protocol):
    """One person's connection: a request, its answer, the next request."""

    def __init__(self, address: Address, cookie: str) -> None:
        self._address = address
        host = host_of(address)
        self._common = (
            f"Host: {host}\r\nOrigin: http://{host}\r\nX-Forwarded-Proto: http\r\nCookie: {cookie}\r\n".encode()
        )
        self._transport: asyncio.Transport | None = None
        self._received = bytearray()
        self._answered: asyncio.Future[bytes] | None = None

    async def open(self) -> None:
        await _connect(self, self._address)

    def close(self) -> None:
        if self._transport is not None:
            self._transport.close()

    def connection_made(self, transport: Any) -> None:
        self._transport = transport

    def connection_lost(self, _failure: Exception | None) -> None:
        self._transport = None
        if self._answered is not None and not self._answered.done():
            self._answered.set_exception(ConnectionError("the server closed before it answered"))

    def data_received(self, data: bytes) -> None:
        received = self._received
        received += data
        head = received.find(b"\r\n\r\n")
        if head < 0:
            return
        at = received.lower().find(b"content-length: ", 0, head)
        assert at > 0, bytes(received)
        size = int(received[at + 16 : received.index(b"\r", at)])
        if len(received) < head + 4 + size:
            return
        assert self._answered is not None
        status, body = bytes(received[9:12]), bytes(received[head + 4 :])
        received.clear()
        if self._answered.done():
            return
        if status == b"200":
            self._answered.set_result(body)
        else:
            self._answered.set_exception(AssertionError(f"{status.decode()}: {body.decode()}"))

    async def post(self, path: bytes, body: bytes) -> bytes:
        """The body of the answer, which must be 200."""
        head = b"POST %s HTTP/1.1\r\n%bContent-Type: application/json\r\nContent-Length: %d\r\n\r\n"
        return await self._send(head % (path, self._common, len(body)) + body)

    async def get(self, path: bytes) -> bytes:
        """The same for a question."""
        return await self._send(b"GET %s HTTP/1.1\r\n%b\r\n" % (path, self._common))

    async def _send(self, request: bytes) -> bytes:
        if self._transport is None:
            await self.open()
        assert self._transport is not None
        self._answered = asyncio.get_running_loop().create_future()
        self._transport.write(request)
        return await self._answered


class _Data(msgspec.Struct):
    id: str = ""


class _Event(msgspec.Struct):
    version: int
    data: _Data


class _Frame(msgspec.Struct):
    type: str
    stream: str = ""
    events: list[_Event] = []


_decoder = msgspec.json.Decoder(_Frame)
_TEXT, _CLOSE, _PING = 0x1, 0x8, 0x9


class Viewer(asyncio.Protocol):
    """One person's socket. `seen(id, now)` is called for each event, whose versions must have no gap."""

    def __init__(self, address: Address, cookie: str, seen: Callable[[str, float], None], path: str = "/live") -> None:
        self._address = address
        self._cookie = cookie
        self._seen = seen
        self._path = path
        self._transport: asyncio.Transport | None = None
        self._received = bytearray()
        self._open = asyncio.Event()
        self._following = asyncio.Event()
        self._versions: dict[str, int] = {}
        self.frames = 0
        """Text frames that came."""
        self.events = 0

    async def open(self) -> None:
        await _connect(self, self._address)
        assert self._transport is not None
        key = base64.b64encode(os.urandom(16)).decode()
        host = host_of(self._address)
        self._transport.write(
            f"GET {self._path} HTTP/1.1\r\nHost: {host}\r\nOrigin: http://{host}\r\nX-Forwarded-Proto: http\r\n"
            f"Cookie: {self._cookie}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: {key}\r\n"
            "Sec-WebSocket-Version: 13\r\n\r\n".encode()
        )
        await self._open.wait()

    async def follow(self, stream: str, after: int) -> None:
        """Returns once the server has said that events come from here on."""
        self._following.clear()
        self._versions[stream] = after
        self._send(_TEXT, msgspec.json.encode({"id": 1, "type": "follow", "stream": stream, "after": after}))
        await self._following.wait()

    def close(self) -> None:
        if self._transport is not None:
            self._transport.close()

    def _send(self, opcode: int, payload: bytes) -> None:
        """A client's frames are masked; a mask of zeros is one."""
        assert self._transport is not None
        size = len(payload)
        length = bytes([0x80 | size]) if size < 126 else b"\xfe" + size.to_bytes(2, "big")
        self._transport.write(bytes([0x80 | opcode]) + length + bytes(4) + payload)

    def connection_made(self, transport: Any) -> None:
        self._transport = transport

    def connection_lost(self, _failure: Exception | None) -> None:
        self._transport = None

    def data_received(self, data: bytes) -> None:
        received = self._received
        received += data
        if not self._open.is_set():
            head = received.find(b"\r\n\r\n")
            if head < 0:
                return
            assert received.startswith(b"HTTP/1.1 101"), bytes(received[:head])
            del received[: head + 4]
            self._open.set()
        at = 0
        while len(received) >= at + 2:
            size, start = received[at + 1], at + 2
            if size == 126:
                size, start = int.from_bytes(received[at + 2 : at + 4], "big"), at + 4
            elif size == 127:
                size, start = int.from_bytes(received[at + 2 : at + 10], "big"), at + 10
            if len(received) < start + size:
                break
            self._frame(received[at] & 0xF, bytes(received[start : start + size]))
            at = start + size
        del received[:at]

    def _frame(self, opcode: int, payload: bytes) -> None:
        if opcode == _PING:
            self._send(0xA, payload)
        assert opcode != _CLOSE, payload
        if opcode != _TEXT:
            return
        now = asyncio.get_running_loop().time()
        self.frames += 1
        frame = _decoder.decode(payload)
        if frame.type == "events":
            for event in frame.events:
                assert event.version == self._versions[frame.stream] + 1, "an event is missing, or came twice"
                self._versions[frame.stream] = event.version
                self.events += 1
                self._seen(event.data.id, now)
        elif frame.type == "following":
            self._following.set()
        else:
            assert frame.type == "presence", payload
