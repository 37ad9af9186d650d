"""Who may call a route at all. Every route carries a policy; one without it fails the tests and is refused."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Final

from aiohttp import web

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


@dataclass(frozen=True, slots=True)
class Policy:
    """The coarse gate before the handler; what a person may touch is decided by `access_*` inside it."""

    name: str
    needs_session: bool


PUBLIC: Final = Policy("public", needs_session=False)
SIGNED_IN: Final = Policy("signed_in", needs_session=True)


@dataclass(frozen=True, slots=True)
class Route:
    method: str
    path: str
    handler: Handler
    policy: Policy
