"""The long poll: the same events as over the socket, for networks that break WebSockets."""

import asyncio

from aiohttp import web

from service import access
from service.problems import SignedOut, VersionAhead
from service.waiting import first_of
from service.web.keys import DEPS, SESSION
from service.web.parsing import query_int
from service.web.responding import ok

LONGEST_WAIT_S = 25
BATCH = 500


async def events_after(request: web.Request, stream: str) -> web.Response:
    """`?after=N&wait=S`: events of a stream the caller was given access to, at once or as soon as there are any."""
    deps = request.app[DEPS]
    after = query_int(request, "after", 0, most=2**53)
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
    return ok({"events": events, "version": version})


async def _still_may(request: web.Request, stream: str) -> None:
    """Access was given before the wait; what came meanwhile is not for somebody who lost it."""
    deps, session = request.app[DEPS], request[SESSION]
    if not await access.session_lives(deps, session.key):
        raise SignedOut
    await access.access_stream(deps, session.person, stream)
