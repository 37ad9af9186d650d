"""The bench of the doors works, loses nothing, and says what it measured."""

import json

import pytest

from tests.bench import doors


def test_the_quick_bench_of_appends(capsys: pytest.CaptureFixture[str]) -> None:
    assert doors.main(["--quick", "--seed", "7", "--part", "appends"]) == 0
    said = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert (said["bench"], said["seed"]) == ("doors", 7)
    assert set(said["reach"]) == {"appends_1_of_raw", "appends_50_of_raw", "appends_500_of_raw"}
    assert set(said["reach"]) <= set(said["figures"])
    # Nothing is said of how large they are: a quick run on a busy machine may turn any of them round.
    assert all(figure > 0 for figure in said["figures"].values())
