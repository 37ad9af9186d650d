"""HLS playlists, written from the rows of a lesson's newest attempt. Pure.

Inputs are rows of storage/renditions.py: every rendition of one attempt for the master, one rendition and its segments
in the order of their numbers for a media playlist. Every URI is an absolute path on our own origin, so each goes
through the gate again. A playlist must be sent with `no-store`: it grows, and access to it ends with the grant.
"""

import math
from collections.abc import Sequence
from typing import Protocol

CONTENT_TYPE = "application/vnd.apple.mpegurl"
MASTER_NAME = "main"

LEAST_TARGET_S = 5
"""A growing playlist may not change its target. A segment ends at the first key frame after four seconds, or two."""


class RenditionRow(Protocol):
    """A row of `renditions`. `width` and `height` are null for sound alone; `finished`: one object holds it all."""

    @property
    def attempt(self) -> int: ...
    @property
    def name(self) -> str: ...
    @property
    def kind(self) -> str: ...
    @property
    def codecs(self) -> str: ...
    @property
    def width(self) -> int | None: ...
    @property
    def height(self) -> int | None: ...
    @property
    def bandwidth(self) -> int: ...
    @property
    def finished(self) -> bool: ...


class SegmentRow(Protocol):
    """A row of `segments`. `start_byte`: its place in the finished object, null before that."""

    @property
    def number(self) -> int: ...
    @property
    def duration_us(self) -> int: ...
    @property
    def bytes(self) -> int: ...
    @property
    def start_byte(self) -> int | None: ...


def init_name(attempt: int, rendition: str) -> str:
    return f"{attempt}-{rendition}-init.mp4"


def segment_name(attempt: int, rendition: str, number: int) -> str:
    return f"{attempt}-{rendition}-{number}.m4s"


def whole_name(attempt: int, rendition: str) -> str:
    """The finished rendition: also what a plain `<video>` plays."""
    return f"{attempt}-{rendition}.mp4"


def poster_name(attempt: int) -> str:
    return f"{attempt}-poster.jpg"


def object_key(lesson_id: str, file: str) -> str:
    return f"lessons/{lesson_id}/{file}"


def media_path(lesson_id: str, file: str) -> str:
    return f"/media/lessons/{lesson_id}/{file}"


def playlist_path(lesson_id: str, attempt: int, name: str = MASTER_NAME) -> str:
    return f"/api/lessons/{lesson_id}/playlists/{attempt}-{name}.m3u8"


def master_playlist(lesson_id: str, renditions: Sequence[RenditionRow]) -> str:
    """The list of variants: the lightest picture first, so that a poor link starts with it; sound alone last."""
    pictures = sorted((row for row in renditions if row.kind == "video"), key=lambda row: row.bandwidth)
    sounds = [row for row in renditions if row.kind != "video"]
    lines = ["#EXTM3U", "#EXT-X-VERSION:7", "#EXT-X-INDEPENDENT-SEGMENTS"]
    for row in (*pictures, *sounds):
        size = f",RESOLUTION={row.width}x{row.height}" if row.kind == "video" else ""
        lines.append(f'#EXT-X-STREAM-INF:BANDWIDTH={row.bandwidth},CODECS="{row.codecs}"{size}')
        lines.append(playlist_path(lesson_id, row.attempt, row.name))
    return "\n".join(lines) + "\n"


def media_playlist(lesson_id: str, rendition: RenditionRow, segments: Sequence[SegmentRow]) -> str:
    """One rendition: a growing EVENT list of separate objects, or, once finished, byte ranges of a single one."""
    longest = max((segment.duration_us for segment in segments), default=0) / 1_000_000
    lines = [
        "#EXTM3U",
        "#EXT-X-VERSION:7",
        f"#EXT-X-TARGETDURATION:{max(LEAST_TARGET_S, math.ceil(longest))}",
        "#EXT-X-MEDIA-SEQUENCE:0",
        "#EXT-X-INDEPENDENT-SEGMENTS",
    ]
    if rendition.finished:
        return "\n".join([*lines, *_byte_ranges(lesson_id, rendition, segments), "#EXT-X-ENDLIST"]) + "\n"
    return "\n".join([*lines, *_objects(lesson_id, rendition, segments)]) + "\n"


def _objects(lesson_id: str, rendition: RenditionRow, segments: Sequence[SegmentRow]) -> list[str]:
    init = media_path(lesson_id, init_name(rendition.attempt, rendition.name))
    # A growing list looks live to a player, which would start near its end; a lesson starts at its beginning.
    lines = ["#EXT-X-PLAYLIST-TYPE:EVENT", "#EXT-X-START:TIME-OFFSET=0", f'#EXT-X-MAP:URI="{init}"']
    for segment in segments:
        lines.append(_duration(segment))
        lines.append(media_path(lesson_id, segment_name(rendition.attempt, rendition.name, segment.number)))
    return lines


def _byte_ranges(lesson_id: str, rendition: RenditionRow, segments: Sequence[SegmentRow]) -> list[str]:
    whole = media_path(lesson_id, whole_name(rendition.attempt, rendition.name))
    # The first segment starts where the init section ends.
    init_bytes = (segments[0].start_byte or 0) if segments else 0
    lines = ["#EXT-X-PLAYLIST-TYPE:VOD", f'#EXT-X-MAP:URI="{whole}",BYTERANGE="{init_bytes}@0"']
    for segment in segments:
        lines += [_duration(segment), f"#EXT-X-BYTERANGE:{segment.bytes}@{segment.start_byte}", whole]
    return lines


def _duration(segment: SegmentRow) -> str:
    return f"#EXTINF:{segment.duration_us / 1_000_000:.6f},"
