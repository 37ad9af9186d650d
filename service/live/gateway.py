"""The listener of the role `live`: handshake, one reader per socket, and the way out."""

import asyncio
import http
import logging

from websockets.asyncio.server import ServerConnection, serve
from websockets.datastructures import Headers
from websockets.exceptions import ConnectionClosed
from websockets.http11 import Request, Response

from service import access
from service.config_values import Listen
from service.live import protocol
from service.live.connection import Connection
from service.live.hub import Hub
from service.problems import Problem
from service.telemetry import bound
from service.web.cookies import credentials
from service.web.listening import BACKLOG, listener_at
from service.web.origin import comes_from_us, given_request_id
from service.wiring import Deps

logger = logging.getLogger(__name__)


SOCKETS_PER_PERSON = 8
"""One a tab. Whoever has more open comes by long poll with the others."""


class Socket(ServerConnection):
    """A socket that knows whose it is, from the handshake on."""

    connection: Connection


TRY_PATH = "/live?try"
"""For whoever looks after a network and has no account: one short text comes back, and that is all."""
_MOST_TRYING = 32
_TRY_SECONDS = 15
_TRY_BYTES = 64


async def run_live(deps: Deps, where: Listen, stop: asyncio.Event) -> None:
    """Serve `/live` until `stop`; every socket is then closed with 1001 so that it comes back. Raises OSError."""
    hub = Hub(deps)
    await hub.start()

    trying: set[ServerConnection] = set()

    async def admit(socket: ServerConnection, request: Request) -> Response | None:
        if request.path == TRY_PATH:
            return _admit_trying(deps, trying, request)
        return await _admit(deps, hub, socket, request)

    async def handle(socket: ServerConnection) -> None:
        assert isinstance(socket, Socket)
        if socket.request is not None and socket.request.path == TRY_PATH:
            await _echo(trying, socket)
            return
        with bound(connection=socket.connection.id):
            await _converse(hub, socket)

    try:
        async with serve(
            handle,
            sock=listener_at(where),
            process_request=admit,
            create_connection=Socket,
            max_size=protocol.MAX_FRAME_BYTES,
            # Events are short and many; compression would cost memory per socket and CPU per frame.
            compression=None,
            open_timeout=10,
            ping_interval=20,
            ping_timeout=20,
            close_timeout=2,
            # After a cut everybody comes back at once.
            backlog=BACKLOG,
            server_header=None,
        ) as server:
            await stop.wait()
            server.close(code=protocol.CLOSE_GOING_AWAY, reason="the server restarts")
            await server.wait_closed()
    finally:
        await hub.close()


async def _admit(deps: Deps, hub: Hub, socket: ServerConnection, request: Request) -> Response | None:
    """None lets the handshake go on. Cookie and Origin, or a token, are checked here, every grant at its `follow`."""
    headers = request.headers
    if request.path != "/live":
        return _refuse(http.HTTPStatus.NOT_FOUND)
    shown = credentials(headers)
    if not comes_from_us(headers, shown, deps.config.origin):
        return _refuse(http.HTTPStatus.FORBIDDEN)
    session = await access.session_of(deps, shown)
    if session is None:
        return _refuse(http.HTTPStatus.UNAUTHORIZED)
    if session.scopes is not None and "read" not in session.scopes:
        return _refuse(http.HTTPStatus.FORBIDDEN)
    if sum(connection.person == session.person for connection in hub.connections()) >= SOCKETS_PER_PERSON:
        return _refuse(http.HTTPStatus.TOO_MANY_REQUESTS)
    if isinstance(socket, Socket):
        connection_id = given_request_id(headers) or deps.new_id()
        socket.connection = Connection(socket, id=connection_id, person=session.person, session=session.key)
    return None


def _admit_trying(deps: Deps, trying: set[ServerConnection], request: Request) -> Response | None:
    """Nobody in particular: only our own page may, and not too many at once."""
    if not comes_from_us(request.headers, None, deps.config.origin):
        return _refuse(http.HTTPStatus.FORBIDDEN)
    return _refuse(http.HTTPStatus.TOO_MANY_REQUESTS) if len(trying) >= _MOST_TRYING else None


async def _echo(trying: set[ServerConnection], socket: ServerConnection) -> None:
    """One text both ways, since some networks let the handshake pass and nothing after it."""
    trying.add(socket)
    try:
        async with asyncio.timeout(_TRY_SECONDS):
            said = await socket.recv()
            await socket.send(said[:_TRY_BYTES])
    except (ConnectionClosed, TimeoutError):
        pass
    finally:
        trying.discard(socket)
        await socket.close()


def _refuse(status: http.HTTPStatus) -> Response:
    return Response(status.value, status.phrase, Headers({"Content-Length": "0", "Connection": "close"}), b"")


async def _converse(hub: Hub, socket: ServerConnection) -> None:
    """Read until the person leaves or the connection is ended from here; whichever comes first ends the other."""
    assert isinstance(socket, Socket)
    connection = socket.connection
    hub.enter(connection)
    reader = asyncio.create_task(_read(hub, connection))
    ender = asyncio.create_task(connection.ended.wait())
    try:
        await asyncio.wait({reader, ender}, return_when=asyncio.FIRST_COMPLETED)
        if connection.ending:
            await socket.close(*connection.ending)
    finally:
        hub.leave(connection)
        for task in (reader, ender):
            task.cancel()
        await asyncio.gather(reader, ender, return_exceptions=True)
        logger.info("live_closed", extra={"person": connection.person, "code": socket.close_code})


async def _read(hub: Hub, connection: Connection) -> None:
    in_a_row = 0
    try:
        async for frame in connection.socket:
            try:
                message = protocol.parse(frame)
                in_a_row = 0
                await _act(hub, connection, message)
            except Problem as problem:
                connection.send(protocol.problem(protocol.number_of(frame), problem))
                in_a_row += isinstance(problem, protocol.NOT_UNDERSTOOD)
                if in_a_row >= protocol.NOT_UNDERSTOOD_LIMIT:
                    connection.end(protocol.CLOSE_NOT_UNDERSTOOD, "nothing here is understood")
    except ConnectionClosed:
        return
    except Exception:
        logger.exception("live_reader_failed", extra={"person": connection.person})
        connection.end(1011, "something went wrong here")


async def _act(hub: Hub, connection: Connection, message: protocol.Message) -> None:
    match message:
        case protocol.Follow():
            await hub.follow(connection, message)
        case protocol.Unfollow(id=number, stream=stream):
            hub.unfollow(connection, stream)
            connection.send(protocol.unfollowed(number, stream))
        case protocol.Presence():
            hub.presence(connection, message)
