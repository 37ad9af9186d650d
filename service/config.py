"""One frozen Config from FARFIELD_* variables. It reads the mapping it is given, and the files of secrets named there.

Every error is reported at once, by the name of its variable; a FARFIELD_* name nobody knows is an error too, because a
misspelt limit is a missing limit. Settings that contradict each other are errors as well, each a sentence.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Final, Self

from service import config_values as parse
from service.config_checks import Role, contradictions, lacking
from service.config_values import GIB, Https, Listen

PREFIX = "FARFIELD_"
_FILE = "_FILE"
_LONGEST_SECRET: Final = 4096


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
    """Absolute. Everything this process keeps is below it."""
    domain: str | None
    https: Https
    origin: str
    """How people reach it, as browsers write it: no slash at the end. Links in mails start with it."""
    reached_by_name: bool
    """Whether `origin` was said, or is only what a person on this very machine would type."""
    trusted_proxies: tuple[str, ...]
    """Networks of proxies before our front door, in CIDR form, whose X-Forwarded-For is believed."""
    database_url: str = field(repr=False)
    """May hold a password, so `repr` leaves it out."""
    nats_url: str | None = field(repr=False)
    """None: wake-ups stay in this process."""
    s3_url: str | None
    """None: the embedded object store. Given, the two keys are too."""
    s3_bucket: str
    s3_region: str
    s3_access_key: str | None
    s3_secret_key: str | None = field(repr=False)
    smtp_url: str | None = field(repr=False)
    """None: no mail leaves."""
    mail_from: str | None
    """`Name <address>` or an address; there whenever `smtp_url` is."""
    web_listen: Listen
    gate_listen: Listen
    live_listen: Listen
    ops_listen: Listen | None
    """Where a role in a process of its own answers health and metrics; None: a socket of the role in `run_dir`."""
    max_upload_bytes: int
    open_uploads: int
    """How many files one person may have under way at once."""
    person_quota_bytes: int
    program_quota_bytes: int
    static_dir: Path
    demo: bool = False
    """Set by the command `demo`, never by a variable: a server must not become a demo by its surroundings."""

    @classmethod
    def from_env(cls, environ: Mapping[str, str]) -> Self:
        """Read the settings. Raises ConfigError with everything that is wrong, not just the first thing."""
        values, wrong, errors = _read(environ, SETTINGS)
        errors += contradictions(values, wrong)
        if errors:
            raise ConfigError(errors)
        if (password := values.pop("database_password")) is not None:
            values["database_url"] = parse.with_password(values["database_url"], password)
        values["database_url"] = values["database_url"] or f"sqlite:///{values['data_dir'] / 'farfield.db'}"
        values["port"] = values["port"] or (443 if values["domain"] else 8080)
        values["reached_by_name"] = bool(values["origin"] or values["domain"])
        values["origin"] = values["origin"] or _derived_origin(values)
        for name in ("web", "gate", "live"):
            here = Listen(path=values["data_dir"] / "run" / f"{name}.sock")
            values[f"{name}_listen"] = values[f"{name}_listen"] or here
        return cls(**values)

    def as_demo(self) -> Self:
        return replace(self, demo=True)

    def check_role(self, role: Role) -> None:
        """Raise ConfigError unless this role can be a process of its own: what it shares with others must be named."""
        if errors := lacking(self, role):
            raise ConfigError(errors)

    def ops_of(self, role: Role) -> Listen:
        """Where this role, as a process of its own, answers health and metrics."""
        return self.ops_listen or Listen(path=self.run_dir / f"{role}-ops.sock")

    @property
    def on_sqlite(self) -> bool:
        return self.database_url.startswith("sqlite")

    @property
    def secure(self) -> bool:
        """Whether our front door answers browsers over HTTPS."""
        return self.domain is not None or self.https == "local"

    @property
    def run_dir(self) -> Path:
        """Unix sockets and generated files of the running program; readable by its own user alone."""
        return self.data_dir / "run"

    @property
    def mails(self) -> bool:
        """Whether letters go out from here; in a demo without SMTP they go into its outbox."""
        return self.smtp_url is not None or self.demo

    @property
    def outbox_dir(self) -> Path:
        return self.data_dir / "outbox"

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
    shown: Callable[[str], str] | None = None
    """Of a secret: what of it may be shown. A secret may also come from the file that VARIABLE_FILE names."""

    @property
    def secret(self) -> bool:
        return self.shown is not None


def describe(environ: Mapping[str, str]) -> list[tuple[str, str, str]]:
    """(variable, effective value with passwords struck out, where it came from) of every setting."""
    config = Config.from_env(environ)
    effective = {setting.name: getattr(config, setting.name, None) for setting in SETTINGS} | from_client_env(environ)
    lines = []
    for setting in (*SETTINGS, *CLIENT_SETTINGS):
        file = environ.get(setting.variable + _FILE, "").strip() if setting.secret else ""
        given = _text(environ, setting)
        value = effective[setting.name] or (given or None)  # a password went into its address
        shown = ", ".join(value) if isinstance(value, tuple) else "" if value is None else str(value)
        if setting.shown is not None:
            shown = setting.shown(shown)
        source = f"file: {file}" if file else "environment"
        source = source if given else f"default: {setting.shown_default}"
        lines.append((setting.variable, shown, source))
    return lines


def from_client_env(environ: Mapping[str, str]) -> dict[str, Any]:
    """The settings of `upload` and `follow`, by name; None where nothing is said. Raises ConfigError."""
    values, _, errors = _read(environ, CLIENT_SETTINGS)
    if errors:
        raise ConfigError(errors)
    return values


def _read(
    environ: Mapping[str, str], settings: Sequence["Setting"]
) -> tuple[dict[str, Any], set[str], list[str]]:
    """(parsed values by name, variables that are wrong, a sentence for each)."""
    every = (*SETTINGS, *CLIENT_SETTINGS)
    known = {setting.variable for setting in every} | {s.variable + _FILE for s in every if s.secret}
    errors = [
        f"{name} is not a setting of Farfield; `farfield check-config` lists them all."
        for name in sorted(environ)
        if name.startswith(PREFIX) and name not in known
    ]
    values: dict[str, Any] = {}
    wrong: set[str] = set()
    for setting in settings:
        values[setting.name] = setting.default
        try:
            text = _text(environ, setting)
            values[setting.name] = setting.parse(text) if text else setting.default
        except _FileRefused as refused:
            wrong.add(setting.variable)
            errors.append(str(refused))
        except ValueError as refused:
            wrong.add(setting.variable)
            errors.append(f"{setting.variable} {refused}")
    return values, wrong, errors


class _FileRefused(Exception):
    pass


def _text(environ: Mapping[str, str], setting: Setting) -> str:
    """What was given, in the environment or in a file of one line. An empty one gives nothing, as an empty variable."""
    text = environ.get(setting.variable, "").strip()
    variable = setting.variable + _FILE
    named = environ.get(variable, "").strip() if setting.secret else ""
    if not named:
        return text
    if text:
        raise _FileRefused(f"{setting.variable} and {variable} are both given; give one of them.")
    try:
        with Path(named).open(encoding="utf-8") as file:
            held = file.read(_LONGEST_SECRET + 1).strip()
    except (OSError, ValueError) as failed:
        why = failed.strerror if isinstance(failed, OSError) else "it is not text"
        raise _FileRefused(f"{variable}: {named} cannot be read ({why}).") from None
    if len(held) > _LONGEST_SECRET or not held.isprintable():
        raise _FileRefused(f"{variable}: {named} must hold one line, the value itself.")
    return held


def _derived_origin(values: Mapping[str, Any]) -> str:
    """The address as a person on this machine types it."""
    secure = values["domain"] is not None or values["https"] == "local"
    bind = values["bind"] if values["bind"] not in ("", "0.0.0.0", "::") else "localhost"  # noqa: S104
    host = values["domain"] or (f"[{bind}]" if ":" in bind else bind)
    return parse.origin(f"{'https' if secure else 'http'}://{host}:{values['port']}")


def _hidden(text: str) -> str:
    return "***" if text else ""


_PAGES = Path(__file__).resolve().parent.parent / "static" / "dist"
_IN_RUN = "{}.sock in the data directory"

SETTINGS = (
    Setting("FARFIELD_PORT", "port", parse.port, None, "8080, or 443 with a domain"),
    Setting("FARFIELD_BIND", "bind", parse.bind, "", "every address of this machine"),
    Setting("FARFIELD_DATA_DIR", "data_dir", parse.directory, Path.cwd() / ".farfield", ".farfield here"),
    Setting("FARFIELD_DOMAIN", "domain", parse.domain, None, "none"),
    Setting("FARFIELD_HTTPS", "https", parse.https, "off", "off"),
    Setting("FARFIELD_ORIGIN", "origin", parse.origin, None, "from domain, address and port"),
    Setting("FARFIELD_TRUSTED_PROXIES", "trusted_proxies", parse.networks, (), "none"),
    Setting("FARFIELD_DATABASE_URL", "database_url", parse.database, "", "SQLite in the data directory", parse.struck),
    Setting("FARFIELD_DATABASE_PASSWORD", "database_password", parse.secret, None, "none", _hidden),
    Setting("FARFIELD_NATS_URL", "nats_url", parse.nats, None, "none, wake-ups stay in the process", parse.struck),
    Setting("FARFIELD_S3_URL", "s3_url", parse.s3, None, "the embedded store"),
    Setting("FARFIELD_S3_BUCKET", "s3_bucket", parse.bucket, "farfield", "farfield"),
    Setting("FARFIELD_S3_REGION", "s3_region", parse.word, "us-east-1", "us-east-1"),
    Setting("FARFIELD_S3_ACCESS_KEY", "s3_access_key", parse.word, None, "none", str),
    Setting("FARFIELD_S3_SECRET_KEY", "s3_secret_key", parse.secret, None, "none", _hidden),
    Setting("FARFIELD_SMTP_URL", "smtp_url", parse.smtp, None, "none, no mail leaves", parse.struck),
    Setting("FARFIELD_MAIL_FROM", "mail_from", parse.mail_from, None, "none"),
    Setting("FARFIELD_WEB_LISTEN", "web_listen", parse.listen, None, _IN_RUN.format("run/web")),
    Setting("FARFIELD_GATE_LISTEN", "gate_listen", parse.listen, None, _IN_RUN.format("run/gate")),
    Setting("FARFIELD_LIVE_LISTEN", "live_listen", parse.listen, None, _IN_RUN.format("run/live")),
    Setting("FARFIELD_OPS_LISTEN", "ops_listen", parse.listen, None, _IN_RUN.format("run/ROLE-ops")),
    Setting("FARFIELD_MAX_UPLOAD_BYTES", "max_upload_bytes", parse.size, 6 * GIB, "6 GiB"),
    Setting("FARFIELD_OPEN_UPLOADS", "open_uploads", parse.count, 20, "20"),
    Setting("FARFIELD_PERSON_QUOTA_BYTES", "person_quota_bytes", parse.size, 60 * GIB, "60 GiB"),
    Setting("FARFIELD_PROGRAM_QUOTA_BYTES", "program_quota_bytes", parse.size, 4096 * GIB, "4 TiB"),
    Setting("FARFIELD_STATIC_DIR", "static_dir", parse.directory, _PAGES, "static/dist of this program"),
)

CLIENT_SETTINGS = (
    Setting("FARFIELD_SERVER", "server", parse.origin, None, "none; for `upload` and `follow`"),
    Setting("FARFIELD_TOKEN", "token", parse.word, None, "none; for `upload` and `follow`", _hidden),
)
"""Of the commands that are a client of some server. A server knows their names and does not look at them."""
