"""Wake-ups between processes, over NATS. The only module that knows it.

Listeners of this process hear at once, from memory. What goes out waits in one place by stream, so that of many
wake-ups of a stream the last one goes, and many streams go as one message. While NATS is away that place is bounded and
the rest is lost, which loses nothing: the streams heal. Connecting and connecting again happen by themselves, for ever.
"""

import asyncio
import contextlib
import logging
from collections.abc import Callable
from typing import Self

import msgspec
from nats.aio.client import Client
from nats.aio.msg import Msg

from storage.bus import Callback, InProcessBus

log = logging.getLogger(__name__)

SUBJECT = "farfield.wake"
"""The payload is a JSON list of [stream, version]."""
WAITING = 1_000
"""Streams whose last wake-up is kept while NATS is away or slow, and the most that go in one message."""
RETRY_S = 1
CLOSE_S = 2

_Wakes = list[tuple[str, int]]
_decode = msgspec.json.Decoder(_Wakes).decode


class NatsBus:
    """See Bus."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._here = InProcessBus()
        self._client = Client()
        self._outgoing: dict[str, int] = {}
        self._wanted = asyncio.Event()
        self._connected = asyncio.Event()
        self._away = False
        self._task = asyncio.create_task(self._run(), name="nats bus")

    @classmethod
    async def open(cls, url: str) -> Self:
        """A bus over `nats://host:port`, at once, also while nobody answers there."""
        return cls(url)

    async def connected(self) -> None:
        """Return once NATS answers and what others wake is heard here."""
        await self._connected.wait()

    def wake(self, stream: str, version: int) -> None:
        """Tell listeners here now, and those of other processes soon."""
        self._here.wake(stream, version)
        if stream in self._outgoing or len(self._outgoing) < WAITING:
            self._outgoing[stream] = max(version, self._outgoing.get(stream, version))
            self._wanted.set()

    def listen(self, callback: Callback) -> Callable[[], None]:
        """See Bus."""
        return self._here.listen(callback)

    async def close(self) -> None:
        """Send what waits, where that is possible at once, and leave."""
        self._task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await self._task
        with contextlib.suppress(Exception):  # whatever goes wrong on the way out, we are out
            async with asyncio.timeout(CLOSE_S):
                if self._client.is_connected:
                    await self._send()
                    await self._client.flush(CLOSE_S)
        with contextlib.suppress(Exception):
            async with asyncio.timeout(CLOSE_S):
                await self._client.close()
        await self._here.close()

    async def _run(self) -> None:
        await self._connect()
        while True:
            await self._wanted.wait()
            await self._connected.wait()
            self._wanted.clear()
            try:
                await self._send()
            except Exception as failure:  # noqa: BLE001 - a lost wake-up is no failure
                log.info("bus.wake_lost", extra={"failure": type(failure).__name__})

    async def _connect(self) -> None:
        while True:
            try:
                await self._client.connect(
                    self._url,
                    name="farfield",
                    no_echo=True,  # our own have been heard already
                    connect_timeout=2,
                    allow_reconnect=True,
                    max_reconnect_attempts=-1,
                    reconnect_time_wait=RETRY_S,
                    ping_interval=10,
                    max_outstanding_pings=2,
                    pending_size=1 << 20,
                    error_cb=self._said,
                    disconnected_cb=self._lost,
                    reconnected_cb=self._back,
                )
                await self._client.subscribe(SUBJECT, cb=self._heard)
                # Twice: the client writes the first PING before the SUB that waits in its buffer, so only the second
                # PONG says that the server knows of us.
                await self._client.flush(CLOSE_S)
                await self._client.flush(CLOSE_S)
            except Exception as failure:  # noqa: BLE001 - as wrong as it may be, the next try comes
                await self._said(failure)
                with contextlib.suppress(Exception):
                    await self._client.close()
                self._client = Client()
                await asyncio.sleep(RETRY_S)
            else:
                return await self._back()

    async def _send(self) -> None:
        waiting, self._outgoing = self._outgoing, {}
        if waiting:
            await self._client.publish(SUBJECT, msgspec.json.encode(list(waiting.items())))

    async def _heard(self, message: Msg) -> None:
        try:
            wakes = _decode(message.data)
        except (msgspec.DecodeError, UnicodeDecodeError):
            log.warning("bus.junk", extra={"bytes": len(message.data)})
            return
        for stream, version in wakes:
            self._here.wake(stream, version)

    async def _said(self, failure: Exception) -> None:
        if not self._away:  # once, not at every try
            self._away = True
            log.warning("bus.away", extra={"failure": type(failure).__name__})

    async def _lost(self) -> None:
        self._connected.clear()
        await self._said(ConnectionError())

    async def _back(self) -> None:
        self._away = False
        self._connected.set()
        log.info("bus.connected")
