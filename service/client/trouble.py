"""What went wrong with a call, told apart by whether waiting can mend it. Pure."""

import re
import ssl
from collections.abc import Mapping
from typing import Any, Final

import msgspec

_PROBLEM: Final = re.compile(r"/problems/([a-z_]+)")
_UNEXPECTED: Final = "The server answered with something that this command does not understand."
_NOT_FARFIELD: Final = (
    "What answers there is not Farfield: the address may be another server's, or a log-in page of this network answers."
)


class Trouble(Exception):
    """A refused or broken call. `slug` is the last part of an RFC 9457 type, or a name of ours for what has none.

    status: of HTTP; 0: no answer came at all. detail: a sentence. retry_after: seconds that the server asked for.
    """

    def __init__(
        self,
        slug: str,
        status: int,
        detail: str,
        *,
        retry_after: float | None = None,
        members: Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__(f"{slug} ({status})")
        self.slug = slug
        self.status = status
        self.detail = detail
        self.retry_after = retry_after
        self.members = dict(members or {})

    @property
    def passing(self) -> bool:
        """Whether the same request may well succeed later, unchanged."""
        return self.status in (0, 408, 429) or self.status >= 500 or self.slug == "not_farfield"


class GaveUp(Exception):
    """The network was away for longer than somebody wanted to wait; the text says what was seen last."""


def unreachable(why: str) -> Trouble:
    """No answer came."""
    return Trouble("unreachable", 0, f"The server cannot be reached ({why}).")


def not_trusted(failed: ssl.SSLError) -> Trouble:
    """The other end shows no certificate that this machine trusts, or does not speak TLS at all."""
    if isinstance(failed, ssl.SSLCertVerificationError):
        said = f"The server's certificate is not trusted here ({failed.verify_message})."
        return Trouble("not_trusted", 0, f"{said} For one of its own, name its root in SSL_CERT_FILE.")
    why = (failed.reason or "no TLS").replace("_", " ").lower()
    return Trouble("not_trusted", 0, f"Nothing there speaks https ({why}). Look at the address: http or https?")


def not_farfield(status: int, detail: str = _NOT_FARFIELD) -> Trouble:
    """An answer that is not ours: another server, a captive portal, a filter page."""
    return Trouble("not_farfield", status, detail)


def trouble_from(status: int, content_type: str, body: bytes, retry_after: str | None = None) -> Trouble:
    """What an answer that is no success says."""
    wait = float(retry_after) if retry_after and re.fullmatch(r"\d{1,6}", retry_after, re.ASCII) else None
    if "json" in content_type:
        try:
            document = msgspec.json.decode(body, type=dict[str, Any])
        except msgspec.MsgspecError:
            document = {}  # cut off on the way; the status still says what to do
        found = _PROBLEM.fullmatch(str(document.get("type", "")))
        if found:
            detail = _sentence(document)
            return Trouble(found[1], status, detail, retry_after=wait, members=document)
    if status >= 500:
        return Trouble("unavailable", status, f"The server is not ready (HTTP {status}).", retry_after=wait)
    if 300 <= status < 400:
        return not_farfield(status, "The server sends us elsewhere; give --server the address that a browser ends at.")
    if "html" in content_type or status < 400:
        return not_farfield(status)
    said = f"What answers there does not speak as Farfield does (HTTP {status}). Look at the address: http or https?"
    return Trouble(f"status_{status}", status, said, retry_after=wait)


def _sentence(document: Mapping[str, Any]) -> str:
    """The detail of a problem, and where it names fields what is wrong with each."""
    detail = str(document.get("detail") or _UNEXPECTED)
    errors = document.get("errors")
    if not isinstance(errors, list):
        return detail
    named = [f"{e.get('pointer', '')}: {e.get('detail', '')}" for e in errors if isinstance(e, dict)]
    return f"{detail} ({'; '.join(named)})" if named else detail
