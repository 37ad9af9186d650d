"""Outside data becomes typed data here, or a problem that names the field."""

import re
import unicodedata
from typing import TypeVar

import msgspec
from aiohttp import web

from service.coaching.ids import ID_PATTERN
from service.coaching.words import LONGEST_TEXT, LONGEST_TITLE
from service.problems import BadRequest, FieldError, NotFound, NotJson, TooLarge

T = TypeVar("T")

MAX_BODY_BYTES = 64 * 1024
MAX_TEXT = LONGEST_TEXT
MAX_TITLE = LONGEST_TITLE
MAX_NAME = 100

_ID = re.compile(ID_PATTERN)
_POINTER = re.compile(r" - at `\$(.*)`$")
# C0 and C1 controls other than tab and newline: they hide text, break exports, and nobody types them.
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")


async def parse_body(request: web.Request, shape: type[T], *, most: int = MAX_BODY_BYTES) -> T:
    """The JSON body as `shape`. Raises TooLarge, NotJson, BadRequest."""
    body = await read_body(request, most)
    try:
        return msgspec.json.decode(body, type=shape)
    except msgspec.ValidationError as error:
        raise _bad_field(str(error)) from None
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise NotJson from None


async def read_body(request: web.Request, most: int) -> bytes:
    """The whole body. The application's own limit is that of the largest body any route takes."""
    if (request.content_length or 0) > most:
        raise TooLarge
    try:
        body = await request.read()
    except web.HTTPRequestEntityTooLarge:
        raise TooLarge from None
    if len(body) > most:
        raise TooLarge
    return body


def path_id(request: web.Request, name: str) -> str:
    """An id from the path. What is not an id names nothing, so it is not found."""
    value = request.match_info[name]
    if not _ID.fullmatch(value):
        raise NotFound
    return value


def check_ids(**values: str) -> None:
    for name, value in values.items():
        if not _ID.fullmatch(value):
            raise BadRequest("An id here is a lower-case UUID.", [FieldError(f"/{name}", "not a lower-case UUID")])


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
    if "\n" in value or "\t" in value:
        raise BadRequest("This is one line, without line breaks.", [FieldError(f"/{field}", "line break or tab")])
    return " ".join(clean_text(value, field=field, longest=longest).split())


def check_controls(text: str, *, field: str) -> None:
    if _CONTROL.search(text):
        raise BadRequest("There are hidden control characters in this text.", [FieldError(f"/{field}", "controls")])


def query_int(request: web.Request, name: str, default: int, *, most: int) -> int:
    text = request.query.get(name)
    if text is None:
        return default
    if not text.isdecimal() or len(text) > 20 or int(text) > most:
        raise BadRequest(f"`{name}` is a whole number up to {most}.", [FieldError(f"?{name}", "not such a number")])
    return int(text)


def _bad_field(text: str) -> BadRequest:
    match = _POINTER.search(text)
    pointer = match.group(1).replace(".", "/") if match else ""
    sentence = _POINTER.sub("", text)
    return BadRequest("Something in what was sent could not be read.", [FieldError(pointer, sentence)])
