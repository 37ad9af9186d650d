"""One frozen Config from FARFIELD_* variables. Pure: it reads the mapping it is given and touches nothing else.

Every error is reported at once, by the name of its variable; a FARFIELD_* name nobody knows is an error too, because a
misspelt limit is a missing limit.
"""

import ipaddress
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Literal, Self

Https = Literal["off", "local"]

PREFIX = "FARFIELD_"
GIB = 1 << 30
_SIZE = re.compile(r"(\d{1,15})\s*(B|KiB|MiB|GiB|TiB)?", re.IGNORECASE)
_UNITS = {"b": 1, "kib": 1 << 10, "mib": 1 << 20, "gib": GIB, "tib": 1 << 40}
_DOMAIN = re.compile(r"(?=.{4,253}\Z)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]{0,61}[a-z0-9]")
_PASSWORD = re.compile(r"(?<=:)[^:/@]+(?=@)")


class ConfigError(Exception):
    """What is wrong with the settings; `errors` holds one sentence per variable, each starting with its name."""

    def __init__(self, errors: list[str]) -> None:
        self.errors = errors
        super().__init__("\n".join(errors))


@dataclass(frozen=True, slots=True)
class Config:
    port: int
    bind: str
    """The address the front door listens on; empty means every address of this machine."""
    data_dir: Path
    """Absolute. Everything Farfield keeps is below it."""
    domain: str | None
    https: Https
    database_url: str = field(repr=False)
    """May hold a password, so `repr` leaves it out."""
    max_upload_bytes: int
    static_dir: Path
    demo: bool = False
    """Set by the command `demo`, never by a variable: a server must not become a demo by its surroundings."""

    @classmethod
    def from_env(cls, environ: Mapping[str, str]) -> Self:
        """Read the settings. Raises ConfigError with everything that is wrong, not just the first thing."""
        values: dict[str, Any] = {}
        known = {setting.variable for setting in SETTINGS}
        errors = [
            f"{name} is not a setting of Farfield; `python -m service check-config` lists them all."
            for name in sorted(environ)
            if name.startswith(PREFIX) and name not in known
        ]
        for setting in SETTINGS:
            text = environ.get(setting.variable, "").strip()
            try:
                values[setting.name] = setting.parse(text) if text else setting.default
            except ValueError as wrong:
                errors.append(f"{setting.variable} {wrong}")
        if not errors:
            values["database_url"] = values["database_url"] or f"sqlite:///{values['data_dir'] / 'farfield.db'}"
            if values["domain"] and values["https"] == "local":
                errors.append("FARFIELD_HTTPS must be off when FARFIELD_DOMAIN is set: a domain brings its own HTTPS.")
            if values["port"] is None:
                values["port"] = 443 if values["domain"] else 8080
        if errors:
            raise ConfigError(errors)
        return cls(**values)

    def as_demo(self) -> Self:
        return replace(self, demo=True)

    @property
    def secure(self) -> bool:
        """Whether browsers are answered over HTTPS."""
        return self.domain is not None or self.https == "local"

    @property
    def run_dir(self) -> Path:
        """Unix sockets and generated files of the running program; readable by its own user alone."""
        return self.data_dir / "run"

    @property
    def log_dir(self) -> Path:
        return self.data_dir / "logs"


@dataclass(frozen=True, slots=True)
class Setting:
    variable: str
    name: str
    parse: Callable[[str], Any]
    default: Any
    shown_default: str
    secret: bool = False


def describe(environ: Mapping[str, str]) -> list[tuple[str, str, str]]:
    """(variable, effective value with passwords struck out, where it came from) of every setting."""
    config = Config.from_env(environ)
    lines = []
    for setting in SETTINGS:
        given = bool(environ.get(setting.variable, "").strip())
        value = getattr(config, setting.name)
        shown = "" if value is None else str(value)
        if setting.secret:
            shown = _PASSWORD.sub("***", shown)
        lines.append((setting.variable, shown, "environment" if given else f"default: {setting.shown_default}"))
    return lines


def _port(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) <= 5 and 1 <= int(text) <= 65535):
        raise ValueError(f"must be a port from 1 to 65535, not {text!r}.")
    return int(text)


def _bind(text: str) -> str:
    try:
        return str(ipaddress.ip_address(text))
    except ValueError:
        raise ValueError(f"must be an IP address of this machine, such as 127.0.0.1, not {text!r}.") from None


def _directory(text: str) -> Path:
    if "\0" in text or "\n" in text:
        raise ValueError("must be the path of a directory.")
    return Path(text).expanduser().absolute()


def _domain(text: str) -> str:
    if not _DOMAIN.fullmatch(text.lower()):
        raise ValueError(f"must be a host name such as coaching.example.org, without https:// or a path, not {text!r}.")
    return text.lower()


def _https(text: str) -> Https:
    match text.lower():
        case "off":
            return "off"
        case "local":
            return "local"
    raise ValueError(f"must be off or local, not {text!r}.")


def _database(text: str) -> str:
    if not re.match(r"(sqlite|postgresql)(\+[a-z0-9]+)?://", text):
        raise ValueError("must start with sqlite:// or postgresql://.")
    return text


def _size(text: str) -> int:
    found = _SIZE.fullmatch(text)
    size = int(found[1]) * _UNITS[(found[2] or "B").lower()] if found else 0
    if size < 1:
        raise ValueError(f"must be a number of bytes or a size such as 6GiB, not {text!r}.")
    return size


_HERE = Path(__file__).resolve().parent.parent

SETTINGS = (
    Setting("FARFIELD_PORT", "port", _port, None, "8080, or 443 with a domain"),
    Setting("FARFIELD_BIND", "bind", _bind, "", "every address of this machine"),
    Setting("FARFIELD_DATA_DIR", "data_dir", _directory, Path.cwd() / ".farfield", ".farfield here"),
    Setting("FARFIELD_DOMAIN", "domain", _domain, None, "none"),
    Setting("FARFIELD_HTTPS", "https", _https, "off", "off"),
    Setting("FARFIELD_DATABASE_URL", "database_url", _database, "", "SQLite in the data directory", secret=True),
    Setting("FARFIELD_MAX_UPLOAD_BYTES", "max_upload_bytes", _size, 6 * GIB, "6 GiB"),
    Setting("FARFIELD_STATIC_DIR", "static_dir", _directory, _HERE / "static" / "dist", "static/dist of this program"),
)
