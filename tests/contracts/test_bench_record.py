"""The bench of the record works, loses nothing, and says what it measured."""

import json

import pytest

from tests.bench import record


def test_the_quick_bench(capsys: pytest.CaptureFixture[str]) -> None:
    assert record.main(["--quick", "--seed", "7"]) == 0
    said = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert (said["bench"], said["seed"]) == ("record", 7)
    assert set(said["reach"]) == {name for part in record.PARTS.values() for name in part.REACH}
    assert set(said["reach"]) <= set(said["figures"])
    # Nothing is said of how large they are: a quick run on a busy machine may turn any of them round.
    assert all(figure > 0 for figure in said["figures"].values())
