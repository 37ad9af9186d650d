"""Who may call a route at all, and what it takes and answers. Without a policy it fails the tests and is refused."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from aiohttp import web

from service.problems import Problem
from service.tokens import Scope

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


@dataclass(frozen=True, slots=True)
class Policy:
    """The coarse gate before the handler; what a person may touch is decided by `access_*` inside it.

    scope: what a token must be allowed to come here; None: browsers that are signed in, and no token.
    any_origin: also asked from elsewhere, as mail providers do for a person; such a route believes no cookie.
    """

    name: str
    needs_session: bool
    scope: Scope | None = None
    any_origin: bool = False


PUBLIC: Final = Policy("public", needs_session=False)
FROM_ANYWHERE: Final = Policy("from_anywhere", needs_session=False, any_origin=True)
SIGNED_IN: Final = Policy("signed_in", needs_session=True)
READ: Final = Policy("read", needs_session=True, scope="read")
WRITE: Final = Policy("write", needs_session=True, scope="write")
UPLOAD: Final = Policy("upload", needs_session=True, scope="upload")


@dataclass(frozen=True, slots=True)
class Query:
    """A parameter behind the question mark, always optional."""

    name: str
    type: Any
    says: str = ""


@dataclass(frozen=True, slots=True)
class Header(Query):
    """A header of the request that says something to this route."""

    required: bool = False


@dataclass(frozen=True, slots=True)
class Content:
    """A body or an answer that is not JSON, of one of these media types."""

    media_types: tuple[str, ...]

    def __init__(self, *media_types: str) -> None:
        object.__setattr__(self, "media_types", media_types)


@dataclass(frozen=True, slots=True)
class Route:
    """One method of one path, with its contract: `openapi.py` describes it from here, tests hold every answer to it.

    The handler's docstring is its description. A parameter of the path is an id, and one that names nothing is 404,
    unless `names` gives it another pattern.

    body: the msgspec type of the JSON it takes, or a Content; None: no body.
    answers: status -> msgspec type of the JSON answer, or a Content; None: an answer without a body.
    problems: what it may refuse with beyond what its policy, its path and having a body already bring.
    internal: the front door lets nobody through to it.
    operation: its name in the description, where the handler's own would not do.
    """

    method: str
    path: str
    handler: Handler
    policy: Policy
    body: Any = None
    answers: Mapping[int, Any] = field(default_factory=dict)
    problems: tuple[type[Problem], ...] = ()
    query: tuple[Query, ...] = ()
    headers: tuple[Header, ...] = ()
    names: Mapping[str, str] = field(default_factory=dict)
    internal: bool = False
    operation: str = ""
