"""Many files of `farfield upload` through the real front door: all or none at the start, one after another, resumed."""

import json
import signal
from pathlib import Path
from typing import Any

from service.actions import tokens
from tests.fixtures.commands import Command, Ended, farfield, on_terminal, start
from tests.fixtures.desk import MIB, Desk, sha256_of, token_of
from tests.fixtures.link import link_to

ROOM = 200_000


def table(desk: Desk, *rows: str, name: str = "lessons.csv") -> Path:
    path = desk.folder / name
    path.write_text("\ufeff" + "\r\n".join(["file;cycle;date;title;release", *rows]), "utf-8")
    return path


async def send(desk: Desk, *arguments: Any) -> Ended:
    return await farfield("upload", *arguments, environ=desk.environ)


async def begin(desk: Desk, *arguments: Any) -> Command:
    return await start("upload", *map(str, arguments), environ=desk.environ)


async def lessons(desk: Desk) -> dict[str, str]:
    """Titles by id, of the teacher's own cycle."""
    answer = await desk.door.ask("GET", f"/api/cycles/{desk.door.cast.cycle}", by="teacher")
    return {card["id"]: card["title"] for card in answer.json["card"]["lessons"]}


async def test_a_table_of_videos_arrives_and_a_second_time_nothing_is_sent(desk: Desk) -> None:
    cycle, before = desk.door.cast.cycle, await lessons(desk)
    films = [desk.film(MIB, f"{name}.mp4") for name in ("one", "two", "three")]
    manifest = table(
        desk,
        f"one.mp4;{cycle};2026-11-20;Fractions;yes",
        f"two.mp4;{cycle};;;",
        "",
        f"{films[2]};{cycle};2026-11-21;;no",
    )
    async with link_to(desk.door.port) as link:
        there = desk.at(link.url)
        first = await send(there, "--manifest", manifest, "--json")
        sent = link.bytes_up
        again = await send(there, "--manifest", manifest, "--json")
        assert link.bytes_up - sent < ROOM

    assert (first.code, again.code, first.err) == (0, 0, "")
    files = first.lines[:-1]
    assert [(line["line"], line["title"], line["before"]) for line in files] == [
        (2, "Fractions, 2026-11-20", False),
        (3, "two", False),
        (5, "three, 2026-11-21", False),
    ]
    assert first.lines[-1] == {"type": "summary", "files": 3, "sent": 3, "before": 0, "refused": 0, "left": 0}
    assert again.lines[-1] == {"type": "summary", "files": 3, "sent": 0, "before": 3, "refused": 0, "left": 0}
    assert [line["lesson"] for line in again.lines[:-1]] == [line["lesson"] for line in files]
    for film, line in zip(films, files, strict=True):
        assert await desk.arrived(line["lesson"]) == sha256_of(film)
    assert len(await lessons(desk)) == len(before) + 3
    released = await desk.door.ask("GET", f"/api/lessons/{files[0]['lesson']}", by="coach")
    kept = await desk.door.ask("GET", f"/api/lessons/{files[1]['lesson']}", by="coach")
    assert (released.status, kept.status) == (200, 404)


async def test_good_beside_bad_every_line_is_named_and_nothing_is_sent(desk: Desk) -> None:
    cast, before = desk.door.cast, await lessons(desk)
    desk.film(MIB, "good.mp4"), desk.film(0, "empty.mp4")
    bad = [
        f"gone.mp4;{cast.cycle};;;",
        f"empty.mp4;{cast.cycle};;;",
        f"good.mp4;{cast.cycle};20/11/2026;;",
        f"good.mp4;{cast.cycle};;;",
        f"good.mp4;{cast.closed_cycle};;;",
        f"good.mp4;{desk.door.deps.new_id()};;;",
    ]
    manifest = table(desk, f"good.mp4;{cast.cycle};2026-11-20;;", *bad)

    plain = await send(desk, "--manifest", manifest)
    ended = await send(desk, "--manifest", manifest, "--json")

    assert (plain.code, plain.out, ended.code) == (2, "", 2)
    *lines, last = plain.err.splitlines()
    assert [line.split(":")[0] for line in lines] == [f"line {n}" for n in range(3, 9)]
    for line, words in zip(
        lines,
        ["No such file", "nothing in it", "is no day", "line 2 is the same", "closed", "There is no cycle"],
        strict=True,
    ):
        assert words in line
    assert last == "Nothing was sent."
    assert [error["line"] for error in ended.lines[0]["errors"]] == list(range(3, 9))
    assert await lessons(desk) == before
    alone = table(desk, f"good.mp4;{cast.cycle};2026-11-20;;", name="alone.csv")
    assert (await send(desk, "--manifest", alone)).code == 0


async def test_several_files_and_what_is_only_for_one(desk: Desk) -> None:
    cycle, before = desk.door.cast.cycle, await lessons(desk)
    one, two = desk.film(MIB, "one.mp4"), desk.film(MIB, "two.mp4")
    manifest = table(desk, f"one.mp4;{cycle};;;")
    usage = [
        await send(desk),
        await send(desk, one, two),
        await send(desk, one, two, "--cycle", cycle, "--title", "both"),
        await send(desk, one, "--manifest", manifest),
        await send(desk, "--manifest", desk.folder / "none.csv"),
    ]
    assert [ended.code for ended in usage] == [2] * 5
    assert [ended.sentence.split()[0] for ended in usage[:4]] == ["What", "Where", "--lesson", "Give"]
    assert await lessons(desk) == before

    ended = await send(desk, one, two, "--cycle", cycle)
    assert (ended.code, len(ended.out.splitlines())) == (0, 2)
    lines = ended.err.splitlines()
    assert lines[0] == f"1 of 2: {one}, 1.0 MB."
    assert lines[-1] == "2 of 2 videos are there."
    assert set(await lessons(desk)) - set(before) == {
        line.split()[0].removeprefix("lesson/") for line in ended.out.splitlines()
    }


async def test_killed_in_the_second_it_goes_on_there(desk: Desk) -> None:
    cycle, before = desk.door.cast.cycle, await lessons(desk)
    films = [desk.film(size * MIB, f"{n}.mp4") for n, size in enumerate((4, 24, 4))]
    manifest = table(desk, *(f"{n}.mp4;{cycle};;;" for n in range(3)))
    async with link_to(desk.door.port) as link:
        there = desk.at(link.url)
        # Of the second more than two blocks, whatever their size: a third starts only once the first is stored.
        link.stall_after(22 * MIB)
        running = await begin(there, "--manifest", manifest, "--json")
        await link.carried(22 * MIB)
        first = json.loads(await running.says('"lesson"'))
        await running.stop(signal.SIGKILL)
        await link.renew()
        notes = [json.loads(file.read_text()) for file in desk.state.rglob("*.json")]
        stored = sum([sum(await desk.stored(note["upload"])) for note in notes]) - 4 * MIB
        sent = link.bytes_up
        ended = await send(there, "--manifest", manifest, "--json")
        sent = link.bytes_up - sent

    assert ended.code == 0, ended.err
    *files, summary = ended.lines
    assert [line["before"] for line in files] == [True, False, False]
    assert summary == {"type": "summary", "files": 3, "sent": 2, "before": 1, "refused": 0, "left": 0}
    assert files[0]["lesson"] == first["lesson"]
    assert stored > 0
    assert sent < 28 * MIB - stored + ROOM
    for film, line in zip(films, files, strict=True):
        assert await desk.arrived(line["lesson"]) == sha256_of(film)
    assert len(await lessons(desk)) == len(before) + 3


async def test_one_that_changes_is_refused_and_the_others_arrive(desk: Desk) -> None:
    cycle = desk.door.cast.cycle
    films = [desk.film(4 * MIB, f"{n}.mp4") for n in range(3)]
    async with link_to(desk.door.port) as link:
        link.stall_after(5 * MIB)
        running = await begin(desk.at(link.url), *films, "--cycle", cycle, "--json")
        await link.carried(5 * MIB)
        with films[1].open("r+b") as writing:
            writing.seek(2 * MIB)
            writing.write(b"another take")
        await link.flow()
        ended = await running.ended()

    assert ended.code == 4
    assert [line.get("problem") for line in ended.lines[:-1]] == [None, "file", None]
    assert ended.lines[1]["detail"] == f"{films[1]} changed while it was sent."
    assert ended.lines[-1] == {"type": "summary", "files": 3, "sent": 2, "before": 0, "refused": 1, "left": 0}
    # A computer that knows nothing of it, by another address: the server does.
    for file in desk.state.rglob("*.json"):
        file.unlink()
    again = await send(desk, films[0], films[2], "--cycle", cycle)
    assert again.code == 0
    assert again.err.splitlines()[-1] == "2 of 2 videos are there (2 of them were before)."


async def test_a_link_that_stays_away_and_a_token_that_ends_leave_the_rest(desk: Desk) -> None:
    cycle, door = desk.door.cast.cycle, desk.door
    films = [desk.film(4 * MIB, f"{n}.mp4") for n in range(2)]
    made, secret = await token_of(door.deps, door.cast.teacher)
    async with link_to(door.port) as link:
        there = desk.at(link.url)
        link.stall_after(5 * MIB)
        running = await begin(there, *films, "--cycle", cycle, "--json", "--patience", "1s")
        await link.carried(5 * MIB)
        link.cut()
        away = await running.ended()
        await link.renew()
        there.environ["FARFIELD_TOKEN"] = secret
        link.stall_after(link.bytes_up + MIB)
        running = await begin(there, *films, "--cycle", cycle, "--json")
        await running.says('"before":true')
        await tokens.revoke_token(door.deps, door.cast.teacher, made)
        await link.flow()
        revoked = await running.ended()

    assert (away.code, revoked.code) == (3, 2)
    assert [line["type"] for line in away.lines] == ["file", "summary", "problem"]
    assert away.lines[1]["left"] == revoked.lines[1]["left"] == 1
    assert (away.lines[2]["problem"], revoked.lines[2]["problem"]) == ("gave_up", "signed_out")
    assert (await send(desk, *films, "--cycle", cycle)).code == 0


async def test_on_a_terminal_there_are_two_bars_and_an_end(desk: Desk) -> None:
    one, two = desk.film(2 * MIB, "one.mp4"), desk.film(3 * MIB, "two.mp4")
    to = ("--cycle", desk.door.cast.cycle)
    code, out, shown = await on_terminal("upload", one, two, *to, environ=desk.environ)

    assert (code, len(out.splitlines())) == (0, 2)
    assert "Looking at the videos." in shown
    assert "of 2 videos, " in shown
    assert f"2 of 2: {two}, 3.1 MB." in shown
    assert shown.rstrip().endswith("2 of 2 videos are there.")
