"""How `web` and its gate listen: with room for a crowd, no opinion on what the front door let in, and a calm end."""

import asyncio
import contextlib
import socket
from typing import Any, Final

from aiohttp import web
from aiohttp.typedefs import Handler, Middleware

from service.config_values import Listen

# More than the front door lets through (32 KB, and the few that Go adds): one place says what is too large, and as a
# problem. aiohttp's own refusal is plain text, and quotes what it refuses, as a cookie, in the answer and in the log.
_LONGEST_HEAD: Final = 64 * 1024
# The front door opens one connection for each request under way; a full queue would be a 503 for somebody.
BACKLOG: Final = 4096
IDLE_SECONDS: Final = 2
"""How long a front door should keep a connection that nothing happens on. One that does so never meets our end: a
connection is not closed from here until it has had time to close it."""


class Listening:
    """An application that answers. End it with `drain`, or at once with `cleanup`."""

    def __init__(self, runner: web.AppRunner, listener: socket.socket, under_way: "_UnderWay") -> None:
        self._runner = runner
        self._listener = listener
        self._under_way = under_way

    async def drain(self, seconds: float) -> None:
        """Take no new connection, answer every request on those there are, and end when they are gone, or in time.

        A connection ends with its next answer (the application says `Connection: close` while it drains).
        """
        loop = asyncio.get_running_loop()
        server = self._runner.server
        assert server is not None
        loop.remove_reader(self._listener)
        for _ in range(3):
            await asyncio.sleep(0)  # what asyncio has accepted already finds its place
        # What the kernel has accepted for us would be reset by closing, and its request lost.
        with contextlib.suppress(OSError):
            while True:
                connection, _ = self._listener.accept()
                connection.setblocking(False)
                await loop.connect_accepted_socket(server, connection)
        for site in self._runner.sites:
            await site.stop()
        until = loop.time() + seconds
        idle_until = loop.time() + min(seconds, IDLE_SECONDS + 1)
        while server.connections and loop.time() < until:
            if loop.time() >= idle_until and not self._under_way.requests:
                break  # nothing happens on those that are left
            await asyncio.sleep(0.02)
        await self._runner.cleanup()

    async def cleanup(self) -> None:
        await self._runner.cleanup()


class _UnderWay:
    """How many requests are being answered."""

    requests = 0


def _counting(under_way: _UnderWay) -> Middleware:
    @web.middleware
    async def count(request: web.Request, handler: Handler) -> web.StreamResponse:
        under_way.requests += 1
        try:
            return await handler(request)
        finally:
            under_way.requests -= 1

    return count


async def listen(app: web.Application, where: Listen) -> Listening:
    """Answer at `where` until the Listening that is returned ends. Raises OSError where that cannot be."""
    under_way = _UnderWay()
    app.middlewares.insert(0, _counting(under_way))
    runner = web.AppRunner(
        app,
        access_log=None,
        shutdown_timeout=0.5,
        handle_signals=False,
        max_line_size=_LONGEST_HEAD,
        max_field_size=_LONGEST_HEAD,
        max_headers=_LONGEST_HEAD,
        # Nobody here sends a compressed body: one is bytes that are no JSON, whatever a header calls it.
        auto_decompress=False,
    )
    listener = listener_at(where)
    try:
        await runner.setup()
        await web.SockSite(runner, listener, backlog=BACKLOG).start()
    except BaseException:
        listener.close()
        raise
    return Listening(runner, listener, under_way)


def listener_at(where: Listen) -> socket.socket:
    """A bound socket; the path of a unix socket that nobody answers any more is taken over."""
    address: Any
    if where.path is not None:
        listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        if where.path.is_socket():
            where.path.unlink()
        address = str(where.path)
    elif not where.host:
        both = socket.has_dualstack_ipv6()
        family = socket.AF_INET6 if both else socket.AF_INET
        return socket.create_server(("", where.port), family=family, backlog=BACKLOG, dualstack_ipv6=both)
    else:
        found = socket.getaddrinfo(where.host, where.port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)[0]
        listener, address = socket.socket(found[0], socket.SOCK_STREAM), found[4][:2]
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind(address)
        listener.listen(BACKLOG)
    except BaseException:
        listener.close()
        raise
    return listener
