"""Outside data becomes typed data here, or a problem that names the field."""

import re
from typing import TypeVar

import msgspec
from aiohttp import web

from service.coaching.ids import ID_PATTERN
from service.problems import BadRequest, FieldError, NotFound, NotJson, TooLarge
from service.texts import MAX_NAME, MAX_TEXT, MAX_TITLE, check_controls, clean_line, clean_text

__all__ = [
    "MAX_BODY_BYTES",
    "MAX_NAME",
    "MAX_TEXT",
    "MAX_TITLE",
    "check_controls",
    "check_ids",
    "clean_line",
    "clean_text",
    "parse_body",
    "path_id",
    "query_int",
    "read_body",
]

T = TypeVar("T")

MAX_BODY_BYTES = 64 * 1024

_ID = re.compile(ID_PATTERN)
_MISSING = re.compile(r"Object missing required field `(\w+)`")
_POINTER = re.compile(r" - at `\$(.*)`$")


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
    if missing := _MISSING.fullmatch(sentence):
        pointer += f"/{missing[1]}"
        return BadRequest(f"Something is missing: “{missing[1]}”.", [FieldError(pointer, "missing")])
    if "date" in sentence and pointer:
        named = pointer.rpartition("/")[2]
        return BadRequest(f"“{named}” is not a day or a time that can be read.", [FieldError(pointer, sentence)])
    return BadRequest("Something in what was sent could not be read.", [FieldError(pointer, sentence)])
