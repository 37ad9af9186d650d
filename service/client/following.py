"""A stream's events as they come, over the socket: no gap, none twice, whatever happens to the connection."""

import ssl
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing
from typing import Final

import msgspec
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidHandshake, InvalidProxy, InvalidStatus

from service.client.api import Server
from service.client.patience import Patience
from service.client.shapes import StreamEvent
from service.client.trouble import Trouble, not_farfield, not_trusted, trouble_from, unreachable

_SIGNED_OUT: Final = 4401
_LONGEST_FRAME: Final = 64 * 1024 * 1024
"""Five hundred events may come at once, each with a long text."""
_HANDSHAKE_SECONDS: Final = 30
_TOO_MANY: Final = "This person has as many sockets open as one may have. It goes on when one of them is closed."


class _Frame(msgspec.Struct):
    """Any frame of the server's; what a type does not have is empty."""

    type: str
    events: list[StreamEvent] = []
    reason: str = ""
    problem: str = ""
    status: int = 0
    detail: str = ""


_frames = msgspec.json.Decoder(_Frame)


class _Straight(connect):
    """Goes where it was told and nowhere else: a token is not carried after a redirect."""

    def process_redirect(self, exc: Exception) -> Exception | str:
        return exc


async def follow(server: Server, stream: str, after: int, patience: Patience) -> AsyncGenerator[StreamEvent]:
    """Every event of the stream after a version, for ever.

    Raises Trouble where it ends: not found, signed out, no longer granted, ahead of the record. Raises GaveUp.
    """
    last = after
    while True:
        try:
            async with aclosing(_connected(server, stream, last, patience)) as events:
                async for event in events:
                    if event.version <= last:
                        continue
                    if event.version != last + 1:
                        raise unreachable("an event is missing")  # never seen; what it missed comes again
                    last = event.version
                    yield event
        except Trouble as trouble:
            if not patience.mends(trouble):
                raise
            await patience.wait(trouble)


async def _connected(server: Server, stream: str, after: int, patience: Patience) -> AsyncGenerator[StreamEvent]:
    """Events over one connection. Raises Trouble when it ends, however it ends."""
    try:
        async with _Straight(
            server.live,
            additional_headers={"Authorization": f"Bearer {server.token}"},
            user_agent_header="farfield",
            compression=None,
            max_size=_LONGEST_FRAME,
            open_timeout=_HANDSHAKE_SECONDS,
        ) as socket:
            asked = {"id": 1, "type": "follow", "stream": stream, "after": after}
            await socket.send(msgspec.json.encode(asked).decode())
            async for frame in _read(socket):
                match frame.type:
                    case "following":
                        patience.answered()
                    case "events":
                        for event in frame.events:
                            yield event
                    case "problem":
                        raise Trouble(frame.problem.rpartition("/")[2], frame.status, frame.detail)
                    case "closed":
                        raise Trouble("revoked", 403, "It is no longer open to you.")
    except ConnectionClosed as closed:
        raise _end_of(closed) from closed
    except InvalidStatus as refused:
        raise _refusal(refused) from refused
    except ssl.SSLError as failed:
        raise not_trusted(failed) from failed
    except (InvalidHandshake, InvalidProxy) as failed:
        raise unreachable("the connection broke while it was made") from failed
    except TimeoutError as failed:
        raise unreachable("no answer came in time") from failed
    except OSError as failed:
        raise unreachable(failed.strerror or "no connection") from failed


async def _read(socket: ClientConnection) -> AsyncIterator[_Frame]:
    while True:
        try:
            yield _frames.decode(await socket.recv())
        except msgspec.MsgspecError:
            raise Trouble("not_farfield", 200, "What answers there does not speak as Farfield does.") from None


def _end_of(closed: ConnectionClosed) -> Trouble:
    if closed.rcvd is not None and closed.rcvd.code == _SIGNED_OUT:
        return Trouble("signed_out", 401, "")
    return unreachable("the connection broke" if closed.rcvd is None else closed.rcvd.reason or "it was closed")


def _refusal(refused: InvalidStatus) -> Trouble:
    answer = refused.response
    match answer.status_code:
        case 401:
            return Trouble("signed_out", 401, "")
        case 403:
            return Trouble("scope_missing", 403, "")
        case 429:
            return Trouble("too_many_tries", 429, _TOO_MANY)
        case 404:
            return not_farfield(404)  # every Farfield has a socket
        case status:
            kind, wait = (answer.headers.get(name) for name in ("Content-Type", "Retry-After"))
            return trouble_from(status, kind or "", bytes(answer.body or b""), wait)
