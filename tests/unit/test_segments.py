"""Which pieces of the encoder make one segment each: short ones to begin with, then as long as the others."""

import pytest

from service.media.publish import segments_of

TWO, FOUR, BIT = ("two", 2_000_000), ("four", 4_000_000), ("bit", 300_000)


@pytest.mark.parametrize(
    ("pieces", "number", "last", "segments"),
    [
        ([], 0, True, []),
        ([TWO], 0, False, [1]),
        ([TWO, TWO, FOUR, FOUR], 0, False, [1, 1, 1, 1]),
        ([TWO] * 7, 0, False, [1, 1, 2, 2]),
        ([TWO] * 7, 0, True, [1, 1, 2, 2, 1]),
        ([TWO], 2, False, []),
        ([TWO], 2, True, [1]),
        ([TWO, TWO, TWO], 2, False, [2]),
        ([FOUR, BIT], 4, False, [1]),
        ([FOUR, BIT], 4, True, [1, 1]),
        ([BIT, TWO, TWO], 4, False, [3]),
        ([BIT, FOUR, TWO, FOUR], 4, False, [2, 1, 1]),
    ],
)
def test_pieces_become_segments(
    pieces: list[tuple[str, int]], number: int, last: bool, segments: list[int]
) -> None:
    found = list(segments_of(pieces, number, last=last))
    assert [len(segment) for segment in found] == segments
    assert [piece for segment in found for piece in segment] == pieces[: sum(segments)]
