"""Children are restarted, said so, and surely ended; also when Farfield itself is killed."""

import asyncio
import logging
import os
import signal
import sys
from pathlib import Path

import pytest

from service.embedded.supervisor import Child, Program
from tests.fixtures.processes import PATIENCE_SECONDS, runs, until

DEAF = "trap '' TERM; (trap '' TERM; exec sleep 1000) & echo $! > {folder}/grandchild; echo > {folder}/up; wait; wait"


def program(folder: Path, script: str, *, grace_seconds: float = 5.0) -> Program:
    return Program("thing", "The thing", ["/bin/sh", "-c", script], folder, folder / "log", grace_seconds=grace_seconds)


async def test_a_child_that_dies_is_started_again_and_it_is_said(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    script = f"echo once >> {tmp_path}/starts; [ -e {tmp_path}/stay ] && exec sleep 1000; exit 3"
    child = Child(program(tmp_path, script))
    with caplog.at_level(logging.INFO):
        child.start()
        await asyncio.wait_for(child.exits.wait(), PATIENCE_SECONDS)
        (tmp_path / "stay").touch()
        await until(lambda: (tmp_path / "starts").read_text() == "once\nonce\n" and child.pid is not None)
        second = child.pid
        assert second is not None
        await child.stop()
    assert not runs(second)
    said = [record for record in caplog.records if record.getMessage() == "child_restarting"]
    assert [getattr(record, "said", "") for record in said] == [
        "The thing stopped (exit code 3). Starting it again in 0.5 s."
    ]


async def test_a_child_that_does_not_listen_is_killed_with_all_it_started(tmp_path: Path) -> None:
    child = Child(program(tmp_path, DEAF.format(folder=tmp_path), grace_seconds=0.2))
    child.start()
    await until((tmp_path / "up").exists)
    pids = [child.pid or 0, int((tmp_path / "grandchild").read_text())]
    assert all(runs(pid) for pid in pids)
    await child.stop()
    for pid in pids:
        await until(lambda pid=pid: not runs(pid))


async def test_what_cannot_be_started_is_tried_again_until_stopped(tmp_path: Path) -> None:
    child = Child(Program("nothing", "Nothing", [str(tmp_path / "missing")], tmp_path / "nowhere", tmp_path / "log"))
    child.start()
    await until(lambda: child.restarts > 0)
    await child.stop()
    assert child.pid is None


async def test_children_die_with_a_killed_parent(tmp_path: Path) -> None:
    script = f"""
import asyncio, pathlib
from service.embedded.supervisor import Child, Program
from tests.fixtures.processes import PATIENCE_SECONDS, runs, until
async def main():
    folder = pathlib.Path({str(tmp_path)!r})
    child = Child(Program("thing", "It", ["/bin/sleep", "1000"], folder, folder / "log"))
    child.start()
    while child.pid is None:
        await asyncio.sleep(0.01)
    (folder / "new").write_text(str(child.pid))
    (folder / "new").rename(folder / "pid")
    await asyncio.Event().wait()
asyncio.run(main())
"""
    root = Path(__file__).parent.parent.parent
    parent = await asyncio.create_subprocess_exec(sys.executable, "-c", script, cwd=root)
    await until((tmp_path / "pid").exists)
    pid = int((tmp_path / "pid").read_text())
    assert runs(pid)
    os.kill(parent.pid, signal.SIGKILL)
    await parent.wait()
    await until(lambda: not runs(pid))
