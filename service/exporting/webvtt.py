"""WebVTT: captions and chapters as they are; and each annotation as a cue, to be shown over the lesson by any player.

Answers to an annotation stand under it, by name.
"""

import re
from collections.abc import Iterable
from typing import Final, Protocol

from service.exporting.lines import Take, words

MEDIA_TYPE: Final = "text/vtt"
MOMENT_MS: Final = 4_000
"""How long the words of a single moment are shown."""

_LINES = re.compile(r"\s*[\r\n\u2028\u2029\x0b\x0c\x85]\s*")


def captions(take: Take) -> str:
    """The file; cues by their start."""
    blocks = ["WEBVTT", f"NOTE\n{_comment(take.lesson.title)}"]
    for annotation, replies in take.in_order():
        end = _end(annotation.start_ms, annotation.end_ms, take.lesson.duration_ms)
        lines = [_said(take.author(annotation.by).name, f"{annotation.kind.capitalize()}: {words(annotation)}")]
        lines += [_said(take.author(reply.by).name, f"- {words(reply)}") for reply in replies]
        blocks.append("\n".join([annotation.id, f"{_time(annotation.start_ms)} --> {_time(end)}", *lines]))
    return "\n\n".join(blocks) + "\n"


class Timed(Protocol):
    """A cue of a track."""

    @property
    def start_ms(self) -> int: ...
    @property
    def end_ms(self) -> int: ...
    @property
    def text(self) -> str: ...


def track(cues: Iterable[Timed]) -> str:
    """Captions or chapters as the file they would be imported from; cues by their start."""
    blocks = ["WEBVTT"]
    for cue in cues:
        lines = [_escaped(line) for line in _LINES.split(cue.text) if line.strip()] or ["-"]
        blocks.append("\n".join([f"{_time(cue.start_ms)} --> {_time(cue.end_ms)}", *lines]))
    return "\n\n".join(blocks) + "\n"


def _end(start_ms: int, end_ms: int | None, duration_ms: int | None) -> int:
    """A cue ends after it starts, and where it can, within the lesson."""
    if end_ms is not None:
        return end_ms
    longest = start_ms + MOMENT_MS
    return longest if duration_ms is None else max(min(longest, duration_ms), start_ms + 1)


def _said(name: str, text: str) -> str:
    """A voice span, on lines none of which is empty: an empty one would end the cue."""
    lines = [line for line in _LINES.split(text) if line.strip()] or ["-"]
    voice = f"<v {_escaped(_LINES.sub(' ', name))}>" if name.strip() else ""
    return voice + "\n".join(_escaped(line) for line in lines)


def _escaped(text: str) -> str:
    """`-->` cannot stand anywhere in a cue; without its `>` it does not."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _comment(text: str) -> str:
    return _LINES.sub(" ", text).replace("-->", "--\u2192")


def _time(ms: int) -> str:
    seconds, millis = divmod(ms, 1000)
    minutes, seconds = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours:02}:{minutes:02}:{seconds:02}.{millis:03}"
