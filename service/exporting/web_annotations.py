"""W3C Web Annotation (JSON-LD): a collection with one page, each range a media fragment of the lesson.

A moment is `t=12.5`: as a bookmark, since a fragment whose end is its start is none.
"""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Final

import msgspec

from service.coaching.lessons import Annotation, Kind, Reply
from service.exporting.lines import Author, Take, words

CONTEXT: Final = "http://www.w3.org/ns/anno.jsonld"
MEDIA_TYPE: Final = "application/ld+json"
MEDIA_FRAGMENTS: Final = "http://www.w3.org/TR/media-frags/"
MOTIVATIONS: Final[Mapping[Kind, str]] = {
    "question": "questioning",
    "suggestion": "commenting",
    "strength": "highlighting",
    "note": "commenting",
}
"""Of those the vocabulary has; the kind itself goes along as a tag. None of them assesses anybody."""


def collection(take: Take) -> bytes:
    """The whole of it, as UTF-8 JSON."""
    where = f"{take.origin}/api/lessons/{take.lesson.id}/annotations.jsonld"
    items: list[dict[str, Any]] = []
    for annotation, replies in take.in_order():
        items.append(_annotation(take, annotation))
        items += [_reply(take, annotation.id, reply) for reply in replies]
    built = {
        "@context": CONTEXT,
        "id": where,
        "type": "AnnotationCollection",
        "label": take.lesson.title,
        "generated": _instant(take.at),
        "total": len(items),
        "first": {"id": f"{where}#page-1", "type": "AnnotationPage", "partOf": where, "startIndex": 0, "items": items},
    }
    return msgspec.json.format(msgspec.json.encode(built), indent=2)


def fragment(start_ms: int, end_ms: int | None) -> str:
    """`t=12.5,14.5`: normal play time in seconds, as Media Fragments has it."""
    return f"t={_seconds(start_ms)}" + ("" if end_ms is None else f",{_seconds(end_ms)}")


def _annotation(take: Take, one: Annotation) -> dict[str, Any]:
    removed = one.removed_at is not None
    bodies = [_text(words(one))]
    if not removed:
        bodies += [_tag(text) for text in _tags(one)]
    source = {"id": f"{take.origin}/lessons/{take.lesson.id}", "type": "Video"}
    selector = {
        "type": "FragmentSelector",
        "conformsTo": MEDIA_FRAGMENTS,
        "value": fragment(one.start_ms, one.end_ms),
    }
    return {
        "id": _urn(one.id),
        "type": "Annotation",
        "motivation": MOTIVATIONS[one.kind],
        "creator": _creator(take.author(one.by)),
        **_times(one.at, one.edited_at or one.removed_at),
        "body": bodies,
        "target": {"source": source, "selector": selector},
    }


def _reply(take: Take, to: str, one: Reply) -> dict[str, Any]:
    return {
        "id": _urn(one.id),
        "type": "Annotation",
        "motivation": "replying",
        "creator": _creator(take.author(one.by)),
        **_times(one.at, one.edited_at or one.removed_at),
        "body": [_text(words(one))],
        "target": _urn(to),
    }


def _tags(one: Annotation) -> Sequence[str]:
    question = [one.question.text] if one.question else []
    return [one.kind, *([one.move] if one.move else []), *question, *(tag_text(one, n) for n in range(len(one.tags)))]


def tag_text(one: Annotation, n: int) -> str:
    """A tag as it was when it was put on."""
    tag = one.tags[n]
    return f"{tag.framework} {tag.version}: {tag.code} {tag.label}"


def _text(value: str) -> dict[str, str]:
    return {"type": "TextualBody", "value": value, "format": "text/plain", "textDirection": "auto"}


def _tag(value: str) -> dict[str, str]:
    return {"type": "TextualBody", "value": value, "format": "text/plain", "purpose": "tagging"}


def _creator(author: Author) -> dict[str, str]:
    return {"id": _urn(author.id), "type": "Person", **({"name": author.name} if author.name else {})}


def _times(created: datetime, modified: datetime | None) -> dict[str, str]:
    return {"created": _instant(created), **({"modified": _instant(modified)} if modified else {})}


def _instant(at: datetime) -> str:
    """As the model asks: xsd:dateTime in UTC, with a Z."""
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _seconds(ms: int) -> str:
    return f"{ms / 1000:.3f}".rstrip("0").rstrip(".")


def _urn(id_: str) -> str:
    return f"urn:uuid:{id_}"
