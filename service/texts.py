"""What people write, made fit to be kept, whether it comes from a page or from the command line."""

import re
import unicodedata
from functools import cache
from zoneinfo import available_timezones

from service.coaching.words import LONGEST_TEXT, LONGEST_TITLE
from service.problems import BadRequest, FieldError

MAX_TEXT = LONGEST_TEXT
MAX_TITLE = LONGEST_TITLE
MAX_NAME = 100

# C0 and C1 controls other than tab and newline: they hide text, break exports, and nobody types them. And surrogates,
# which is how Python holds bytes of a command line that are no text.
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff]")


# What turns the order of letters round for whatever stands behind it: a name in a list, or in the subject of a letter,
# would pass for another. The marks that right-to-left writing needs (U+200E, U+200F) stay.
_DISGUISE = re.compile("[\u202a-\u202e\u2066-\u2069]")


def clean_text(value: str, *, field: str, longest: int = MAX_TEXT) -> str:
    """A person's words: line ends made one kind, ends trimmed; empty, too long or with hidden controls is refused."""
    text = value.replace("\r\n", "\n").replace("\r", "\n").strip()
    # Separators, and what only formats others, as zero-width joiners, say nothing by themselves.
    if all(unicodedata.category(character)[0] in "CZ" for character in text):
        raise BadRequest("There is nothing written yet.", [FieldError(f"/{field}", "empty")])
    if len(text) > longest:
        detail = f"This is longer than {longest} characters. Shorten it, or write two."
        raise BadRequest(detail, [FieldError(f"/{field}", f"longer than {longest} characters")])
    check_controls(text, field=field)
    return text


def clean_line(value: str, *, field: str, longest: int = MAX_NAME) -> str:
    """A name: one line, runs of space made one. What would break a header or hide in a list is refused."""
    check_controls(value, field=field)
    if _DISGUISE.search(value):
        raise BadRequest("There are hidden control characters in this text.", [FieldError(f"/{field}", "controls")])
    if "\n" in value or "\t" in value:
        raise BadRequest("This is one line, without line breaks.", [FieldError(f"/{field}", "line break or tab")])
    return " ".join(clean_text(value, field=field, longest=longest).split())


def check_controls(text: str, *, field: str) -> None:
    if _CONTROL.search(text):
        raise BadRequest("There are hidden control characters in this text.", [FieldError(f"/{field}", "controls")])


def check_time_zone(name: str, *, field: str = "time_zone") -> None:
    if name not in _time_zones():
        detail = "This is not a time zone. One is called America/Boise, for example."
        raise BadRequest(detail, [FieldError(f"/{field}", "not in the IANA database")])


@cache
def _time_zones() -> frozenset[str]:
    """Opens some six hundred files, so once."""
    return frozenset(available_timezones())
