"""Commands as they come in: ids are ids, words are cleaned and measured. Which member is which, its type says."""

import re
from collections.abc import Callable, Iterable, Iterator
from functools import cache
from types import UnionType
from typing import Annotated, Any, TypeVar, Union, get_args, get_origin, get_type_hints

import msgspec
from aiohttp import web

from service.coaching import words
from service.coaching.cue_files import tidy
from service.coaching.ids import Id
from service.problems import BadRequest, FieldError
from service.texts import check_controls, clean_line, clean_text
from service.web.parsing import MAX_BODY_BYTES, check_ids, parse_body

T = TypeVar("T")
Clean = Callable[[str, Any], Any]
"""A member's name (a JSON pointer without the first slash) and its value; gives the value that is kept."""

MOST_ITEMS = 500
_LANGUAGE = re.compile(words.LANGUAGE_PATTERN.removesuffix("$") + r"\Z")


def one_of(kinds: Iterable[type]) -> Any:
    """The type of a body that is one of these commands."""
    return Union[tuple(kinds)]  # noqa: UP007 - made of what is only known here


async def parse_command(request: web.Request, shape: type[T], *, most: int = MAX_BODY_BYTES) -> T:
    """The body as one of the commands of `shape`, cleaned. Raises what parse_body does, and BadRequest."""
    return clean(await parse_body(request, shape, most=most))


def clean(command: T, within: str = "") -> T:
    """The same with its words cleaned. Raises BadRequest that names the member."""
    changes = {}
    for name, cleaner in _cleaners(type(command)):  # type: ignore[arg-type]
        value = getattr(command, name)
        if value is not None and (kept := cleaner(within + name, value)) != value:
            changes[name] = kept
    return msgspec.structs.replace(command, **changes) if changes else command  # type: ignore[type-var]


@cache
def _cleaners(kind: type) -> tuple[tuple[str, Clean], ...]:
    hints = get_type_hints(kind, include_extras=True)
    found = ((field.name, _cleaner(hints[field.name])) for field in msgspec.structs.fields(kind))
    return tuple((name, cleaner) for name, cleaner in found if cleaner is not None)


def _cleaner(hint: Any) -> Clean | None:
    for known, cleaner in _KNOWN:
        if hint == known:
            return cleaner
    origin, inside = get_origin(hint), get_args(hint)
    if origin in (Union, UnionType):
        # Only ever something or null.
        return next(_present(inside), None)
    if origin is tuple and (each := _cleaner(inside[0])) is not None:
        return _each(each)
    if isinstance(hint, type) and issubclass(hint, msgspec.Struct):
        return lambda name, value: clean(value, f"{name}/")
    if hint is str or (origin is Annotated and inside[0] is str):
        raise TypeError(f"{hint} says neither id nor words")
    return None


def _present(hints: Iterable[Any]) -> Iterator[Clean]:
    for hint in hints:
        if hint is not type(None) and (cleaner := _cleaner(hint)) is not None:
            yield cleaner


def _each(cleaner: Clean) -> Clean:
    def clean_all(name: str, values: tuple[Any, ...]) -> tuple[Any, ...]:
        if len(values) > MOST_ITEMS:
            raise BadRequest(f"There are more than {MOST_ITEMS} of these.", [FieldError(f"/{name}", "too many")])
        return tuple(cleaner(f"{name}/{n}", value) for n, value in enumerate(values))

    return clean_all


def _id(name: str, value: str) -> str:
    check_ids(**{name: value})
    return value


def _text(name: str, value: str) -> str:
    return clean_text(value, field=name, longest=words.LONGEST_TEXT)


def _passage(name: str, value: str) -> str:
    """What says nothing is empty."""
    if not value.strip():
        check_controls(value, field=name)
        return ""
    return clean_text(value, field=name, longest=words.LONGEST_PASSAGE)


def _title(name: str, value: str) -> str:
    return clean_line(value, field=name, longest=words.LONGEST_TITLE)


def _line(name: str, value: str) -> str:
    if not value.strip():
        check_controls(value, field=name)
        return ""
    return clean_line(value, field=name, longest=words.LONGEST_TITLE)


def _cue(name: str, value: str) -> str:
    return clean_text(tidy(value), field=name, longest=words.LONGEST_CUE)


def _language(name: str, value: str) -> str:
    if not _LANGUAGE.match(value):
        raise BadRequest("A language is written like en or es-MX.", [FieldError(f"/{name}", "not a language tag")])
    return value


_KNOWN: tuple[tuple[Any, Clean], ...] = (
    (Id, _id),
    (words.Text, _text),
    (words.Passage, _passage),
    (words.Title, _title),
    (words.Line, _line),
    (words.CueText, _cue),
    (words.CueFile, lambda _, value: value),
    (words.Language, _language),
)
