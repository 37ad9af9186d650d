"""Names of files that people send: made fit to be kept, shown, and saved on somebody else's device."""

import re
import unicodedata
from typing import Final

MOST_BYTES: Final = 200
"""In UTF-8. File systems take 255, and some of ours are set before or behind it."""
_LONGEST_EXTENSION: Final = 16
_NOTHING: Final = "file"

# What no device shows: controls, and what turns the order of letters round, so that `fdp.exe` is read as `exe.pdf`.
_HIDDEN = re.compile("[\x00-\x1f\x7f-\x9f\u00ad\u061c\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff\ud800-\udfff]")
_SPACES = re.compile(r"\s+")
_RESERVED = re.compile(r'[<>:"|?*]')
_DEVICE = re.compile(r"(con|prn|aux|nul|conin\$|conout\$|(com|lpt)[0-9¹²³])", re.IGNORECASE)


def file_name(sent: str) -> str:
    """The last part of a path, without what hides, turns round, or means something to a file system. Never empty."""
    # What was apart may come together once nothing hidden is between it.
    name = unicodedata.normalize("NFC", _HIDDEN.sub("", _SPACES.sub(" ", sent)))
    name = _SPACES.sub(" ", name)
    parts = (part.strip(" .") for part in re.split(r"[/\\]", name))
    name = next((part for part in reversed(list(parts)) if part), _NOTHING)
    name = _RESERVED.sub("_", name)
    stem = name.partition(".")[0].strip()
    if _DEVICE.fullmatch(stem):
        name = f"_{name}"
    return _shortened(name)


def with_extension(name: str, extensions: tuple[str, ...]) -> str:
    """The name with the first of these behind it, unless it ends in one of them: a picture called `x.html` is saved
    as `x.html.png`. Without extensions it stays as it is."""
    if not extensions or name.lower().endswith(extensions):
        return name
    return _shortened(name + extensions[0])


def _shortened(name: str) -> str:
    if len(name.encode()) <= MOST_BYTES:
        return name
    stem, dot, extension = name.rpartition(".")
    end = dot + extension if stem and len((dot + extension).encode()) <= _LONGEST_EXTENSION else ""
    room = MOST_BYTES - len(end.encode())
    begin = name.removesuffix(end).encode()[:room].decode(errors="ignore")
    return (begin.rstrip(" .") or _NOTHING) + end
