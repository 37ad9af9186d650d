"""What a client makes of answers, how long it waits, and what it keeps."""

import asyncio
from pathlib import Path
from typing import Any

import pytest

from service.client.kept import Kept, Upload, state_directory
from service.client.patience import Backoff, Patience
from service.client.shapes import StreamEvent
from service.client.source import title_of
from service.client.trouble import GaveUp, Trouble, not_farfield, trouble_from, unreachable
from service.command_line.follow import line_of

JSON, HTML = "application/problem+json", "text/html; charset=utf-8"


@pytest.mark.parametrize(
    ("status", "kind", "body", "slug", "passing"),
    [
        (409, JSON, b'{"type":"/problems/cycle_closed","detail":"It is closed."}', "cycle_closed", False),
        (503, JSON, b'{"type":"/problems/storage_unavailable","detail":"Not yet."}', "storage_unavailable", True),
        (429, JSON, b'{"type":"/problems/too_many_tries","detail":"Wait."}', "too_many_tries", True),
        (401, JSON, b'{"type":"/problems/signed_out"}', "signed_out", False),
        (502, HTML, b"<h1>Bad Gateway</h1>", "unavailable", True),
        (503, JSON, b'{"type":"/prob', "unavailable", True),
        (200, HTML, b"<h1>Log in</h1>", "not_farfield", True),
        (302, "", b"", "not_farfield", True),
        (404, HTML, b"<h1>nginx</h1>", "not_farfield", True),
        (403, "application/json", b"[]", "status_403", False),
        (407, "text/plain", b"", "status_407", False),
    ],
)
def test_an_answer_is_told_apart_by_whether_waiting_helps(
    status: int, kind: str, body: bytes, slug: str, passing: bool
) -> None:
    trouble = trouble_from(status, kind, body, "7")
    assert (trouble.slug, trouble.status, trouble.passing) == (slug, status, passing)
    assert trouble.detail.endswith((".", "?"))


@pytest.mark.parametrize(("given", "seconds"), [("7", 7.0), (None, None), ("soon", None), ("-1", None), ("٣", None)])
def test_what_the_server_asks_for_is_waited(given: str | None, seconds: float | None) -> None:
    assert trouble_from(503, HTML, b"", given).retry_after == seconds


def test_waits_double_to_eight_seconds_and_begin_again() -> None:
    longest, shortest = Backoff(lambda: 1.0), Backoff(lambda: 0.0)
    assert [longest.next() for _ in range(7)] == [0.5, 1, 2, 4, 8, 8, 8]
    assert shortest.next() == pytest.approx(0.1)
    longest.reset()
    assert longest.next() == 0.5


async def test_a_strange_answer_is_a_wrong_address_until_farfield_has_answered() -> None:
    patience = Patience(None, lambda trouble, seconds: None)
    before = patience.mends(not_farfield(200)), patience.mends(unreachable("x"))
    patience.answered()
    assert (before, patience.mends(not_farfield(200))) == ((False, True), True)


async def test_it_tries_until_it_is_answered_or_the_patience_ends() -> None:
    told: list[str] = []
    patience = Patience(0.05, lambda trouble, seconds: told.append(trouble.slug), Backoff(lambda: 0.0))
    answers: list[Any] = [unreachable("away"), "here"]

    async def attempt() -> str:
        answer = answers.pop(0)
        if isinstance(answer, Trouble):
            raise answer
        return str(answer)

    async def never() -> str:
        raise unreachable("away for good")

    assert await patience.persist(attempt) == "here"
    with pytest.raises(GaveUp, match="away for good"):
        await patience.persist(never)
    assert set(told) == {"unreachable"}
    with pytest.raises(Trouble, match="cycle_closed"):
        await patience.persist(lambda: _raising(Trouble("cycle_closed", 409, "Closed.")))


def _raising(trouble: Trouble) -> "asyncio.Future[str]":
    future: asyncio.Future[str] = asyncio.get_running_loop().create_future()
    future.set_exception(trouble)
    return future


def test_a_note_is_kept_whole_for_its_server_place_and_file(tmp_path: Path) -> None:
    note = Kept.of(tmp_path / "a" / "b", server="https://x", place="c", fingerprint="f")
    upload = Upload("add", "lesson", "A title", True, "upload")
    assert note.read() is None
    assert note.write(upload)
    assert note.read() == upload
    assert Kept.of(tmp_path / "a" / "b", server="https://y", place="c", fingerprint="f").read() is None
    [file] = (tmp_path / "a" / "b").iterdir()
    assert file.stat().st_mode & 0o077 == 0
    for broken in (b"", b"{}", b"\xff"):
        file.write_bytes(broken)
        assert note.read() is None
    assert not Kept.of(file, server="s", place="p", fingerprint="f").write(upload)


def test_the_state_directory_is_where_xdg_says(tmp_path: Path) -> None:
    assert state_directory({"XDG_STATE_HOME": "/var/s", "HOME": "/h"}) == Path("/var/s/farfield/uploads")
    assert state_directory({"XDG_STATE_HOME": "s", "HOME": "/h"}) == Path("/h/.local/state/farfield/uploads")


@pytest.mark.parametrize(
    ("name", "title"),
    [("Fractions  5B.mp4", "Fractions 5B"), (".mp4", ".mp4"), ("\u200b.mp4", "Lesson"), ("n" * 300, "n" * 200)],
)
def test_a_lesson_is_called_like_its_file(name: str, title: str) -> None:
    assert title_of(name) == title


def test_an_event_is_one_line_that_steers_no_terminal() -> None:
    data = {"id": "a", "start_ms": 61_250, "end_ms": 3_600_000, "body": "two\nlines \x1b[2J", "made_at": None}
    event = StreamEvent("lesson/x", 7, "annotation.added", "2026-03-02T09:30:15.250Z", "p", data)
    line = line_of(event, {"p": "Tess"})
    assert line.isprintable()
    assert line == (
        "    7  2026-03-02 09:30:15Z  annotation.added    Tess: 01:01.250–1:00:00.000 id=a “two lines  [2J”"
    )
