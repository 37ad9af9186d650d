"""One person's socket: what it follows, and how bytes leave without ever waiting for it."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Final

from websockets.asyncio.server import ServerConnection, broadcast
from websockets.protocol import State

from service.live import protocol

if TYPE_CHECKING:
    from service.live.hub import Topic

BUFFER_LIMIT_BYTES: Final = 1024 * 1024
"""A socket with more than this waiting in its transport is closed with CLOSE_TOO_SLOW; it resumes where it was."""


class Connection:
    def __init__(self, socket: ServerConnection, *, id: str, person: str, session: str) -> None:  # noqa: A002
        self.socket = socket
        self.id = id
        """The request id of its handshake, under which its log lines are found."""
        self.person = person
        self.session = session
        self.following: dict[str, Topic] = {}
        self.presence: dict[str, protocol.Present] = {}
        self.ending: tuple[int, str] | None = None
        self.ended = asyncio.Event()

    def takes(self) -> bool:
        """Whether a frame may be handed over now. Too slow a reader is ended by being asked."""
        if self.ending or self.socket.state is not State.OPEN:
            return False
        if self.socket.transport.get_write_buffer_size() > BUFFER_LIMIT_BYTES:
            self.end(protocol.CLOSE_TOO_SLOW, "too slow, resume from the last version")
            return False
        return True

    def idle(self) -> bool:
        """Nothing waits in the transport: even what is worth nothing late may be sent."""
        return self.takes() and not self.socket.transport.get_write_buffer_size()

    def send(self, frame: bytes) -> None:
        """Hand one frame to the transport; never waits."""
        if self.takes():
            broadcast([self.socket], frame, text=True)

    async def send_and_wait(self, frame: bytes) -> None:
        """Send with the socket's own back-pressure, for backlogs."""
        if not self.ending:
            await self.socket.send(frame, text=True)

    def end(self, code: int, reason: str) -> None:
        """Close from here. The gateway's task carries it out, so that nobody else waits for the closing handshake."""
        if self.ending is None:
            self.ending = (code, reason)
            self.ended.set()
