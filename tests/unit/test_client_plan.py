"""Planning an upload: the vectors that the browser's tests read too, and a cover is the best there is."""

import json
from itertools import combinations
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.client.plan import Block, Pace, Range, bytes_of, cover, gaps, next_range, time_left

VECTORS = json.loads((Path(__file__).parent.parent / "fixtures/upload/plan.json").read_text())


def vectors(name: str) -> Any:
    return pytest.mark.parametrize("vector", VECTORS[name], ids=lambda vector: vector.get("name", "")[:40])


@vectors("cover")
def test_the_cover_and_what_it_leaves_out(vector: dict[str, Any]) -> None:
    chosen = cover([Block(*block) for block in vector["blocks"]], vector["size"])
    assert chosen == [Block(*block) for block in vector["chosen"]]
    assert gaps(chosen, vector["size"]) == [Range(*gap) for gap in vector["gaps"]]


@vectors("next_range")
def test_the_next_piece(vector: dict[str, Any]) -> None:
    missing = [Range(*gap) for gap in vector["missing"]]
    expected = vector["range"] and Range(*vector["range"])
    assert next_range(missing, vector["length"], vector["from"]) == expected


@vectors("pace")
def test_the_size_of_a_block_follows_the_pace(vector: dict[str, Any]) -> None:
    pace = Pace()
    for step in vector["steps"]:
        if step == "lost":
            pace.lost()
        else:
            pace.stored(*step)
    assert pace.block_length == vector["length"]
    assert pace.rate == pytest.approx(vector["rate"])


@vectors("time_left")
def test_the_time_left_is_a_range(vector: dict[str, Any]) -> None:
    left = time_left(vector["bytes"], vector["rate"])
    assert (left and [left.low, left.high, left.unit]) == vector["left"]


BLOCKS = st.lists(st.tuples(st.integers(0, 25), st.integers(1, 12)).map(lambda b: Block(b[0], b[0] + b[1], "s")))


@given(st.lists(st.tuples(st.integers(0, 25), st.integers(1, 12)), max_size=9))
def test_no_other_choice_covers_more(places: list[tuple[int, int]]) -> None:
    blocks = list({Block(offset, offset + size, "s") for offset, size in places if offset + size <= 30})
    most = max(
        bytes_of(some)
        for n in range(len(blocks) + 1)
        for some in combinations(blocks, n)
        if not any(a.offset < b.end and b.offset < a.end for a, b in combinations(some, 2))
    )
    assert bytes_of(cover(blocks, 30)) == most


@given(BLOCKS, st.integers(1, 40))
def test_a_cover_and_its_gaps_are_the_file(blocks: list[Block], size: int) -> None:
    chosen = cover(blocks, size)
    pieces = sorted([(b.offset, b.end) for b in chosen] + [(g.offset, g.end) for g in gaps(chosen, size)])
    assert [start for start, _ in pieces] == [0, *(end for _, end in pieces[:-1])]
    assert pieces[-1][1] == size
