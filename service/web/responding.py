"""JSON out. Nothing personal is ever kept by a cache on the way."""

from collections.abc import Mapping
from typing import Any

import msgspec
from aiohttp import web

from service.problems import Problem

_encoder = msgspec.json.Encoder()


class Done(msgspec.Struct, frozen=True):
    """A command was carried out: `stream` took its event and is at `version`."""

    version: int
    stream: str


def done(answer: Mapping[str, Any]) -> Done:
    """The answer that is stored with a command."""
    return msgspec.convert(answer, Done)


def encoded(body: bytes, *, status: int = 200, content_type: str = "application/json") -> web.Response:
    return web.Response(body=body, status=status, content_type=content_type, headers={"Cache-Control": "no-store"})


def ok(document: Any) -> web.Response:
    return encoded(_encoder.encode(document))


def created(document: Any) -> web.Response:
    return encoded(_encoder.encode(document), status=201)


def no_content(*, status: int = 204) -> web.Response:
    return web.Response(status=status, headers={"Cache-Control": "no-store"})


def problem_response(problem: Problem, request_id: str | None) -> web.Response:
    response = encoded(
        _encoder.encode(problem.document(request_id)),
        status=problem.status,
        content_type="application/problem+json",
    )
    response.headers.update(problem.headers)
    return response
