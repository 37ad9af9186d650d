"""Passwords: argon2id, and the few rules that help (NIST SP 800-63B-4): long and not well known, of any characters."""

import asyncio
import re
import unicodedata
from itertools import pairwise
from typing import Final

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from service.problems import WeakPassword

SHORTEST: Final = 15
"""Where a password alone opens the door; four or five plain words are enough."""
LONGEST: Final = 256

_hasher = PasswordHasher()
# Each takes 64 MiB and a core for some 50 ms; more of them at once would only make all of them wait.
_turns = asyncio.Semaphore(2)
_NOBODYS = _hasher.hash("nobody has this password: it is only checked so that everybody waits as long")
_FAMILIAR = (
    "password", "passwort", "contrasena", "qwertyuiop", "asdfghjkl", "zxcvbnm", "letmein", "iloveyou", "welcome",
    "administrator", "trustno1", "farfield", "teacher", "coaching", "changeme", "abcdefghijklmnopqrstuvwxyz",
    "01234567890123456789", "qwertzuiop", "azertyuiop", "correcthorsebatterystaple",
)  # fmt: skip


def check(password: str, *, about: tuple[str, ...]) -> str:
    """The password in the form that is hashed. Raises WeakPassword with what to do.

    about: what everybody knows of the person, as name and address; it counts for nothing in a password.
    """
    text = normal(password)
    if len(text) < SHORTEST:
        raise WeakPassword(
            f"A password has at least {SHORTEST} characters. Four or five words in a row are easy to keep."
        )
    if len(text) > LONGEST:
        raise WeakPassword(f"A password has at most {LONGEST} characters.")
    if _own_length(text, about) < SHORTEST // 2:
        raise WeakPassword(
            "This would be guessed soon: it repeats itself, counts up, or is made of well-known words or your own name."
            " Take four or five words that do not belong together."
        )
    return text


def normal(password: str) -> str:
    """One form of what may be typed in several, as é on different keyboards."""
    return unicodedata.normalize("NFKC", password)


async def hashed(text: str) -> str:
    """argon2's own form. `text` comes from `check`."""
    async with _turns:
        return await asyncio.to_thread(_hasher.hash, text)


async def matches(kept: str | None, password: str) -> bool:
    """Whether it is the one. Without one kept the answer is no, and takes as long."""
    async with _turns:
        right = await asyncio.to_thread(_verify, kept or _NOBODYS, normal(password)[:LONGEST])
    return right and kept is not None


def outdated(kept: str) -> bool:
    """Whether today's parameters are others, so that it should be hashed again while the password is at hand."""
    return _hasher.check_needs_rehash(kept)


def _verify(kept: str, text: str) -> bool:
    try:
        return _hasher.verify(kept, text)
    except (VerificationError, InvalidHashError):
        return False


def _own_length(text: str, about: tuple[str, ...]) -> int:
    """How many characters are left without what a guesser tries first: known words, runs, and repetitions."""
    rest = text.casefold()
    known = [word for source in about for word in re.split(r"[\W_]+", source.casefold()) if len(word) > 2]
    for word in sorted([*known, *_FAMILIAR], key=len, reverse=True):
        rest = rest.replace(word, "")
    rest = re.sub(r"(.{1,8}?)\1+", r"\1", rest)
    steps = [ord(b) - ord(a) for a, b in pairwise(rest)]
    return 1 + sum(1 for before, step in zip([None, *steps], steps, strict=False) if step != before) if rest else 0
