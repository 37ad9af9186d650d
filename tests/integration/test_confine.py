"""A child on hostile input reaches nothing but what it was given, takes no more than it may, and always ends.

The child is bash with nothing but its builtins: no other program is there for it.
"""

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import suppress
from pathlib import Path

import pytest

from service.media.confine import Finished, Limits, OutputTooLong, Stopped, output_of, run, walls
from tests.fixtures.prepared import running

BASH = "/bin/bash"
LIMITS = Limits(wall_seconds=60, cpu_seconds=20)
ENDLESS = "while :; do :; done"
REPEAT = "while read line; do echo $line; done"


@pytest.fixture
def source(folder: Path) -> Path:
    """What the child is given."""
    made = folder / "source"
    made.write_text("given\n")
    return made


@pytest.fixture
def job(folder: Path) -> Path:
    """The folder of the child's job."""
    made = folder / "work" / "job"
    made.mkdir(parents=True)
    return made


async def say(source: Path, code: str) -> bytes:
    _, said = await output_of([BASH, "-c", code], source=source, limits=LIMITS, at_most=100_000)
    return said


async def do(source: Path, job: Path, code: str, limits: Limits = LIMITS) -> tuple[Finished, list[str]]:
    lines: list[str] = []
    return await run([BASH, "-c", code], source=source, folder=job, limits=limits, on_line=lines.append), lines


async def test_what_a_child_says_is_returned_and_what_it_is_given_it_can_read(source: Path) -> None:
    assert await say(source, "read line; echo one; echo $line") == b"one\ngiven"


@pytest.mark.parametrize(
    "code", ["printf x%.0s {1..70000}", "for n in {1..200}; do printf x%.0s {1..1000}; echo; done"]
)
async def test_a_child_that_says_too_much_is_stopped(source: Path, code: str) -> None:
    with pytest.raises(OutputTooLong):
        await say(source, code)


async def test_a_child_reads_and_writes_in_its_folder_only(source: Path, job: Path, folder: Path) -> None:
    database, other = folder / "farfield.sqlite3", job.with_name("other") / "film"
    other.parent.mkdir()
    for canary in (database, other):
        canary.write_text("canary\n")
        canary.chmod(0o666)  # not its mode is the wall
    reach = [str(database), "../other/film", "../../farfield.sqlite3", "/proc/1/environ", "/etc/passwd", sys.argv[0]]
    tries = [f"{{ read line < {path}; }} 2>/dev/null && echo {path}" for path in reach]
    tries += [f"{{ echo harm > {path}; }} 2>/dev/null && echo {path}" for path in (*reach[:2], "../new")]

    finished, lines = await do(source, job, "; ".join([*tries, "echo mine > made; read x < made; echo $x"]))

    assert (finished.code, lines) == (0, ["mine"])
    assert database.read_text() == other.read_text() == "canary\n"
    assert (job / "made").read_text() == "mine\n"
    assert {path.name for path in job.parent.iterdir()} == {"job", "other"}


async def test_a_child_runs_no_other_program_and_makes_no_link(source: Path, job: Path) -> None:
    code = "/bin/cat /dev/null && echo ran; /bin/ln -s /etc/passwd here && echo linked; echo end"
    _, lines = await do(source, job, code)
    assert lines == ["end"]


async def test_a_child_has_no_network(source: Path, job: Path) -> None:
    calls = 0

    def called(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal calls
        calls += 1
        writer.close()

    canary = await asyncio.start_server(called, "127.0.0.1", 0)
    port = canary.sockets[0].getsockname()[1]
    call = f"exec 3<>/dev/tcp/127.0.0.1/{port} && echo connected"
    async with canary:
        _, lines = await do(source, job, call)
        assert (lines, calls) == ([], 0)
        outside = await asyncio.create_subprocess_exec(BASH, "-c", call)  # the canary does sing
        assert await outside.wait() == 0


async def test_a_child_learns_nothing_of_our_secrets(source: Path, job: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FARFIELD_S3_SECRET_KEY", "canary")
    _, lines = await do(source, job, "declare -x")
    assert lines
    assert "canary" not in "".join(lines)


async def test_as_root_each_job_has_a_user_of_its_own(source: Path, job: Path) -> None:
    other = job.with_name("other")
    other.mkdir()
    if os.geteuid() == 0:
        (_, mine), (_, theirs) = await do(source, job, "echo $UID"), await do(source, other, "echo $UID")
        assert len({*mine, *theirs, "0"}) == 3
        given = await asyncio.to_thread(job.stat)
        assert (given.st_uid, given.st_mode & 0o777) == (int(mine[0]), 0o700)
    assert walls()["folder"]


@pytest.mark.parametrize(
    ("code", "limits", "stopped", "signalled"),
    [
        ("x=x; while :; do x=$x$x; done", Limits(60, 30, resident_bytes=64 << 20), Stopped.MEMORY, signal.SIGKILL),
        (ENDLESS, Limits(60, 30, stalled_cpu_seconds=0.3), Stopped.STALLED, signal.SIGKILL),
        (ENDLESS, Limits(60, 1), None, signal.SIGXCPU),
        ("printf x%.0s {1..20000} > big", Limits(60, 30, file_bytes=1000), None, signal.SIGXFSZ),
    ],
    ids=["memory", "no progress", "processor", "file"],
)
async def test_a_child_that_asks_for_too_much_is_ended_and_that_is_told(
    source: Path, job: Path, code: str, limits: Limits, stopped: Stopped | None, signalled: int
) -> None:
    finished, _ = await do(source, job, code, limits)
    assert (finished.stopped, finished.code) == (stopped, -signalled)
    assert finished.excessive


async def test_a_child_that_only_waited_too_long_is_not_blamed(source: Path, job: Path) -> None:
    waiting = "read -t 100 line < <(read -t 100 x <> /dev/null; kill -STOP $BASHPID)"
    finished, _ = await do(source, job, f"kill -STOP $$; {waiting}", Limits(wall_seconds=0.5, cpu_seconds=9))
    assert (finished.stopped, finished.excessive) == (Stopped.WALL, False)


async def test_a_child_ends_with_its_parent(source: Path, job: Path) -> None:
    """Also with another user's number, which makes the kernel forget that wish."""
    code = f"""
import asyncio
from pathlib import Path
from service.media.confine import Limits, run
arguments = ["{BASH}", "-c", "echo $$; {ENDLESS}"]
def told(line):
    print(line, flush=True)
source, job = Path({str(source)!r}), Path({str(job)!r})
asyncio.run(run(arguments, source=source, folder=job, limits=Limits(60, 60), on_line=told))
"""
    parent = await asyncio.create_subprocess_exec(sys.executable, "-c", code, stdout=subprocess.PIPE)
    assert parent.stdout is not None
    child = int(await parent.stdout.readline())
    gone = asyncio.Event()
    watched = os.pidfd_open(child)
    asyncio.get_running_loop().add_reader(watched, gone.set)
    try:
        parent.kill()
        await parent.wait()
        async with asyncio.timeout(20):
            await gone.wait()
    finally:
        asyncio.get_running_loop().remove_reader(watched)
        os.close(watched)
        with suppress(ProcessLookupError):
            os.kill(child, signal.SIGKILL)


class Failed(Exception):
    pass


async def fed(*pieces: bytes, fails: bool = False) -> AsyncIterator[bytes]:
    for piece in pieces:
        yield piece
    if fails:
        raise Failed


async def test_a_child_is_fed_piece_by_piece_to_the_end(job: Path) -> None:
    said: list[str] = []
    finished = await run(
        [BASH, "-c", REPEAT], source=fed(b"one\n", b"two\n"), folder=job, limits=LIMITS, on_line=said.append
    )
    assert (finished.code, said) == (0, ["one", "two"])


async def test_a_child_that_wants_no_more_is_not_waited_for(job: Path) -> None:
    async def endless() -> AsyncIterator[bytes]:
        yield b"one\n"
        await asyncio.Event().wait()

    said: list[str] = []
    finished = await run(
        [BASH, "-c", "read line; echo $line"], source=endless(), folder=job, limits=LIMITS, on_line=said.append
    )
    assert (finished.code, said) == (0, ["one"])


async def test_a_feed_that_fails_ends_its_child(job: Path) -> None:
    with pytest.raises(Failed):
        await run([BASH, "-c", REPEAT], source=fed(b"one\n", fails=True), folder=job, limits=LIMITS)
    assert running(BASH, job) == []
