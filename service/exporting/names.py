"""Names for files that are saved, made of titles that people wrote."""

import re
import unicodedata
from typing import Final
from urllib.parse import quote

_ODD = re.compile(r'[\\/:*?"<>|~%\s]+')
_UNSEEN: Final = frozenset({"Cc", "Cf", "Co", "Cs", "Cn", "Zl", "Zp"})
_LONGEST: Final = 80


def file_name(title: str, ending: str, *, otherwise: str) -> str:
    """A name that no system takes for a path, a command or a hidden file, and that reads as it is."""
    seen = "".join(letter for letter in _ODD.sub(" ", title) if unicodedata.category(letter) not in _UNSEEN)
    stem = seen[:_LONGEST].strip(" .-")
    return f"{stem or otherwise}.{ending}"


def attachment(name: str, *, otherwise: str) -> str:
    """The Content-Disposition of a file to be saved (RFC 6266); `otherwise` is a plain name for old readers."""
    return f"attachment; filename=\"{otherwise}\"; filename*=UTF-8''{quote(name, safe='')}"
