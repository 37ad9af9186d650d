"""The long poll: the same events as over the socket, for networks that break WebSockets."""

import asyncio
from typing import Annotated, Final, TypedDict

import msgspec
from aiohttp import web

from service import access
from service.problems import Problem, SignedOut, VersionAhead
from service.waiting import first_of
from service.web.keys import DEPS, SESSION
from service.web.parsing import query_int
from service.web.policy import Query
from service.web.responding import ok
from storage.log import Event

LONGEST_WAIT_S = 25
BATCH = 500
HIGHEST_VERSION = 2**53


class EventPage(msgspec.Struct, frozen=True):
    """Events of one stream, contiguous. `version` is that of the last, or where the stream stands."""

    events: list[Event]
    version: int


class _Following(TypedDict):
    problems: tuple[type[Problem], ...]
    query: tuple[Query, ...]


FOLLOWING: Final[_Following] = {
    "problems": (VersionAhead,),
    "query": (
        Query("after", Annotated[int, msgspec.Meta(ge=0, le=HIGHEST_VERSION)], "The last version you have; 0: none."),
        Query("wait", Annotated[int, msgspec.Meta(ge=0, le=LONGEST_WAIT_S)], "Seconds to wait for an event."),
    ),
}
"""What every long poll takes and refuses."""


async def events_after(request: web.Request, stream: str) -> web.Response:
    """`?after=N&wait=S`: events of a stream the caller was given access to, at once or as soon as there are any."""
    deps = request.app[DEPS]
    after = query_int(request, "after", 0, most=HIGHEST_VERSION)
    wait = query_int(request, "wait", 0, most=LONGEST_WAIT_S)
    woken = asyncio.Event()

    def listen(name: str, _version: int) -> None:
        if name == stream:
            woken.set()

    # Listen first, then read: an event between the two is not missed.
    unlisten = deps.bus.listen(listen)
    try:
        events = await deps.record.events(stream, after=after, limit=BATCH)
        if not events and wait:
            # Before an end nothing is waited for any more: the next poll goes to somebody who stays.
            await first_of(woken, deps.draining, seconds=wait)
            await _still_may(request, stream)
            events = await deps.record.events(stream, after=after, limit=BATCH)
    finally:
        unlisten()
    version = events[-1].version if events else (await deps.record.state(stream))[0]
    if version < after:
        raise VersionAhead
    return ok(EventPage(events, version))


async def _still_may(request: web.Request, stream: str) -> None:
    """Access was given before the wait; what came meanwhile is not for somebody who lost it."""
    deps, session = request.app[DEPS], request[SESSION]
    if not await access.session_lives(deps, session.key):
        raise SignedOut
    await access.access_stream(deps, session.person, stream)
