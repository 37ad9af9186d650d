"""Secrets handed to a person: made here, kept only as a hash."""

import hashlib
import re
import secrets
from typing import Final, Literal, get_args

Scope = Literal["read", "write", "upload"]
"""What a personal token may be allowed: to look, to write words, to add lessons and send their video."""
SCOPES: Final[tuple[Scope, ...]] = get_args(Scope)


def new_token() -> str:
    """256 random bits, safe in a URL and in a cookie."""
    return secrets.token_urlsafe(32)


def is_token(text: str) -> bool:
    """Whether it has the form of what `new_token` makes."""
    return re.fullmatch(r"[0-9A-Za-z_-]{43}", text) is not None


PERSONAL = "ff_"
"""How a personal token starts, so that people and scanners of secrets know one when they see it."""


def new_personal_token() -> str:
    """A token for a program that works for a person."""
    return PERSONAL + new_token()


def token_hash(token: str) -> str:
    """What the tables keep: a copy of them signs nobody in."""
    # Whatever bytes a cookie holds: what is not text is no token of ours and matches none.
    return hashlib.sha256(token.encode(errors="replace")).hexdigest()
