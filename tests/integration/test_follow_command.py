"""`farfield follow`: events of a stream as lines, with no gap and none twice, whatever happens to the connection."""

import json
import signal
from pathlib import Path
from typing import Any
from uuid import uuid4

import aiohttp
import pytest

from service import access
from service.actions import annotations, tokens
from service.coaching.annotations import AddAnnotation
from storage import grants
from storage.engine import apply
from tests.fixtures.commands import Command, Ended, farfield, start
from tests.fixtures.desk import Desk, token_of
from tests.fixtures.front_door import make_pages
from tests.fixtures.link import link_to
from tests.fixtures.running import free_port, running


async def say(desk: Desk, body: str, *, by: str = "teacher", lesson: str | None = None) -> None:
    deps, person = desk.door.deps, desk.door.cast.everybody[by]
    found = await access.access_lesson(deps, person, lesson or desk.door.cast.lesson)
    words = AddAnnotation(id=deps.new_id(), annotation=deps.new_id(), start_ms=61_250, body=body, kind="question")
    await annotations.add_annotation(deps, found, words, by=person)


async def follow(desk: Desk, *arguments: str, **environ: str) -> Command:
    return await start("follow", *arguments, environ=desk.environ | environ)


async def ended(desk: Desk, *arguments: str, **environ: str) -> Ended:
    return await farfield("follow", *arguments, environ=desk.environ | environ)


def versions(out: str) -> list[int]:
    return [json.loads(line)["version"] for line in out.splitlines()]


async def test_events_come_as_they_happen_one_readable_line_each(desk: Desk) -> None:
    lesson = f"lesson/{desk.door.cast.lesson}"
    running = await follow(desk, lesson)
    assert (await running.says("lesson.added")).split()[0] == "1"
    await say(desk, "Two\nlines", by="coach")

    line = await running.says("annotation.added")
    over = await running.stop(signal.SIGINT)

    assert "Demo coach: 01:01.250 id=" in line
    assert line.endswith(" kind=question “Two lines”")
    assert (over.code, over.err) == (130, "")


async def test_as_json_each_event_is_the_one_of_the_record(desk: Desk) -> None:
    lesson = f"lesson/{desk.door.cast.lesson}"
    await say(desk, "é ünd 日本")
    head = (await desk.door.deps.record.state(lesson))[0]
    running = await follow(desk, lesson, "--json", "--after", str(head - 1))
    line = json.loads(await running.says('"annotation.added"'))
    over = await running.stop(signal.SIGTERM)

    [event] = await desk.door.deps.record.events(lesson, after=head - 1)
    found = await desk.door.ask("GET", f"/api/lessons/{desk.door.cast.lesson}/events?after={head - 1}", by="teacher")
    assert line == found.json["events"][0]
    assert line["version"] == event.version
    assert over.code == 143


async def test_a_cycle_and_the_own_notebook_can_be_followed_too(desk: Desk) -> None:
    cast = desk.door.cast
    await say(desk, "only mine", lesson=cast.private_lesson)
    cycle = await follow(desk, f"cycle/{cast.cycle}")
    notebook = await follow(desk, f"notebook/{cast.cycle}")

    assert "Demo teacher" in await cycle.says("cycle.opened")
    assert "only mine" in await notebook.says("draft.added")
    for each in (cycle, notebook):
        await each.stop(signal.SIGTERM)
    _, coach = await token_of(desk.door.deps, cast.coach)
    theirs = await follow(desk, f"notebook/{cast.cycle}", FARFIELD_TOKEN=coach)
    lines = (await theirs.stop(signal.SIGTERM)).out
    assert "only mine" not in lines


async def test_after_a_cut_it_goes_on_without_a_gap_or_a_double(desk: Desk) -> None:
    lesson = f"lesson/{desk.door.cast.lesson}"
    head = (await desk.door.deps.record.state(lesson))[0]
    async with link_to(desk.door.port) as link:
        running = await start(
            "follow", lesson, "--json", environ=desk.environ | {"FARFIELD_SERVER": f"http://127.0.0.1:{link.port}"}
        )
        await running.says(f'"version":{head},')
        for number in range(1, 4):
            link.cut()
            await say(desk, f"while it was away {number}")
            link.mend()
            await running.says(f'"version":{head + number},')
        over = await running.stop(signal.SIGTERM)

    assert versions(over.out) == list(range(1, head + 4))


async def test_it_ends_with_a_sentence_when_the_grant_or_the_token_goes(desk: Desk) -> None:
    door, lesson = desk.door, f"lesson/{desk.door.cast.lesson}"
    made, coach = await token_of(door.deps, door.cast.coach)
    let_out = await follow(desk, lesson, FARFIELD_TOKEN=coach)
    signed_out = await follow(desk, lesson, "--json")
    for each in (let_out, signed_out):
        await each.says("lesson.added")

    async with door.deps.db.write() as tx:
        await apply(tx, grants.revoke(door.cast.coach, lesson))
    try:
        revoked = await let_out.ended()
        gone = await ended(desk, lesson, FARFIELD_TOKEN=coach)
    finally:
        async with door.deps.db.write() as tx:
            await apply(tx, grants.grant(door.cast.coach, lesson, "coach", at=door.deps.clock()))
    await tokens.revoke_token(door.deps, door.cast.teacher, desk.token)
    no_token = await signed_out.ended()

    assert (revoked.code, revoked.err) == (2, "The lesson is no longer open to you.\n")
    assert gone.sentence == "There is no lesson here for the person of this token."
    assert no_token.code == 2
    assert no_token.err.startswith("The token is not valid at this server")
    assert no_token.lines[-1]["problem"] == "signed_out"
    await tokens.revoke_token(door.deps, door.cast.coach, made)


NONE = "0195e0a0-0000-7000-8000-0000000000c1"


@pytest.mark.parametrize(
    ("stream", "more", "sentence"),
    [
        ("lesson", (), "What to follow is lesson/ID, cycle/ID or notebook/CYCLE-ID."),
        ("lesson/1", (), "The ID in lesson/ID is an id such as"),
        (f"program/{NONE}", (), "What to follow is lesson/ID, cycle/ID or notebook/CYCLE-ID."),
        (f"lesson/{NONE}", (), "There is no lesson here for the person of this token."),
        (f"cycle/{NONE}", (), "There is no cycle here for the person of this token."),
        (f"notebook/{NONE}", (), "There is no notebook here for the person of this token."),
        ("here", ("--after", "9999"), "The lesson has no such version yet: --after is ahead of the record."),
    ],
)
async def test_what_is_not_there_is_one_sentence(desk: Desk, stream: str, more: tuple[str, ...], sentence: str) -> None:
    named = f"lesson/{desk.door.cast.lesson}" if stream == "here" else stream
    over = await ended(desk, named, *more)
    assert over.code == 2
    assert sentence in over.sentence


async def test_a_token_that_may_not_read(desk: Desk) -> None:
    _, narrow = await token_of(desk.door.deps, desk.door.cast.teacher, "upload")
    over = await ended(desk, f"lesson/{desk.door.cast.lesson}", FARFIELD_TOKEN=narrow)
    assert "of too narrow a scope" in over.sentence
    nowhere = await ended(
        desk, f"lesson/{desk.door.cast.lesson}", "--patience", "1s", FARFIELD_SERVER=f"http://127.0.0.1:{free_port()}"
    )
    assert nowhere.code == 3


async def test_whoever_reads_along_may_leave(desk: Desk) -> None:
    """As `| head -1` does."""
    running = await follow(desk, f"lesson/{desk.door.cast.lesson}")
    await running.says("lesson.added")
    running.leave()
    await say(desk, "one more line")
    over = await running.ended()
    assert (over.code, over.err) == (0, "")


async def test_it_stays_over_a_restart_of_the_server(folder: Path) -> None:
    """The real server, restarted under it: what was written before and after comes once each."""
    pages = make_pages(folder)
    async with running(folder / "data", FARFIELD_STATIC_DIR=str(pages)) as server:
        records = {"FARFIELD_DATA_DIR": str(folder / "data"), "FARFIELD_PORT": str(server.port)}
        wanted = ("--name", "a test", "--scope", "read", "--scope", "write", "--json")
        made = (await farfield("token", "add", "tess@demo.invalid", *wanted, environ=records)).lines[0]
        origin = f"http://127.0.0.1:{server.port}"
        async with aiohttp.ClientSession(origin, headers={"Authorization": f"Bearer {made['token']}"}) as tess:

            async def get(path: str) -> Any:
                async with tess.get(path) as answer:
                    return await answer.json()

            async def write(body: str) -> None:
                words = {"type": "add_annotation", "start_ms": 0, "kind": "note", "body": body}
                ids = {"id": str(uuid4()), "annotation": str(uuid4())}
                async with tess.post(f"/api/lessons/{lesson}/commands", json=words | ids) as answer:
                    assert answer.status == 200, await answer.text()

            cycles = (await get("/api/home"))["cycles"]
            lesson = next(lesson["id"] for cycle in cycles for lesson in cycle["lessons"])
            environ = {"FARFIELD_SERVER": origin, "FARFIELD_TOKEN": made["token"]}
            follower = await start("follow", f"lesson/{lesson}", "--json", environ=environ)
            await write("before")
            await follower.says('"before"')
            await server.stop()
            await server.start()
            await write("after")
            await follower.says('"after"')
            over = await follower.stop(signal.SIGINT)

    assert over.code == 130
    found = versions(over.out)
    assert found == list(range(1, len(found) + 1))
