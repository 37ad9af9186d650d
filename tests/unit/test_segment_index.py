"""The box that lets a plain player seek in a finished rendition."""

import struct

from service.media.segment_index import TIMESCALE, segment_index


def test_it_points_at_every_segment() -> None:
    box = segment_index([(1000, 4_000_000), (900, 4_033_333), (10, 1_000)])
    assert struct.unpack(">I4s", box[:8]) == (len(box), b"sidx")
    version, track, timescale, start, offset, _, count = struct.unpack(">IIIQQHH", box[8:40])
    assert (version >> 24, track, timescale, start, offset, count) == (1, 1, TIMESCALE, 0, 0, 3)
    rows = [struct.unpack(">III", box[at : at + 12]) for at in range(40, len(box), 12)]
    assert [size for size, _, _ in rows] == [1000, 900, 10]
    assert [length for _, length, _ in rows] == [360_000, 363_000, 90]
    assert {flags for _, _, flags in rows} == {0x9000_0000}


def test_a_long_lesson_does_not_drift() -> None:
    box = segment_index([(1, 4_010_667)] * 900)
    total = sum(struct.unpack(">III", box[at : at + 12])[1] for at in range(40, len(box), 12))
    assert total == round(900 * 4_010_667 * TIMESCALE / 1_000_000)


def test_none_is_better_than_a_wrong_one() -> None:
    assert segment_index([]) == b""
    assert segment_index([(1, 1)] * 65_536) == b""
