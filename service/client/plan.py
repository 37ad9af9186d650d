"""Which blocks make up the file, what is missing, and how large the next one should be. Pure.

The browser plans by the same rules (`static/src/upload/plan.ts`), and the tests of both read the same vectors.
"""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil, floor
from typing import Final, Literal

import msgspec

SMALLEST_BLOCK: Final = 256 * 1024
LARGEST_BLOCK: Final = 8 * 1024 * 1024
FIRST_BLOCK: Final = 512 * 1024
_SECONDS_PER_BLOCK: Final = 6
_FASTEST_GROWTH: Final = 4


class Block(msgspec.Struct, frozen=True):
    """Bytes [offset, end) of the file that the server has; `sha256` in lower-case hex."""

    offset: int
    end: int
    sha256: str


class Range(msgspec.Struct, frozen=True):
    """Bytes [offset, end) of the file."""

    offset: int
    end: int

    @property
    def size(self) -> int:
        return self.end - self.offset


def cover(blocks: Sequence[Block], size: int) -> list[Block]:
    """The set of blocks without overlaps that covers most of a file of `size` bytes, in order.

    Blocks may overlap when a late one landed after a resume. A place that is stored twice with different sums is
    trusted neither time; what reaches past the end is not of this file.
    """
    sums: dict[tuple[int, int], set[str]] = {}
    for block in blocks:
        sums.setdefault((block.offset, block.end), set()).add(block.sha256)
    usable = [
        Block(offset, end, next(iter(found)))
        for (offset, end), found in sums.items()
        if len(found) == 1 and 0 <= offset < end <= size
    ]
    usable.sort(key=lambda block: block.end)
    # Weighted interval scheduling: best[n] covers most bytes with the first n blocks.
    ends = [block.end for block in usable]
    best, before = [0], []
    for n, block in enumerate(usable):
        before.append(bisect_right(ends, block.offset, 0, n))
        best.append(max(best[n], best[before[n]] + block.end - block.offset))
    chosen = []
    n = len(usable)
    while n > 0:
        if best[n] == best[n - 1]:
            n -= 1
            continue
        chosen.append(usable[n - 1])
        n = before[n - 1]
    return chosen[::-1]


def gaps(covered: Sequence[Block], size: int) -> list[Range]:
    """What a cover leaves out, in order."""
    found, at = [], 0
    for block in covered:
        if block.offset > at:
            found.append(Range(at, block.offset))
        at = block.end
    if at < size:
        found.append(Range(at, size))
    return found


def next_range(missing: Sequence[Range], length: int, after: int = 0) -> Range | None:
    """The first piece, at most `length` long, of what is missing from `after` on; a tail of a few kB goes with it."""
    for gap in missing:
        start = max(gap.offset, after)
        if start >= gap.end:
            continue
        stop = min(start + length, gap.end)
        sliver = gap.end - stop < SMALLEST_BLOCK / 4 and gap.size <= LARGEST_BLOCK
        return Range(start, gap.end if sliver else stop)
    return None


def bytes_of(blocks: Sequence[Block]) -> int:
    """How many bytes blocks without overlaps hold."""
    return sum(block.end - block.offset for block in blocks)


class Pace:
    """Bytes a second over the last blocks, from the moment a block was begun to the moment the store had it."""

    def __init__(self) -> None:
        self.rate: float | None = None
        self.block_length = FIRST_BLOCK
        """About six seconds' worth: a cut never costs more than that."""

    def stored(self, size: int, seconds: float) -> None:
        """The store has a block of so many bytes."""
        measured = size / max(seconds, 0.001)
        self.rate = measured if self.rate is None else 0.6 * self.rate + 0.4 * measured
        wanted = min(self.rate * _SECONDS_PER_BLOCK, self.block_length * _FASTEST_GROWTH)
        self.block_length = _rounded(min(LARGEST_BLOCK, max(SMALLEST_BLOCK, wanted)))

    def lost(self) -> None:
        """A lost block says that the link is worse than measured."""
        self.block_length = max(SMALLEST_BLOCK, _rounded(self.block_length / 2))


@dataclass(frozen=True, slots=True)
class TimeLeft:
    low: int
    high: int
    unit: Literal["minutes", "hours"]

    def __str__(self) -> str:
        if self.high <= 1:
            return "less than a minute"
        return f"{self.low} to {self.high} {self.unit}"


def time_left(size: int, rate: float | None) -> TimeLeft | None:
    """What is left of `size` bytes at this rate, as a range people can plan with; None while nothing is known."""
    if not rate or size <= 0:
        return None
    minutes = size / rate / 60
    if minutes < 1:
        return TimeLeft(1, 1, "minutes")
    if minutes < 5:
        return TimeLeft(floor(minutes), ceil(minutes * 1.4), "minutes")
    if minutes < 90:
        return TimeLeft(floor(minutes * 0.9 / 5) * 5 or 5, ceil(minutes * 1.3 / 5) * 5, "minutes")
    return TimeLeft(floor(minutes / 60), ceil(minutes * 1.3 / 60), "hours")


def _rounded(number: float) -> int:
    """Halves go up, as in the browser."""
    return floor(number + 0.5)
