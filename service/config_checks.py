"""Settings that contradict each other, and what a role must be told to be a process of its own. Pure."""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, Final, Literal

from service import config_values as parse

if TYPE_CHECKING:
    from service.config import Config

Role = Literal["web", "live", "worker"]
_Values = Mapping[str, Any]
_STORE: Final = ("s3_url", "s3_access_key", "s3_secret_key")


def contradictions(values: _Values, wrong: set[str]) -> list[str]:
    """A sentence for each. What is about a variable in `wrong` is left out: that one is said already."""
    return [
        sentence
        for variables, holds, sentence in _CONTRADICTIONS
        if not wrong & {f"FARFIELD_{name}" for name in variables.split()} and holds(values)
    ]


def lacking(config: "Config", role: Role) -> list[str]:
    """What this role shares with other processes and nobody has named; a sentence for each."""
    alone = f"by `{role}` as a process of its own"
    errors = []
    if config.on_sqlite:
        errors.append(
            f"FARFIELD_DATABASE_URL with a PostgreSQL database is needed {alone}: SQLite belongs to one process."
        )
    if config.nats_url is None:
        errors.append(f"FARFIELD_NATS_URL is needed {alone}, to hear of the others.")
    if role == "live":
        return errors
    if config.s3_url is None:
        errors.append(f"FARFIELD_S3_URL is needed {alone}: the video store is shared.")
    if not config.reached_by_name:
        errors.append(f"FARFIELD_ORIGIN is needed {alone}: links in mails start with it.")
    return errors


def _origin_of_another_name(values: _Values) -> bool:
    if not (values["origin"] and values["domain"]):
        return False
    scheme, _, place = str(values["origin"]).partition("://")
    return scheme != "https" or place.partition(":")[0] != values["domain"]


def _plain_origin(values: _Values) -> bool:
    return values["https"] == "local" and (values["origin"] or "").startswith("http://")


def _password_without_user(values: _Values) -> bool:
    url = values["database_url"]
    return values["database_password"] is not None and ("@" not in str(url) or parse.has_password(url))


def _store_half_named(name: str) -> Callable[[_Values], bool]:
    return lambda values: values[name] is None and any(values[each] for each in _STORE)


def _listens_twice(values: _Values) -> bool:
    given = [str(values[f"{name}_listen"]) for name in ("web", "gate", "live", "ops") if values[f"{name}_listen"]]
    return len(given) != len(set(given))


_CONTRADICTIONS: tuple[tuple[str, Callable[[_Values], bool], str], ...] = (
    (
        "HTTPS DOMAIN",
        lambda values: bool(values["domain"]) and values["https"] == "local",
        "FARFIELD_HTTPS must be off when FARFIELD_DOMAIN is set: a domain brings its own HTTPS.",
    ),
    (
        "ORIGIN DOMAIN",
        _origin_of_another_name,
        "FARFIELD_ORIGIN must be https:// and the name in FARFIELD_DOMAIN: the front door answers under no other.",
    ),
    ("ORIGIN HTTPS", _plain_origin, "FARFIELD_ORIGIN must start with https:// when FARFIELD_HTTPS is local."),
    (
        "NATS_URL DATABASE_URL",
        lambda values: bool(values["nats_url"]) and not values["database_url"].startswith("postgresql"),
        "FARFIELD_NATS_URL needs a PostgreSQL database in FARFIELD_DATABASE_URL: SQLite belongs to one process.",
    ),
    (
        "DATABASE_PASSWORD DATABASE_URL",
        _password_without_user,
        "FARFIELD_DATABASE_PASSWORD needs an address in FARFIELD_DATABASE_URL that names a user and no password.",
    ),
    *(
        (
            "S3_URL S3_ACCESS_KEY S3_SECRET_KEY",
            _store_half_named(name),
            f"FARFIELD_{name.upper()} is missing: an object store's address and its two keys come together, or not.",
        )
        for name in _STORE
    ),
    (
        "S3_URL S3_BUCKET S3_REGION",
        lambda v: v["s3_url"] is None and (v["s3_bucket"] != "farfield" or v["s3_region"] != "us-east-1"),
        "FARFIELD_S3_BUCKET and FARFIELD_S3_REGION need FARFIELD_S3_URL: the embedded store has its own.",
    ),
    (
        "SMTP_URL MAIL_FROM",
        lambda values: bool(values["smtp_url"]) and not values["mail_from"],
        "FARFIELD_MAIL_FROM is missing: mail by FARFIELD_SMTP_URL needs a sender.",
    ),
    (
        "WEB_LISTEN GATE_LISTEN LIVE_LISTEN OPS_LISTEN",
        _listens_twice,
        "FARFIELD_WEB_LISTEN, FARFIELD_GATE_LISTEN, FARFIELD_LIVE_LISTEN and FARFIELD_OPS_LISTEN must differ.",
    ),
)
"""(the variables it is about, whether it is there, its sentence)."""
