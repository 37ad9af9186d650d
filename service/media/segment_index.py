"""The index (`sidx` box) of a finished rendition, so that a plain `<video>` knows its length and can seek. Pure.

HLS players read the playlist instead and never look at it. The encoder cannot write it: the segments come first.
"""

import struct
from collections.abc import Sequence

TIMESCALE = 90_000
_STARTS_WITH_KEY_FRAME = 0x9000_0000
_MOST = 0xFFFF


def segment_index(segments: Sequence[tuple[int, int]]) -> bytes:
    """The box for segments of (bytes, duration in microseconds), to be put between the init section and the first.

    Empty above 65,535 segments, which is more than one box can hold (three days of film).
    """
    if not segments or len(segments) > _MOST:
        return b""
    body = struct.pack(">IIIQQHH", 0x0100_0000, 1, TIMESCALE, 0, 0, 0, len(segments))
    ended = 0
    elapsed_us = 0
    for size, duration_us in segments:
        elapsed_us += duration_us
        # From the sum, so that roundings do not add up.
        until = round(elapsed_us * TIMESCALE / 1_000_000)
        body += struct.pack(">III", size, until - ended, _STARTS_WITH_KEY_FRAME)
        ended = until
    return struct.pack(">I4s", len(body) + 8, b"sidx") + body
