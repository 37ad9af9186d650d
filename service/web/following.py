"""The long poll: the same events as over the socket, for networks that break WebSockets."""

import asyncio

from aiohttp import web

from service.problems import VersionAhead
from service.web.keys import DEPS
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
            try:
                async with asyncio.timeout(wait):
                    await woken.wait()
            except TimeoutError:
                pass
            events = await deps.record.events(stream, after=after, limit=BATCH)
    finally:
        unlisten()
    version = events[-1].version if events else (await deps.record.state(stream))[0]
    if version < after:
        raise VersionAhead
    return ok({"events": events, "version": version})
