"""Lessons over HTTP: what they answer, to whom, and what they refuse."""

import asyncio
from typing import Any
from uuid import uuid4

import pytest

from service.actions.commands import lesson_row
from service.coaching.lessons import LessonWatchable
from service.coaching.streams import lesson_stream, notebook_stream
from service.wiring import Deps
from storage import grants
from storage.engine import apply
from storage.record import Act, Outcome
from tests.fixtures.cast import Cast
from tests.fixtures.visitors import Visitors


def annotation(**more: Any) -> dict[str, Any]:
    base = {"id": str(uuid4()), "type": "add_annotation", "annotation": str(uuid4())}
    return base | {"start_ms": 1_000, "body": "Two hands", "kind": "note"} | more


async def test_both_people_write_on_a_released_lesson(visitors: Visitors, cast: Cast) -> None:
    path = f"/api/lessons/{cast.lesson}"
    question = annotation(kind="question", body="What did you hope for?", end_ms=2_000)

    said = await visitors.coach.post(f"{path}/commands", question)
    reply = {"id": str(uuid4()), "type": "add_reply", "annotation": question["annotation"], "reply": str(uuid4())}
    answered = await visitors.teacher.post(f"{path}/commands", reply | {"body": "That they would ask."})

    assert said.status == answered.status == 200
    assert answered.json == {"version": said.json["version"] + 1, "stream": lesson_stream(cast.lesson)}
    seen = (await visitors.teacher.get(path)).json
    kept = seen["lesson"]["annotations"][question["annotation"]]
    assert (kept["by"], kept["start_ms"], kept["end_ms"], kept["kind"]) == (cast.coach, 1_000, 2_000, "question")
    assert [r["body"] for r in kept["replies"]] == ["That they would ask."]
    assert seen["version"] == answered.json["version"]
    coach = {"id": cast.coach, "name": "Demo coach", "role": "coach", "time_zone": "UTC"}
    assert seen["people"][cast.coach] == coach


async def test_a_lesson_and_all_its_routes_do_not_exist_for_strangers(visitors: Visitors, cast: Cast) -> None:
    for lesson in (cast.lesson, cast.private_lesson):
        assert (await visitors.teacher.get(f"/api/lessons/{lesson}")).status == 200
        routes: list[tuple[str, str, Any]] = [
            ("GET", f"/api/lessons/{lesson}", None),
            ("GET", f"/api/lessons/{lesson}/events", None),
            ("GET", f"/api/lessons/{lesson}/playlists/1-main.m3u8", None),
            ("POST", f"/api/lessons/{lesson}/commands", annotation()),
            ("POST", f"/api/lessons/{lesson}/uploads", upload()),
        ]
        strangers = dict(visitors.strangers)
        if lesson == cast.private_lesson:
            strangers["coach"] = visitors.coach
        for name, stranger in strangers.items():
            for method, path, body in routes:
                hidden = await stranger.ask(method, path, json=body)
                missing = await stranger.ask(method, path.replace(lesson, str(uuid4())), json=body)
                assert (hidden.status, hidden.slug) == (404, "not_found"), (name, method, path)
                assert {k: v for k, v in hidden.json.items() if k != "instance"} == {
                    k: v for k, v in missing.json.items() if k != "instance"
                }


def upload(**more: Any) -> dict[str, Any]:
    return {"id": str(uuid4()), "role": "original", "size": 5, "name": "lesson.mp4", "content_type": "video/mp4"} | more


async def test_words_before_the_release_are_the_teachers_own_until_they_are_released(
    visitors: Visitors, cast: Cast, deps: Deps
) -> None:
    path = f"/api/lessons/{cast.private_lesson}"
    draft = annotation(body="Only mine so far")

    said = await visitors.teacher.post(f"{path}/commands", draft)
    assert said.json["stream"] == notebook_stream(cast.cycle, cast.teacher)
    assert (await visitors.teacher.get(path)).json["notebook"]["drafts"].keys() == {draft["annotation"]}
    assert (await visitors.coach.get(path)).slug == "not_found"
    cycle = (await visitors.coach.get(f"/api/cycles/{cast.cycle}")).body + (await visitors.coach.get("/api/home")).body
    assert cast.private_lesson.encode() not in cycle

    released = await visitors.teacher.post(f"{path}/commands", {"id": str(uuid4()), "type": "release_lesson"})

    assert released.status == 200
    seen = (await visitors.coach.get(path)).json
    assert seen["lesson"]["annotations"][draft["annotation"]]["body"] == "Only mine so far"
    assert seen["notebook"]["drafts"] == {}
    assert (await visitors.teacher.get(path)).json["notebook"]["drafts"] == {}
    version, _ = await deps.record.state(lesson_stream(cast.private_lesson))
    assert version == released.json["version"]


async def test_a_command_sent_twice_happens_once(visitors: Visitors, cast: Cast) -> None:
    path, command = f"/api/lessons/{cast.lesson}/commands", annotation()

    first, second = await visitors.coach.post(path, command), await visitors.coach.post(path, command)
    changed = await visitors.coach.post(path, command | {"body": "Other words"})

    assert first.json == second.json
    assert (changed.status, changed.slug) == (409, "command_reused")
    assert len((await visitors.coach.get(f"/api/lessons/{cast.lesson}")).json["lesson"]["annotations"]) == 1


async def test_a_command_id_belongs_to_where_it_was_sent_first(visitors: Visitors, cast: Cast) -> None:
    command = annotation()
    assert (await visitors.teacher.post(f"/api/lessons/{cast.lesson}/commands", command)).status == 200

    elsewhere = await visitors.teacher.post(f"/api/lessons/{cast.private_lesson}/commands", command)
    otherwise = await visitors.teacher.post(
        f"/api/cycles/{cast.cycle}/commands", {"id": command["id"], "type": "move_stage", "stage": "teaching"}
    )
    anothers = await visitors.coach.post(f"/api/lessons/{cast.lesson}/commands", annotation(id=command["id"]))

    assert (elsewhere.slug, otherwise.slug, anothers.status) == ("command_reused", "command_reused", 200)
    assert (await visitors.teacher.get(f"/api/lessons/{cast.private_lesson}")).json["notebook"]["drafts"] == {}


async def test_a_replay_after_the_grant_is_gone_is_not_found(visitors: Visitors, cast: Cast, deps: Deps) -> None:
    path, command = f"/api/lessons/{cast.lesson}/commands", annotation()
    assert (await visitors.coach.post(path, command)).status == 200

    async with deps.db.write() as tx:
        await apply(tx, grants.revoke(cast.coach, lesson_stream(cast.lesson)))

    assert (await visitors.coach.post(path, command)).slug == "not_found"


@pytest.mark.parametrize(
    ("body", "status", "slug"),
    [
        (b"this is not JSON", 400, "not_json"),
        (b'{"id": "x", "type": "praise"}', 422, "bad_request"),
        (b"[]", 422, "bad_request"),
        (b"", 400, "not_json"),
        (b'{"type": "add_annotation"}', 422, "bad_request"),
        (b'"' + b"a" * 70_000 + b'"', 413, "too_large"),
    ],
    ids=["no json", "unknown type", "a list", "empty", "fields missing", "too large"],
)
async def test_a_command_that_is_none_is_refused(
    visitors: Visitors, cast: Cast, body: bytes, status: int, slug: str
) -> None:
    path = f"/api/lessons/{cast.lesson}/commands"
    assert (await visitors.coach.post(path, annotation())).status == 200

    refused = await visitors.coach.ask("POST", path, data=body, headers={"Content-Type": "application/json"})

    assert (refused.status, refused.slug) == (status, slug)


async def test_a_command_that_is_nested_without_end_is_refused(visitors: Visitors, cast: Cast) -> None:
    path = f"/api/lessons/{cast.lesson}/commands"

    refused = await visitors.coach.ask("POST", path, data=b'{"id": ' + b"[" * 60_000)

    # Whether it is "not JSON" or "not a command" depends on how much stack is left; it is never our fault.
    assert refused.slug in ("not_json", "bad_request")


@pytest.mark.parametrize(
    ("change", "slug"),
    [
        ({"body": "   "}, "bad_request"),
        ({"body": "\u200b\u200d\ufeff"}, "bad_request"),
        ({"made_at": "2026-03-02T09:30:00"}, "bad_request"),
        ({"body": "x" * 10_001}, "bad_request"),
        ({"body": "hidden\x00end"}, "bad_request"),
        ({"kind": "grade"}, "bad_request"),
        ({"start_ms": -1}, "outside_lesson"),
        ({"start_ms": 1.5}, "bad_request"),
        ({"start_ms": 10**30}, "outside_lesson"),
        ({"end_ms": 500}, "outside_lesson"),
        ({"annotation": "../../x"}, "bad_request"),
        ({"id": "1"}, "bad_request"),
        ({"by": "somebody else"}, "bad_request"),
    ],
)
async def test_an_annotation_that_cannot_be_is_refused(
    visitors: Visitors, cast: Cast, change: dict[str, Any], slug: str
) -> None:
    path = f"/api/lessons/{cast.lesson}/commands"
    assert (await visitors.coach.post(path, annotation())).status == 200

    assert (await visitors.coach.post(path, annotation(**change))).slug == slug
    assert len((await visitors.coach.get(f"/api/lessons/{cast.lesson}")).json["lesson"]["annotations"]) == 1


@pytest.mark.parametrize(
    "body",
    ["<script>alert(1)</script>", "שלום 👩🏽‍🏫 \u202emirrored\u202c", "line one\nline two", "'; DROP TABLE events; --"],
)
async def test_words_come_back_as_they_were_written(visitors: Visitors, cast: Cast, body: str) -> None:
    command = annotation(body=body)
    await visitors.coach.post(f"/api/lessons/{cast.lesson}/commands", command)

    seen = (await visitors.teacher.get(f"/api/lessons/{cast.lesson}")).json["lesson"]["annotations"]

    assert seen[command["annotation"]]["body"] == body


async def test_a_closed_cycle_takes_nothing_new(visitors: Visitors, cast: Cast) -> None:
    refused = await visitors.coach.post(f"/api/lessons/{cast.closed_lesson}/commands", annotation())
    lesson = {"id": str(uuid4()), "lesson": str(uuid4()), "title": "One more"}
    added = await visitors.teacher.post(f"/api/cycles/{cast.closed_cycle}/lessons", lesson)
    begun = await visitors.teacher.post(f"/api/lessons/{cast.closed_lesson}/uploads", upload())

    assert (refused.slug, added.slug, begun.slug) == ("cycle_closed",) * 3
    assert (await visitors.coach.get(f"/api/lessons/{cast.closed_lesson}")).json["lesson"]["annotations"] == {}


async def test_the_long_poll_answers_what_came_meanwhile(visitors: Visitors, cast: Cast) -> None:
    path = f"/api/lessons/{cast.lesson}"
    version = (await visitors.teacher.get(path)).json["version"]
    waiting = asyncio.create_task(visitors.teacher.get(f"{path}/events?after={version}&wait=20"))
    said = await visitors.coach.post(f"{path}/commands", annotation())

    answer = await waiting

    assert answer.json["version"] == said.json["version"]
    assert [event["type"] for event in answer.json["events"]] == ["annotation.added"]
    assert (await visitors.teacher.get(f"{path}/events?after=999")).slug == "version_ahead"


async def test_a_snapshot_never_misses_the_picture_its_state_speaks_of(
    visitors: Visitors, cast: Cast, deps: Deps, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The lesson becomes watchable just before its stream is read."""
    path, read, stream = f"/api/lessons/{cast.lesson}", type(deps.record).state, lesson_stream(cast.lesson)
    watchable = Act(
        by="farfield",
        streams=(stream,),
        decide=lambda _states, _at: Outcome({stream: [LessonWatchable(1, 60_000, 640, 360)]}),
        project=lesson_row(stream),
    )

    async def state(record: Any, name: str) -> Any:
        if name == stream and (await read(record, stream))[1].state == "waiting":
            await record.act(watchable)
        return await read(record, name)

    monkeypatch.setattr(type(deps.record), "state", state)

    seen = (await visitors.coach.get(path)).json

    assert seen["lesson"]["state"] == "watchable"
    assert seen["play"]["attempt"] == 1


@pytest.mark.parametrize("after", ["-1", "x", "", "1.5", str(2**53 + 1), "0" * 5_000, "0" * 20 + "9" * 30, "²"])
async def test_a_version_that_is_none_is_refused(visitors: Visitors, cast: Cast, after: str) -> None:
    path = f"/api/lessons/{cast.lesson}/events"
    assert (await visitors.teacher.get(f"{path}?after=0")).status == 200

    assert (await visitors.teacher.get(f"{path}?after={after}")).slug == "bad_request"


async def test_who_lost_the_grant_while_waiting_is_not_answered_with_words(
    visitors: Visitors, cast: Cast, deps: Deps, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, listening = f"/api/lessons/{cast.lesson}", asyncio.Event()
    version = (await visitors.coach.get(path)).json["version"]
    read = type(deps.record).events

    async def events(record: Any, stream: str, after: int = 0, limit: int = 500) -> Any:
        found = await read(record, stream, after, limit)
        listening.set()
        return found

    monkeypatch.setattr(type(deps.record), "events", events)
    waiting = asyncio.create_task(visitors.coach.get(f"{path}/events?after={version}&wait=20"))
    await listening.wait()
    async with deps.db.write() as tx:
        await apply(tx, grants.revoke(cast.coach, lesson_stream(cast.lesson)))
    await visitors.teacher.post(f"{path}/commands", annotation(body="Not for the coach"))

    assert (await waiting).slug == "not_found"
