"""One call to a server: JSON or the bytes of a block, with a personal token, and Trouble for all that is no success."""

import asyncio
import base64
import ssl
import urllib.request
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from typing import Final, TypeVar
from urllib.parse import urlsplit

import aiohttp
import msgspec

from service.client.plan import Block
from service.client.source import Source, SourceChanged
from service.client.trouble import Trouble, not_farfield, not_trusted, trouble_from, unreachable

T = TypeVar("T")

_CALL_SECONDS: Final = 60.0
_CONNECT_SECONDS: Final = 30.0
_SILENCE_SECONDS: Final = 45.0
"""Silence that means a dead connection while bytes are handed over. Shorter ones abort healthy transfers."""
_ANSWER_SECONDS: Final = 120.0
_DEEP_BUFFER_BYTES: Final = 12 * 1024 * 1024
_LONGEST_ANSWER: Final = 16 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Server:
    """Which Farfield, and who asks. `origin` has no slash at its end."""

    origin: str
    token: str = field(repr=False)

    @property
    def live(self) -> str:
        """The address of the socket."""
        return f"ws{self.origin.removeprefix('http')}/live"


def proxy_for(origin: str) -> str | None:
    """The proxy that the environment names for this address, as http_proxy, https_proxy and no_proxy say."""
    parts = urlsplit(origin)
    if urllib.request.proxy_bypass(parts.netloc):
        return None
    proxies = urllib.request.getproxies()
    return proxies.get(parts.scheme) or proxies.get("all")


class Api:
    """Calls to one server. `connected` makes one."""

    def __init__(self, server: Server, client: aiohttp.ClientSession, proxy: str | None) -> None:
        self.server = server
        self._client = client
        self._proxy = proxy

    async def get(self, path: str, shape: type[T]) -> T:
        """The JSON at this path as `shape`. Raises Trouble."""
        return _decoded(await self._call("GET", path, None), shape)

    async def post(self, path: str, body: object, shape: type[T]) -> T:
        """The JSON that answers this body. Raises Trouble."""
        return _decoded(await self._call("POST", path, msgspec.json.encode(body)), shape)

    async def delete(self, path: str) -> None:
        """Raises Trouble."""
        await self._call("DELETE", path, None)

    async def _call(self, method: str, path: str, body: bytes | None) -> bytes:
        headers = {"Accept": "application/json"} | ({"Content-Type": "application/json"} if body is not None else {})
        with _troubles():
            async with (
                asyncio.timeout(_CALL_SECONDS),
                self._client.request(
                    method,
                    self.server.origin + path,
                    data=body,
                    headers=headers,
                    proxy=self._proxy,
                    allow_redirects=False,
                ) as answer,
            ):
                content = bytearray()
                async for piece in answer.content.iter_any():
                    content += piece
                    if len(content) > _LONGEST_ANSWER:  # also of what was packed small
                        raise not_farfield(answer.status)
        kind = answer.headers.get("Content-Type", "")
        if answer.status == 204:
            return b"null"
        if not 200 <= answer.status < 300:
            raise trouble_from(answer.status, kind, bytes(content), answer.headers.get("Retry-After"))
        if "json" not in kind:
            raise not_farfield(answer.status)
        return bytes(content)

    async def put(
        self, upload: str, block: Block, source: Source, *, rate: float | None, handed: Callable[[int], None]
    ) -> None:
        """Send one block from the disk; returns when the store has it, also when it had it before.

        `handed` hears how many bytes have been handed to the network. Raises Trouble, SourceChanged.
        """
        changed: list[SourceChanged] = []
        size = block.end - block.offset
        loop = asyncio.get_running_loop()
        deadline = asyncio.timeout(_CONNECT_SECONDS + _SILENCE_SECONDS)

        async def body() -> AsyncIterator[bytes]:
            sent = 0
            try:
                async for piece in source.pieces(block.offset, block.end):
                    yield piece
                    sent += len(piece)
                    handed(sent)
                    # Asked on only once this piece has left our own buffer, so silence here is the network's.
                    wait = _SILENCE_SECONDS
                    if sent == size:
                        wait = max(_ANSWER_SECONDS, _DEEP_BUFFER_BYTES / rate if rate else 0)
                    deadline.reschedule(loop.time() + wait)
            except SourceChanged as failed:
                changed.append(failed)
                raise

        headers = {
            "Content-Length": str(size),
            "Content-Type": "application/octet-stream",
            "x-amz-checksum-sha256": base64.b64encode(bytes.fromhex(block.sha256)).decode(),
        }
        try:
            with _troubles():
                async with (
                    deadline,
                    self._client.put(
                        f"{self.server.origin}/media/uploads/{upload}/{block.offset}-{block.end}",
                        data=body(),
                        headers=headers,
                        proxy=self._proxy,
                        allow_redirects=False,
                    ) as answer,
                ):
                    content = await answer.content.read(64 * 1024)
        except Trouble:
            if changed:
                raise changed[0] from None
            raise
        kind = answer.headers.get("Content-Type", "")
        # A log-in page of the Wi-Fi says 200 too; only it speaks HTML.
        if 200 <= answer.status < 300 and "html" in kind:
            raise not_farfield(answer.status)
        if answer.status != 412 and not 200 <= answer.status < 300:
            raise trouble_from(answer.status, kind, content, answer.headers.get("Retry-After"))


@contextmanager
def _troubles() -> Iterator[None]:
    """What the HTTP library raises becomes Trouble."""
    try:
        yield
    except aiohttp.ClientConnectorCertificateError as failed:
        inner = failed.certificate_error
        raise not_trusted(inner if isinstance(inner, ssl.SSLError) else ssl.SSLError(1, str(inner))) from failed
    except aiohttp.ClientConnectorSSLError as failed:
        inner = failed.os_error
        raise not_trusted(inner if isinstance(inner, ssl.SSLError) else ssl.SSLError(1, str(inner))) from failed
    except ssl.SSLError as failed:
        raise unreachable("the connection broke") from failed
    except aiohttp.ClientProxyConnectionError as failed:
        raise unreachable(f"the proxy does not answer: {_reason(failed)}") from failed
    except TimeoutError as failed:
        raise unreachable("no answer came in time") from failed
    except (aiohttp.ClientError, OSError) as failed:
        raise unreachable(_reason(failed)) from failed


def _decoded(content: bytes, shape: type[T]) -> T:
    try:
        return msgspec.json.decode(content, type=shape)
    except (msgspec.MsgspecError, UnicodeDecodeError):
        raise not_farfield(200) from None


def _reason(failed: BaseException) -> str:
    """What the system says, without the address of anything."""
    match failed:
        case aiohttp.ClientConnectorError():
            return failed.os_error.strerror or "no connection"
        case aiohttp.ClientHttpProxyError():
            return f"the proxy answers {failed.status}"
        case aiohttp.ServerDisconnectedError() | aiohttp.ClientPayloadError():
            return "the connection broke"
        case aiohttp.ClientResponseError():
            return "the answer is no HTTP"
        case OSError(strerror=str(text)) if text:
            return text
        case _:
            return "the connection broke"


@asynccontextmanager
async def connected(server: Server) -> AsyncIterator[Api]:
    """Calls to this server, through the proxy that the environment names. Nothing is contacted yet."""
    async with aiohttp.ClientSession(
        headers={"Authorization": f"Bearer {server.token}", "User-Agent": "farfield"},
        timeout=aiohttp.ClientTimeout(total=None, sock_connect=_CONNECT_SECONDS),
        cookie_jar=aiohttp.DummyCookieJar(),
        # A block, the one behind it, and a call: a connection that is kept saves a round trip or three.
        connector=aiohttp.TCPConnector(limit=3, keepalive_timeout=60),
    ) as client:
        # By hand and not `trust_env`: that would also put a password of ~/.netrc beside the token.
        yield Api(server, client, proxy_for(server.origin))
