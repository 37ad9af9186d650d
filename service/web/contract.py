"""`/api/openapi.json`: the description of the API, made of its routes when somebody first asks for it."""

from collections.abc import Iterable
from functools import cached_property
from typing import Any

import msgspec
from aiohttp import web

from service.web.carried import CARRIED
from service.web.openapi import document
from service.web.policy import PUBLIC, Route

MAX_AGE_S = 300


class Contract:
    """The description of these routes and of those that the front door carries."""

    def __init__(self, routes: Iterable[Route]) -> None:
        self._routes = (*routes, *CARRIED)

    @cached_property
    def json(self) -> bytes:
        return msgspec.json.encode(document(self._routes))


CONTRACT = web.AppKey("contract", Contract)


async def show(request: web.Request) -> web.Response:
    """This description: OpenAPI 3.1. It changes only with the server, and says nothing about anybody."""
    return web.Response(
        body=request.app[CONTRACT].json,
        content_type="application/json",
        headers={"Cache-Control": f"public, max-age={MAX_AGE_S}"},
    )


ROUTES = (Route("GET", "/api/openapi.json", show, PUBLIC, answers={200: dict[str, Any]}),)
