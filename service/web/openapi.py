"""The description of the API in OpenAPI 3.1, made of the routes and the types they name. Pure."""

import re
from collections.abc import Iterable, Iterator
from http import HTTPStatus
from inspect import getdoc
from typing import Any, Final

from service.coaching.cycle_state import CycleState
from service.coaching.ids import ID_PATTERN
from service.coaching.lessons import LessonState
from service.coaching.notebooks import NotebookState
from service.live import protocol
from service.problems import (
    BadRequest,
    ForeignOrigin,
    NotFound,
    NotJson,
    Problem,
    RecordsUnavailable,
    ScopeMissing,
    SignedOut,
    TooLarge,
    Unexpected,
)
from service.web.policy import Content, Header, Policy, Query, Route
from service.web.schemas import REF, Schema, Schemas, one_of, problem_name

VERSION: Final = "1"
STATES: Final = (CycleState, LessonState, NotebookState)
SAFE: Final = ("GET", "HEAD")
_PARAMETER = re.compile(r"\{(\w+)\}")
_SAYS_LATER: Final = (429, 503)

_ABOUT: Final = """\
Everything that Farfield's own pages use. Commands go over HTTP, events come over the socket `/live` or by long poll.

- A command carries an id that its sender made. Sent again it does nothing and gets its first answer.
- Whatever is refused is a problem in the form of RFC 9457; its `type` is for ever, its `detail` is for a person.
- What a person may not see is answered as if it did not exist: 404.
- With the session cookie, anything but GET and HEAD must carry this server's own `Origin`, as browsers do.
- Times in a lesson are whole milliseconds from its first moment. Clients pass over members that they do not know.
"""


def document(routes: Iterable[Route]) -> Schema:
    """The whole description. Raises LookupError where two types that travel cannot be told apart."""
    routes = list(routes)
    schemas = Schemas(taken=list(_taken(routes)), given=list(_given(routes)))
    paths: Schema = {}
    for route in routes:
        paths.setdefault(route.path, {})[route.method.lower()] = _operation(route, schemas)
    paths["/live"] = {"get": _live(schemas)}
    return {
        "openapi": "3.1.0",
        "info": {"title": "Farfield", "version": VERSION, "description": _ABOUT},
        "servers": [{"url": "/"}],
        "paths": paths,
        "components": {"schemas": schemas.components, "securitySchemes": _SECURITY},
    }


def problems_of(route: Route) -> list[type[Problem]]:
    """Everything a route may refuse with: what it lists, and what comes with its policy, its path and its body."""
    found: list[type[Problem]] = []
    if route.policy.needs_session:
        found += [SignedOut, ScopeMissing]
    if route.method not in SAFE and not route.policy.any_origin:
        found.append(ForeignOrigin)
    if any(name not in route.names for name in _PARAMETER.findall(route.path)):
        found.append(NotFound)
    if route.body is not None:
        found.append(TooLarge)
    if route.body is not None and not isinstance(route.body, Content):
        found += [NotJson, BadRequest]
    if route.query:
        found.append(BadRequest)
    return list(dict.fromkeys([*found, *route.problems, RecordsUnavailable, Unexpected]))


def operation_id(route: Route) -> str:
    """`show_cycle`: the handler's name, and its noun where that says only half of it."""
    if route.operation:
        return route.operation
    name = route.handler.__name__
    noun = _noun(route)
    return name if "_" in name else f"{name}_{noun}"


def _noun(route: Route) -> str:
    return route.handler.__module__.rpartition(".")[2].removesuffix("s")


def _taken(routes: Iterable[Route]) -> Iterator[Any]:
    for route in routes:
        if route.body is not None and not isinstance(route.body, Content):
            yield route.body
        parameters: list[Query] = [*route.query, *route.headers]
        yield from (parameter.type for parameter in parameters)
    yield protocol.Message


def _given(routes: Iterable[Route]) -> Iterator[Any]:
    for route in routes:
        yield from (kind for kind in route.answers.values() if kind is not None and not isinstance(kind, Content))
    yield from STATES
    yield protocol.Frame


def _operation(route: Route, schemas: Schemas) -> Schema:
    said = (getdoc(route.handler) or "").partition("\n")
    operation: Schema = {
        "operationId": operation_id(route),
        "tags": [_noun(route)],
        "summary": said[0],
        "security": _security(route.policy),
        "responses": _responses(route, schemas),
    }
    if said[2].strip():
        operation["description"] = said[2].strip()
    if parameters := list(_parameters(route, schemas)):
        operation["parameters"] = parameters
    if route.body is not None:
        operation["requestBody"] = {"required": True, "content": _content(route.body, schemas)}
    if route.internal:
        operation["x-internal"] = True
    return operation


def _parameters(route: Route, schemas: Schemas) -> Iterator[Schema]:
    for name in _PARAMETER.findall(route.path):
        schema = {"type": "string", "pattern": f"^{route.names.get(name, ID_PATTERN)}$"}
        yield {"name": name, "in": "path", "required": True, "schema": schema}
    parameters: list[Query] = [*route.query, *route.headers]
    for parameter in parameters:
        where = "header" if isinstance(parameter, Header) else "query"
        described: Schema = {"name": parameter.name, "in": where, "schema": schemas.of(parameter.type)}
        if parameter.says:
            described["description"] = parameter.says
        if isinstance(parameter, Header) and parameter.required:
            described["required"] = True
        yield described


def _responses(route: Route, schemas: Schemas) -> Schema:
    responses: Schema = {}
    for status, kind in route.answers.items():
        said = getdoc(kind) if isinstance(kind, type) else None
        responses[str(status)] = {"description": (said or HTTPStatus(status).phrase).partition("\n")[0]}
        if kind is not None:
            responses[str(status)]["content"] = _content(kind, schemas)
    by_status: dict[int, list[type[Problem]]] = {}
    for problem in problems_of(route):
        for status in (500, 503) if problem is Unexpected else (problem.status,):
            by_status.setdefault(status, []).append(problem)
    for status, found in sorted(by_status.items()):
        responses[str(status)] = {
            "description": "; ".join(problem.title for problem in found),
            "content": {"application/problem+json": {"schema": _any_of(found)}},
        }
        if status in _SAYS_LATER:
            seconds = {"description": "Seconds to wait before asking again.", "schema": {"type": "integer"}}
            responses[str(status)]["headers"] = {"Retry-After": seconds}
    return responses


def _any_of(found: list[type[Problem]]) -> Schema:
    refs = {f"/problems/{problem.slug}": REF + problem_name(problem) for problem in found}
    return one_of("type", refs) if len(refs) > 1 else {"$ref": next(iter(refs.values()))}


def _content(kind: Any, schemas: Schemas) -> Schema:
    if isinstance(kind, Content):
        # JSON of somebody else's design, as JSON-LD: theirs to describe.
        return {
            media_type: {"schema": {"type": "object" if media_type.endswith("json") else "string"}}
            for media_type in kind.media_types
        }
    return {"application/json": {"schema": schemas.of(kind)}}


_SECURITY: Final[Schema] = {
    "session": {"type": "apiKey", "in": "cookie", "name": "farfield", "description": "Set by signing in, over HTTP."},
    "secure_session": {
        "type": "apiKey",
        "in": "cookie",
        "name": "__Host-farfield",
        "description": "Set by signing in, over HTTPS.",
    },
    "token": {
        "type": "http",
        "scheme": "bearer",
        "bearerFormat": "ff_…",
        "description": "A personal token. The scope that it must have is named at each operation.",
    },
}


def _security(policy: Policy) -> list[Schema]:
    if not policy.needs_session:
        return []
    cookies: list[Schema] = [{"session": []}, {"secure_session": []}]
    return [*cookies, {"token": [policy.scope]}] if policy.scope else cookies


def _live(schemas: Schemas) -> Schema:
    """The socket. OpenAPI has no words for frames, so they stand in an extension."""
    return {
        "operationId": "open_live",
        "tags": ["live"],
        "summary": "A WebSocket: follow streams and get their events, say where in a lesson you are.",
        "description": "Text frames, each one JSON object: `x-socket.sends` of them from the client, "
        "`x-socket.receives` from the server. The handshake must carry the cookie and this server's own `Origin`. "
        "At most eight sockets a person. With `?try`, and without a cookie, it sends the first text back and closes: "
        "so the page for networks finds out whether sockets pass.",
        "security": [{"session": []}, {"secure_session": []}],
        "responses": {
            "101": {"description": "Switching to the protocol of WebSockets"},
            "401": {"description": "Signed out"},
            "403": {"description": "Asked from another site"},
            "404": {"description": "Not here"},
            "429": {"description": "Too many sockets"},
        },
        "x-socket": {
            "sends": schemas.of(protocol.Message),
            "receives": schemas.of(protocol.Frame),
            "closes": {
                str(protocol.CLOSE_GOING_AWAY): "The server restarts: come back.",
                str(protocol.CLOSE_NOT_UNDERSTOOD): "Too many frames in a row that mean nothing.",
                str(protocol.CLOSE_SIGNED_OUT): "Signed out.",
                str(protocol.CLOSE_TOO_SLOW): "Too much was waiting: come back and resume.",
            },
        },
    }
