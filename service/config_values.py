"""What the text of a setting may be, and what of it may be shown. Pure, and each refusal is the rest of a sentence that
starts with the variable's name. No refusal quotes what may hold a password.
"""

import ipaddress
import re
from dataclasses import dataclass
from email.headerregistry import Address
from email.utils import parseaddr
from pathlib import Path
from typing import Final, Literal
from urllib.parse import SplitResult, quote, urlsplit

from email_validator import EmailNotValidError, validate_email

Https = Literal["off", "local"]

GIB: Final = 1 << 30
_SIZE = re.compile(r"(\d{1,15})\s*(B|KiB|MiB|GiB|TiB)?", re.IGNORECASE)
_UNITS = {"b": 1, "kib": 1 << 10, "mib": 1 << 20, "gib": GIB, "tib": 1 << 40}
_DOMAIN = re.compile(r"(?=.{4,253}\Z)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]{0,61}[a-z0-9]")
_HOST = re.compile(r"[A-Za-z0-9._-]{1,253}|\[[0-9A-Fa-f:.]{2,45}\]")
_BUCKET = re.compile(r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]")
_IN_QUERY = re.compile(r"(?<=password=)[^&]*", re.IGNORECASE)
_PORTS: Final = {"http": 80, "https": 443}


@dataclass(frozen=True, slots=True)
class Listen:
    """Where a role listens: the unix socket at `path`, or `port` of `host` (empty: every address)."""

    path: Path | None = None
    host: str = ""
    port: int = 0

    def __str__(self) -> str:
        return f"unix:{self.path}" if self.path else f"{_bracketed(self.host)}:{self.port}"

    @property
    def dial(self) -> str:
        """As Caddy, on this machine, names what it connects to."""
        if self.path:
            return f"unix/{self.path}"
        everywhere = {"": "127.0.0.1", "0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104
        return f"{_bracketed(everywhere.get(self.host, self.host))}:{self.port}"


def port(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) <= 5 and 1 <= int(text) <= 65535):
        raise ValueError(f"must be a port from 1 to 65535, not {text!r}.")
    return int(text)


def networks(text: str) -> tuple[str, ...]:
    try:
        return tuple(str(ipaddress.ip_network(each, strict=False)) for each in re.split(r"[,\s]+", text))
    except ValueError:
        raise ValueError(f"must be IP addresses or networks such as 10.0.0.0/8, not {text!r}.") from None


def bind(text: str) -> str:
    try:
        return str(ipaddress.ip_address(text))
    except ValueError:
        raise ValueError(f"must be an IP address of this machine, such as 127.0.0.1, not {text!r}.") from None


def directory(text: str) -> Path:
    if "\0" in text or "\n" in text:
        raise ValueError("must be the path of a directory.")
    return Path(text).expanduser().absolute()


def domain(text: str) -> str:
    if not _DOMAIN.fullmatch(text.lower()):
        raise ValueError(f"must be a host name such as coaching.example.org, without https:// or a path, not {text!r}.")
    return text.lower()


def https(text: str) -> Https:
    match text.lower():
        case "off":
            return "off"
        case "local":
            return "local"
    raise ValueError(f"must be off or local, not {text!r}.")


def origin(text: str) -> str:
    """As browsers write it: scheme and host in lower case, the port where it is not the usual one, no slash."""
    try:
        parts = urlsplit(text)
        number = parts.port
    except ValueError:
        parts, number = SplitResult("", "", "", "", ""), None
    host = parts.hostname or ""
    bare = parts.path in ("", "/") and not parts.query and not parts.fragment and "@" not in parts.netloc
    if parts.scheme not in _PORTS or not _HOST.fullmatch(_bracketed(host)) or not bare or number == 0:
        raise ValueError("must be a scheme and a host such as https://coaching.example.org, and nothing behind it.")
    return f"{parts.scheme}://{_bracketed(host)}" + ("" if number in (None, _PORTS[parts.scheme]) else f":{number}")


def database(text: str) -> str:
    if not re.match(r"(sqlite|postgresql)(\+[a-z0-9]+)?://", text):
        raise ValueError("must start with sqlite:// or postgresql://.")
    if text.startswith("postgresql"):
        # A host behind the question mark is the folder of a unix socket.
        by_socket = re.fullmatch(r"(postgresql[^/]*//([^/@?]*@)?)(/[^?]+\?(?:.*&)?host=/.*)", text)
        parts = _address(f"{by_socket[1]}localhost{by_socket[3]}" if by_socket else text)
        if parts is None or not re.fullmatch(r"/[^/@]+", parts.path):
            raise ValueError("must name a host and a database, such as postgresql://farfield@db.example.org/farfield.")
    return text


def nats(text: str) -> str:
    """One server of the bus; it names the others of its cluster by itself."""
    parts = _address(text)
    if parts is None or parts.scheme not in ("nats", "tls") or parts.path not in ("", "/") or parts.query:
        raise ValueError("must be an address such as nats://bus.example.org:4222.")
    return text


def s3(text: str) -> str:
    parts = _address(text)
    if parts is None or parts.scheme not in _PORTS or parts.path not in ("", "/") or parts.query or "@" in parts.netloc:
        raise ValueError("must be an address such as https://s3.example.org, without a bucket, a path or keys.")
    return f"{parts.scheme}://{parts.netloc}"


def bucket(text: str) -> str:
    if not _BUCKET.fullmatch(text):
        raise ValueError("must be the name of a bucket: 3 to 63 small letters, digits, dots and hyphens.")
    return text


def word(text: str) -> str:
    if not re.fullmatch(r"[!-~]{1,512}", text):
        raise ValueError("must be one word of plain characters.")
    return text


def secret(text: str) -> str:
    if not text.isprintable():
        raise ValueError("must be one line of printable characters.")
    return text


def smtp(text: str) -> str:
    parts = _address(text)
    if parts is None or parts.scheme not in ("smtp", "smtps") or parts.path not in ("", "/") or parts.query:
        raise ValueError(
            "must be an address such as smtp://user:password@mail.example.org:587 or smtps://…; "
            "characters such as @ and / in a password are written as %40 and %2F."
        )
    if (parts.username is None) != (parts.password is None):
        raise ValueError("must hold a user and a password, or neither.")
    return text


def mail_from(text: str) -> str:
    """`Name <address>`, or the address alone; a name that needs quotes has them, so that it is read back as it is."""
    name, address = parseaddr(text if text.isprintable() else "")
    try:
        found = validate_email(address, check_deliverability=False, allow_smtputf8=False, globally_deliverable=False)
    except EmailNotValidError:
        raise ValueError(
            "must be a mail address such as Farfield <coaching@example.org>, with quotes around a name that holds more "
            f"than words, not {text[:100]!r}."
        ) from None
    assert found.ascii_email is not None
    return str(Address(name, addr_spec=found.ascii_email))


def listen(text: str) -> Listen:
    if text.startswith("unix:"):
        path = text.removeprefix("unix:")
        if not path.startswith("/") or "\0" in path or path.endswith("/"):
            raise ValueError("must name its socket by the whole path, such as unix:/run/farfield/web.sock.")
        return Listen(path=Path(path))
    host, colon, number = text.rpartition(":")
    if not colon or (host and not _HOST.fullmatch(host)):
        raise ValueError(f"must be host:port or unix:/path, not {text!r}.")
    return Listen(host=host.strip("[]"), port=port(number))


def size(text: str) -> int:
    found = _SIZE.fullmatch(text)
    in_bytes = int(found[1]) * _UNITS[(found[2] or "B").lower()] if found else 0
    if in_bytes < 1:
        raise ValueError(f"must be a number of bytes or a size such as 6GiB, not {text!r}.")
    return in_bytes


def count(text: str) -> int:
    if not re.fullmatch(r"[1-9][0-9]{0,5}", text, re.ASCII):
        raise ValueError(f"must be a number from 1 on, not {text!r}.")
    return int(text)


def has_password(url: str) -> bool:
    return urlsplit(url).password is not None


def with_password(url: str, password: str) -> str:
    """The address with this password, written as addresses need it. The address names a user."""
    scheme, _, rest = url.partition("://")
    user, _, place = rest.rpartition("@")
    return f"{scheme}://{user}:{quote(password, safe='')}@{place}"


def struck(text: str) -> str:
    """An address without its password; in doubt too much is struck. A user without a password may be a token."""
    scheme, mark, rest = text.partition("://")
    # The last @: somebody may have written one in a password.
    user, at, place = rest.rpartition("@")
    place = _IN_QUERY.sub("***", place)
    if not at:
        return f"{scheme}{mark}{place}"
    name, colon, _ = user.partition(":")
    shown = f"{name}:***" if colon else ("***" if scheme in ("nats", "tls") else name)
    return f"{scheme}{mark}{shown}@{place}"


def _address(text: str) -> SplitResult | None:
    """The parts of an address with a host and, if any, a possible port; else None."""
    try:
        parts = urlsplit(text)
        possible = parts.port != 0
    except ValueError:
        return None
    netloc = parts.netloc.rpartition("@")[2]
    host = re.sub(r":\d+\Z", "", netloc)
    return parts if possible and _HOST.fullmatch(host) and not parts.fragment and text.isprintable() else None


def _bracketed(host: str) -> str:
    return f"[{host}]" if ":" in host else host
