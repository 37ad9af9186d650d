"""The demo's outbox: letters that went nowhere, for whoever tries Farfield out. Outside a demo there is none."""

import asyncio
import ipaddress
from urllib.parse import urlsplit

import msgspec
from aiohttp import web

from service.mail.transports import Outbox
from service.problems import NotFound
from service.web.keys import DEPS, SESSION
from service.web.origin import client_address
from service.web.policy import PUBLIC, Route
from service.web.responding import ok

_MOST = 50


class OutboxLetter(msgspec.Struct, frozen=True):
    id: str
    to: str
    subject: str
    at: str
    text: str


class OutboxList(msgspec.Struct, frozen=True):
    letters: list[OutboxLetter]


async def show(request: web.Request) -> web.Response:
    """The latest letters. They hold links that sign in, so only people of the demo and its own machine see them."""
    deps = request.app[DEPS]
    if not deps.config.demo or not (SESSION in request or _here(request)):
        raise NotFound
    found = await asyncio.to_thread(Outbox(deps.config.outbox_dir).newest, _MOST)
    return ok(OutboxList([OutboxLetter(each.id, each.to, each.subject, each.at, each.text) for each in found]))


def _here(request: web.Request) -> bool:
    """Asked from this machine and as this machine: not through a proxy on it, nor by a site that gave its own name the
    address of this machine, to read what its visitor may read.
    """
    try:
        asked_as = urlsplit(f"//{request.headers.get('Host', '')}").hostname or ""
    except ValueError:
        return False
    return _loopback(client_address(request.headers)) and (asked_as == "localhost" or _loopback(asked_as))


def _loopback(address: str) -> bool:
    try:
        return ipaddress.ip_address(address).is_loopback
    except ValueError:
        return False


ROUTES = (Route("GET", "/api/outbox", show, PUBLIC, answers={200: OutboxList}, problems=(NotFound,)),)
