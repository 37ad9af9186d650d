"""What a request shows of who asks, and the cookies of a browser that is signed in."""

from collections.abc import Mapping
from datetime import timedelta

from aiohttp import web

from service.access import Credentials

SESSION_DAYS = 30
DEVICE_DAYS = 400
"""The longest that browsers keep a cookie."""


def cookie_name(scheme: str | None) -> str:
    """`__Host-` binds the cookie to this very host, but browsers take such a name only over HTTPS."""
    return "__Host-farfield" if scheme == "https" else "farfield"


def device_cookie_name(scheme: str | None) -> str:
    """The cookie that says that somebody has signed in here before, whoever it was."""
    return cookie_name(scheme) + "-device"


def cookie_value(cookie_header: str | None, wanted: str) -> str | None:
    """The value of a cookie from a Cookie header; None when there is none.

    By hand: SimpleCookie gives up at the first cookie it finds odd, and others on this host may set such.
    """
    for pair in (cookie_header or "").split(";"):
        name, _, value = pair.strip().partition("=")
        if name == wanted:
            return value or None
    return None


def credentials(headers: Mapping[str, str]) -> Credentials | None:
    """The token of an Authorization header that bears one, else the cookie's. Other kinds of it are none of ours."""
    kind, _, token = headers.get("Authorization", "").partition(" ")
    if kind.lower() == "bearer":
        return Credentials(token.strip(), bearer=True)
    kept = cookie_value(headers.get("Cookie"), cookie_name(headers.get("X-Forwarded-Proto")))
    return Credentials(kept) if kept else None


def set_cookie(response: web.StreamResponse, name: str, value: str, *, days: int, scheme: str | None) -> None:
    response.set_cookie(
        name,
        value,
        max_age=int(timedelta(days=days).total_seconds()),
        httponly=True,
        secure=scheme == "https",
        samesite="Lax",
        path="/",
    )
