"""Meetings for calendars: one to take along, and a private address that a calendar program asks again and again.

That program signs in nowhere: whoever has the address reads the dates behind it. So it is long, ends when its person
says so, and is written into no log: we write down only the pattern of a route, and the front door no request at all.
"""

import hashlib
from typing import Final

import msgspec
from aiohttp import web

from service import access
from service.actions import calendars
from service.calendars import MEDIA_TYPE
from service.coaching.entries import Instant
from service.problems import NotFound
from service.web.keys import DEPS, SESSION
from service.web.parsing import path_id
from service.web.policy import PUBLIC, READ, SIGNED_IN, Content, Header, Route
from service.web.responding import created, no_content, ok

_FORM: Final = "[0-9A-Za-z_-]{43}"


class CalendarFeedRow(msgspec.Struct, frozen=True):
    """`created_at`: when the private address was made; null: there is none."""

    created_at: Instant | None


class CalendarFeedMade(msgspec.Struct, frozen=True):
    """`path`: the private address on this server. It is shown this once."""

    created_at: Instant
    path: str


async def show(request: web.Request) -> web.Response:
    """Whether the person has a private calendar address."""
    found = await calendars.current(request.app[DEPS], request[SESSION].person)
    return ok(CalendarFeedRow(found.created_at if found else None))


async def make(request: web.Request) -> web.Response:
    """Make the person's private calendar address, in place of the one there was; the answer shows it this once."""
    made, token = await calendars.make(request.app[DEPS], request[SESSION].person)
    return created(CalendarFeedMade(made.created_at, f"/calendar/{token}.ics"))


async def end(request: web.Request) -> web.Response:
    """End the private calendar address: it shows nothing more."""
    await calendars.end(request.app[DEPS], request[SESSION].person)
    return no_content()


async def read(request: web.Request) -> web.Response:
    """The dates of whoever has this address: meetings of their cycles, and days of open commitments, without words."""
    body = await calendars.of_feed(request.app[DEPS], request.match_info["token"])
    tag = hashlib.sha256(body).hexdigest()[:32]
    headers = {"ETag": f'"{tag}"', "Cache-Control": "private, no-cache"}
    if any(known.value in (tag, "*") for known in request.if_none_match or ()):
        return web.Response(status=304, headers=headers)
    return web.Response(body=body, content_type=MEDIA_TYPE, charset="utf-8", headers=headers)


async def meeting(request: web.Request) -> web.Response:
    """A meeting for one's calendar. Taken again after a move it replaces what is there."""
    deps, person = request.app[DEPS], request[SESSION].person
    found = await access.access_cycle(deps, person, path_id(request, "cycle"))
    body = await calendars.of_meeting(deps, found, path_id(request, "meeting"))
    headers = {"Content-Disposition": 'attachment; filename="coaching.ics"', "Cache-Control": "no-store"}
    return web.Response(body=body, content_type=MEDIA_TYPE, charset="utf-8", headers=headers)


ROUTES = (
    Route("GET", "/api/calendar", show, SIGNED_IN, answers={200: CalendarFeedRow}),
    Route("POST", "/api/calendar", make, SIGNED_IN, answers={201: CalendarFeedMade}),
    Route("DELETE", "/api/calendar", end, SIGNED_IN, answers={204: None}, problems=(NotFound,)),
    Route(
        "GET",
        "/api/cycles/{cycle}/meetings/{meeting}.ics",
        meeting,
        READ,
        answers={200: Content(MEDIA_TYPE)},
        operation="take_meeting",
    ),
    Route(
        "GET",
        "/calendar/{token}.ics",
        read,
        PUBLIC,
        answers={200: Content(MEDIA_TYPE), 304: None},
        problems=(NotFound,),
        headers=(Header("If-None-Match", str, "The ETag of the copy one has."),),
        names={"token": _FORM},
    ),
)
