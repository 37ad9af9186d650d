"""Files of captions and chapters, WebVTT and SRT, read into cues.

What only a player needs is passed over: settings, styles, regions, comments, numbers, tags. What a person would miss is
refused with the number of its line, and then nothing of the file is taken.
"""

import html
import re
import unicodedata
from collections.abc import Iterator
from typing import Final, NamedTuple

import msgspec

from service.coaching.refusals import UnreadableCues
from service.coaching.words import LONGEST_CUE

MOST_BYTES: Final = 1_000_000
MOST_CUES: Final = 10_000
LONGEST_WITH_TAGS: Final = 8_000
"""Characters of a cue with its tags: some files time every word."""
OVERHANG_MS: Final = 5_000
"""A cue may outlast the lesson by this, and is then cut at the lesson's end: recorders and captioners round."""

_ENDS = re.compile(r"\r\n|\r|\n")
_BREAKS = re.compile("[\x0b\x0c\x85\u2028\u2029]")
_CONTROLS = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff]")
_HEADER = re.compile(r"WEBVTT(?:[ \t].*)?")
_BESIDE = re.compile(r"(?:NOTE(?:[ \t].*)?|STYLE\s*|REGION\s*)")
_TIME = r"(?:(\d{1,4}):)?([0-5]?\d):([0-5]?\d)[.,](\d{1,3})"
_TIMES = re.compile(rf"\s*{_TIME}\s*-->\s*{_TIME}(?:\s.*)?")
_VOICE = re.compile(r"<v(?:\.[^\s<>]*)?\s([^<>]*)>")
# Too long for a number of a letter, and for Python to read as one.
_NO_LETTER = re.compile(r"&#[xX]?[0-9a-fA-F]{8,};?")
_TAG = re.compile(r"</?[A-Za-z][^<>]*>|<\d[\d:.]*>")
_SRT_PLACE = re.compile(r"\{\\[^{}]*\}")


class Cue(msgspec.Struct, frozen=True):
    """Words from one moment of the lesson to another, in milliseconds."""

    start_ms: int
    end_ms: int
    text: str


class _Block(NamedTuple):
    """A cue as it stands in the file: the number of the line of its times, from 1, and its lines of text."""

    line: int
    times: str
    text: list[str]


def read_cues(file: str, longest_ms: int) -> list[Cue]:
    """The cues of a file, by start. Raises UnreadableCues that names the line.

    longest_ms: how long the lesson is, as far as that is known.
    """
    if len(file) > MOST_BYTES or len(file.encode(errors="replace")) > MOST_BYTES:
        raise UnreadableCues(1, "The file is larger than 1 MB, and no captions are. Is it the right one?")
    lines = _ENDS.split(file.removeprefix("\ufeff"))
    is_vtt = _HEADER.fullmatch(lines[0]) is not None
    cues: list[Cue] = []
    for block in _blocks(lines, is_vtt=is_vtt):
        cue = _cue(block, longest_ms)
        if cue is not None:
            cues.append(cue)
        if len(cues) > MOST_CUES:
            raise _at(block.line, f"a file may hold {MOST_CUES:,} captions at most.")
    if not cues:
        raise UnreadableCues(1, "There are no captions and no chapters in this file.")
    return sorted(cues, key=lambda cue: (cue.start_ms, cue.end_ms))


def tidy(text: str, *, one_line: bool = False) -> str:
    """Without empty lines, which would end a cue, and spaces around each. Chapters have one line."""
    lines = [line.strip() for line in _ENDS.split(_BREAKS.sub("\n", text))]
    return (" " if one_line else "\n").join(line for line in lines if line)


def _blocks(lines: list[str], *, is_vtt: bool) -> Iterator[_Block]:
    at, end = 0, len(lines)
    if is_vtt:
        while at < end and lines[at] and "-->" not in lines[at]:
            at += 1

    def blank(n: int) -> bool:
        # In WebVTT a line of spaces is text; SRT files are made by hand.
        return n >= end or (lines[n] if is_vtt else lines[n].strip()) == ""

    while at < end:
        if not lines[at].strip():
            at += 1
            continue
        if "-->" not in lines[at]:
            if is_vtt and _BESIDE.fullmatch(lines[at]) and not (at + 1 < end and "-->" in lines[at + 1]):
                while not blank(at):
                    at += 1
                continue
            if at + 1 >= end or "-->" not in lines[at + 1]:
                raise _stray(at + 1, is_vtt=is_vtt, first=not any(lines[:at]))
            at += 1
        times, text = at, []
        at += 1
        while not blank(at) and "-->" not in lines[at]:
            # Two cues without an empty line between them: the line before the times is the next one's name.
            if at + 1 < end and "-->" in lines[at + 1] and (not is_vtt and lines[at].strip().isdecimal()):
                break
            text.append(lines[at])
            at += 1
        yield _Block(times + 1, lines[times], text)


def _stray(line: int, *, is_vtt: bool, first: bool) -> UnreadableCues:
    if first and not is_vtt:
        said = "This is neither a WebVTT nor an SRT file. The first begins with “WEBVTT”, the other with 1 and a time."
        return UnreadableCues(line, said)
    return _at(line, "these words belong to no time. Is there an empty line inside a caption?")


def _cue(block: _Block, longest_ms: int) -> Cue | None:
    """None: nobody would see anything."""
    found = _TIMES.fullmatch(block.times)
    if found is None:
        raise _at(block.line, "the times cannot be read. They are written like 00:01:02.500 --> 00:01:04.000.")
    start_ms, end_ms = _ms(found.groups()[:4]), _ms(found.groups()[4:])
    if end_ms <= start_ms:
        raise _at(block.line, "this does not end after it starts.")
    if start_ms >= longest_ms or end_ms > longest_ms + OVERHANG_MS:
        raise _at(block.line, "this is later than the end of the lesson. Do these captions belong to another video?")
    raw = "\n".join(block.text)
    if len(raw) > LONGEST_WITH_TAGS or len(text := _plain(raw)) > LONGEST_CUE:
        raise _at(block.line, f"this caption has more than {LONGEST_CUE} characters. Make two of it.")
    return Cue(start_ms, min(end_ms, longest_ms), text) if _seen(text) else None


def _plain(raw: str) -> str:
    """The words alone. A voice becomes “Name: ” before what it says."""
    raw = _SRT_PLACE.sub("", _CONTROLS.sub("", raw))
    said: list[str] = []
    at = 0
    for voice in _VOICE.finditer(raw):
        said.append(raw[at : voice.start()])
        # Somebody else goes on in the same line.
        name = " ".join(voice[1].split())
        said += ["\n" if said[-1].strip() else "", f"{name}: " if name else ""]
        at = voice.end()
    said.append(raw[at:])
    return tidy(html.unescape(_NO_LETTER.sub("\ufffd", _TAG.sub("", "".join(said)))))


def _seen(text: str) -> bool:
    return any(unicodedata.category(letter)[0] not in "CZ" for letter in text)


def _ms(parts: tuple[str | None, ...]) -> int:
    hours, minutes, seconds = (int(part or 0) for part in parts[:3])
    return ((hours * 60 + minutes) * 60 + seconds) * 1000 + int((parts[3] or "").ljust(3, "0"))


def _at(line: int, said: str) -> UnreadableCues:
    return UnreadableCues(line, f"Line {line:,}: {said} Nothing of the file was taken.")
