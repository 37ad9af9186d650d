"""A child that never ends a line, or never stops writing, is stopped and not believed."""

import sys
from pathlib import Path

import pytest

from service.media.confine import Limits, OutputTooLong, output_of

LIMITS = Limits(wall_seconds=20, cpu_seconds=20)


async def say(folder: Path, code: str) -> bytes:
    _, said = await output_of([sys.executable, "-c", code], folder=folder, limits=LIMITS, at_most=100_000)
    return said


async def test_what_a_child_says_is_returned(folder: Path) -> None:
    assert await say(folder, "print('one'); print('two')") == b"one\ntwo"


@pytest.mark.parametrize("code", ["print('x' * 70_000)", "[print('x' * 1_000) for _ in range(200)]"])
async def test_a_child_that_says_too_much_is_stopped(folder: Path, code: str) -> None:
    with pytest.raises(OutputTooLong):
        await say(folder, code)
