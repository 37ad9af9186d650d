"""Where a request says it comes from. Only the front door's own socket is believed, so its headers are the truth."""

import re
from collections.abc import Mapping

from service.access import Credentials

_REQUEST_ID = re.compile(r"[0-9a-zA-Z-]{8,64}")


def comes_from_us(headers: Mapping[str, str], shown: Credentials | None, configured: str) -> bool:
    """Whether this was meant by who asks: from our own pages, or with a token.

    A browser adds cookies by itself, whichever site made it ask; nobody but its holder adds a token.
    """
    if shown is not None and shown.bearer:
        return True
    scheme, host = headers.get("X-Forwarded-Proto"), headers.get("Host")
    return same_origin(headers.get("Origin"), scheme, host, configured)


def same_origin(origin: str | None, scheme: str | None, host: str | None, configured: str | None = None) -> bool:
    """Whether `Origin` is the very scheme and host under which the front door was asked, or the configured one."""
    if not origin or not host:
        return False
    return origin == configured or origin == f"{scheme or 'http'}://{host}"


def given_request_id(headers: Mapping[str, str]) -> str | None:
    """The id under which the front door knows the request, so that one id leads through all the logs."""
    given = headers.get("X-Request-Id", "")
    return given if _REQUEST_ID.fullmatch(given) else None


def client_address(headers: Mapping[str, str]) -> str:
    """The address that the front door saw; empty where nobody said."""
    return headers.get("X-Forwarded-For", "").rpartition(",")[2].strip()
